#include "analyzer/grade/table.hpp"

#include <algorithm>

#include "core/charset.hpp"
#include "core/text.hpp"

namespace rungs::grade {

std::string column_key(std::string_view name) {
    std::string key;
    for (const char c : trim(name)) key += c == '_' || c == '-' ? ' ' : ascii_lower(c);
    return key;
}

NamedColumns::NamedColumns(std::string_view csv) : m_rows(parse_csv(to_utf8(csv)).rows) {}

std::optional<std::size_t> NamedColumns::find(std::span<const std::string_view> names) const {
    if (m_rows.empty()) return std::nullopt;
    for (std::size_t column = 0; column < m_rows[0].size(); ++column) {
        if (std::ranges::find(names, column_key(m_rows[0][column].value)) != names.end()) return column;
    }
    return std::nullopt;
}

std::string NamedColumns::cell(std::size_t row, std::optional<std::size_t> column) const {
    const CsvRow& cells = m_rows.at(row + 1);
    return column && *column < cells.size() ? std::string(trim(cells[*column].value)) : std::string();
}

std::string NamedColumns::names() const {
    std::string all;
    for (std::size_t column = 0; !m_rows.empty() && column < m_rows[0].size(); ++column) {
        if (column > 0) all += ", ";
        all += printable(trim(m_rows[0][column].value));
    }
    return all;
}

} // namespace rungs::grade
