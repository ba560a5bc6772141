#include "analyzer/media/audio_decoder.hpp"

#include <cmath>

#include <gsm.h>
#include <opus/opus.h>

#include <doctest/doctest.h>

using namespace rungs;

TEST_CASE("ITU-T G.711, tables 2a and 1a, left-aligned in 16 bits") {
    CHECK(media::decode_mu_law(0xff) == 0);
    CHECK(media::decode_mu_law(0x7f) == 0);
    CHECK(media::decode_mu_law(0x80) == 32124); // 8031 times 4
    CHECK(media::decode_mu_law(0x00) == -32124);
    CHECK(media::decode_mu_law(0xef) == 132); // 33 times 4
    CHECK(media::decode_a_law(0xd5) == 8);    // half a step above 0
    CHECK(media::decode_a_law(0x55) == -8);
    CHECK(media::decode_a_law(0xaa) == 32256); // 4032 times 8
    CHECK(media::decode_a_law(0x2a) == -32256);
}

TEST_CASE("names are those of SDP, in any case") {
    CHECK(media::make_audio_decoder("pcmu")->sample_rate_hz() == 8000);
    CHECK(media::make_audio_decoder("GSM")->sample_rate_hz() == 8000);
    CHECK(media::make_audio_decoder("G722")->sample_rate_hz() == 16000);
    CHECK(media::make_audio_decoder("opus")->sample_rate_hz() == 48000);
    CHECK(media::make_audio_decoder("G729") == nullptr);
    CHECK(media::make_audio_decoder("") == nullptr);
}

TEST_CASE("a payload lasts as long as its codec says") {
    media::Samples samples;
    const std::vector<std::uint8_t> zeros(160);
    media::make_audio_decoder("PCMA")->decode(zeros, samples);
    CHECK(samples.size() == 160);
    samples.clear();
    media::make_audio_decoder("G722")->decode(zeros, samples);
    CHECK(samples.size() == 320); // 20 ms of 16 kHz

    std::vector<std::uint8_t> encoded(33);
    gsm encoder = gsm_create();
    std::vector<gsm_signal> tone(160);
    for (std::size_t i = 0; i < tone.size(); ++i)
        tone[i] = static_cast<gsm_signal>(8000 * std::sin(static_cast<double>(i) * 0.4));
    gsm_encode(encoder, tone.data(), encoded.data());
    gsm_destroy(encoder);
    samples.clear();
    media::make_audio_decoder("GSM")->decode(encoded, samples);
    CHECK(samples.size() == 160);
    encoded.pop_back(); // too short for a frame
    media::make_audio_decoder("GSM")->decode(encoded, samples);
    CHECK(samples.size() == 160);

    OpusEncoder* opus = opus_encoder_create(48000, 1, OPUS_APPLICATION_VOIP, nullptr);
    std::vector<std::uint8_t> packet(1000);
    const std::vector<std::int16_t> silence(960);
    packet.resize(static_cast<std::size_t>(opus_encode(opus, silence.data(), 960, packet.data(), 1000)));
    opus_encoder_destroy(opus);
    samples.clear();
    media::make_audio_decoder("opus")->decode(packet, samples);
    CHECK(samples.size() == 960);
    media::make_audio_decoder("opus")->decode(Bytes{}, samples);
    CHECK(samples.size() == 960);
}
