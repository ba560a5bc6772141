#include "analyzer/decode/unreachable.hpp"

namespace rungs::decode {

std::optional<Unreachable> unreachable_of(const Frame& frame, const Packet& packet) {
    constexpr std::uint8_t icmp = 1, icmpv6 = 58;
    const bool by_v4 = packet.ip_protocol == icmp && packet.icmp_type == 3 && packet.icmp_code == 3;
    const bool by_v6 = packet.ip_protocol == icmpv6 && packet.icmp_type == 1 && packet.icmp_code == 4;
    if (packet.transport != Transport::icmp || (!by_v4 && !by_v6)) return std::nullopt;
    const Packet quoted = decode_quoted(packet.payload);
    if (quoted.transport != Transport::udp) return std::nullopt;
    return Unreachable{frame.number, quoted.source, quoted.destination};
}

} // namespace rungs::decode
