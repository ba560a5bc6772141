#pragma once

#include <cstdint>

#include "analyzer/analysis.hpp"
#include "dissectors/msn/message.hpp"
#include "dissectors/sdp/description.hpp"
#include "dissectors/sip/message.hpp"

namespace rungs::correlate {

/// What the capture says about a message of any protocol.
struct Sighting {
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

    /// This part alone of what has more to say.
    [[nodiscard]] const Sighting& sighting() const { return *this; }
};

/// A SIP message with all that the capture says about it. Views: alive during the call that takes it.
struct Observed : Sighting {
    explicit Observed(const sip::Message& seen) : message(seen) {}

    const sip::Message& message;
    const sdp::Description* description = nullptr; ///< its session description, if it carries one
};

/// The same for a command of MSN.
struct ObservedMsn : Sighting {
    explicit ObservedMsn(const msn::Message& seen) : message(seen) {}

    const msn::Message& message;
};

} // namespace rungs::correlate
