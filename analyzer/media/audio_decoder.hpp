#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"

namespace rungs::media {

using Samples = std::vector<std::int16_t>;

/// Turns payloads of one RTP stream into linear samples, one channel.
class AudioDecoder {
  public:
    virtual ~AudioDecoder() = default;
    [[nodiscard]] virtual std::uint32_t sample_rate_hz() const = 0;
    /// Appends the samples of `payload` to `out`; nothing when it is none of this codec.
    virtual void decode(Bytes payload, Samples& out) = 0;
};

/// For PCMU, PCMA (ITU-T G.711), G722, GSM (06.10) and opus (RFC 7587), as SDP spells them in any case;
/// nullptr for others.
std::unique_ptr<AudioDecoder> make_audio_decoder(std::string_view encoding);

/// ITU-T G.711: one octet to a linear sample of 16 bits.
std::int16_t decode_mu_law(std::uint8_t octet);
std::int16_t decode_a_law(std::uint8_t octet);

} // namespace rungs::media
