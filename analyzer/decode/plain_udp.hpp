#pragma once

#include <cstddef>
#include <cstdint>

#include "analyzer/decode/walk.hpp"
#include "core/bytes.hpp"
#include "core/frame.hpp"

/// Nearly all packets of a call are Ethernet, IPv4 without options or fragments, and UDP, with nothing cut
/// and nothing odd. What stands where in them is known without a walk down the layers.
namespace rungs::decode {

inline constexpr LinkType ethernet_link = 1;
inline constexpr std::uint8_t udp_protocol = 17;

/// Octets from the start of the frame.
namespace plain {
inline constexpr std::size_t ip = 14, addresses = ip + 12, udp = ip + 20, payload = udp + 8;
}

inline std::uint16_t u16_at(Bytes octets, std::size_t at) {
    return static_cast<std::uint16_t>(octets[at] << 8U | octets[at + 1]);
}

/// True for such a frame: its headers are the first `plain::payload` octets.
inline bool is_plain_udp(const Frame& frame) {
    if (frame.link_type != ethernet_link || frame.bytes.size() < plain::payload) return false;
    const Bytes octets = frame.bytes.first<plain::payload>();
    const std::size_t total_length = u16_at(octets, plain::ip + 2),
                      udp_length = u16_at(octets, plain::udp + 4);
    return u16_at(octets, 12) == 0x0800 && octets[plain::ip] == 0x45 &&
           (u16_at(octets, plain::ip + 6) & 0x3fffU) == 0 && octets[plain::ip + 9] == udp_protocol &&
           udp_length >= 8 && udp_length + 20 <= total_length &&
           total_length + plain::ip <= frame.bytes.size() && !is_udp_tunnel(u16_at(octets, plain::udp + 2));
}

/// The datagram of a frame that `is_plain_udp`; alive as long as the frame's octets.
inline Bytes plain_payload(const Frame& frame) {
    return frame.bytes.subspan(plain::payload, u16_at(frame.bytes, plain::udp + 4) - 8U);
}

inline std::uint8_t plain_dscp(const Frame& frame) {
    return static_cast<std::uint8_t>(frame.bytes[plain::ip + 1] >> 2U);
}

} // namespace rungs::decode
