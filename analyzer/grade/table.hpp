#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/csv.hpp"

/// Tables whose first line names their columns.
namespace rungs::grade {

/// A name of a column as people vary it: ASCII in lower case, blanks for `_` and `-`, none at the ends.
std::string column_key(std::string_view name);

/// Texts of a table, UTF-8.
class NamedColumns {
  public:
    /// `csv` is UTF-8 or GB18030.
    explicit NamedColumns(std::string_view csv);

    /// The first column that has one of the names, which are as `column_key` makes them.
    [[nodiscard]] std::optional<std::size_t> find(std::span<const std::string_view> names) const;
    [[nodiscard]] std::size_t rows() const { return m_rows.empty() ? 0 : m_rows.size() - 1; }
    /// Without blanks at its ends; empty when the row is shorter, or there is no such column.
    [[nodiscard]] std::string cell(std::size_t row, std::optional<std::size_t> column) const;
    /// `a, b, c`, printable; for messages.
    [[nodiscard]] std::string names() const;

  private:
    std::vector<CsvRow> m_rows;
};

} // namespace rungs::grade
