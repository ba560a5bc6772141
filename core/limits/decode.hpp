#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of the layers of a packet and what is put together from pieces: name, unit, default. When one is
/// reached the report says so under the same name; docs/limits.md lists them for users and tests stand on
/// both sides of each.
namespace rungs::limits {

inline constexpr unsigned nested_layers = 16;              ///< link, tunnel and IP headers in a frame
inline constexpr std::size_t fragment_octets = 32U << 20U; ///< waiting fragments, all datagrams
inline constexpr std::int64_t fragment_timeout_ns = 60'000'000'000; ///< waiting for the rest of a datagram
inline constexpr std::size_t tcp_flows = 65'536;                    ///< TCP connections followed at once
inline constexpr std::size_t tcp_flow_gap_octets = 1U << 20U;       ///< out of order, one direction
inline constexpr std::size_t tcp_gap_octets = 32U << 20U;           ///< out of order, all directions

} // namespace rungs::limits
