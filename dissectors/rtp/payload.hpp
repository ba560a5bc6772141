#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/bytes.hpp"

/// Payloads that say something about the stream. Views live as long as the payload.
namespace rungs::rtp {

/// One block of redundant audio (RFC 2198): several older ones, then the primary, which is the packet's own
/// time.
struct RedBlock {
    std::uint8_t payload_type = 0;
    std::uint16_t timestamp_offset = 0; ///< how much earlier than the packet's timestamp, in its units
    Bytes data;
};

struct Red {
    static constexpr std::size_t max_blocks = 8;
    std::array<RedBlock, max_blocks> blocks{};
    std::size_t count = 0; ///< the last one is the primary
    [[nodiscard]] const RedBlock& primary() const { return blocks[count - 1]; }
};

/// Nothing when the block lengths do not fit or there are more than Red::max_blocks.
std::optional<Red> parse_red(Bytes payload);

/// RFC 4733 section 2.3. One key press is many packets with the same RTP timestamp and a growing duration.
struct TelephoneEvent {
    std::uint8_t event = 0;
    bool end = false;
    std::uint8_t volume_dbm0 = 0; ///< attenuation: 10 means -10 dBm0
    std::uint16_t duration = 0;   ///< in units of the payload type's clock, since the RTP timestamp
};

/// Nothing when there are fewer than four octets.
std::optional<TelephoneEvent> parse_telephone_event(Bytes payload);

/// "0" to "9", "*", "#", "A" to "D", "flash"; empty for other events (RFC 4733 section 3.2).
std::string_view key_name(std::uint8_t event);

} // namespace rungs::rtp
