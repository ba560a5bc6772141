#pragma once

#include <string>
#include <string_view>

namespace rungs::reports {

/// Appends `text` as a field of RFC 4180, with the comma before it when it is not the first of its line.
/// Spreadsheets take a text that begins with = + - @ of either width (or a tab or line end), blanks aside,
/// for a formula: such text gets an apostrophe before it. Numbers go through `append_csv_number`.
void append_csv(std::string& line, std::string_view text);
/// `number` is digits as we wrote them, or empty.
void append_csv_number(std::string& line, std::string_view number);

} // namespace rungs::reports
