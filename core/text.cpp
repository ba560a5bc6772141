#include "core/text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <utf8proc.h>

#include "core/bytes.hpp"
#include "core/load.hpp"

namespace rungs {
namespace {

/// Nearly all of a capture's text is; tested eight octets at a time.
bool is_ascii(std::string_view text) {
    constexpr std::uint64_t highest_bits = 0x8080'8080'8080'8080;
    std::uint64_t words = 0;
    for (; text.size() >= sizeof words; text.remove_prefix(sizeof words)) words |= load_word(text);
    if ((words & highest_bits) != 0) return false;
    unsigned char bits = 0;
    for (const char c : text) bits = static_cast<unsigned char>(bits | static_cast<unsigned char>(c));
    return bits < 0x80;
}

} // namespace

bool iequals(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return x == y || ascii_lower(x) == ascii_lower(y);
           });
}

bool istarts_with(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() && iequals(text.substr(0, prefix.size()), prefix);
}

std::string_view take_until(std::string_view& text, char separator) {
    const auto end = text.find(separator);
    const auto taken = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return taken;
}

CodePoint next_code_point(std::string_view text) {
    const auto* data = as_bytes(text).data();
    // Four octets are the longest form, so utf8proc never looks further than the text goes.
    const auto available = static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size(), 4));
    CodePoint point;
    const auto size = utf8proc_iterate(data, available, &point.value);
    if (size <= 0) return {};
    point.size = static_cast<std::size_t>(size);
    return point;
}

bool is_control(std::int32_t code_point) {
    if (code_point < 0x20 || (code_point >= 0x7f && code_point <= 0x9f)) return true;
    switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_CF:
        return code_point != 0x200d && code_point != 0x00ad; // zero-width joiner, soft hyphen
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CS: return true;
    default: return false;
    }
}

bool is_utf8(std::string_view text) {
    if (is_ascii(text)) return true;
    while (!text.empty()) {
        if (static_cast<unsigned char>(text.front()) < 0x80) {
            text.remove_prefix(1);
            continue;
        }
        const CodePoint point = next_code_point(text);
        if (point.value < 0) return false;
        text.remove_prefix(point.size);
    }
    return true;
}

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const CodePoint point = next_code_point(text);
        if (point.value < 0) {
            out += fmt::format("\\x{:02X}", static_cast<unsigned char>(text.front()));
        } else if (!is_control(point.value)) {
            out += text.substr(0, point.size);
        } else if (point.value == '\n') {
            out += "\\n";
        } else if (point.value == '\r') {
            out += "\\r";
        } else if (point.value == '\t') {
            out += "\\t";
        } else if (point.value < 0x100) {
            out += fmt::format("\\x{:02X}", point.value);
        } else {
            out += fmt::format("U+{:04X}", point.value);
        }
        text.remove_prefix(point.size);
    }
    return out;
}

} // namespace rungs
