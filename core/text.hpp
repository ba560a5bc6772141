#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rungs {

/// ASCII only, whatever the locale: protocol tokens are not natural language.
constexpr char ascii_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_alpha(char c) {
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}
/// Space, tab, CR or LF: what RFC 3261's LWS may be made of.
constexpr bool is_blank(char c) {
    return c <= ' ' && (c == ' ' || c == '\t' || c == '\r' || c == '\n');
}

bool iequals(std::string_view a, std::string_view b);
bool istarts_with(std::string_view text, std::string_view prefix);

/// Without blanks at both ends. A view into the same text.
constexpr std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

/// Takes what stands before the first `separator` off `text` and returns it; all of `text` when there is
/// none.
std::string_view take_until(std::string_view& text, char separator);

/// Decimal digits and nothing else. Empty text, signs, other characters and overflow give nothing.
template <typename Integer>
std::optional<Integer> parse_number(std::string_view text) {
    Integer value{};
    if (text.empty() || !is_digit(text.front())) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// True when `text` is well-formed UTF-8 (Unicode 15, table 3-7: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

struct CodePoint {
    std::int32_t value = -1; ///< negative when the octets at the front are not UTF-8
    std::size_t size = 1;    ///< octets that it takes
};
/// The one at the front of `text`, which is not empty.
CodePoint next_code_point(std::string_view text);

/// Code points that a terminal or an editor obeys instead of showing: C0, DEL, C1, line separators, bidi and
/// other format controls (not the zero-width joiner and the soft hyphen, which text needs).
bool is_control(std::int32_t code_point);

/// Captured text made safe for a terminal and for messages: C0 (also newline and tab), DEL, C1, bidi and
/// other format controls become `\n`, `\r`, `\t`, `\xNN` or `U+NNNN`, invalid UTF-8 octets `\xNN`. Everything
/// else is kept.
std::string printable(std::string_view text);

} // namespace rungs
