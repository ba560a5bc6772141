#include "reports/csv.hpp"

namespace rungs::reports {
namespace {

void separate(std::string& line) {
    if (!line.empty() && line.back() != '\n') line += ',';
}

} // namespace

void append_csv(std::string& line, std::string_view text) {
    separate(line);
    line += '"';
    if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
        line += '\'';
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
