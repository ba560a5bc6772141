#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// How much room text takes on a terminal. Everything counts by grapheme cluster (Unicode annex 29), not by
/// code point: a Chinese character is two columns, an accent on a letter none, a family of emoji joined to
/// one picture two. Text given here went through `printable` before, so it holds no controls.
namespace rungs::reports {

/// Columns of `text`, which is UTF-8.
std::size_t columns(std::string_view text);

/// `text` with spaces behind it (or before it) up to `width` columns; longer text stays as it is.
std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);
std::string center(std::string_view text, std::size_t width);

/// Lines of at most `width` columns (at least one cluster each), broken at blanks where possible, else behind
/// the last
/// `;`, `,`, `?` or `@`, else between two clusters. Nothing but the blanks at breaks is left out. Views into
/// `text`.
std::vector<std::string_view> wrap(std::string_view text, std::size_t width);

} // namespace rungs::reports
