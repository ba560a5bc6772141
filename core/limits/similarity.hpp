#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of comparing the captures of a class: name, unit, default. docs/limits.md lists them for users and
/// tests stand on both sides of each.
namespace rungs::limits {

inline constexpr std::uint64_t similar_frames_read = 200'000; ///< of one capture, for its fingerprint
inline constexpr std::size_t similar_traces = 512;            ///< of one kind, kept in a fingerprint
inline constexpr std::size_t similar_owners = 32;             ///< captures that share what still counts
inline constexpr std::size_t similar_frames_shown = 10;       ///< frames of a signal, side by side

} // namespace rungs::limits
