#include "reports/gradebook.hpp"

#include <algorithm>

#include "core/charset.hpp"
#include "core/text.hpp"

namespace rungs::reports {
namespace {

/// `12.50` and `12,50` have their separator; other texts none.
char separator_of(std::string_view number) {
    const std::size_t digits =
        static_cast<std::size_t>(std::ranges::find_if_not(number, is_digit) - number.begin());
    if (digits == 0 || digits + 1 >= number.size()) return '\0';
    const std::string_view decimals = number.substr(digits + 1);
    const bool known = number[digits] == '.' || number[digits] == ',';
    return known && std::ranges::all_of(decimals, is_digit) ? number[digits] : '\0';
}

} // namespace

Sheet::Sheet(std::string_view text) : m_text(text), m_utf8(is_utf8(text)), m_table(parse_csv(text)) {}

std::string Sheet::cell(std::size_t row, std::optional<std::size_t> column) const {
    if (row >= rows() || !column || *column >= m_table.rows[row].size()) return {};
    const std::string_view value = m_table.rows[row][*column].value;
    return std::string(trim(m_utf8 ? std::string(value) : to_utf8(value)));
}

std::optional<std::size_t> Sheet::column(std::string_view name) const {
    for (std::size_t each = 0; each < columns(); ++each)
        if (cell(0, each) == name) return each;
    return std::nullopt;
}

std::optional<std::size_t> Sheet::column(std::span<const std::string_view> names) const {
    for (const std::string_view name : names)
        if (const auto found = column(name)) return found;
    return std::nullopt;
}

bool Sheet::set(std::size_t row, std::size_t column, std::string_view value) {
    const CsvRow& cells = m_table.rows.at(row);
    if (column >= cells.size()) return false;
    const CsvCell& old = cells[column];
    const std::string encoded = m_utf8 ? std::string(value) : to_gb18030(value);
    m_changes.push_back({old.begin, old.end, csv_cell(encoded, m_table.separator, old.quoted)});
    return true;
}

std::string Sheet::text() const {
    std::vector<Change> changes = m_changes;
    std::ranges::stable_sort(changes, {}, &Change::begin);
    std::string text;
    std::size_t at = 0;
    for (const Change& change : changes) {
        text += m_text.substr(at, change.begin - at);
        text += change.cell;
        at = change.end;
    }
    text += m_text.substr(at);
    return text;
}

char decimal_separator(const Sheet& sheet, std::span<const std::size_t> columns, char fallback) {
    for (std::size_t row = 1; row < sheet.rows(); ++row) {
        for (const std::size_t column : columns)
            if (const char found = separator_of(sheet.cell(row, column)); found != '\0') return found;
    }
    return fallback;
}

template <typename Fits>
const grade::StudentMark* MarkFinder::only(const Fits& fits) {
    const grade::StudentMark* found = nullptr;
    for (const grade::StudentMark& mark : m_marks.students) {
        if (!fits(mark)) continue;
        if (found != nullptr) return nullptr;
        found = &mark;
    }
    if (found != nullptr) m_found.push_back(found);
    return found;
}

const grade::StudentMark* MarkFinder::by_lms_id(std::string_view lms_id) {
    return only([&](const grade::StudentMark& mark) { return !lms_id.empty() && mark.lms_id == lms_id; });
}

const grade::StudentMark* MarkFinder::by_id(std::string_view id) {
    return only([&](const grade::StudentMark& mark) { return !id.empty() && mark.id == id; });
}

const grade::StudentMark* MarkFinder::by_name(std::string_view name) {
    return only([&](const grade::StudentMark& mark) { return !name.empty() && mark.name == name; });
}

std::vector<std::string> MarkFinder::left() const {
    std::vector<std::string> ids;
    for (const grade::StudentMark& mark : m_marks.students)
        if (std::ranges::find(m_found, &mark) == m_found.end()) ids.push_back(mark.id);
    return ids;
}

} // namespace rungs::reports
