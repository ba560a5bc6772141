#include "dissectors/rtp/packet.hpp"

#include <array>
#include <string_view>

#include "analyzer/media/audio_decoder.hpp"
#include "dissectors/media_kinds.hpp"
#include "dissectors/rtp/payload.hpp"
#include "dissectors/rtp/payload_types.hpp"
#include "dissectors/t38/udptl.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace rungs;
using namespace rungs::fuzz;

FUZZ_TARGET(rtp) {
    static_cast<void>(recognise_media(input));
    static_cast<void>(t38::probe(input));
    const Probe probe = rtp::probe(input);
    require(probe != Probe::certain, "RTP has no signature");
    const auto packet = rtp::parse(input);
    require(probe == Probe::no || packet.has_value(), "what probes as RTP can be read");
    if (!packet) return;
    for (const Bytes part : {packet->csrcs, packet->extension, packet->payload}) require_inside(input, part);
    require(packet->csrcs.size() % 4 == 0 && packet->csrcs.size() <= 60,
            "a CSRC has four octets, 15 at most");
    require(packet->payload_type < 128, "payload types have seven bits");
    const std::size_t header = rtp::fixed_header_octets + packet->csrcs.size() +
                               (packet->has_extension ? 4 + packet->extension.size() : 0);
    require(header + packet->payload.size() + packet->padding_octets == input.size(),
            "header, payload and padding are the datagram");
    require(packet->payload_octets == packet->payload.size(), "nothing is missing of a whole datagram");
    static_cast<void>(rtp::static_payload_type(packet->payload_type));
    if (const auto red = rtp::parse_red(packet->payload)) {
        require(red->count >= 1 && red->count <= rtp::Red::max_blocks, "blocks are bounded");
        for (std::size_t i = 0; i < red->count; ++i) require_inside(packet->payload, red->blocks[i].data);
        require(red->primary().timestamp_offset == 0, "the primary is the packet's own time");
    }
    if (const auto event = rtp::parse_telephone_event(packet->payload)) {
        require(packet->payload.size() >= 4, "an event has four octets");
        static_cast<void>(rtp::key_name(event->event));
    }
}

/// Payloads of one stream, one after the other.
FUZZ_TARGET(audio) {
    constexpr std::array<std::string_view, 5> encodings{"PCMU", "PCMA", "GSM", "G722", "opus"};
    constexpr std::size_t longest_opus = 5'760; // RFC 6716: 120 ms at 48 kHz
    Dice dice(input);
    const std::string_view encoding = encodings[dice.u8() % encodings.size()];
    const auto decoder = media::make_audio_decoder(encoding);
    require(decoder != nullptr && decoder->sample_rate_hz() >= 8'000, "these codecs are known");
    while (!dice.empty()) {
        const Bytes payload = dice.take(dice.u8());
        media::Samples samples;
        decoder->decode(payload, samples);
        require(samples.size() <= (encoding == "opus" ? longest_opus : payload.size() * 5),
                "a payload is no longer than its codec says");
    }
}
