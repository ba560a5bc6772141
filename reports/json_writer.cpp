#include "reports/json_writer.hpp"

#include <algorithm>
#include <cmath>

#include "core/text.hpp"

namespace rungs::reports {
namespace {

constexpr std::size_t buffer_octets = 64U << 10U;
constexpr std::string_view hex_digits = "0123456789abcdef";

/// By octet: 0 where it stands for itself, the letter behind the backslash where it has an escape of two
/// characters, and `look` where more has to be known. Nearly all of a capture's text is decided here.
constexpr char look = 1;
constexpr std::array<char, 256> escape_table() {
    std::array<char, 256> table{};
    for (std::size_t c = 0; c < table.size(); ++c) table[c] = c < ' ' || c > '~' ? look : '\0';
    table['"'] = '"';
    table['\\'] = '\\';
    table['\n'] = 'n';
    table['\r'] = 'r';
    table['\t'] = 't';
    return table;
}
constexpr auto escapes = escape_table();

char escape_of(char c) {
    return escapes[static_cast<unsigned char>(c)];
}

} // namespace

JsonWriter::JsonWriter(Sink& sink, TextFilter* filter)
    : m_sink(sink), m_filter(filter), m_buffer(2 * buffer_octets) {}

void JsonWriter::flush() {
    if (m_buffer.size() != 0) m_sink.write(m_buffer.view());
    m_buffer.clear();
}

void JsonWriter::separate() {
    if (m_after_key) {
        m_after_key = false;
        return;
    }
    if (m_has_element[m_depth]) m_buffer += ',';
    if (m_by_lines[m_depth]) m_buffer += '\n';
    m_has_element[m_depth] = true;
}

void JsonWriter::open(char bracket) {
    separate();
    m_buffer += bracket;
    ++m_depth;
    m_has_element.at(m_depth) = false;
    m_by_lines[m_depth] = false;
}

void JsonWriter::close(char bracket) {
    m_buffer += bracket;
    --m_depth;
    if (m_buffer.size() >= buffer_octets) flush();
}

void JsonWriter::begin_lines() {
    open('[');
    m_by_lines[m_depth] = true;
}

void JsonWriter::end_lines() {
    if (m_has_element[m_depth]) m_buffer += '\n';
    close(']');
}

void JsonWriter::end_document() {
    m_buffer += '\n';
    m_has_element[0] = false;
    if (m_buffer.size() >= buffer_octets) flush();
}

void JsonWriter::fragment(std::string_view elements) {
    separate();
    m_buffer += elements;
    if (m_buffer.size() >= buffer_octets) flush();
}

void JsonWriter::begin_fragment() {
    m_by_lines[m_depth] = m_has_element[m_depth] = true;
    m_after_key = true; // what stands before the first element is the other writer's
}

void JsonWriter::key(std::string_view name) {
    separate();
    m_key = name;
    const auto out = m_buffer.extend(name.size() + 3);
    out.front() = '"';
    std::ranges::copy(name, out.begin() + 1);
    out[out.size() - 2] = '"';
    out.back() = ':';
    m_after_key = true;
}

void JsonWriter::null() {
    separate();
    m_buffer += "null";
}

void JsonWriter::value(bool boolean) {
    separate();
    m_buffer += boolean ? "true" : "false";
}

void JsonWriter::value(std::string_view text) {
    separate();
    m_buffer += '"';
    if (m_filter != nullptr) {
        escaped(m_filter->apply(m_key, text));
    } else {
        escaped(text);
    }
    m_buffer += '"';
}

void JsonWriter::value(Timestamp time) {
    separate();
    m_buffer += '"';
    m_time.clear();
    append_rfc3339(m_time, time);
    m_buffer += m_time;
    m_buffer += '"';
}

void JsonWriter::milliseconds(Duration duration) {
    separate();
    decimal(duration.count(), 6);
}

void JsonWriter::seconds(Duration duration) {
    separate();
    decimal(duration.count(), 9);
}

void JsonWriter::real(double number, int decimals) {
    constexpr double largest = 1e9; // times 1e9 still fits 64 bits
    if (!std::isfinite(number) || std::abs(number) > largest) {
        null();
        return;
    }
    separate();
    decimal(std::llround(number * std::pow(10.0, decimals)), static_cast<unsigned>(decimals));
}

/// `number` with its decimal point moved `decimals` places to the left, without zeros at the end.
void JsonWriter::decimal(std::int64_t number, unsigned decimals) {
    auto magnitude = static_cast<std::uint64_t>(number);
    if (number < 0) {
        m_buffer += '-';
        magnitude = 0 - magnitude;
    }
    while (decimals > 0 && magnitude % 10 == 0) {
        magnitude /= 10;
        --decimals;
    }
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), magnitude).ptr;
    const auto count = static_cast<std::size_t>(end - digits.data());
    const std::string_view text(digits.data(), count);
    if (count > decimals) {
        m_buffer += text.substr(0, count - decimals);
    } else {
        m_buffer += '0';
    }
    if (decimals == 0) return;
    m_buffer += '.';
    for (std::size_t i = count; i < decimals; ++i) m_buffer += '0';
    m_buffer += text.substr(count - std::min<std::size_t>(count, decimals));
}

void JsonWriter::base64(Bytes octets) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    separate();
    m_buffer += '"';
    ByteCursor cursor(octets);
    while (!cursor.empty()) {
        const std::size_t count = std::min<std::size_t>(cursor.remaining(), 3);
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) group = group << 8U | (i < count ? cursor.u8() : 0U);
        for (std::size_t i = 0; i < 4; ++i) {
            m_buffer += i <= count ? alphabet[group >> (18U - 6U * i) & 0x3fU] : '=';
        }
    }
    m_buffer += '"';
}

void JsonWriter::text_or_null(std::string_view name, std::string_view text) {
    key(name);
    if (text.empty()) {
        null();
    } else {
        value(text);
    }
}

void JsonWriter::id_or_null(std::string_view name, Id id) {
    key(name);
    if (id == 0) {
        null();
    } else {
        value(id);
    }
}

void JsonWriter::unicode_escape(std::uint32_t code_unit) {
    m_buffer += "\\u";
    for (unsigned shift = 16; shift > 0; shift -= 4) m_buffer += hex_digits[code_unit >> (shift - 4) & 0xfU];
}

void JsonWriter::escaped(std::string_view text) {
    while (!text.empty()) {
        text.remove_prefix(escaped_simply(text));
        if (!text.empty()) text.remove_prefix(escaped_code_point(text));
    }
}

/// Writes up to the first octet that needs a second look; returns how many octets that was.
std::size_t JsonWriter::escaped_simply(std::string_view text) {
    const auto out = m_buffer.extend(2 * text.size());
    std::size_t used = 0, done = 0;
    for (; done < text.size(); ++done) {
        const char escape = escape_of(text[done]);
        if (escape == look) break;
        if (escape != '\0') out[used++] = '\\';
        out[used++] = escape != '\0' ? escape : text[done];
    }
    m_buffer.take_back(out.size() - used);
    return done;
}

/// Writes what stands at the front of `text`; returns how many octets that was.
std::size_t JsonWriter::escaped_code_point(std::string_view text) {
    const CodePoint point = next_code_point(text);
    const auto value = static_cast<std::uint32_t>(point.value);
    if (point.value < 0) {
        m_buffer += "\xef\xbf\xbd"; // U+FFFD
    } else if (!is_control(point.value)) {
        m_buffer += text.substr(0, point.size);
    } else if (value < 0x10000) {
        unicode_escape(value);
    } else { // a surrogate pair, RFC 8259 section 7
        unicode_escape(0xd800U + ((value - 0x10000U) >> 10U));
        unicode_escape(0xdc00U + ((value - 0x10000U) & 0x3ffU));
    }
    return point.size;
}

} // namespace rungs::reports
