#include "dissectors/msn/gateway.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/limits/messages.hpp"
#include "core/limits/msn.hpp"
#include "core/text.hpp"
#include "dissectors/msn/issues.hpp"
#include "dissectors/msn/mime.hpp"

namespace rungs::msn {

namespace {

constexpr std::size_t npos = std::string_view::npos;

bool is_response(std::string_view line) {
    return line.starts_with("HTTP/1.");
}

bool is_gateway_request(std::string_view line) {
    return (line.starts_with("POST ") || line.starts_with("GET ")) && line.find("/gateway.dll?") != npos;
}

void read_query(std::string_view query, GatewayMessage& out) {
    while (!query.empty()) {
        auto value = take_until(query, '&');
        const auto name = take_until(value, '=');
        if (iequals(name, "Action")) out.action = value;
        if (iequals(name, "Server")) out.server_kind = value;
        if (iequals(name, "IP")) out.server_ip = value;
        if (iequals(name, "SessionID")) out.session_id = value;
    }
}

void read_session(std::string_view header, GatewayMessage& out) {
    while (!header.empty()) {
        auto value = take_until(header, ';');
        const auto name = trim(take_until(value, '='));
        if (iequals(name, "SessionID")) out.session_id = trim(value);
        if (iequals(name, "Session")) out.session_closed = iequals(trim(value), "close");
    }
}

void read_start_line(std::string_view line, GatewayMessage& out) {
    out.is_request = !is_response(line);
    take_until(line, ' ');
    const auto word = take_until(line, ' ');
    if (!out.is_request) {
        out.status = parse_number<std::uint16_t>(word).value_or(0);
        return;
    }
    out.target = word;
    auto query = word;
    take_until(query, '?');
    read_query(query, out);
}

void add_issue(GatewayMessage& message, std::string_view code, std::size_t offset, std::string needed,
               std::string found) {
    if (message.issues.size() >= limits::issues) return;
    message.issues.push_back({code, Severity::error, offset, std::move(needed), std::move(found)});
}

/// Reads the header fields that matter; returns Content-Length, 0 when there is none that can be used.
std::size_t read_headers(std::string_view head, GatewayMessage& out) {
    std::optional<std::uint64_t> length;
    std::string_view rest = head;
    while (!rest.empty()) {
        const auto offset = head.size() - rest.size();
        auto value = take_line(rest);
        const auto name = trim(take_until(value, ':'));
        value = trim(value);
        if (iequals(name, "X-MSN-Messenger")) read_session(value, out);
        if (!iequals(name, "Content-Length")) continue;
        length = parse_number<std::uint64_t>(value);
        if (!length || *length > limits::message_octets) {
            length = 0;
            add_issue(out, issue::gateway_content_length, offset,
                      "at most " + std::to_string(limits::message_octets), printable(value.substr(0, 40)));
        }
    }
    return static_cast<std::size_t>(length.value_or(0));
}

} // namespace

void GatewayMessage::clear() {
    auto kept = std::move(issues);
    *this = {};
    kept.clear();
    issues = std::move(kept);
}

Probe probe_gateway(Bytes bytes) {
    auto text = as_text(bytes.first(std::min(bytes.size(), limits::msn_line_octets)));
    const auto line = take_line(text);
    if (is_gateway_request(line)) return Probe::certain;
    return is_response(line) ? Probe::maybe : Probe::no;
}

Parsed parse_gateway(Bytes bytes, Framing framing, GatewayMessage& out) {
    out.clear();
    const auto text = as_text(bytes);
    const Parsed need_more{Outcome::need_more, 0, {}};
    const bool more_may_come = framing == Framing::stream;
    const auto head_end = text.substr(0, limits::msn_line_octets).find("\r\n\r\n");
    if (head_end == npos && more_may_come && text.size() < limits::msn_line_octets) return need_more;
    auto rest = text.substr(0, head_end);
    const auto line = take_line(rest);
    if (head_end == npos || !(is_response(line) || is_gateway_request(line))) {
        return {Outcome::malformed, std::min(text.size(), limits::msn_line_octets), issue::not_a_command};
    }
    read_start_line(line, out);
    const auto length = read_headers(text.substr(0, head_end), out);
    const auto body = head_end + 4;
    const auto available = text.size() - body;
    if (length > available && more_may_come) {
        out.clear();
        return need_more;
    }
    if (length > available) {
        add_issue(out, issue::gateway_truncated, body, std::to_string(length), std::to_string(available));
    }
    const auto end = body + std::min(length, available);
    out.bytes = bytes.first(end);
    out.payload = bytes.subspan(body, end - body);
    out.payload_offset = static_cast<std::uint32_t>(body);
    return {Outcome::complete, end, {}};
}

} // namespace rungs::msn
