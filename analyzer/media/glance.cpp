#include "analyzer/media/glance.hpp"

#include <algorithm>
#include <tuple>

#include "analyzer/decode/plain_udp.hpp"
#include "core/load.hpp"
#include "dissectors/rtp/packet.hpp"

namespace rungs::media {
namespace {

std::uint64_t joined(std::uint32_t high, std::uint32_t low) {
    return std::uint64_t{high} << 32U | low;
}

bool may_be_rtp(Bytes datagram) {
    return datagram.size() >= rtp::fixed_header_octets && rtp::has_version_2(datagram) &&
           !rtp::is_rtcp(datagram);
}

void keep_first_octets(Bytes payload, Observation& seen) {
    constexpr std::size_t kept = std::tuple_size_v<decltype(seen.first_octets)>;
    if (payload.size() >= kept) {
        std::ranges::copy(payload.first<kept>(), seen.first_octets.begin());
    } else {
        seen.first_octets = {};
        std::copy_n(payload.begin(), std::min(payload.size(), kept), seen.first_octets.begin());
    }
}

void keep_payload(Bytes payload, std::uint32_t payload_octets, Observation& seen) {
    seen.payload_octets = static_cast<std::uint16_t>(std::min<std::uint32_t>(payload_octets, 0xffff));
    keep_first_octets(payload, seen);
}

/// Nearly all packets have neither padding nor extension nor contributing sources: read in one straight line.
void observe_plain(Bytes datagram, std::uint32_t missing, Observation& seen) {
    const Bytes header = datagram.first<rtp::fixed_header_octets>();
    seen.marker = (header[1] & 0x80U) != 0;
    seen.payload_type = static_cast<std::uint8_t>(header[1] & 0x7fU);
    seen.sequence = static_cast<std::uint16_t>(load_u32(header, 0) & 0xffffU);
    seen.timestamp = load_u32(header, 4);
    const Bytes payload = datagram.subspan(rtp::fixed_header_octets);
    keep_payload(payload, static_cast<std::uint32_t>(payload.size()) + missing, seen);
}

bool observe_any(Bytes datagram, std::uint32_t missing, Observation& seen) {
    const auto parsed = rtp::parse(datagram, missing);
    if (!parsed) return false;
    seen.marker = parsed->marker;
    seen.payload_type = parsed->payload_type;
    seen.sequence = parsed->sequence;
    seen.timestamp = parsed->timestamp;
    keep_payload(parsed->payload, parsed->payload_octets, seen);
    return true;
}

} // namespace

std::uint32_t ssrc_of(Bytes datagram) {
    return load_u32(datagram, 8);
}

StreamKey stream_key(const Endpoint& source, const Endpoint& destination, std::uint32_t ssrc) {
    const auto address = [](const Endpoint& end) { return ByteCursor(end.address.octets()).u32(); };
    return {joined(address(source), address(destination)),
            joined(std::uint32_t{source.port} << 16U | destination.port, ssrc)};
}

bool observe(const Frame& frame, Bytes datagram, std::uint32_t missing, std::uint8_t dscp,
             Observation& seen) {
    constexpr std::uint8_t version_alone = 0x80;
    const bool plain = datagram.size() >= rtp::fixed_header_octets && datagram[0] == version_alone;
    if (plain)
        observe_plain(datagram, missing, seen);
    else if (!observe_any(datagram, missing, seen))
        return false;
    seen.time = frame.time;
    seen.frame = frame.number;
    seen.datagram_octets =
        static_cast<std::uint16_t>(std::min<std::size_t>(datagram.size() + missing, 0xffff));
    seen.capture = frame.capture;
    seen.dscp = dscp;
    return true;
}

bool glance_at(const Frame& frame, Glance& out) {
    if (!decode::is_plain_udp(frame)) return false;
    const Bytes datagram = decode::plain_payload(frame);
    if (!may_be_rtp(datagram)) return false;
    const Bytes ends = frame.bytes.subspan<decode::plain::addresses, 12>();
    out.key = {joined(load_u32(ends, 0), load_u32(ends, 4)), joined(load_u32(ends, 8), ssrc_of(datagram))};
    return observe(frame, datagram, 0, decode::plain_dscp(frame), out.seen);
}

bool glance_at(const Frame& frame, const decode::Packet& packet, Glance& out) {
    if (packet.status != decode::Status::transport || packet.transport != decode::Transport::udp ||
        !packet.source.address.is_v4() || !may_be_rtp(packet.payload))
        return false;
    out.key = stream_key(packet.source, packet.destination, ssrc_of(packet.payload));
    return observe(frame, packet.payload, packet.payload_missing, packet.dscp, out.seen);
}

} // namespace rungs::media
