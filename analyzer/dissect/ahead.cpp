#include "analyzer/dissect/ahead.hpp"

namespace rungs::dissect {

bool read_ahead(const decode::Packet& packet, SipAhead& out) {
    const bool is_datagram =
        packet.status == decode::Status::transport && packet.transport == decode::Transport::udp;
    if (!is_datagram || packet.payload.empty() || sip::probe(packet.payload) != Probe::certain) return false;
    out.parsed = sip::parse(packet.payload, Framing::datagram, out.message);
    return true;
}

} // namespace rungs::dissect
