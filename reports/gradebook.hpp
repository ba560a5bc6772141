#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/grade/marks.hpp"
#include "core/csv.hpp"

/// What the tables of learning platforms have in common: rows are found, cells are changed, the rest stays.
namespace rungs::reports {

/// A table whose cells can be changed: all other octets stay, also line ends, quotes and the byte order mark.
class Sheet {
  public:
    /// `text` is UTF-8 or GB18030 and outlives the sheet.
    explicit Sheet(std::string_view text);

    [[nodiscard]] std::size_t rows() const { return m_table.rows.size(); }
    [[nodiscard]] std::size_t columns() const { return rows() == 0 ? 0 : m_table.rows[0].size(); }
    /// UTF-8, without blanks at its ends; empty when there is no such cell.
    [[nodiscard]] std::string cell(std::size_t row, std::optional<std::size_t> column) const;
    /// The column whose first cell is `name`.
    [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;
    [[nodiscard]] std::optional<std::size_t> column(std::span<const std::string_view> names) const;
    [[nodiscard]] char separator() const { return m_table.separator; }

    /// False when the row is too short to have the cell.
    bool set(std::size_t row, std::size_t column, std::string_view value);
    /// The table with what was set.
    [[nodiscard]] std::string text() const;

  private:
    struct Change {
        std::size_t begin, end;
        std::string cell;
    };
    std::string_view m_text;
    bool m_utf8;
    CsvTable m_table;
    std::vector<Change> m_changes;
};

/// `12.5` or `12,5`: as cells of the columns have it. `fallback` when none has decimals.
char decimal_separator(const Sheet& sheet, std::span<const std::size_t> columns, char fallback);

/// Which mark a row is about.
class MarkFinder {
  public:
    explicit MarkFinder(const grade::ClassMarks& marks) : m_marks(marks) {}

    /// nullptr for no or an empty identifier.
    const grade::StudentMark* by_lms_id(std::string_view lms_id);
    const grade::StudentMark* by_id(std::string_view id);
    /// nullptr when several students have the name.
    const grade::StudentMark* by_name(std::string_view name);
    /// Ids of those that were not found by now.
    [[nodiscard]] std::vector<std::string> left() const;

  private:
    template <typename Fits>
    const grade::StudentMark* only(const Fits& fits);

    const grade::ClassMarks& m_marks;
    std::vector<const grade::StudentMark*> m_found;
};

} // namespace rungs::reports
