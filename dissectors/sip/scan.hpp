#pragma once

#include <optional>
#include <string_view>

#include "core/text.hpp"
#include "dissectors/sip/headers.hpp"

/// The small steps that all header values are read with (RFC 3261 section 25.1). Views into the text given;
/// every `take_` function removes at least what it returns, so a loop over it is linear.
namespace rungs::sip {

/// token = 1*(alphanum / "-" / "." / "!" / "%" / "*" / "_" / "+" / "`" / "'" / "~")
bool is_token_char(char c);
bool is_token(std::string_view text);

/// Where `wanted` stands outside of quoted strings, from `from` on; npos when nowhere.
std::size_t find_unquoted(std::string_view text, char wanted, std::size_t from = 0);

/// True when a quoted string that begins in `text` also ends in it.
bool quotes_balanced(std::string_view text);

/// The next value of a comma-separated list (commas in quotes and angle brackets do not count), trimmed.
std::string_view take_value(std::string_view& list);

/// The next `;name[=value]` of `parameters`, or nothing at the end. Blanks are trimmed, quotes removed. What
/// stands before the first semicolon counts as a parameter too.
std::optional<Parameter> take_parameter(std::string_view& parameters);

/// What stands before the first blank, taken off the front together with the blanks around it.
std::string_view take_word(std::string_view& text);

/// Without the LF at its end, and the CR before it.
std::string_view without_line_end(std::string_view text);

/// `"text"` without its quotes (escapes stay); anything else as it is.
std::string_view without_quotes(std::string_view text);

} // namespace rungs::sip
