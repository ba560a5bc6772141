#include "reports/json_writer.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "core/load.hpp"
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

#ifdef __SSE2__
/// Which of sixteen octets do not stand for themselves, a bit each. Signed comparisons see octets from 0x80
/// on as negative, so "below a blank" holds for them as well.
unsigned special_octets(std::string_view sixteen) {
    const __m128i all = _mm_set_epi64x(static_cast<std::int64_t>(load_word(sixteen.substr(8))),
                                       static_cast<std::int64_t>(load_word(sixteen)));
    const __m128i below = _mm_cmplt_epi8(all, _mm_set1_epi8(' '));
    const __m128i del = _mm_cmpeq_epi8(all, _mm_set1_epi8(0x7f));
    const __m128i quote = _mm_cmpeq_epi8(all, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(all, _mm_set1_epi8('\\'));
    return static_cast<unsigned>(
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(below, del), _mm_or_si128(quote, backslash))));
}
#endif

/// Octets at the front of `text` that stand for themselves. Sixteen are looked at together where the
/// processor can, the last ones of a longer text once more.
std::size_t plain_prefix(std::string_view text) {
    std::size_t done = 0;
#ifdef __SSE2__
    constexpr std::size_t step = 16;
    for (; text.size() - done >= step; done += step) {
        if (const unsigned which = special_octets(text.substr(done)); which != 0)
            return done + static_cast<std::size_t>(std::countr_zero(which));
    }
    if (text.size() >= step) {
        const std::size_t last = text.size() - step;
        const unsigned which = special_octets(text.substr(last));
        return which != 0 ? last + static_cast<std::size_t>(std::countr_zero(which)) : text.size();
    }
#endif
    while (done < text.size() && escape_of(text[done]) == '\0') ++done;
    return done;
}

} // namespace

JsonWriter::JsonWriter(Sink& sink, TextFilter* filter)
    : m_sink(sink), m_filter(filter), m_buffer(2 * buffer_octets) {}

void JsonWriter::flush() {
    if (m_buffer.size() != 0) m_sink.write(m_buffer.view());
    m_buffer.clear();
}

void JsonWriter::open(char bracket) {
    separate();
    m_buffer += bracket;
    m_betweens.at(m_depth++) = m_between;
    m_between = Before::comma;
    m_before = Before::nothing;
}

void JsonWriter::close(char bracket) {
    m_buffer += bracket;
    m_before = m_between = m_betweens[--m_depth];
    if (m_buffer.size() >= buffer_octets) flush();
}

void JsonWriter::begin_lines() {
    open('[');
    m_between = Before::comma_and_line_feed;
    m_before = Before::line_feed;
}

void JsonWriter::end_lines() {
    if (m_before == m_between) m_buffer += '\n'; // there was an element
    close(']');
}

void JsonWriter::end_document() {
    m_buffer += '\n';
    m_before = Before::nothing;
    if (m_buffer.size() >= buffer_octets) flush();
}

void JsonWriter::fragment(std::string_view elements) {
    word(elements);
    if (m_buffer.size() >= buffer_octets) flush();
}

void JsonWriter::begin_fragment() {
    m_between = Before::comma_and_line_feed;
    m_before = Before::nothing; // what stands before the first element is the other writer's
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
    m_before = m_between;
}

void JsonWriter::value(Timestamp time) {
    constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;
    constexpr std::size_t digits = 9;
    const std::int64_t second = time.ns / nanoseconds_per_second;
    // The next message most often comes within the same second.
    if (time.ns >= 0 && second == m_second) {
        auto nanoseconds = static_cast<std::uint64_t>(time.ns % nanoseconds_per_second);
        for (std::size_t i = m_time.size() - 1; i-- > m_time.size() - 1 - digits; nanoseconds /= 10)
            m_time[i] = static_cast<char>('0' + nanoseconds % 10);
    } else {
        m_time.clear();
        append_rfc3339(m_time, time);
        m_second = time.ns >= 0 ? std::optional(second) : std::nullopt;
    }
    separate();
    m_buffer += '"';
    m_buffer += m_time;
    m_buffer += '"';
    m_before = m_between;
}

void JsonWriter::milliseconds(Duration duration) {
    decimal(duration.count(), 6);
}

void JsonWriter::seconds(Duration duration) {
    decimal(duration.count(), 9);
}

void JsonWriter::real(double number, int decimals) {
    constexpr double largest = 1e9; // times 1e9 still fits 64 bits
    if (!std::isfinite(number) || std::abs(number) > largest) {
        null();
        return;
    }
    decimal(std::llround(number * std::pow(10.0, decimals)), static_cast<unsigned>(decimals));
}

/// `number` with its decimal point moved `decimals` places to the left, without zeros at the end.
void JsonWriter::decimal(std::int64_t number, unsigned decimals) {
    separate();
    m_before = m_between;
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
    m_before = m_between;
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
    while (done < text.size()) {
        const char escape = escape_of(text[done]);
        if (escape == look) break;
        if (escape != '\0') {
            out[used++] = '\\';
            out[used++] = escape;
            ++done;
            continue;
        }
        const std::string_view plain = text.substr(done, plain_prefix(text.substr(done)));
        std::ranges::copy(plain, out.begin() + static_cast<std::ptrdiff_t>(used));
        used += plain.size();
        done += plain.size();
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
