#include "analyzer/media/audio_decoder.hpp"

#include <algorithm>
#include <array>

#include <gsm.h>
#include <opus/opus.h>
#include <spandsp/telephony.h>

#include <spandsp/g722.h> // needs the one above

#include "core/text.hpp"

namespace rungs::media {
namespace {

template <std::int16_t (*Expand)(std::uint8_t)>
class G711 final : public AudioDecoder {
  public:
    [[nodiscard]] std::uint32_t sample_rate_hz() const override { return 8000; }
    void decode(Bytes payload, Samples& out) override {
        for (const std::uint8_t octet : payload) out.push_back(Expand(octet));
    }
};

class Gsm final : public AudioDecoder {
  public:
    [[nodiscard]] std::uint32_t sample_rate_hz() const override { return 8000; }
    void decode(Bytes payload, Samples& out) override {
        constexpr std::size_t frame_octets = 33, frame_samples = 160;
        if (m_state == nullptr) return;
        for (; payload.size() >= frame_octets; payload = payload.subspan(frame_octets)) {
            std::array<gsm_byte, frame_octets> frame;
            std::copy_n(payload.begin(), frame_octets, frame.begin());
            std::array<gsm_signal, frame_samples> samples{};
            if (gsm_decode(m_state.get(), frame.data(), samples.data()) != 0) return;
            out.insert(out.end(), samples.begin(), samples.end());
        }
    }

  private:
    struct Destroy {
        void operator()(gsm_state* state) const { gsm_destroy(state); }
    };
    std::unique_ptr<gsm_state, Destroy> m_state{gsm_create()};
};

class G722 final : public AudioDecoder {
  public:
    [[nodiscard]] std::uint32_t sample_rate_hz() const override { return 16000; }
    void decode(Bytes payload, Samples& out) override {
        if (m_state == nullptr || payload.empty()) return;
        const std::size_t before = out.size();
        out.resize(before + 2 * payload.size()); // two samples an octet
        const int count =
            g722_decode(m_state.get(), &out[before], payload.data(), static_cast<int>(payload.size()));
        out.resize(before + static_cast<std::size_t>(std::max(count, 0)));
    }

  private:
    static constexpr int bits_per_second = 64000;
    struct Destroy {
        void operator()(g722_decode_state_t* state) const { g722_decode_free(state); }
    };
    std::unique_ptr<g722_decode_state_t, Destroy> m_state{g722_decode_init(nullptr, bits_per_second, 0)};
};

class Opus final : public AudioDecoder {
  public:
    [[nodiscard]] std::uint32_t sample_rate_hz() const override { return rate_hz; }
    void decode(Bytes payload, Samples& out) override {
        constexpr std::size_t longest =
            std::size_t{rate_hz} / 1000 * 120; // RFC 6716: a packet lasts 120 ms at most
        if (m_state == nullptr || payload.empty()) return;
        const std::size_t before = out.size();
        out.resize(before + longest);
        const int count = opus_decode(m_state.get(), payload.data(), static_cast<opus_int32>(payload.size()),
                                      &out[before], longest, 0);
        out.resize(before + static_cast<std::size_t>(std::max(count, 0)));
    }

  private:
    static constexpr std::uint32_t rate_hz = 48000;
    struct Destroy {
        void operator()(OpusDecoder* state) const { opus_decoder_destroy(state); }
    };
    std::unique_ptr<OpusDecoder, Destroy> m_state{opus_decoder_create(rate_hz, 1, nullptr)};
};

} // namespace

std::int16_t decode_mu_law(std::uint8_t octet) {
    const unsigned code = ~octet & 0xffU;
    const int magnitude = static_cast<int>((((code & 0x0fU) << 3U) + 0x84U) << ((code & 0x70U) >> 4U)) - 0x84;
    return static_cast<std::int16_t>((code & 0x80U) != 0 ? -magnitude : magnitude);
}

std::int16_t decode_a_law(std::uint8_t octet) {
    const unsigned code = octet ^ 0x55U;
    const unsigned segment = (code & 0x70U) >> 4U;
    unsigned magnitude = ((code & 0x0fU) << 4U) + 8U;
    if (segment != 0) magnitude = (magnitude + 0x100U) << (segment - 1U);
    const int sample = static_cast<int>(magnitude);
    return static_cast<std::int16_t>((code & 0x80U) != 0 ? sample : -sample);
}

std::unique_ptr<AudioDecoder> make_audio_decoder(std::string_view encoding) {
    if (iequals(encoding, "PCMU")) return std::make_unique<G711<decode_mu_law>>();
    if (iequals(encoding, "PCMA")) return std::make_unique<G711<decode_a_law>>();
    if (iequals(encoding, "GSM")) return std::make_unique<Gsm>();
    if (iequals(encoding, "G722")) return std::make_unique<G722>();
    if (iequals(encoding, "opus")) return std::make_unique<Opus>();
    return nullptr;
}

} // namespace rungs::media
