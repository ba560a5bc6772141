#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of capture files and what is read of them: name, unit, default. When one is reached the report says
/// so under the same name; docs/limits.md lists them for users and tests stand on both sides of each.
namespace rungs::limits {

inline constexpr std::size_t capture_block_octets = 16U << 20U;    ///< a pcapng block or pcap record
inline constexpr std::size_t capture_buffer_octets = 256U << 10U;  ///< read at a time
inline constexpr std::uint64_t decompressed_octets = 64ULL << 20U; ///< past this the ratio below counts
inline constexpr std::uint64_t decompression_ratio = 200;          ///< output to input
inline constexpr std::size_t capture_interfaces = 65'536;          ///< described in one pcapng section
inline constexpr std::size_t capture_remarks = 32;                 ///< kept of one file
inline constexpr std::size_t filter_datagrams = 65'536;            ///< fragmented, remembered by a filter

} // namespace rungs::limits
