// Tunnels over IP and over UDP.

#include "analyzer/decode/walk.hpp"

namespace rungs::decode {
namespace {

constexpr std::uint16_t checksum_flag = 0x8000, routing_flag = 0x4000, key_flag = 0x2000,
                        sequence_flag = 0x1000, acknowledgement_flag = 0x0080;

/// RFC 2637 section 4.1 (PPTP): GRE version 1, PPP inside. The call id differs by direction, so it encloses
/// nothing.
Layer enhanced_gre(Walk& walk, std::uint16_t flags, ByteCursor header) {
    const std::uint16_t length = header.u16();
    header.skip(2);
    if ((flags & sequence_flag) != 0) header.skip(4);
    if ((flags & acknowledgement_flag) != 0) header.skip(4);
    if (header.failed()) return walk.cut("gre");
    walk.consume(header.offset());
    if (length == 0) return walk.no_ip(); // an acknowledgement only
    walk.limit(length);
    return Layer::ppp;
}

/// True when `bytes`, behind which `missing` more were not captured, begins with an IP header that fits.
bool looks_like_ip(Bytes bytes, std::size_t missing) {
    ByteCursor header(bytes);
    const std::uint8_t first = header.u8();
    header.skip(1);
    const std::size_t word = header.u16();
    if (first >> 4U == 4) {
        const std::size_t header_length = std::size_t{first & 0x0fU} * 4U;
        return bytes.size() >= 20 && header_length >= 20 && word >= header_length &&
               word <= bytes.size() + missing;
    }
    const std::size_t payload_length = header.u16();
    return first >> 4U == 6 && bytes.size() >= 40 && payload_length + 40 <= bytes.size() + missing;
}

/// 3GPP TS 29.281 section 5.1: true with `header` behind the header and its extensions when this is a G-PDU.
bool skip_gtp_u_header(ByteCursor& header, std::size_t missing) {
    const std::uint8_t flags = header.u8();
    const std::uint8_t type = header.u8();
    const std::size_t length = header.u16();
    header.skip(4); // the tunnel id: differs by direction
    constexpr std::uint8_t version_1 = 0x30, any_optional = 0x07, has_extension = 0x04, g_pdu = 255;
    if (header.failed() || (flags & 0xf0U) != version_1 || type != g_pdu) return false;
    if (length > header.remaining() + missing) return false;
    if ((flags & any_optional) == 0) return true;
    header.skip(3);
    std::uint8_t next = header.u8();
    while ((flags & has_extension) != 0 && next != 0) {
        const std::size_t extension_length = header.u8() * std::size_t{4};
        if (extension_length == 0) return false;
        header.skip(extension_length - 2);
        next = header.u8();
    }
    return !header.failed();
}

Layer gtp_u(Walk& walk) {
    ByteCursor header(walk.rest);
    if (!skip_gtp_u_header(header, walk.missing) || !looks_like_ip(header.rest(), walk.missing))
        return Layer::done;
    walk.consume(header.offset());
    return Layer::ip;
}

/// RFC 7348 section 5, with Ethernet and IP (perhaps tagged) inside.
Layer vxlan(Walk& walk) {
    ByteCursor header(walk.rest);
    const std::uint32_t flags = header.u32();
    const std::uint32_t network = header.u24();
    const std::uint8_t reserved = header.u8();
    constexpr std::uint32_t has_network = 0x0800'0000;
    if (header.failed() || flags != has_network || reserved != 0) return Layer::done;
    ByteCursor inner(header.rest());
    inner.skip(12);
    const std::uint16_t type = inner.u16();
    if (type != 0x0800 && type != 0x86dd && type != 0x8100) return Layer::done;
    walk.enclose(network);
    walk.consume(header.offset());
    return Layer::ethernet;
}

} // namespace

/// RFC 2784 section 2.1, RFC 2890 section 2.
Layer gre(Walk& walk) {
    ByteCursor header(walk.rest);
    const std::uint16_t flags = header.u16();
    const std::uint16_t type = header.u16();
    if (header.failed()) return walk.cut("gre");
    if ((flags & 0x0007U) == 1) return enhanced_gre(walk, flags, header);
    if ((flags & 0x0007U) != 0 || (flags & routing_flag) != 0) return walk.no_ip();
    if ((flags & checksum_flag) != 0) header.skip(4);
    if ((flags & key_flag) != 0) walk.enclose(header.u32());
    if ((flags & sequence_flag) != 0) header.skip(4);
    if (header.failed()) return walk.cut("gre");
    walk.consume(header.offset());
    switch (type) {
    case 0x6558: return Layer::ethernet;
    case 0x880b: return Layer::ppp;
    case 0x88be: // ERSPAN; type I has no sequence number and no header
        return (flags & sequence_flag) != 0 ? Layer::erspan_2 : Layer::ethernet;
    case 0x22eb: return Layer::erspan_3;
    default: return by_ethertype(walk, type);
    }
}

/// draft-foschiano-erspan section 4.2.
Layer erspan_2(Walk& walk) {
    constexpr std::size_t length = 8;
    if (walk.rest.size() < length) return walk.cut("erspan");
    walk.consume(length);
    return Layer::ethernet;
}

/// draft-foschiano-erspan section 4.3: 12 octets, and 8 more for a platform's own words.
Layer erspan_3(Walk& walk) {
    ByteCursor header(walk.rest);
    header.skip(10);
    const std::uint16_t flags = header.u16();
    if ((flags & 1U) != 0) header.skip(8);
    if (header.failed()) return walk.cut("erspan");
    walk.consume(header.offset());
    const unsigned frame_type = flags >> 10U & 0x1fU;
    if (frame_type == 2) return Layer::ip;
    return frame_type == 0 ? Layer::ethernet : walk.no_ip();
}

Layer udp_tunnel(Walk& walk, std::uint16_t destination_port) {
    return destination_port == gtp_u_port ? gtp_u(walk) : vxlan(walk);
}

} // namespace rungs::decode
