#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of dialogs, calls and findings: name, unit, default. When one is reached the report says so under
/// the same name; docs/limits.md lists them for users and tests stand on both sides of each.
namespace rungs::limits {

inline constexpr std::size_t forks = 64;          ///< dialogs kept apart under one Call-ID
inline constexpr std::size_t hops = 64;           ///< links of one dialog, of one transaction
inline constexpr std::size_t legs = 64;           ///< other dialogs that one piece of evidence links
inline constexpr std::size_t findings = 10'000;   ///< findings kept
inline constexpr std::size_t finding_frames = 20; ///< frames named by a finding

} // namespace rungs::limits
