#pragma once

/// Limits of how many threads work: name, unit, default. docs/limits.md lists them for users.
namespace rungs::limits {

inline constexpr unsigned threads = 64;        ///< that --threads may ask for
inline constexpr unsigned default_threads = 4; ///< without it, where there are as many processors

} // namespace rungs::limits
