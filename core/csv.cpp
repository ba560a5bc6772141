#include "core/csv.hpp"

#include <algorithm>
#include <array>

namespace rungs {
namespace {

constexpr std::string_view mark = "\xef\xbb\xbf";

char find_separator(std::string_view text) {
    constexpr std::string_view candidates = ",;\t";
    std::array<std::size_t, candidates.size()> counts{};
    bool quoted = false;
    for (const char c : text) {
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\n' || c == '\r') break;
        const std::size_t which = candidates.find(c);
        if (which != std::string_view::npos) ++counts[which];
    }
    return candidates[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

class Parser {
  public:
    Parser(std::string_view text, char separator) : m_text(text), m_separator(separator) {}

    std::vector<CsvRow> rows() {
        std::vector<CsvRow> all;
        m_at = byte_order_mark(m_text).size();
        while (m_at < m_text.size()) {
            CsvRow one = row();
            if (one.size() > 1 || one.front().begin != one.front().end) all.push_back(std::move(one));
        }
        return all;
    }

  private:
    CsvRow row() {
        CsvRow cells{cell()};
        while (m_at < m_text.size() && m_text[m_at] == m_separator) {
            ++m_at;
            cells.push_back(cell());
        }
        if (m_at < m_text.size() && m_text[m_at] == '\r') ++m_at;
        if (m_at < m_text.size() && m_text[m_at] == '\n') ++m_at;
        return cells;
    }
    CsvCell cell() {
        CsvCell read;
        read.begin = m_at;
        if (m_at < m_text.size() && m_text[m_at] == '"') read_quoted(read);
        while (m_at < m_text.size() && !ends_cell(m_text[m_at])) read.value += m_text[m_at++];
        read.end = m_at;
        return read;
    }
    void read_quoted(CsvCell& into) {
        into.quoted = true;
        for (++m_at; m_at < m_text.size(); ++m_at) {
            if (m_text[m_at] == '"' && m_text.substr(m_at + 1, 1) != "\"") {
                ++m_at;
                return;
            }
            if (m_text[m_at] == '"') ++m_at; // two of them stand for one
            into.value += m_text[m_at];
        }
    }
    [[nodiscard]] bool ends_cell(char c) const { return c == m_separator || c == '\n' || c == '\r'; }

    std::string_view m_text;
    std::size_t m_at = 0;
    char m_separator;
};

} // namespace

std::string_view byte_order_mark(std::string_view text) {
    return text.starts_with(mark) ? text.substr(0, mark.size()) : std::string_view();
}

CsvTable parse_csv(std::string_view text) {
    CsvTable table;
    table.separator = find_separator(text);
    table.rows = Parser(text, table.separator).rows();
    return table;
}

std::string csv_cell(std::string_view value, char separator, bool quoted) {
    const bool needed = value.find_first_of("\"\r\n") != std::string_view::npos ||
                        value.find(separator) != std::string_view::npos;
    if (!quoted && !needed) return std::string(value);
    std::string cell = "\"";
    for (const char c : value) {
        if (c == '"') cell += '"';
        cell += c;
    }
    return cell += '"';
}

} // namespace rungs
