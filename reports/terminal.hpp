#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/analysis.hpp"
#include "reports/report.hpp"

/// What all renderings for a terminal share: colours, signs, times, tables.
namespace rungs::reports {

enum class Ink : std::uint8_t { plain, bold, dim, red, yellow };

/// `text` in that ink, or as it is without colour.
std::string paint(std::string_view text, Ink ink, const TextStyle& style);

/// The signs that we draw, in Unicode or ASCII.
struct Signs {
    std::string_view vertical, horizontal, right, left, gap, times, arrow, dot, turn, band;
};
const Signs& signs(const TextStyle& style);

/// A moment as -t asks for it, microseconds always: `zero` is the first of what is shown, `before` the line
/// before.
std::string format_time(Timestamp time, Timestamp zero, Timestamp before, TimeFormat format);

/// "1.250000" seconds, with a sign when negative.
std::string format_seconds(Duration duration, unsigned decimals);

/// "ms" and "s" with the digits that matter: "12 ms", "3.2 s", "1:02:05". Empty for nothing.
std::string format_duration(std::optional<Duration> duration);

/// "2026-11-20 08:15:00 UTC"
std::string format_date(Timestamp time);

/// Columns as wide as their widest cell, two blanks apart, each line indented by two.
class Table {
  public:
    struct Cell {
        std::string text; ///< printable
        Ink ink = Ink::plain;
        bool right = false; ///< aligned to the right
    };
    using Row = std::vector<Cell>;

    void add(Row row) { m_rows.push_back(std::move(row)); }
    [[nodiscard]] std::size_t size() const { return m_rows.size(); }
    /// The first row is the heading (without cells: none). Columns that are empty in all others are left out.
    void write(const TextStyle& style, Sink& sink) const;

  private:
    std::vector<Row> m_rows;
};

/// "error" red, "warning" yellow.
Ink ink_of(Severity severity);

/// Red for what went wrong.
Ink ink_of(CallOutcome outcome);

/// A path or Call-ID as one word of a shell; printable.
std::string shell_word(std::string_view text);

} // namespace rungs::reports
