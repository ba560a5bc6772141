#include "dissectors/sip/fields.hpp"

#include <algorithm>
#include <array>

#include "core/limits/messages.hpp"
#include "core/text.hpp"
#include "dissectors/sip/scan.hpp"
#include "dissectors/sip/uri.hpp"

namespace rungs::sip {

namespace {

constexpr std::size_t shown_octets = 80;
constexpr std::string_view magic_cookie = "z9hG4bK";

/// RFC 3261 table 2 and section 7.3.1: no comma-separated lists, so they appear once.
bool appears_once(HeaderName name) {
    switch (name) {
    case HeaderName::from:
    case HeaderName::to:
    case HeaderName::call_id:
    case HeaderName::cseq:
    case HeaderName::max_forwards:
    case HeaderName::content_type:
    case HeaderName::expires:
    case HeaderName::min_expires:
    case HeaderName::date:
    case HeaderName::event:
    case HeaderName::subscription_state:
    case HeaderName::session_expires:
    case HeaderName::min_se:
    case HeaderName::rack:
    case HeaderName::rseq:
    case HeaderName::refer_to:
    case HeaderName::replaces:
    case HeaderName::subject:
    case HeaderName::user_agent:
    case HeaderName::server:
    case HeaderName::mime_version:
    case HeaderName::content_disposition: return true;
    default: return false;
    }
}

/// Option tags of the IANA registry, sorted.
constexpr auto known_options = std::to_array<std::string_view>({
    "100rel",
    "answermode",
    "early-session",
    "eventlist",
    "explicitsub",
    "from-change",
    "geolocation-http",
    "geolocation-sip",
    "gin",
    "gruu",
    "histinfo",
    "ice",
    "join",
    "multiple-refer",
    "norefersub",
    "nosub",
    "outbound",
    "path",
    "policy",
    "precondition",
    "pref",
    "privacy",
    "recipient-list-invite",
    "recipient-list-message",
    "recipient-list-subscribe",
    "record-aware",
    "replaces",
    "resource-priority",
    "sdp-anat",
    "sec-agree",
    "siprec",
    "tdialog",
    "timer",
    "trickle-ice",
    "uui",
});
static_assert(std::is_sorted(known_options.begin(), known_options.end()));

bool is_known_auth_scheme(std::string_view scheme) {
    constexpr auto known = std::to_array<std::string_view>({"Digest", "Basic", "NTLM", "Kerberos", "Bearer"});
    return std::any_of(known.begin(), known.end(),
                       [scheme](std::string_view name) { return iequals(name, scheme); });
}

bool is_known_scheme(std::string_view scheme) {
    return iequals(scheme, "sip") || iequals(scheme, "sips") || iequals(scheme, "tel");
}

/// *( token LWS ), what a display name without quotes may be.
bool is_token_list(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return is_token_char(c) || is_blank(c); });
}

bool has_blank(std::string_view text) {
    return std::any_of(text.begin(), text.end(), is_blank);
}

/// "Sat, 13 Nov 2010 23:29:00 GMT" in outline: digits, letters and punctuation where they belong.
bool is_sip_date(std::string_view text) {
    constexpr std::string_view outline = "Aaa, 00 Aaa 0000 00:00:00 GMT";
    if (text.size() != outline.size() || !text.ends_with(" GMT")) return false;
    return std::equal(text.begin(), text.end() - 3, outline.begin(), [](char c, char form) {
        if (form == '0') return is_digit(c);
        return is_alpha(form) ? is_alpha(c) : c == form;
    });
}

std::string to_text(std::string_view captured) {
    if (captured.size() <= shown_octets) return printable(captured);
    return printable(captured.substr(0, shown_octets)) + "...";
}

} // namespace

void report(Message& message, const Rule& rule, std::size_t offset, std::string_view needed,
            std::string_view found) {
    if (message.issues.size() >= limits::issues) return;
    message.issues.push_back({rule.code, rule.severity, offset, std::string(needed), to_text(found)});
}

void FieldReader::report_at(const Header& header, const Rule& rule, std::string_view needed,
                            std::string_view found) {
    report(m_message, rule, header.offset, needed, found);
}

void FieldReader::read(const Header& header) {
    const auto index = static_cast<std::size_t>(header.name);
    const bool repeated = m_seen[index];
    m_seen.set(index);
    if (repeated && appears_once(header.name)) {
        report_at(header, rule::duplicate_header, "once", header.name_text);
        return;
    }
    switch (header.name) {
    case HeaderName::from: return read_from(header);
    case HeaderName::to: return read_to(header);
    case HeaderName::call_id: return read_call_id(header);
    case HeaderName::cseq: return read_cseq(header);
    case HeaderName::via: return read_vias(header);
    case HeaderName::content_length: return read_content_length(header, repeated);
    case HeaderName::content_type: m_message.content_type = header.value; return;
    default: break;
    }
    if (m_checks == Checks::all) check(header);
}

/// Fields that say nothing about what the message belongs to.
void FieldReader::check(const Header& header) {
    switch (header.name) {
    case HeaderName::max_forwards: return check_max_forwards(header);
    case HeaderName::contact: return check_contacts(header);
    case HeaderName::route:
    case HeaderName::record_route:
    case HeaderName::path:
    case HeaderName::service_route:
    case HeaderName::refer_to:
    case HeaderName::referred_by:
    case HeaderName::p_asserted_identity:
    case HeaderName::p_preferred_identity:
    case HeaderName::remote_party_id:
    case HeaderName::diversion: return check_addresses(header);
    case HeaderName::expires:
    case HeaderName::min_expires: return check_seconds(header, header.value);
    case HeaderName::retry_after: return check_retry_after(header);
    case HeaderName::warning: return check_warnings(header);
    case HeaderName::date: return check_date(header);
    case HeaderName::require:
    case HeaderName::proxy_require: return check_options(header);
    case HeaderName::www_authenticate:
    case HeaderName::proxy_authenticate:
    case HeaderName::authorization:
    case HeaderName::proxy_authorization: return check_auth_scheme(header);
    default: return;
    }
}

void FieldReader::read_from(const Header& header) {
    const NameAddr address = parse_name_addr(header.value);
    m_message.identity.from_uri = address.uri;
    m_message.identity.from_display_name = address.display_name;
    m_message.identity.from_tag = address.tag;
    check_address(header, header.value, address);
    if (address.tag.empty()) report_at(header, rule::from_tag_missing, ";tag=");
}

void FieldReader::read_to(const Header& header) {
    const NameAddr address = parse_name_addr(header.value);
    m_message.identity.to_uri = address.uri;
    m_message.identity.to_display_name = address.display_name;
    m_message.identity.to_tag = address.tag;
    check_address(header, header.value, address);
}

void FieldReader::read_call_id(const Header& header) {
    m_message.identity.call_id = header.value;
    if (header.value.empty() || has_blank(header.value))
        report_at(header, rule::call_id, "one word without blanks", header.value);
}

void FieldReader::read_cseq(const Header& header) {
    const CSeq cseq = parse_cseq(header.value);
    m_message.identity.cseq_number = cseq.number;
    m_message.identity.cseq_method = cseq.method;
    const bool in_range = cseq.number && *cseq.number < 0x8000'0000;
    if (!in_range || !is_token(cseq.method))
        report_at(header, rule::cseq_number, "a number below 2147483648 and a method", header.value);
}

void FieldReader::read_vias(const Header& header) {
    Identity& identity = m_message.identity;
    auto rest = header.value;
    do {
        const auto value = take_value(rest);
        const Via via = parse_via(value);
        if (!via.valid) report_at(header, rule::via, "SIP/2.0/TRANSPORT host[:port];parameters", value);
        const bool top = identity.via_count == 0;
        if (top) {
            identity.branch = via.branch;
            identity.sent_by = via.sent_by;
        }
        // The last one read stays: the bottom Via.
        identity.origin_branch = via.branch;
        identity.origin_sent_by = via.sent_by;
        if (identity.via_count < UINT16_MAX) ++identity.via_count;
        check_via(header, via, top);
    } while (!rest.empty());
}

void FieldReader::check_via(const Header& header, const Via& via, bool top) {
    if (via.host == "255.255.255.255") report_at(header, rule::via_broadcast, {}, via.host);
    if (via.received_twice) report_at(header, rule::duplicate_parameter, "once", "received");
    // Only the top branch identifies this hop's transaction.
    if (!top) return;
    if (via.branch.empty()) {
        report_at(header, rule::branch_missing, ";branch=z9hG4bK...");
    } else if (!istarts_with(via.branch, magic_cookie)) {
        report_at(header, rule::branch_no_cookie, "z9hG4bK...", via.branch);
    } else if (via.branch.size() == magic_cookie.size()) {
        report_at(header, rule::branch_empty, "text behind the cookie", via.branch);
    }
}

void FieldReader::read_content_length(const Header& header, bool repeated) {
    const auto length = parse_number<std::uint64_t>(header.value);
    if (!length) report_at(header, rule::content_length, "a number of octets", header.value);
    if (!repeated) {
        m_message.content_length = length;
    } else if (length != m_message.content_length) {
        report_at(header, rule::content_length_conflict, "the same number", header.value);
    } else {
        report_at(header, rule::duplicate_header, "once", header.name_text);
    }
}

void FieldReader::check_address(const Header& header, std::string_view value, const NameAddr& address) {
    if (m_checks != Checks::all) return;
    value = trim(value);
    if (!quotes_balanced(value)) {
        report_at(header, rule::quotes_unbalanced, "a closing quote", value);
        return;
    }
    if (!address.valid) {
        report_at(header, rule::name_addr, "[name] <uri>;parameters", value);
        return;
    }
    if (!value.starts_with('"') && !is_token_list(address.display_name))
        report_at(header, rule::display_name, "a quoted string", address.display_name);
    const bool bracketed = value.find('<') != std::string_view::npos;
    if (!bracketed && address.uri.find_first_of(",?") != std::string_view::npos)
        report_at(header, rule::addr_ambiguous, "<uri>", address.uri);
    const Uri uri = parse_uri(address.uri);
    if (!uri.valid) {
        report_at(header, rule::uri, "a valid URI", address.uri);
    } else if (!is_known_scheme(uri.scheme)) {
        report_at(header, rule::uri_scheme_unknown, "sip, sips or tel", uri.scheme);
    }
}

void FieldReader::check_addresses(const Header& header) {
    auto rest = header.value;
    do {
        const auto value = take_value(rest);
        check_address(header, value, parse_name_addr(value));
    } while (!rest.empty());
}

void FieldReader::check_contacts(const Header& header) {
    // "*" removes every binding (RFC 3261 section 10.2.2).
    if (header.value == "*") return;
    auto rest = header.value;
    do {
        const auto value = take_value(rest);
        const NameAddr address = parse_name_addr(value);
        check_address(header, value, address);
        if (const auto seconds = find_parameter(address.parameters, "expires"))
            check_seconds(header, *seconds);
    } while (!rest.empty());
}

void FieldReader::check_seconds(const Header& header, std::string_view text) {
    if (!parse_number<std::uint32_t>(text)) report_at(header, rule::expires, "seconds below 2^32", text);
}

void FieldReader::check_retry_after(const Header& header) {
    // delta-seconds [ comment ] *( SEMI parameter )
    const auto seconds = header.value.substr(0, header.value.find_first_of(" \t\r\n(;"));
    if (!parse_number<std::uint32_t>(seconds))
        report_at(header, rule::retry_after, "seconds below 2^32", header.value);
}

void FieldReader::check_max_forwards(const Header& header) {
    const auto hops = parse_number<std::uint8_t>(header.value);
    if (!hops) {
        report_at(header, rule::max_forwards, "0 to 255", header.value);
    } else if (*hops == 0) {
        report_at(header, rule::max_forwards_zero);
    }
}

void FieldReader::check_warnings(const Header& header) {
    auto rest = header.value;
    do {
        auto value = take_value(rest);
        const auto code = take_word(value);
        if (code.size() != 3 || !parse_number<std::uint16_t>(code))
            report_at(header, rule::warning_code, "three digits", code);
    } while (!rest.empty());
}

void FieldReader::check_date(const Header& header) {
    if (!is_sip_date(header.value)) report_at(header, rule::date, "a date in GMT", header.value);
}

void FieldReader::check_options(const Header& header) {
    auto rest = header.value;
    while (!rest.empty()) {
        const auto option = take_value(rest);
        if (!std::binary_search(known_options.begin(), known_options.end(), option))
            report_at(header, rule::require_unknown, "a registered option tag", option);
    }
}

void FieldReader::check_auth_scheme(const Header& header) {
    auto value = header.value;
    const auto scheme = take_word(value);
    if (!is_known_auth_scheme(scheme)) report_at(header, rule::auth_scheme_unknown, "Digest", scheme);
}

void FieldReader::need(HeaderName name, std::string_view text) {
    if (!m_seen[static_cast<std::size_t>(name)]) report(m_message, rule::missing_header, 0, text);
}

void FieldReader::finish() {
    need(HeaderName::via, "Via");
    need(HeaderName::from, "From");
    need(HeaderName::to, "To");
    need(HeaderName::call_id, "Call-ID");
    need(HeaderName::cseq, "CSeq");
    const Message& message = m_message;
    const auto seen = [this](HeaderName name) { return m_seen[static_cast<std::size_t>(name)]; };
    const auto& cseq_method = message.identity.cseq_method;
    if (message.is_request) {
        if (!seen(HeaderName::max_forwards)) report(m_message, rule::missing_max_forwards, 0, "Max-Forwards");
        if (seen(HeaderName::cseq) && cseq_method != message.method_text)
            report(m_message, rule::cseq_method_mismatch, message.find(HeaderName::cseq)->offset,
                   message.method_text, cseq_method);
    }
    const bool makes_dialog = message.is_request || (message.status >= 200 && message.status < 300);
    const auto method = message.is_request ? message.method_text : cseq_method;
    if (makes_dialog && method == "INVITE" && !seen(HeaderName::contact))
        report(m_message, rule::missing_contact, 0, "Contact");
}

} // namespace rungs::sip
