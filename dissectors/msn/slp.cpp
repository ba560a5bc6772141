#include "dissectors/msn/slp.hpp"

#include <algorithm>
#include <utility>

#include "core/base64.hpp"
#include "core/bytes.hpp"
#include "core/limits/messages.hpp"
#include "core/limits/msn.hpp"
#include "core/text.hpp"
#include "dissectors/msn/issues.hpp"

namespace rungs::msn {

namespace {

constexpr std::string_view version_prefix = "MSNSLP/";

void add_issue(SlpMessage& message, std::string_view code, std::size_t offset, std::string needed = {},
               std::string_view found = {}) {
    if (message.issues.size() >= limits::issues) return;
    message.issues.push_back(
        {code, Severity::warning, offset, std::move(needed), printable(found.substr(0, 60))});
}

void read_start_line(std::string_view line, SlpMessage& out) {
    out.is_request = !line.starts_with(version_prefix);
    if (out.is_request) {
        out.method = take_until(line, ' ');
        out.request_uri = take_until(line, ' ');
        out.version = trim(line);
        if (!out.version.starts_with(version_prefix)) {
            add_issue(out, issue::slp_start_line, 0, "METHOD MSNMSGR:passport MSNSLP/1.0", line);
        }
        return;
    }
    const auto whole = line;
    out.version = take_until(line, ' ');
    const auto status = parse_number<std::uint16_t>(take_until(line, ' '));
    out.status = status.value_or(0);
    out.reason_phrase = trim(line);
    if (out.status < 100 || out.status > 699) {
        add_issue(out, issue::slp_start_line, 0, "MSNSLP/1.0 status reason", whole);
    }
}

/// `Name: value` lines up to a blank line; returns what is behind them.
std::string_view read_fields(std::string_view text, std::string_view whole, std::vector<Field>& fields) {
    while (!text.empty()) {
        const auto offset = static_cast<std::uint32_t>(whole.size() - text.size());
        auto value = take_line(text);
        if (value.empty()) break;
        const auto name = trim(take_until(value, ':'));
        if (!name.empty() && fields.size() < limits::headers) fields.push_back({name, trim(value), offset});
    }
    return text;
}

void read_headers(SlpMessage& out) {
    const auto header = [&](std::string_view name) {
        const auto value = find_field(out.headers, name);
        if (value.empty()) add_issue(out, issue::slp_header_missing, 0, std::string(name));
        return value;
    };
    out.to = sip::parse_name_addr(header("To"));
    out.from = sip::parse_name_addr(header("From"));
    out.via = sip::parse_via(header("Via"));
    out.cseq = sip::parse_cseq(header("CSeq")).number;
    out.call_id = header("Call-ID");
    out.content_type = header("Content-Type");
    out.content_length = parse_number<std::uint64_t>(header("Content-Length"));
}

void read_body(std::string_view rest, std::string_view whole, SlpMessage& out) {
    const auto announced = out.content_length.value_or(rest.size());
    if (announced > rest.size()) {
        add_issue(out, issue::slp_content_length, whole.size() - rest.size(), std::to_string(announced),
                  std::to_string(rest.size()));
    }
    out.body = rest.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(announced, rest.size())));
    while (out.body.ends_with('\0')) out.body.remove_suffix(1);
    read_fields(out.body, whole.substr(0, whole.size() - rest.size() + out.body.size()), out.fields);
}

std::optional<std::uint32_t> read_number(SlpMessage& out, std::string_view name) {
    const auto text = find_field(out.fields, name);
    const auto number = parse_number<std::uint32_t>(text);
    if (!text.empty() && !number) add_issue(out, issue::slp_field, 0, std::string(name), text);
    return number;
}

std::optional<bool> read_flag(const SlpMessage& message, std::string_view name) {
    const auto text = find_field(message.fields, name);
    if (iequals(text, "true")) return true;
    if (iequals(text, "false")) return false;
    return std::nullopt;
}

void append_utf8(std::string& out, std::uint32_t point) {
    const auto put = [&](std::uint32_t octet) { out.push_back(static_cast<char>(octet)); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xc0U | point >> 6U);
        put(0x80U | (point & 0x3fU));
    } else if (point < 0x10000) {
        put(0xe0U | point >> 12U);
        put(0x80U | (point >> 6U & 0x3fU));
        put(0x80U | (point & 0x3fU));
    } else {
        put(0xf0U | point >> 18U);
        put(0x80U | (point >> 12U & 0x3fU));
        put(0x80U | (point >> 6U & 0x3fU));
        put(0x80U | (point & 0x3fU));
    }
}

/// UTF-16, little endian, up to a NUL; a lone surrogate becomes U+FFFD.
std::string read_utf16(ByteCursor cursor) {
    const auto is_high = [](std::uint32_t unit) { return unit >= 0xd800 && unit <= 0xdbff; };
    const auto is_low = [](std::uint32_t unit) { return unit >= 0xdc00 && unit <= 0xdfff; };
    std::string out;
    std::uint32_t unit = cursor.u16le();
    while (unit != 0) {
        const std::uint32_t next = cursor.u16le();
        if (is_high(unit) && is_low(next)) {
            append_utf8(out, 0x10000U + ((unit - 0xd800U) << 10U) + (next - 0xdc00U));
            unit = cursor.u16le();
        } else {
            append_utf8(out, is_high(unit) || is_low(unit) ? 0xfffdU : unit);
            unit = next;
        }
    }
    return out;
}

/// 0 length of the structure, 4 version, 8 file size (64 bits), 16 type, 20 name in UTF-16 (520 octets).
std::optional<FilePreview> read_file(std::string_view context) {
    ByteCursor cursor(as_bytes(context));
    cursor.skip(8);
    FilePreview file;
    file.octets = cursor.u64le();
    cursor.skip(4);
    if (cursor.failed()) return std::nullopt;
    file.name = read_utf16(ByteCursor(cursor.rest().first(std::min<std::size_t>(cursor.remaining(), 520))));
    return file;
}

void read_session(SlpMessage& out) {
    const auto field = [&](std::string_view name) { return find_field(out.fields, name); };
    out.euf_guid = field("EUF-GUID");
    out.application = application_from_guid(out.euf_guid);
    out.session_id = read_number(out, "SessionID");
    out.application_id = read_number(out, "AppID");
    out.context = field("Context");
    if (out.context.empty()) return;
    const auto context = base64_decode(out.context);
    if (!context) {
        add_issue(out, issue::slp_field, 0, "Context: Base64", out.context);
    } else if (out.application == Application::file_transfer) {
        out.file = read_file(*context);
    }
}

void read_transport(SlpMessage& out) {
    const auto field = [&](std::string_view name) { return find_field(out.fields, name); };
    out.bridges = field("Bridges");
    out.bridge = field("Bridge");
    out.net_id = field("NetID");
    out.conn_type = field("Conn-Type");
    out.nonce = field("Nonce");
    out.internal_addresses = field("IPv4Internal-Addrs");
    out.internal_port = field("IPv4Internal-Port");
    out.external_addresses = field("IPv4External-Addrs");
    out.external_port = field("IPv4External-Port");
    out.listening = read_flag(out, "Listening");
    out.upnp_nat = read_flag(out, "UPnPNat");
    out.icf = read_flag(out, "ICF");
}

} // namespace

void SlpMessage::clear() {
    auto kept_headers = std::move(headers);
    auto kept_fields = std::move(fields);
    auto kept_issues = std::move(issues);
    *this = {};
    kept_headers.clear();
    kept_fields.clear();
    kept_issues.clear();
    headers = std::move(kept_headers);
    fields = std::move(kept_fields);
    issues = std::move(kept_issues);
}

bool is_slp(std::string_view text) {
    const auto line = take_line(text).substr(0, limits::msn_line_octets);
    if (line.starts_with(version_prefix)) return true;
    // Letters only, so that a P2P header before the method is none of it.
    const auto method = line.substr(0, line.find(' '));
    return !method.empty() && std::ranges::all_of(method, is_alpha) &&
           istarts_with(line.substr(method.size()), " MSNMSGR:");
}

void parse_slp(std::string_view text, SlpMessage& out) {
    out.clear();
    std::string_view rest = text;
    read_start_line(take_line(rest), out);
    rest = read_fields(rest, text, out.headers);
    read_headers(out);
    read_body(rest, text, out);
    read_session(out);
    read_transport(out);
}

} // namespace rungs::msn
