#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of grading by a rubric: name, unit, default. docs/limits.md lists them for users.
namespace rungs::limits {

inline constexpr std::size_t rubric_tasks = 200;             ///< tasks of a rubric
inline constexpr std::size_t graded_files = 64;              ///< files judged for one task of one student
inline constexpr std::size_t mark_frames = 64;               ///< frames kept of one reason
inline constexpr std::uint64_t grading_seconds = 120;        ///< for one submission
inline constexpr std::uint64_t grading_octets = 2ULL << 30U; ///< of memory for one submission
inline constexpr std::size_t grading_result_octets = 256U << 20U; ///< what grading one submission may give

} // namespace rungs::limits
