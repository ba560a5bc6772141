#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of what a class hands in: name, unit, default. When one is reached the report says so under the
/// same name; docs/limits.md lists them for users and tests stand on both sides of each.
namespace rungs::limits {

inline constexpr std::size_t class_entries = 100'000;             ///< files of a class
inline constexpr std::uint64_t class_octets = 4ULL << 30U;        ///< of all files of a class, unpacked
inline constexpr std::size_t submission_entries = 2'000;          ///< files of a student's archive
inline constexpr std::uint64_t submission_octets = 512ULL << 20U; ///< of a file, of a student's archive
inline constexpr unsigned submission_depth = 32;                  ///< folders in one another
inline constexpr unsigned archive_depth = 2;                      ///< archives in one another
inline constexpr std::uint64_t archive_octets = 64ULL << 20U;     ///< past this the ratio below counts
inline constexpr std::uint64_t archive_ratio = 200;               ///< unpacked to packed
inline constexpr std::size_t class_table_octets = 64U << 20U;     ///< a roster, a worksheet, overrides

} // namespace rungs::limits
