#pragma once

#include <cstdint>
#include <string_view>

namespace rungs::rtp {

/// What a payload type number stands for.
struct PayloadType {
    std::string_view encoding; ///< empty when the number says nothing by itself
    std::uint32_t clock_rate_hz = 0;
    std::uint8_t channels = 0; ///< 0 for video
};

/// The static assignments of RFC 3551 section 6, tables 4 and 5. Static storage.
const PayloadType& static_payload_type(std::uint8_t number);

} // namespace rungs::rtp
