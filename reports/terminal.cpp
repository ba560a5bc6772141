#include "reports/terminal.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include "core/text.hpp"
#include "reports/width.hpp"

namespace rungs::reports {

std::string paint(std::string_view text, Ink ink, const TextStyle& style) {
    if (!style.color || ink == Ink::plain || text.empty()) return std::string(text);
    static constexpr std::array<std::string_view, 5> codes{"0", "1", "2", "31", "33"};
    return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<std::size_t>(ink)], text);
}

const Signs& signs(const TextStyle& style) {
    static constexpr Signs unicode{"│", "─", "►", "◄", "⋮", "×", "→", "·", "↺", "═"};
    static constexpr Signs ascii{"|", "-", ">", "<", ":", "x", "->", "-", "@", "="};
    return style.ascii ? ascii : unicode;
}

std::string format_seconds(Duration duration, unsigned decimals) {
    const std::int64_t ns = duration.count();
    const std::uint64_t magnitude =
        ns < 0 ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
    const std::uint64_t seconds = magnitude / 1'000'000'000;
    std::uint64_t fraction = magnitude % 1'000'000'000;
    for (unsigned i = decimals; i < 9; ++i) fraction /= 10;
    const std::string_view sign = ns < 0 ? "-" : "";
    if (decimals == 0) return fmt::format("{}{}", sign, seconds);
    return fmt::format("{}{}.{:0{}}", sign, seconds, fraction, decimals);
}

std::string format_time(Timestamp time, Timestamp zero, Timestamp before, TimeFormat format) {
    constexpr unsigned microseconds = 6;
    switch (format) {
    case TimeFormat::relative: return format_seconds(time - zero, microseconds);
    case TimeFormat::delta: return format_seconds(time - before, microseconds);
    case TimeFormat::epoch: return format_seconds(time - Timestamp{}, microseconds);
    case TimeFormat::absolute: return to_rfc3339(time).substr(11, 15);
    case TimeFormat::absolute_date: return to_rfc3339(time).substr(0, 26).replace(10, 1, " ");
    }
    return {};
}

std::string format_duration(std::optional<Duration> duration) {
    if (!duration) return {};
    const std::int64_t ms = duration->count() / 1'000'000;
    if (std::abs(ms) < 1000) return fmt::format("{} ms", ms);
    const std::int64_t seconds = ms / 1000;
    if (std::abs(seconds) < 60) return fmt::format("{} s", format_seconds(*duration, 1));
    const std::string_view sign = seconds < 0 ? "-" : "";
    const std::int64_t whole = std::abs(seconds);
    if (whole < 3600) return fmt::format("{}{}:{:02}", sign, whole / 60, whole % 60);
    return fmt::format("{}{}:{:02}:{:02}", sign, whole / 3600, whole / 60 % 60, whole % 60);
}

std::string format_date(Timestamp time) {
    return to_rfc3339(time).substr(0, 19).replace(10, 1, " ") + " UTC";
}

void Table::write(const TextStyle& style, Sink& sink) const {
    std::vector<std::size_t> widths;
    std::vector<bool> used;
    for (std::size_t r = 0; r < m_rows.size(); ++r) {
        const Row& row = m_rows[r];
        widths.resize(std::max(widths.size(), row.size()));
        used.resize(widths.size());
        for (std::size_t c = 0; c < row.size(); ++c) {
            widths[c] = std::max(widths[c], columns(row[c].text));
            if (r > 0 && !row[c].text.empty()) used[c] = true;
        }
    }
    for (const Row& row : m_rows) {
        if (row.empty()) continue;
        std::string line;
        std::string blanks = "  ";
        for (std::size_t c = 0; c < row.size(); ++c) {
            if (!used[c]) continue;
            const Cell& cell = row[c];
            const std::string missing(widths[c] - columns(cell.text), ' ');
            if (cell.right) blanks += missing;
            if (!cell.text.empty()) {
                line += blanks;
                line += paint(cell.text, cell.ink, style);
                blanks.clear();
            }
            if (!cell.right) blanks += missing;
            blanks += "  ";
        }
        sink.write(line += '\n');
    }
}

Ink ink_of(Severity severity) {
    if (severity == Severity::error) return Ink::red;
    return severity == Severity::warning ? Ink::yellow : Ink::plain;
}

Ink ink_of(CallOutcome outcome) {
    switch (outcome) {
    case CallOutcome::auth_failed:
    case CallOutcome::failed:
    case CallOutcome::no_response:
    case CallOutcome::not_found: return Ink::red;
    default: return Ink::plain;
    }
}

std::string shell_word(std::string_view text) {
    const auto harmless = [](char c) {
        return is_alpha(c) || is_digit(c) ||
               std::string_view("_./-+,:@%=").find(c) != std::string_view::npos ||
               static_cast<unsigned char>(c) >= 0x80;
    };
    std::string shown = printable(text);
    if (!shown.empty() && std::all_of(shown.begin(), shown.end(), harmless)) return shown;
    std::string quoted = "'";
    for (const char c : shown) {
        if (c == '\'') {
            quoted += "'\\''";
        } else {
            quoted += c;
        }
    }
    return quoted += '\'';
}

} // namespace rungs::reports
