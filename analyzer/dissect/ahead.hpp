#pragma once

#include "analyzer/decode/packet.hpp"
#include "dissectors/dissector.hpp"
#include "dissectors/sip/message.hpp"

namespace rungs::dissect {

/// What a datagram says by itself, whatever came before it: so it can be read ahead of its turn, on another
/// thread.
struct SipAhead {
    Parsed parsed;
    sip::Message message; ///< views into the datagram
};

/// Reads the datagram of `packet` if it is SIP for certain; false, and nothing read, when not.
bool read_ahead(const decode::Packet& packet, SipAhead& out);

} // namespace rungs::dissect
