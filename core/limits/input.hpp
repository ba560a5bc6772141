#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of what users write: filters, flows, files of passwords: name, unit, default. When one is reached
/// the report says so under the same name; docs/limits.md lists them for users and tests stand on both sides
/// of each.
namespace rungs::limits {

inline constexpr unsigned filter_depth = 64;                   ///< nested parentheses and negations of -Y
inline constexpr std::size_t password_file_octets = 1U << 20U; ///< of --password-file
inline constexpr std::size_t flow_octets = 1U << 20U;          ///< a flow file
inline constexpr unsigned flow_depth = 32;                     ///< nested groups of a flow
inline constexpr std::size_t flow_nodes = 10'000;              ///< of the YAML, aliases resolved
inline constexpr std::size_t flow_steps = 500;                 ///< steps of a flow
inline constexpr unsigned flow_repeats = 100;                  ///< times that a group repeats
inline constexpr std::size_t flow_states = 20'000;             ///< of the pattern, when it is compiled
inline constexpr std::size_t flow_events = 2'000;              ///< of a call that are aligned
inline constexpr std::size_t alignment_cells = 4'000'000;      ///< states times events

} // namespace rungs::limits
