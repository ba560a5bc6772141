#include "analyzer/decode/packet.hpp"

#include "analyzer/decode/flow_key.hpp"
#include "analyzer/decode/plain_udp.hpp"
#include "analyzer/decode/walk.hpp"
#include "core/limits/decode.hpp"

namespace rungs::decode {
namespace {

std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ value >> 32U) * 0x9e3779b97f4a7c15U;
    return value ^ value >> 29U;
}

std::uint64_t number_of(const IpAddress& address) {
    const AddressWords words = words_of(address);
    return mixed(words[0]) + 3 * mixed(words[1]);
}

/// An IP header was read: what was the packet so far encloses this one.
void set_addresses(Walk& walk, Bytes source, Bytes destination) {
    Packet& packet = walk.packet;
    if (packet.source.address.is_set()) {
        // The sum is the same for both directions.
        walk.enclose(number_of(packet.source.address) + number_of(packet.destination.address));
        packet.tunnelled = true;
    }
    packet.source = {IpAddress::from_octets(source), 0};
    packet.destination = {IpAddress::from_octets(destination), 0};
}

/// `walk.rest` is the payload of a fragment.
Layer fragment(Walk& walk, std::uint32_t offset, bool more, std::string_view layer) {
    Packet& packet = walk.packet;
    packet.fragment_offset = offset;
    packet.more_fragments = more;
    if (offset + walk.rest.size() + walk.missing > 65'535) {
        return walk.malformed(layer, "the fragment reaches beyond the largest datagram");
    }
    if (walk.quoted && offset == 0) return by_ip_protocol(walk, packet.ip_protocol);
    packet.status = Status::fragment;
    packet.fragment = walk.rest;
    packet.payload_missing = walk.missing;
    return Layer::done;
}

Layer ethernet(Walk& walk) {
    if (walk.rest.size() < 14) return walk.cut("ethernet");
    ByteCursor header(walk.rest.first(14));
    header.skip(12);
    const std::uint16_t type = header.u16();
    walk.consume(14);
    if (type > 1500) return by_ethertype(walk, type);
    walk.limit(type); // IEEE 802.3: a length
    return Layer::llc;
}

/// RFC 791 section 3.1.
Layer ipv4(Walk& walk) {
    constexpr std::size_t shortest = 20;
    if (walk.rest.size() < shortest) return walk.cut("ipv4");
    ByteCursor header(walk.rest.first(shortest));
    const std::uint8_t version_and_length = header.u8();
    const std::uint8_t service = header.u8();
    const std::size_t total_length = header.u16();
    const std::uint16_t id = header.u16();
    const std::uint16_t flags_and_offset = header.u16();
    const std::uint8_t ttl = header.u8();
    const std::uint8_t protocol = header.u8();
    header.skip(2);
    const Bytes source = header.take(4);
    const Bytes destination = header.take(4);

    if (version_and_length >> 4U != 4) return walk.malformed("ipv4", "the version is not 4");
    set_addresses(walk, source, destination);
    Packet& packet = walk.packet;
    packet.dscp = service >> 2U;
    packet.ttl = ttl;
    packet.ip_id = id;
    packet.ip_protocol = protocol;

    const std::size_t header_length = std::size_t{version_and_length & 0x0fU} * 4U;
    if (header_length < shortest) return walk.malformed("ipv4", "the header length is below 20");
    if (header_length > walk.rest.size()) return walk.cut("ipv4");
    // A total length of 0 comes from segmentation offload: the packet was longer than the field can say.
    if (total_length != 0 && total_length < header_length) {
        return walk.malformed("ipv4", "the total length is below the header length");
    }
    walk.consume(header_length);
    if (total_length != 0) walk.limit(total_length - header_length);

    if ((flags_and_offset & 0x3fffU) != 0) {
        return fragment(walk, (flags_and_offset & 0x1fffU) * 8U, (flags_and_offset & 0x2000U) != 0, "ipv4");
    }
    return by_ip_protocol(walk, protocol);
}

/// RFC 8200 section 3.
Layer ipv6(Walk& walk) {
    constexpr std::size_t length = 40;
    if (walk.rest.size() < length) return walk.cut("ipv6");
    ByteCursor header(walk.rest.first(length));
    const std::uint32_t version_class_flow = header.u32();
    const std::size_t payload_length = header.u16();
    const std::uint8_t next = header.u8();
    const std::uint8_t hop_limit = header.u8();
    const Bytes source = header.take(16);
    const Bytes destination = header.take(16);

    if (version_class_flow >> 28U != 6) return walk.malformed("ipv6", "the version is not 6");
    set_addresses(walk, source, destination);
    walk.packet.dscp = static_cast<std::uint8_t>(version_class_flow >> 22U & 0x3fU);
    walk.packet.ttl = hop_limit;
    walk.packet.ip_id = 0;
    walk.consume(length);
    // 0 means a jumbogram (RFC 2675) or segmentation offload.
    if (payload_length != 0) walk.limit(payload_length);
    return by_ip_protocol(walk, next);
}

Layer ip(Walk& walk) {
    if (walk.rest.empty()) return walk.cut("ip");
    const unsigned version = walk.rest.front() >> 4U;
    if (version == 4) return Layer::ipv4;
    if (version == 6) return Layer::ipv6;
    return walk.malformed("ip", "the version is neither 4 nor 6");
}

/// RFC 8200 section 4.5.
Layer fragment_header(Walk& walk) {
    if (walk.rest.size() < 8) return walk.cut("ipv6");
    ByteCursor header(walk.rest.first(8));
    walk.packet.ip_protocol = header.u8();
    header.skip(1);
    const std::uint16_t offset_and_flag = header.u16();
    walk.packet.ip_id = header.u32();
    walk.consume(8);
    const bool more = (offset_and_flag & 1U) != 0;
    const std::uint32_t offset = offset_and_flag & 0xfff8U;
    // RFC 6946: a fragment that is the whole datagram.
    if (!more && offset == 0) return by_ip_protocol(walk, walk.packet.ip_protocol);
    return fragment(walk, offset, more, "ipv6");
}

/// The others have their length at the same place: RFC 8200 sections 4.3 to 4.6, RFC 4302 section 2.2 (AH).
Layer extension(Walk& walk) {
    constexpr std::uint8_t fragment_protocol = 44, ah_protocol = 51;
    const std::uint8_t which = walk.packet.ip_protocol;
    if (which == fragment_protocol) return fragment_header(walk);
    if (walk.rest.size() < 8) return walk.cut("ipv6");
    const std::uint8_t next = walk.rest[0];
    const std::size_t length = which == ah_protocol ? (walk.rest[1] + 2U) * 4U : (walk.rest[1] + 1U) * 8U;
    if (length > walk.rest.size())
        return walk.malformed("ipv6", "an extension header is longer than its packet");
    walk.consume(length);
    return by_ip_protocol(walk, next);
}

Layer finish(Walk& walk, Transport transport) {
    Packet& packet = walk.packet;
    packet.status = Status::transport;
    packet.transport = transport;
    packet.payload = walk.rest;
    packet.payload_missing = walk.missing;
    return Layer::done;
}

/// RFC 768.
Layer udp(Walk& walk) {
    if (walk.rest.size() < 8) return walk.cut("udp");
    ByteCursor header(walk.rest.first(8));
    walk.packet.source.port = header.u16();
    const std::uint16_t destination_port = walk.packet.destination.port = header.u16();
    const std::size_t length = header.u16();
    if (length != 0 && length < 8) return walk.malformed("udp", "the length is below 8");
    walk.consume(8);
    // 0: a jumbogram (RFC 2675 section 4) or offload, so all that IP carries.
    if (length != 0) walk.limit(length - 8);
    if (is_udp_tunnel(destination_port)) {
        if (const Layer inner = udp_tunnel(walk, destination_port); inner != Layer::done) return inner;
    }
    return finish(walk, Transport::udp);
}

/// RFC 9293 section 3.1.
Layer tcp(Walk& walk) {
    constexpr std::size_t shortest = 20;
    Packet& packet = walk.packet;
    ByteCursor header(walk.rest);
    packet.source.port = header.u16();
    packet.destination.port = header.u16();
    packet.tcp_sequence = header.u32();
    const bool has_ports = !header.failed();
    packet.tcp_acknowledgement = header.u32();
    const std::size_t header_length = (header.u8() >> 4U) * std::size_t{4};
    packet.tcp_flags = header.u8();
    if (header_length > 0 && header_length < shortest) {
        return walk.malformed("tcp", "the header length is below 20");
    }
    if (header.failed() || header_length > walk.rest.size()) {
        if (!walk.quoted || !has_ports) return walk.cut("tcp");
        walk.consume(walk.rest.size());
        return finish(walk, Transport::tcp);
    }
    if (header_length < shortest) return walk.malformed("tcp", "the header length is below 20");
    walk.consume(header_length);
    return finish(walk, Transport::tcp);
}

/// RFC 9260 section 3.1. The payload is the chunks.
Layer sctp(Walk& walk) {
    constexpr std::size_t common_header = 12;
    ByteCursor header(walk.rest);
    walk.packet.source.port = header.u16();
    walk.packet.destination.port = header.u16();
    header.skip(common_header - 4);
    if (header.failed() && !walk.quoted) return walk.cut("sctp");
    walk.consume(header.offset());
    return finish(walk, Transport::sctp);
}

/// `quotes` tells for a type whether the message carries the packet that caused it, behind 8 octets.
template <typename Quotes>
Layer icmp(Walk& walk, std::string_view name, Quotes quotes) {
    ByteCursor header(walk.rest);
    walk.packet.icmp_type = header.u8();
    walk.packet.icmp_code = header.u8();
    header.skip(2);
    if (header.failed()) return walk.cut(name);
    if (!quotes(walk.packet.icmp_type)) {
        walk.rest = {};
        walk.missing = 0;
        return finish(walk, Transport::icmp);
    }
    header.skip(4);
    if (header.failed()) return walk.cut(name);
    walk.consume(header.offset());
    return finish(walk, Transport::icmp);
}

/// RFC 792: destination unreachable, source quench, redirect, time exceeded, parameter problem.
bool icmp_quotes(std::uint8_t type) {
    return (type >= 3 && type <= 5) || type == 11 || type == 12;
}
/// RFC 4443: destination unreachable, packet too big, time exceeded, parameter problem.
bool icmpv6_quotes(std::uint8_t type) {
    return type >= 1 && type <= 4;
}

Layer read(Layer layer, Walk& walk) {
    switch (layer) {
    case Layer::done: return Layer::done;
    case Layer::ethernet: return ethernet(walk);
    case Layer::vlan: return vlan(walk);
    case Layer::llc: return llc(walk);
    case Layer::null_loop: return null_loop(walk);
    case Layer::cooked_v1: return cooked_v1(walk);
    case Layer::cooked_v2: return cooked_v2(walk);
    case Layer::ppp: return ppp(walk);
    case Layer::cisco_hdlc: return cisco_hdlc(walk);
    case Layer::pppoe: return pppoe(walk);
    case Layer::mpls: return mpls(walk);
    case Layer::ip: return ip(walk);
    case Layer::ipv4: return ipv4(walk);
    case Layer::ipv6: return ipv6(walk);
    case Layer::extension: return extension(walk);
    case Layer::gre: return gre(walk);
    case Layer::erspan_2: return erspan_2(walk);
    case Layer::erspan_3: return erspan_3(walk);
    case Layer::udp: return udp(walk);
    case Layer::tcp: return tcp(walk);
    case Layer::sctp: return sctp(walk);
    case Layer::icmp: return icmp(walk, "icmp", icmp_quotes);
    case Layer::icmpv6: return icmp(walk, "icmpv6", icmpv6_quotes);
    }
    return Layer::done;
}

void go(Walk& walk, Layer layer) {
    for (unsigned headers = 0; layer != Layer::done; ++headers) {
        if (headers > limits::nested_layers) {
            walk.malformed("layers", "more headers than limits::nested_layers");
            return;
        }
        layer = read(layer, walk);
    }
}

Packet walk_down(const Frame& frame) {
    Packet packet;
    Walk walk{packet, frame.bytes};
    if (frame.original_length > frame.bytes.size()) {
        walk.missing = static_cast<std::uint32_t>(frame.original_length - frame.bytes.size());
    }
    go(walk, by_link_type(walk, frame.link_type));
    return packet;
}

/// In one straight line, which takes 5 ns where the walk takes 35. A test compares the two.
Packet read_plain_udp(const Frame& frame) {
    const Bytes octets = frame.bytes.first(plain::payload);
    return {
        .status = Status::transport,
        .transport = Transport::udp,
        .source = {IpAddress::from_octets(octets.subspan(plain::addresses, 4)), u16_at(octets, plain::udp)},
        .destination = {IpAddress::from_octets(octets.subspan(plain::addresses + 4, 4)),
                        u16_at(octets, plain::udp + 2)},
        .payload = plain_payload(frame),
        .ip_protocol = udp_protocol,
        .dscp = plain_dscp(frame),
        .ttl = octets[plain::ip + 8],
        .ip_id = u16_at(octets, plain::ip + 4),
        .fragment = {},
        .malformed_layer = {},
        .malformed_reason = {},
    };
}

} // namespace

void Walk::enclose(std::uint64_t value) {
    packet.enclosure = mixed(packet.enclosure + mixed(value + 1));
}

Layer by_ethertype(Walk& walk, std::uint16_t type) {
    switch (type) {
    case 0x0800: return Layer::ipv4;
    case 0x86dd: return Layer::ipv6;
    case 0x8100:
    case 0x88a8:
    case 0x9100: return Layer::vlan;
    case 0x8847:
    case 0x8848: return Layer::mpls;
    case 0x8864: return Layer::pppoe;
    default: return walk.no_ip();
    }
}

Layer by_ip_protocol(Walk& walk, std::uint8_t protocol) {
    walk.packet.ip_protocol = protocol;
    switch (protocol) {
    case udp_protocol: return Layer::udp;
    case 6: return Layer::tcp;
    case 132: return Layer::sctp;
    case 1: return Layer::icmp;
    case 58: return Layer::icmpv6;
    case 4: return Layer::ipv4;
    case 41: return Layer::ipv6;
    case 47: return Layer::gre;
    case 0:  // hop-by-hop options
    case 43: // routing
    case 44: // fragment
    case 51: // AH
    case 60: // destination options
        return Layer::extension;
    default:
        walk.packet.status = Status::other_ip;
        walk.packet.transport = Transport::other;
        return Layer::done;
    }
}

Packet decode(const Frame& frame) {
    return is_plain_udp(frame) ? read_plain_udp(frame) : walk_down(frame);
}

Packet decode_ip_payload(Packet packet, Bytes payload) {
    packet.fragment = {};
    packet.fragment_offset = 0;
    packet.more_fragments = false;
    packet.payload_missing = 0;
    Walk walk{packet, payload};
    go(walk, by_ip_protocol(walk, packet.ip_protocol));
    return packet;
}

Packet decode_quoted(Bytes quoted) {
    Packet packet;
    Walk walk{packet, quoted};
    walk.quoted = true;
    go(walk, Layer::ip);
    return packet;
}

} // namespace rungs::decode
