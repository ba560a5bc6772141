#include "dissectors/sip/start_line.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "dissectors/sip/message.hpp"
#include "dissectors/sip/scan.hpp"

namespace rungs::sip {

namespace {

constexpr std::size_t junk_octets = 64;
constexpr std::size_t longest_known_method = 9; // SUBSCRIBE
constexpr auto npos = std::string_view::npos;

bool is_space(char c) {
    return c == ' ' || c == '\t';
}

/// 1*DIGIT "." 1*DIGIT
bool is_version_number(std::string_view text) {
    const auto all_digits = [](std::string_view digits) {
        return !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit);
    };
    const auto major = take_until(text, '.');
    return all_digits(major) && all_digits(text);
}

/// "SIP/2.0" in any case (RFC 3261 section 7.1) and with any number.
bool is_version(std::string_view text) {
    return istarts_with(text, "SIP/") && is_version_number(text.substr(4));
}

bool is_known_method(std::string_view word) {
    if (word.size() > longest_known_method) return false;
    std::string upper(word);
    for (char& c : upper)
        if (is_alpha(c)) c = static_cast<char>(c & ~0x20);
    return method_from(upper) != Method::unknown;
}

bool is_sip_uri(std::string_view text) {
    return istarts_with(text, "sip:") || istarts_with(text, "sips:") || istarts_with(text, "tel:");
}

/// `text` begins with "SIP", perhaps blanks, and a slash.
StartLine read_status_line(std::string_view text) {
    StartLine line;
    const auto slash = text.find('/');
    const auto version_end = std::min(text.find_first_of(" \t", slash), text.size());
    line.version = text.substr(0, version_end);
    const auto behind_version = text.substr(version_end);
    auto rest = trim(behind_version);
    line.bad_spacing = behind_version.size() > 1 && is_space(behind_version[1]);
    const auto status_end = std::min(rest.find_first_of(" \t"), rest.size());
    line.status = rest.substr(0, status_end);
    line.reason = trim(rest.substr(status_end));
    const bool good = is_version(line.version) && !line.status.empty() && is_digit(line.status.front());
    line.kind = good ? StartLine::Kind::certain : StartLine::Kind::odd;
    return line;
}

/// The version at the end of a request line, with the blank before it or, in some hand-made stacks, without.
std::string_view version_at_end(std::string_view text) {
    const auto blank = text.find_last_of(" \t");
    const auto last = blank == npos ? text : text.substr(blank + 1);
    const auto slash = last.rfind('/');
    if (slash == npos || slash < 3) return {};
    const auto version = last.substr(slash - 3);
    return is_version(version) ? version : std::string_view{};
}

bool is_other_protocol(std::string_view text) {
    const auto last = text.substr(text.find_last_of(" \t") + 1);
    return istarts_with(last, "HTTP/") || istarts_with(last, "RTSP/");
}

StartLine read_request_line(std::string_view text) {
    const auto method_end = std::min(text.find_first_of(" \t"), text.size());
    StartLine line;
    line.is_request = true;
    line.method = text.substr(0, method_end);
    line.version = version_at_end(text);
    const auto behind_method = text.substr(method_end);
    if (line.version.empty() && is_other_protocol(text)) return {};
    // A line that is nothing but "SIP/2.0" never comes here, so the version stands behind the method.
    const auto middle =
        behind_method.substr(0, behind_method.size() - std::min(behind_method.size(), line.version.size()));
    line.uri = trim(middle);
    line.bad_spacing = middle.size() != line.uri.size() + 2 || middle.front() != ' ' || middle.back() != ' ';
    const bool version_apart = !middle.empty() && is_space(middle.back());
    if (is_token(line.method) && !line.uri.empty() && !line.version.empty() && version_apart) {
        line.kind = StartLine::Kind::certain;
    } else if (is_known_method(line.method) || (is_token(line.method) && is_sip_uri(line.uri))) {
        line.kind = StartLine::Kind::odd;
    }
    return line;
}

bool is_status_line(std::string_view text) {
    if (!istarts_with(text, "SIP")) return false;
    const auto next = text.find_first_not_of(" \t", 3);
    return next != npos && text[next] == '/';
}

/// What stands behind the version of a status line: a blank and three digits.
bool is_inner_status_line(std::string_view text) {
    return text.size() >= 4 && is_space(text[0]) &&
           std::all_of(text.begin() + 1, text.begin() + 4, is_digit) &&
           (text.size() == 4 || is_blank(text[4]));
}

bool ends_line(std::string_view text) {
    return text.empty() || text.front() == '\r' || text.front() == '\n';
}

bool is_keep_alive(char c) {
    return c == '\r' || c == '\n' || c == '\0';
}

/// The offset of a line within the first octets of `text` that certainly starts a message, or nothing.
std::optional<std::size_t> find_behind_junk(std::string_view text) {
    std::size_t start = 0;
    while (start < text.size() && start <= junk_octets) {
        const auto line = first_line(text.substr(start));
        const bool printable_line = std::all_of(line.begin(), line.end(),
                                                [](char c) { return (c >= ' ' && c != 0x7f) || c == '\t'; });
        if (start > 0 && read_start_line(line).kind == StartLine::Kind::certain) return start;
        if (!printable_line || is_other_protocol(trim(line))) return std::nullopt;
        const auto end = text.find('\n', start);
        if (end == npos) return std::nullopt;
        start = end + 1;
    }
    return std::nullopt;
}

constexpr std::string_view usual_version = "SIP/2.0";

/// "METHOD uri SIP/2.0" with its blanks where they belong, as nearly all are; nothing where it takes a closer
/// look.
std::optional<StartLine> read_usual_request(std::string_view line) {
    if (!line.ends_with(usual_version)) return std::nullopt;
    StartLine start;
    start.version = line.substr(line.size() - usual_version.size());
    line.remove_suffix(usual_version.size());
    start.method = take_until(line, ' ');
    if (line.size() < 2 || line.back() != ' ' || start.method == "SIP" || !is_token(start.method))
        return std::nullopt;
    line.remove_suffix(1);
    if (is_blank(line.front()) || is_blank(line.back())) return std::nullopt;
    start.kind = StartLine::Kind::certain;
    start.is_request = true;
    start.uri = line;
    return start;
}

/// The same for "SIP/2.0 200 OK".
std::optional<StartLine> read_usual_status(std::string_view line) {
    constexpr std::size_t reason_at = 12;
    if (line.size() <= reason_at || !line.starts_with(usual_version) || line[7] != ' ' || line[11] != ' ')
        return std::nullopt;
    StartLine start;
    start.version = line.substr(0, usual_version.size());
    start.status = line.substr(8, 3);
    start.reason = line.substr(reason_at);
    if (!std::all_of(start.status.begin(), start.status.end(), is_digit) || is_blank(start.reason.front()) ||
        is_blank(start.reason.back()))
        return std::nullopt;
    start.kind = StartLine::Kind::certain;
    return start;
}

} // namespace

StartLine read_start_line(std::string_view line) {
    if (const auto usual = read_usual_status(line)) return *usual;
    if (const auto usual = read_usual_request(line)) return *usual;
    const auto text = trim(line);
    if (text.empty() || !is_token_char(text.front())) return {};
    auto result = is_status_line(text) ? read_status_line(text) : read_request_line(text);
    const bool blank_before = is_space(line.front());
    // A reason phrase may end in blanks, or be empty with the blank before it still there.
    const bool blank_behind = result.is_request && is_space(line.back());
    if (blank_before || blank_behind) result.bad_spacing = true;
    if (blank_before && result.kind == StartLine::Kind::certain) result.kind = StartLine::Kind::odd;
    return result;
}

std::string_view first_line(std::string_view text) {
    const auto feed = text.find('\n');
    if (feed == npos) return text.substr(0, text.find('\r'));
    const auto line = text.substr(0, feed);
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

Front find_front(std::string_view text, Framing framing) {
    Front front;
    while (front.offset < text.size() && is_keep_alive(text[front.offset])) ++front.offset;
    text.remove_prefix(front.offset);
    // Most of what is not SIP (RTP, STUN, TLS, DNS) leaves here after one octet.
    if (text.empty() || static_cast<unsigned char>(text.front()) < ' ' ||
        static_cast<unsigned char>(text.front()) > '~') {
        if (text.empty() || text.front() != '\t') return front;
    }
    front.line = read_start_line(first_line(text));
    if (front.line.kind == StartLine::Kind::certain || framing == Framing::stream) return front;
    if (const auto start = find_behind_junk(text)) {
        front.offset += *start;
        front.junk = true;
        front.line = read_start_line(first_line(text.substr(*start)));
    }
    return front;
}

std::size_t find_next_message(std::string_view text, bool is_request) {
    constexpr std::string_view version = "SIP/2.0";
    // A request says its version on the first line and in each Via: where that line ends matters to
    // responses.
    const auto ends = [](char c) { return c == '\r' || c == '\n'; };
    const auto first_end =
        is_request ? 0 : static_cast<std::size_t>(std::ranges::find_if(text, ends) - text.begin());
    for (auto at = text.find(version, 1); at != npos; at = text.find(version, at + 1)) {
        const bool on_first_line = !is_request && at < first_end && is_space(text[at - 1]);
        if (on_first_line || text[at - 1] == '\n' || text[at - 1] == '\r') {
            if (is_inner_status_line(text.substr(at + version.size()))) return at;
        } else if (!is_request && at > first_end && ends_line(text.substr(at + version.size()))) {
            const auto begin = text.find_last_of("\r\n", at) + 1;
            const auto line = read_start_line(first_line(text.substr(begin)));
            const bool certain = line.kind == StartLine::Kind::certain && line.is_request;
            if (certain && is_known_method(line.method) && is_sip_uri(line.uri)) return begin;
        }
    }
    return npos;
}

Probe probe(Bytes bytes) {
    const Front front = find_front(as_text(bytes), Framing::datagram);
    switch (front.line.kind) {
    case StartLine::Kind::none: return Probe::no;
    case StartLine::Kind::odd: return Probe::maybe;
    case StartLine::Kind::certain: return front.junk ? Probe::maybe : Probe::certain;
    }
    return Probe::no;
}

} // namespace rungs::sip
