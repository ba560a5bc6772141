#include "analyzer/media/glance.hpp"

#include <algorithm>

#include "analyzer/decode/plain_udp.hpp"

namespace rungs::media {
namespace {

constexpr std::size_t address_octets = 4, ports_at = 8, ssrc_at = 12; // in the key
constexpr std::size_t ssrc_in_header = 8;

bool may_be_rtp(Bytes datagram) {
    return datagram.size() >= rtp::fixed_header_octets && rtp::has_version_2(datagram) &&
           !rtp::is_rtcp(datagram);
}

/// All but the endpoints in the key. `datagram` may be RTP.
bool look(Bytes datagram, std::uint32_t missing, std::uint8_t dscp, const Frame& frame, Glance& out) {
    const auto parsed = rtp::parse(datagram, missing);
    if (!parsed) return false;
    out.seen = observe(*parsed, datagram.size() + missing, dscp, frame);
    std::ranges::copy(datagram.subspan<ssrc_in_header, 4>(), out.key.begin() + ssrc_at);
    return true;
}

void write_port(StreamKey& key, std::size_t at, std::uint16_t port) {
    key[at] = static_cast<std::uint8_t>(port >> 8U);
    key[at + 1] = static_cast<std::uint8_t>(port & 0xffU);
}

void write_endpoints(StreamKey& key, const Endpoint& source, const Endpoint& destination) {
    std::copy_n(source.address.octets().begin(), address_octets, key.begin());
    std::copy_n(destination.address.octets().begin(), address_octets, key.begin() + address_octets);
    write_port(key, ports_at, source.port);
    write_port(key, ports_at + 2, destination.port);
}

} // namespace

StreamKey stream_key(const Endpoint& source, const Endpoint& destination, std::uint32_t ssrc) {
    StreamKey key{};
    write_endpoints(key, source, destination);
    write_port(key, ssrc_at, static_cast<std::uint16_t>(ssrc >> 16U));
    write_port(key, ssrc_at + 2, static_cast<std::uint16_t>(ssrc & 0xffffU));
    return key;
}

Observation observe(const rtp::Packet& rtp, std::size_t datagram_octets, std::uint8_t dscp,
                    const Frame& frame) {
    Observation seen;
    seen.time = frame.time;
    seen.frame = frame.number;
    seen.timestamp = rtp.timestamp;
    seen.sequence = rtp.sequence;
    seen.payload_octets = static_cast<std::uint16_t>(std::min<std::uint32_t>(rtp.payload_octets, 0xffff));
    seen.datagram_octets = static_cast<std::uint16_t>(std::min<std::size_t>(datagram_octets, 0xffff));
    seen.capture = frame.capture;
    seen.payload_type = rtp.payload_type;
    seen.dscp = dscp;
    seen.marker = rtp.marker;
    std::copy_n(rtp.payload.begin(), std::min(rtp.payload.size(), seen.first_octets.size()),
                seen.first_octets.begin());
    return seen;
}

bool glance_at(const Frame& frame, Glance& out) {
    if (!decode::is_plain_udp(frame)) return false;
    const Bytes datagram = decode::plain_payload(frame);
    if (!may_be_rtp(datagram)) return false;
    // The headers have addresses and ports as the key has them.
    std::ranges::copy(frame.bytes.subspan<decode::plain::addresses, ssrc_at>(), out.key.begin());
    return look(datagram, 0, decode::plain_dscp(frame), frame, out);
}

bool glance_at(const Frame& frame, const decode::Packet& packet, Glance& out) {
    if (packet.status != decode::Status::transport || packet.transport != decode::Transport::udp ||
        !packet.source.address.is_v4() || !may_be_rtp(packet.payload))
        return false;
    write_endpoints(out.key, packet.source, packet.destination);
    return look(packet.payload, packet.payload_missing, packet.dscp, frame, out);
}

} // namespace rungs::media
