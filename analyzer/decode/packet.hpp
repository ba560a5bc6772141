#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/bytes.hpp"
#include "core/endpoint.hpp"
#include "core/frame.hpp"
#include "core/limits/decode.hpp"

namespace rungs::decode {

enum class Transport : std::uint8_t { none, udp, tcp, sctp, icmp, other };

/// How far the layers of a frame could be read.
enum class Status : std::uint8_t {
    transport, ///< a whole UDP datagram, TCP segment or ICMP message (or what the snapshot length left of it)
    fragment,  ///< a fragment of an IP datagram
    no_ip,     ///< ARP, LLDP, 802.11, ...: read as far as known, no IP inside
    other_ip,  ///< IP, but a protocol without ports that is not ICMP (ESP, OSPF, IGMP, ...)
    malformed, ///< a header lies or is cut; `malformed_layer` and `malformed_reason` say which and why
};

namespace tcp_flag {
inline constexpr std::uint8_t fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10;
}

/// A frame's innermost IP packet. Pure values and views into the frame: no allocation to make one.
struct Packet {
    Status status = Status::malformed;
    Transport transport = Transport::none;
    Endpoint source, destination; ///< ports are 0 without UDP, TCP or SCTP
    /// UDP: the datagram's octets by its length field; TCP: the segment's data; SCTP: the chunks; ICMP
    /// errors: the octets that they quote (the inner IP packet). Cut to what was captured: see
    /// `payload_missing`.
    Bytes payload;
    /// Octets of the payload that length fields promise and that were not captured: cut off by the snapshot
    /// length, or a length field that lies.
    std::uint32_t payload_missing = 0;

    std::uint8_t ip_protocol = 0;
    std::uint8_t dscp = 0;
    std::uint8_t ttl = 0;
    std::uint32_t ip_id = 0; ///< IPv4 identification, or that of an IPv6 fragment header
    std::uint16_t vlan = 0;  ///< outermost VLAN, 0 for none
    /// What encloses the innermost IP packet (VLANs, outer addresses, tunnel ids), as a number: fragments and
    /// streams of different enclosures are not mixed. 0 when nothing does. Both directions of a conversation
    /// have the same number, so what differs by direction is left out: MPLS labels, GTP-U tunnel ids, PPTP
    /// call ids.
    std::uint64_t enclosure = 0;
    bool tunnelled = false; ///< at least one IP header stood outside

    // TCP only.
    std::uint32_t tcp_sequence = 0, tcp_acknowledgement = 0;
    std::uint8_t tcp_flags = 0;

    // ICMP only.
    std::uint8_t icmp_type = 0, icmp_code = 0;

    // Fragments only: what the reassembler needs.
    std::uint32_t fragment_offset = 0; ///< octets
    bool more_fragments = false;
    Bytes fragment; ///< the fragment's IP payload

    std::string_view malformed_layer, malformed_reason; ///< static text
    std::size_t malformed_offset = 0;                   ///< octets from the start of the frame
};

/// Walks the layers of `frame` down to the innermost transport: Ethernet, 802.1Q and QinQ, Linux cooked v1
/// and v2, NULL and LOOP, raw IP, PPP, Cisco HDLC, PPPoE, MPLS, IPv4, IPv6 with extension headers, IP-in-IP,
/// GRE, ERSPAN, GTP-U, VXLAN. At most limits::nested_layers. Views live as long as the frame's octets. Never
/// fails: see `Packet::status`.
Packet decode(const Frame& frame);

/// The same from an IP header on: for reassembled datagrams (`ip_protocol` and what follows it).
/// `packet` carries addresses, enclosure and so on of the first fragment; `payload` is the whole IP payload.
Packet decode_ip_payload(Packet packet, Bytes payload);

/// What an ICMP error quotes (Packet::payload), decoded as far as it goes: addresses, ports, the start of the
/// payload.
Packet decode_quoted(Bytes quoted);

} // namespace rungs::decode
