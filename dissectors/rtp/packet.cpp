#include "dissectors/rtp/packet.hpp"

namespace rungs::rtp {
namespace {

void strip_padding(Packet& packet) {
    const std::uint8_t count = packet.payload.empty() ? std::uint8_t{0} : packet.payload.back();
    if (count == 0 || count > packet.payload.size()) {
        packet.issue = "rtp-padding";
        return;
    }
    packet.padding_octets = count;
    packet.payload = packet.payload.first(packet.payload.size() - count);
}

} // namespace

Probe probe(Bytes datagram) {
    if (datagram.size() < fixed_header_octets || is_rtcp(datagram)) return Probe::no;
    return parse(datagram) ? Probe::maybe : Probe::no;
}

std::optional<Packet> parse(Bytes datagram, std::uint32_t missing) {
    if (!has_version_2(datagram)) return std::nullopt;
    ByteCursor cursor(datagram);
    const unsigned flags = cursor.u8();
    const unsigned marker_and_type = cursor.u8();
    Packet packet;
    packet.marker = (marker_and_type & 0x80U) != 0;
    packet.payload_type = static_cast<std::uint8_t>(marker_and_type & 0x7fU);
    packet.sequence = cursor.u16();
    packet.timestamp = cursor.u32();
    packet.ssrc = cursor.u32();
    packet.csrcs = cursor.take((flags & 0x0fU) * std::size_t{4});
    packet.has_extension = (flags & 0x10U) != 0;
    if (packet.has_extension) {
        packet.extension_profile = cursor.u16();
        packet.extension = cursor.take(cursor.u16() * std::size_t{4});
    }
    if (cursor.failed()) return std::nullopt;
    packet.payload = cursor.rest();
    if ((flags & 0x20U) != 0 && missing == 0) strip_padding(packet);
    packet.payload_octets = static_cast<std::uint32_t>(packet.payload.size()) + missing;
    return packet;
}

} // namespace rungs::rtp
