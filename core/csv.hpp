#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Tables as spreadsheets and learning platforms write them: RFC 4180, and what is met beside it.
namespace rungs {

struct CsvCell {
    std::string value;              ///< without quotes, in the encoding of the text
    std::size_t begin = 0, end = 0; ///< octets of the text that it takes, quotes included
    bool quoted = false;
};

using CsvRow = std::vector<CsvCell>;

struct CsvTable {
    char separator = ',';
    std::vector<CsvRow> rows; ///< those without any character are left out
};

/// `text` is UTF-8 or GB18030, with or without a byte order mark. The separator is the one of `,` `;` and tab
/// that stands most often in the first line, outside quotes. Never fails: a quote that is not closed ends
/// with the text, and what follows a closed one belongs to the cell.
CsvTable parse_csv(std::string_view text);

/// UTF-8's byte order mark, when `text` begins with one; otherwise empty.
std::string_view byte_order_mark(std::string_view text);

/// `value` as a cell: quoted when `quoted` asks for it or the value needs it.
std::string csv_cell(std::string_view value, char separator, bool quoted);

} // namespace rungs
