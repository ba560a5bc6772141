#pragma once

#include <cstdint>

#include "analyzer/analysis.hpp"
#include "dissectors/sdp/description.hpp"
#include "dissectors/sip/message.hpp"

namespace rungs::correlate {

/// A SIP message with all that the capture says about it. Views: alive during the call that takes it.
struct Observed {
    explicit Observed(const sip::Message& seen) : message(seen) {}

    const sip::Message& message;
    const sdp::Description* description = nullptr; ///< its session description, if it carries one
    Timestamp time;
    std::uint64_t frame = 0;
    std::uint32_t frame_list = 0; ///< see Message::frame_list
    Endpoint source, destination;
    Location location;
    Carrier carrier = Carrier::udp;
    std::uint32_t ip_id = 0; ///< 0 when unknown
    std::uint16_t capture = 0;
    std::uint16_t part = 0; ///< see Message::part
    bool truncated = false;
};

} // namespace rungs::correlate
