#pragma once

#include <cstddef>

/// Limits of pages and diagrams: name, unit, default. docs/limits.md lists them for users and tests stand on
/// both sides of each.
namespace rungs::limits {

inline constexpr std::size_t html_plain_octets = 256U << 10U; ///< of a block of data that stays readable
inline constexpr std::size_t html_whole_messages = 100'000;   ///< of a page that is read at once
inline constexpr std::size_t html_part_messages = 50'000;     ///< of a part of a page with more
inline constexpr std::size_t html_static_rows = 500;          ///< of each table for browsers without scripts
inline constexpr std::size_t mermaid_arrows = 450;            ///< of a diagram; Mermaid draws none beyond 500
inline constexpr std::size_t mermaid_octets = 45'000; ///< of a diagram; Mermaid draws none beyond 50 000
inline constexpr std::size_t plantuml_arrows = 450;   ///< of an image; PlantUML cuts at 4096 pixels

} // namespace rungs::limits
