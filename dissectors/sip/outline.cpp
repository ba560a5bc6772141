#include "dissectors/sip/outline.hpp"

#include "core/text.hpp"
#include "dissectors/sip/headers.hpp"
#include "dissectors/sip/scan.hpp"
#include "dissectors/sip/start_line.hpp"

namespace rungs::sip {
namespace {

bool read_start(std::string_view line, Message& out) {
    const StartLine start = read_start_line(line);
    if (start.kind != StartLine::Kind::certain) return false;
    out.is_request = start.is_request;
    out.version = start.version;
    if (start.is_request) {
        out.method_text = start.method;
        out.method = method_from(start.method);
        out.request_uri = start.uri;
    } else {
        out.status = parse_number<std::uint16_t>(start.status).value_or(std::uint16_t{0});
        out.reason_phrase = start.reason;
    }
    return true;
}

/// All names of interest begin so, in their long and compact forms.
bool may_matter(std::string_view line) {
    return line.front() == 'C' || line.front() == 'c';
}

void read_header(std::string_view line, std::size_t offset, Message& out) {
    auto value = line;
    const auto name = trim(take_until(value, ':'));
    const HeaderName known = header_name_from(name);
    if (known == HeaderName::content_type) {
        out.content_type = trim(value);
    } else if (known == HeaderName::cseq) {
        const CSeq cseq = parse_cseq(value);
        out.identity.cseq_number = cseq.number;
        out.identity.cseq_method = cseq.method;
        out.headers.push_back({known, name, trim(value), static_cast<std::uint32_t>(offset)});
    }
}

} // namespace

bool read_outline(std::string_view text, Message& out) {
    out.clear();
    out.bytes = as_bytes(text);
    auto rest = text;
    if (!read_start(without_line_end(take_until(rest, '\n')), out)) return false;
    while (!rest.empty()) {
        const auto offset = text.size() - rest.size();
        const auto line = without_line_end(take_until(rest, '\n'));
        if (line.empty()) break;
        if (is_blank(line.front())) return false;
        if (may_matter(line)) read_header(line, offset, out);
    }
    out.body = rest;
    if (!out.is_request) {
        out.method_text = out.identity.cseq_method;
        out.method = method_from(out.method_text);
    }
    return true;
}

} // namespace rungs::sip
