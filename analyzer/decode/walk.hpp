#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "analyzer/decode/packet.hpp"
#include "core/bytes.hpp"

/// Internal to this folder: what the layer readers share.
namespace rungs::decode {

/// The header that stands next in a frame.
enum class Layer : std::uint8_t {
    done,
    ethernet,
    vlan,
    llc,
    null_loop,
    cooked_v1,
    cooked_v2,
    ppp,
    cisco_hdlc,
    pppoe,
    mpls,
    ip, ///< IPv4 or IPv6, as its first four bits say
    ipv4,
    ipv6,
    extension, ///< IPv6 extension headers and AH; which one: Packet::ip_protocol
    gre,
    erspan_2,
    erspan_3,
    udp,
    tcp,
    sctp,
    icmp,
    icmpv6,
};

/// A walk down the layers of one frame. Readers take their header off `rest` and say what stands next.
struct Walk {
    Packet& packet;
    Bytes rest;                ///< captured and not read yet, as far as the length fields so far allow
    std::uint32_t missing = 0; ///< octets that belong behind `rest` and were not captured
    std::size_t offset = 0;    ///< of `rest` in the frame
    bool quoted = false;       ///< an ICMP quotation: cut headers are expected

    void consume(std::size_t count) {
        rest = rest.subspan(count);
        offset += count;
    }

    /// A header says that `length` octets follow it: what is captured beyond them is padding, and what they
    /// have beyond the capture is missing, whether the snapshot length or a lie is the reason.
    void limit(std::size_t length) {
        missing = length <= rest.size() ? 0 : static_cast<std::uint32_t>(length - rest.size());
        if (missing == 0) rest = rest.first(length);
    }

    /// Adds to Packet::enclosure. Only what both directions of a conversation have in common may go in, or
    /// the two sides of a TCP connection would not find each other: no MPLS labels, no GTP tunnel ids, no
    /// PPTP call ids.
    void enclose(std::uint64_t value);

    Layer malformed(std::string_view layer, std::string_view reason) {
        packet.status = Status::malformed;
        packet.malformed_layer = layer;
        packet.malformed_reason = reason;
        packet.malformed_offset = offset;
        return Layer::done;
    }
    Layer cut(std::string_view layer) { return malformed(layer, "the header is cut"); }

    /// Nothing more that we could read: ARP, an unknown tunnel content, ...
    Layer no_ip() {
        packet.status = packet.source.address.is_set() ? Status::other_ip : Status::no_ip;
        return Layer::done;
    }
};

// Which header an EtherType or an IP protocol announces; the walk ends (with its status set) when it is none
// of ours.
Layer by_ethertype(Walk& walk, std::uint16_t type);
Layer by_ip_protocol(Walk& walk, std::uint8_t protocol);

// link.cpp
Layer by_link_type(Walk& walk, LinkType type);
Layer vlan(Walk& walk);
Layer llc(Walk& walk);
Layer null_loop(Walk& walk);
Layer cooked_v1(Walk& walk);
Layer cooked_v2(Walk& walk);
Layer ppp(Walk& walk);
Layer cisco_hdlc(Walk& walk);
Layer pppoe(Walk& walk);
Layer mpls(Walk& walk);

// tunnel.cpp
Layer gre(Walk& walk);
Layer erspan_2(Walk& walk);
Layer erspan_3(Walk& walk);
inline constexpr std::uint16_t gtp_u_port = 2152;
inline constexpr std::uint16_t vxlan_port = 4789;
inline bool is_udp_tunnel(std::uint16_t destination_port) {
    return destination_port == gtp_u_port || destination_port == vxlan_port;
}
/// What comes to such a port is read as a tunnel only if all of it fits, since any program may use the port:
/// Layer::done means that it is a plain datagram, and `walk` is as before.
Layer udp_tunnel(Walk& walk, std::uint16_t destination_port);

} // namespace rungs::decode
