#include <algorithm>

#include "core/limits/messages.hpp"
#include "core/text.hpp"
#include "dissectors/sip/fields.hpp"
#include "dissectors/sip/message.hpp"
#include "dissectors/sip/multipart.hpp"
#include "dissectors/sip/scan.hpp"
#include "dissectors/sip/start_line.hpp"
#include "dissectors/sip/uri.hpp"

/// One pass over the lines of a message, then its body.
namespace rungs::sip {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t longest_method = 64;

/// Lines of a header block, one at a time.
class LineReader {
  public:
    /// Lines end in LF; in CR alone only where a datagram has no LF at all.
    LineReader(std::string_view text, Framing framing) : m_text(text) {
        const bool cr_only =
            framing == Framing::datagram && text.find('\n') == npos && text.find('\r') != npos;
        m_end_of_line = cr_only ? '\r' : '\n';
    }

    struct Line {
        std::size_t offset = 0;
        std::string_view text; ///< without its line end
    };

    /// The next line; false at the end of the text. A last line without line end is a line too.
    bool next(Line& line) {
        if (m_offset >= m_text.size()) return false;
        line.offset = m_offset;
        const auto end = m_text.find(m_end_of_line, m_offset);
        m_terminated = end != npos;
        line.text = m_text.substr(m_offset, m_terminated ? end - m_offset : npos);
        m_offset = m_terminated ? end + 1 : m_text.size();
        if (m_end_of_line == '\r') {
            note_bare_cr(line.offset);
        } else if (line.text.ends_with('\r')) {
            line.text.remove_suffix(1);
        } else if (m_terminated && m_bare_lf == npos) {
            m_bare_lf = line.offset;
        }
        while (line.text.starts_with('\r')) {
            note_bare_cr(line.offset);
            line.text.remove_prefix(1);
            ++line.offset;
        }
        return true;
    }

    /// The next line begins with a blank, so it continues this one (RFC 3261 section 7.3.1).
    [[nodiscard]] bool continues() const {
        return m_offset < m_text.size() && (m_text[m_offset] == ' ' || m_text[m_offset] == '\t');
    }
    [[nodiscard]] std::size_t offset() const { return m_offset; }
    /// The last line had a line end.
    [[nodiscard]] bool terminated() const { return m_terminated; }
    /// Offsets of the first line that ends in LF alone, or that has a CR alone; npos when there is none.
    [[nodiscard]] std::size_t bare_lf() const { return m_bare_lf; }
    [[nodiscard]] std::size_t bare_cr() const { return m_bare_cr; }

  private:
    void note_bare_cr(std::size_t offset) {
        if (m_bare_cr == npos) m_bare_cr = offset;
    }

    std::string_view m_text;
    char m_end_of_line = '\n';
    std::size_t m_offset = 0;
    bool m_terminated = false;
    std::size_t m_bare_lf = npos, m_bare_cr = npos;
};

std::uint16_t to_status(std::string_view text) {
    return text.size() == 3 ? parse_number<std::uint16_t>(text).value_or(std::uint16_t{0}) : std::uint16_t{0};
}

/// The header of that name, also when it is written with blanks for hyphens: "WWW Authenticate".
HeaderName meant_header(std::string_view name) {
    constexpr std::size_t longest_name = 32;
    const HeaderName known = header_name_from(name);
    if (known != HeaderName::unknown || name.size() > longest_name || name.find(' ') == npos) return known;
    std::string hyphenated(name);
    std::replace(hyphenated.begin(), hyphenated.end(), ' ', '-');
    return header_name_from(hyphenated);
}

/// Octets before the first that is no blank: a line behind the start line may begin with some.
std::uint32_t indent_of(std::string_view text) {
    return static_cast<std::uint32_t>(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

/// Reads one message whose start line is at the front of `text`.
class MessageReader {
  public:
    /// `followed`: another message of the same datagram begins where `text` ends.
    MessageReader(std::string_view text, Framing framing, Checks checks, bool followed, Message& out)
        : m_text(text.substr(0, limits::message_octets)), m_framing(framing), m_lines(m_text, framing),
          m_fields(out, checks), m_out(out), m_octets_given(text.size()) {
        m_out.followed = followed;
    }

    Parsed read(const StartLine& start) {
        read_start(start);
        if (!read_headers()) {
            if (m_octets_given >= limits::message_octets) return too_long(m_text.size());
            if (m_framing == Framing::stream) return {Outcome::need_more, 0, {}};
            if (!m_out.followed) report(m_out, rule::headers_unterminated, m_text.size(), "an empty line");
        }
        if (m_out.followed)
            report(m_out, rule::several_in_datagram, m_text.size(), "the end of the datagram");
        m_fields.finish();
        check_header_text();
        return read_body();
    }

  private:
    void read_start(const StartLine& start) {
        LineReader::Line line;
        m_lines.next(line);
        m_out.is_request = start.is_request;
        m_out.version = start.version;
        if (start.kind == StartLine::Kind::odd)
            report(m_out, rule::start_line, 0, "METHOD URI SIP/2.0, or SIP/2.0 STATUS REASON", line.text);
        if (start.bad_spacing) report(m_out, rule::start_line_spacing, 0, "single spaces", line.text);
        if (!start.version.empty() && !iequals(start.version, "SIP/2.0"))
            report(m_out, rule::version, 0, "SIP/2.0", start.version);
        start.is_request ? read_request(start) : read_status(start);
    }

    void read_request(const StartLine& start) {
        m_out.method_text = start.method;
        m_out.method = method_from(start.method);
        m_out.request_uri = start.uri;
        if (!is_token(start.method)) report(m_out, rule::method, 0, "a token", start.method);
        const Uri uri = parse_uri(start.uri);
        if (!uri.valid) {
            report(m_out, rule::request_uri, start.method.size(), "a URI", start.uri);
        } else if (!uri.headers.empty()) {
            report(m_out, rule::request_uri_headers, start.method.size(), "no headers", uri.headers);
        } else if (uri.host.empty() && uri.user.empty()) {
            report(m_out, rule::uri_scheme_unknown, start.method.size(), "sip, sips or tel", uri.scheme);
        }
    }

    void read_status(const StartLine& start) {
        m_out.status = to_status(start.status);
        m_out.reason_phrase = start.reason;
        if (m_out.status < 100 || m_out.status > 699)
            report(m_out, rule::status_code, start.version.size(), "100 to 699", start.status);
    }

    /// False when the text ends before the empty line does.
    bool read_headers() {
        LineReader::Line line;
        while (m_lines.next(line)) {
            if (line.text.empty()) {
                if (!headers_go_on()) return m_lines.terminated();
                report(m_out, rule::headers_behind_empty_line, line.offset);
                continue;
            }
            const auto begin = line.offset;
            while (m_lines.continues()) m_lines.next(line);
            const auto end = line.offset + line.text.size();
            add_header(begin, m_text.substr(begin, end - begin));
        }
        return false;
    }

    /// Some hand-made stacks begin the headers with an empty line. Only known names are believed, and only
    /// where nothing says that the headers are over.
    [[nodiscard]] bool headers_go_on() const {
        if (m_framing == Framing::stream || m_out.content_length || !m_out.identity.call_id.empty())
            return false;
        const auto line = first_line(m_text.substr(m_lines.offset()));
        const auto colon = line.find(':');
        return colon != npos && meant_header(trim(line.substr(0, colon))) != HeaderName::unknown;
    }

    void add_header(std::size_t begin, std::string_view text) {
        Header header;
        header.offset = static_cast<std::uint32_t>(begin);
        const auto colon = text.find(':');
        if (colon == npos) {
            report(m_out, rule::header_no_colon, begin, "name: value", text);
            header.value = trim(text);
        } else {
            header.name_text = trim(text.substr(0, colon));
            if (!header.name_text.empty()) header.offset += indent_of(text);
            header.value = trim(text.substr(colon + 1));
            header.name = header_name_from(header.name_text);
            if (header.name == HeaderName::unknown) { // those that are known are tokens
                header.name = meant_header(header.name_text);
                if (!is_token(header.name_text))
                    report(m_out, rule::header_name, begin, "a token", header.name_text);
            }
        }
        m_fields.read(header);
        if (m_out.headers.size() < limits::headers) {
            m_out.headers.push_back(header);
        } else if (!m_headers_left_out) {
            m_headers_left_out = true;
            report(m_out, rule::too_many_headers, begin);
        }
        if (header.name == HeaderName::content_length && m_content_length_offset == 0)
            m_content_length_offset = begin;
    }

    void check_header_text() {
        const auto block = m_text.substr(0, m_lines.offset());
        if (m_lines.bare_lf() != npos) report(m_out, rule::bare_lf, m_lines.bare_lf(), "CR LF");
        if (m_lines.bare_cr() != npos) report(m_out, rule::bare_cr, m_lines.bare_cr(), "CR LF");
        if (const auto nul = block.find('\0'); nul != npos) report(m_out, rule::nul, nul);
        if (!is_utf8(block)) report(m_out, rule::not_utf8, 0, "UTF-8");
    }

    Parsed read_body() {
        const auto body_offset = m_lines.offset();
        const auto available = m_text.size() - body_offset;
        const auto promised = m_out.content_length;
        std::size_t length = available;
        if (m_framing == Framing::stream) {
            if (m_content_length_offset == 0)
                report(m_out, rule::content_length_missing, 0, "Content-Length");
            if (promised.value_or(0) > limits::message_octets - body_offset) return too_long(body_offset);
            length = static_cast<std::size_t>(promised.value_or(0));
            if (length > available) return {Outcome::need_more, 0, {}, body_offset + length};
        } else if (promised && *promised > available) {
            report(m_out, rule::content_length_too_large, m_content_length_offset,
                   std::to_string(available) + " octets at most", std::to_string(*promised));
        } else if (promised) {
            length = static_cast<std::size_t>(*promised);
        }
        if (m_octets_given > limits::message_octets && !promised && m_framing == Framing::datagram)
            return too_long(m_octets_given);
        m_out.body = m_text.substr(body_offset, length);
        if (!trim(m_out.body).empty()) check_content_type(body_offset);
        return finish(body_offset + length);
    }

    void check_content_type(std::size_t body_offset) {
        if (m_out.content_type.empty())
            return report(m_out, rule::content_type_missing, body_offset, "Content-Type");
        if (is_known_media_type(m_out.content_type)) return;
        const Header* header = m_out.find(HeaderName::content_type);
        report(m_out, rule::content_type_unknown, header == nullptr ? body_offset : header->offset, {},
               m_out.content_type);
    }

    Parsed finish(std::size_t end) {
        m_out.bytes = as_bytes(m_text.substr(0, end));
        const auto behind = m_text.substr(end);
        if (m_out.is_request && m_out.method == Method::unknown && m_out.identity.call_id.empty())
            read_as_meant();
        if (m_framing == Framing::datagram && behind.find_first_not_of(std::string_view("\r\n\0", 3)) != npos)
            report(m_out, rule::trailing_octets, end, {}, behind);
        if (!m_out.is_request) {
            m_out.method_text = m_out.identity.cseq_method;
            m_out.method = method_from(m_out.method_text);
        }
        const auto by_offset = [](const Issue& a, const Issue& b) { return a.offset < b.offset; };
        std::stable_sort(m_out.issues.begin(), m_out.issues.end(), by_offset);
        return {Outcome::complete, end, {}};
    }

    /// "Register" is no method, but where there is no header at all it must be told what was meant.
    void read_as_meant() {
        std::string upper(m_out.method_text.substr(0, longest_method));
        for (char& c : upper)
            if (is_alpha(c)) c = static_cast<char>(c & ~0x20);
        m_out.method = method_from(upper);
        if (m_out.method != Method::unknown) report(m_out, rule::method, 0, upper, m_out.method_text);
    }

    Parsed too_long(std::size_t consumed) { return {Outcome::malformed, consumed, rule::too_long.code}; }

    std::string_view m_text;
    Framing m_framing;
    LineReader m_lines;
    FieldReader m_fields;
    Message& m_out;
    std::size_t m_octets_given;
    std::size_t m_content_length_offset = 0;
    bool m_headers_left_out = false;
};

/// There is no start line at the front: what to skip.
Parsed skip(std::string_view text, Framing framing, std::size_t keep_alive_octets) {
    if (keep_alive_octets == text.size()) return {Outcome::malformed, text.size(), rule::keep_alive.code};
    if (framing == Framing::datagram) return {Outcome::malformed, text.size(), rule::start_line.code};
    const auto end = text.find('\n', keep_alive_octets);
    return {Outcome::malformed, end == npos ? text.size() : end + 1, rule::start_line.code};
}

/// A stream may have been cut inside its first line, which then must not be judged yet.
bool may_grow(std::string_view text) {
    const auto blank = std::find_if(text.begin(), text.end(), is_blank);
    const auto word = text.substr(0, static_cast<std::size_t>(blank - text.begin()));
    const auto rest = text.substr(word.size());
    if (rest.find('\n') != npos || text.size() >= limits::message_octets) return false;
    if (word.starts_with("SIP/")) return true;
    return is_token(word) && word.size() <= longest_method;
}

} // namespace

Parsed parse(Bytes bytes, Framing framing, Message& out, Checks checks) {
    out.clear();
    const auto text = as_text(bytes);
    if (text.empty()) return {framing == Framing::stream ? Outcome::need_more : Outcome::malformed, 0, {}};
    const Front front = find_front(text, framing);
    const auto message = text.substr(front.offset);
    if (framing == Framing::stream && !message.empty() && may_grow(message))
        return {Outcome::need_more, 0, {}};
    if (front.line.kind == StartLine::Kind::none) return skip(text, framing, front.offset);
    const auto read = [&](std::string_view part, bool followed) {
        out.clear();
        out.junk_before = front.offset;
        if (front.junk) report(out, rule::junk, 0, "a start line", text.substr(0, front.offset));
        // The message that follows may begin on the first line itself.
        const StartLine start = followed ? read_start_line(first_line(part)) : front.line;
        return MessageReader(part, framing, checks, followed, out).read(start);
    };
    const auto next = framing == Framing::datagram ? find_next_message(message, front.line.is_request) : npos;
    Parsed parsed = read(message.substr(0, next), next != npos);
    // Content-Length says better where the message ends, and only a session description is sure to hold no
    // message itself (message/sipfrag does).
    const bool other_body = !out.content_type.empty() && !istarts_with(out.content_type, "application/sdp");
    const bool closed = out.content_length.has_value() || other_body;
    if (next != npos && closed) parsed = read(message, false);
    if (parsed.outcome != Outcome::need_more) parsed.consumed += front.offset;
    if (parsed.needed != 0) parsed.needed += front.offset;
    return parsed;
}

Parsed parse_malformed(Bytes bytes, Message& out) {
    out.clear();
    const auto text = as_text(bytes).substr(0, limits::message_octets);
    const auto line = first_line(text);
    out.is_request = true;
    out.bytes = as_bytes(text);
    auto words = line;
    out.method_text = take_word(words);
    report(out, rule::start_line, 0, "METHOD URI SIP/2.0, or SIP/2.0 STATUS REASON", line);
    return {Outcome::complete, text.size(), {}};
}

} // namespace rungs::sip
