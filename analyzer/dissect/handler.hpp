#pragma once

#include <cstdint>
#include <span>

#include "analyzer/analysis.hpp"
#include "core/frame.hpp"
#include "dissectors/msn/message.hpp"
#include "dissectors/sip/message.hpp"

namespace rungs::dissect {

/// Where a message was found. Views: alive during the call.
struct Origin {
    const Frame* last_frame =
        nullptr; ///< the frame that completed it, when its octets stand in that frame; else nullptr
    std::span<const std::uint64_t> frames; ///< all that carried it, ascending, at least one
    Timestamp time;                        ///< of the frame that completed it
    Endpoint source, destination;
    Carrier carrier = Carrier::udp;
    std::uint32_t ip_id = 0;
    std::uint16_t capture = 0;
    std::uint16_t part = 0; ///< see Message::part
    bool truncated = false;
};

/// Takes the messages that the dissecting stage finds, in the order of the frames that complete them.
class Handler {
  public:
    virtual ~Handler() = default;
    virtual void on_sip(const sip::Message& message, const Origin& origin) = 0;
    virtual void on_msn(const msn::Message& message, const Origin& origin) = 0;
};

} // namespace rungs::dissect
