#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "analyzer/grade/fingerprint.hpp"
#include "core/endpoint.hpp"
#include "core/limits/similarity.hpp"
#include "core/text.hpp"

/// How a fingerprint is written, and how texts are made comparable.
///
///     text  = "fp1" SP mark SP frames SP start SP coarse *( SP trace )
///     trace = kind ":" side ":" frame ":" hash ":" time
/// Numbers are hexadecimal; a time may be negative.
namespace rungs::grade {
namespace {

constexpr std::string_view version = "fp1";

template <typename Integer>
std::string hexadecimal(Integer number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
    return {digits.data(), end};
}

/// Takes a number and the separator behind it off `text`.
template <typename Integer>
std::optional<Integer> take_hexadecimal(std::string_view& text, char separator) {
    const std::string_view digits = take_until(text, separator);
    Integer number{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return number;
}

/// Within what a clock of nanoseconds can say, so that differences do not overflow.
std::optional<std::int64_t> take_time(std::string_view& text, char separator) {
    constexpr std::int64_t latest_us = std::numeric_limits<std::int64_t>::max() / 500;
    const auto time = take_hexadecimal<std::int64_t>(text, separator);
    return time && *time <= latest_us && *time >= -latest_us ? time : std::nullopt;
}

std::optional<Trace> trace_from(std::string_view text) {
    const auto kind = take_hexadecimal<std::uint8_t>(text, ':');
    const auto side = take_hexadecimal<std::uint8_t>(text, ':');
    const auto frame = take_hexadecimal<std::uint32_t>(text, ':');
    const auto hash = take_hexadecimal<std::uint64_t>(text, ':');
    const auto time = take_time(text, ':');
    if (!kind || *kind >= trace_kinds || !side || *side > 2 || !frame || !hash || !time || !text.empty())
        return std::nullopt;
    return Trace{static_cast<TraceKind>(*kind), static_cast<Side>(*side), *frame, *hash, *time};
}

bool is_hexadecimal(char c) {
    return is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

/// Octets of the IP address at the front of `text`, IPv6 with or without brackets; 0 for none.
std::size_t address_at(std::string_view text) {
    std::size_t size = 0;
    if (text.front() == '[') {
        size = text.find(']') + 1; // 0 when there is none
    } else {
        while (size < text.size() && (is_hexadecimal(text[size]) || text[size] == '.' || text[size] == ':'))
            ++size;
        const std::size_t port = text.substr(0, size).find(':');
        if (text.substr(0, size).find('.') < port) size = std::min(size, port);
        while (size > 0 && text[size - 1] == '.') --size; // the end of a sentence
    }
    return size > 0 && IpAddress::parse(text.substr(0, size)) ? size : 0;
}

bool is_length_line(std::string_view line) {
    return istarts_with(line, "content-length:") || istarts_with(line, "l:");
}

} // namespace

std::string without_addresses(std::string_view text) {
    std::string kept;
    kept.reserve(text.size());
    bool line_starts = true, word_starts = true;
    while (!text.empty()) {
        if (line_starts && is_length_line(text)) {
            take_until(text, '\n');
            continue;
        }
        const char c = text.front();
        const bool may_begin = word_starts && (is_hexadecimal(c) || c == '[');
        if (const std::size_t size = may_begin ? address_at(text) : 0; size > 0) {
            kept += '@';
            text.remove_prefix(size);
        } else {
            kept += c;
            text.remove_prefix(1);
        }
        line_starts = c == '\n';
        word_starts = !is_digit(c) && !is_alpha(c) && c != '.';
    }
    return kept;
}

std::string to_text(const Fingerprint& fingerprint) {
    std::string text(version);
    text += ' ' + hexadecimal(fingerprint.salt_mark) + ' ' + hexadecimal(fingerprint.frames) + ' ' +
            hexadecimal(fingerprint.start_us);
    text += fingerprint.coarse_times ? " 1" : " 0";
    for (const Trace& trace : fingerprint.traces) {
        text += ' ' + hexadecimal(static_cast<unsigned>(trace.kind)) + ':';
        text += hexadecimal(static_cast<unsigned>(trace.side)) + ':' + hexadecimal(trace.frame) + ':';
        text += hexadecimal(trace.hash) + ':' + hexadecimal(trace.time_us);
    }
    return text;
}

std::optional<Fingerprint> fingerprint_from(std::string_view text) {
    if (take_until(text, ' ') != version) return std::nullopt;
    Fingerprint read;
    const auto mark = take_hexadecimal<std::uint64_t>(text, ' ');
    const auto frames = take_hexadecimal<std::uint64_t>(text, ' ');
    const auto start = take_time(text, ' ');
    const auto coarse = take_hexadecimal<std::uint8_t>(text, ' ');
    if (!mark || !frames || !start || !coarse || *coarse > 1) return std::nullopt;
    read.salt_mark = *mark;
    read.frames = *frames;
    read.start_us = *start;
    read.coarse_times = *coarse == 1;
    while (!text.empty()) {
        const auto trace = trace_from(take_until(text, ' '));
        if (!trace || read.traces.size() == trace_kinds * limits::similar_traces) return std::nullopt;
        read.traces.push_back(*trace);
    }
    return read;
}

} // namespace rungs::grade
