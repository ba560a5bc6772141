// Link layers other than plain Ethernet, which packet.cpp keeps beside IP: it is the common way.

#include "analyzer/decode/walk.hpp"

namespace rungs::decode {

/// Numbers from tcpdump.org/linktypes.html.
Layer by_link_type(Walk& walk, LinkType type) {
    switch (type) {
    case 0:   // NULL
    case 108: // LOOP
        return Layer::null_loop;
    case 1: return Layer::ethernet;
    case 9:  // PPP
    case 50: // PPP_HDLC
        return Layer::ppp;
    case 51: return Layer::pppoe;       // PPP_ETHER
    case 104: return Layer::cisco_hdlc; // C_HDLC
    case 12:                            // RAW, as some systems number it
    case 14:
    case 101: return Layer::ip;        // RAW
    case 113: return Layer::cooked_v1; // LINUX_SLL
    case 228: return Layer::ipv4;      // IPV4
    case 229: return Layer::ipv6;      // IPV6
    case 276: return Layer::cooked_v2; // LINUX_SLL2
    default: return walk.no_ip();
    }
}

/// IEEE 802.1Q: the tag control information, then the EtherType (or length) of what is tagged.
Layer vlan(Walk& walk) {
    ByteCursor header(walk.rest);
    const auto id = static_cast<std::uint16_t>(header.u16() & 0x0fffU);
    const std::uint16_t type = header.u16();
    if (header.failed()) return walk.cut("vlan");
    if (walk.packet.vlan == 0) walk.packet.vlan = id;
    if (id != 0) walk.enclose(id); // 0 only carries a priority
    walk.consume(header.offset());
    if (type > 1500) return by_ethertype(walk, type);
    walk.limit(type);
    return Layer::llc;
}

/// IEEE 802.2 with SNAP (RFC 1042).
Layer llc(Walk& walk) {
    ByteCursor header(walk.rest);
    const std::uint32_t sap_and_control = header.u24();
    const std::uint32_t organization = header.u24();
    const std::uint16_t type = header.u16();
    if (header.failed() || sap_and_control != 0xaaaa03 || organization != 0) return walk.no_ip();
    walk.consume(header.offset());
    return by_ethertype(walk, type);
}

/// The address family in the byte order of whoever captured (NULL) or in network order (LOOP).
Layer null_loop(Walk& walk) {
    ByteCursor header(walk.rest);
    const std::uint32_t big = header.u32();
    const std::uint32_t little = ByteCursor(walk.rest).u32le();
    if (header.failed()) return walk.cut("null");
    walk.consume(header.offset());
    switch (big < little ? big : little) {
    case 2: return Layer::ipv4;
    case 10: // AF_INET6 of Linux, then of NetBSD, FreeBSD and Darwin
    case 24:
    case 28:
    case 30: return Layer::ipv6;
    default: return walk.no_ip();
    }
}

Layer cooked_v1(Walk& walk) {
    ByteCursor header(walk.rest);
    header.skip(14);
    const std::uint16_t protocol = header.u16();
    if (header.failed()) return walk.cut("sll");
    walk.consume(header.offset());
    constexpr std::uint16_t llc_protocol = 4;
    return protocol == llc_protocol ? Layer::llc : by_ethertype(walk, protocol);
}

Layer cooked_v2(Walk& walk) {
    ByteCursor header(walk.rest);
    const std::uint16_t protocol = header.u16();
    header.skip(18);
    if (header.failed()) return walk.cut("sll2");
    walk.consume(header.offset());
    constexpr std::uint16_t llc_protocol = 4;
    return protocol == llc_protocol ? Layer::llc : by_ethertype(walk, protocol);
}

/// RFC 1661 section 2, with or without HDLC's address and control (RFC 1662), with or without protocol
/// compression.
Layer ppp(Walk& walk) {
    ByteCursor header(walk.rest);
    if (header.peek() == 0xff && header.peek(1) == 0x03) header.skip(2);
    const bool compressed = (header.peek() & 1U) != 0;
    const unsigned protocol = compressed ? header.u8() : header.u16();
    if (header.failed()) return walk.cut("ppp");
    walk.consume(header.offset());
    switch (protocol) {
    case 0x0021: return Layer::ipv4;
    case 0x0057: return Layer::ipv6;
    case 0x0281:
    case 0x0283: return Layer::mpls;
    default: return walk.no_ip();
    }
}

Layer cisco_hdlc(Walk& walk) {
    ByteCursor header(walk.rest);
    header.skip(2);
    const std::uint16_t type = header.u16();
    if (header.failed()) return walk.cut("chdlc");
    walk.consume(header.offset());
    return by_ethertype(walk, type);
}

/// RFC 2516 section 4, session stage.
Layer pppoe(Walk& walk) {
    ByteCursor header(walk.rest);
    const std::uint8_t version_and_type = header.u8();
    const std::uint8_t code = header.u8();
    const std::uint16_t session = header.u16();
    const std::uint16_t length = header.u16();
    if (header.failed()) return walk.cut("pppoe");
    if (version_and_type != 0x11 || code != 0) return walk.no_ip();
    walk.enclose(session);
    walk.consume(header.offset());
    walk.limit(length);
    return Layer::ppp;
}

/// RFC 3032 section 2.1. Nothing says what follows the last label: IP shows by its version, and a pseudowire
/// control word (RFC 4385) begins with 0.
Layer mpls(Walk& walk) {
    ByteCursor header(walk.rest);
    const std::uint32_t entry = header.u32();
    if (header.failed()) return walk.cut("mpls");
    walk.consume(header.offset());
    const bool bottom = (entry & 0x100U) != 0;
    if (!bottom) return Layer::mpls;
    switch (ByteCursor(walk.rest).peek() >> 4U) {
    case 4: return Layer::ipv4;
    case 6: return Layer::ipv6;
    case 0:
        if (walk.rest.size() < 4) return walk.cut("mpls");
        walk.consume(4);
        return Layer::ethernet;
    default: return walk.no_ip();
    }
}

} // namespace rungs::decode
