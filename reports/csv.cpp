#include "reports/csv.hpp"

#include <algorithm>
#include <array>

namespace rungs::reports {
namespace {

void separate(std::string& line) {
    if (!line.empty() && line.back() != '\n') line += ',';
}

/// Also behind blanks, and the full-width signs, which spreadsheets in East Asia take for the same.
bool begins_formula(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    constexpr std::array<std::string_view, 11> signs{"=",  "+",  "-",  "@",  "\t", "\r",
                                                     "\n", "＝", "＋", "－", "＠"};
    return std::ranges::any_of(signs, [text](std::string_view sign) { return text.starts_with(sign); });
}

} // namespace

void append_csv(std::string& line, std::string_view text) {
    separate(line);
    line += '"';
    if (begins_formula(text)) line += '\'';
    for (const char c : text) {
        if (c == '"') line += '"';
        line += c;
    }
    line += '"';
}

void append_csv_number(std::string& line, std::string_view number) {
    separate(line);
    line += number;
}

} // namespace rungs::reports
