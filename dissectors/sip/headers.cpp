#include "dissectors/sip/headers.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "dissectors/sip/scan.hpp"

namespace rungs::sip {

namespace {

constexpr auto npos = std::string_view::npos;

/// `text` at its first semicolon: what is before it (trimmed) and the parameters from it on.
std::string_view split_parameters(std::string_view text, std::string_view& parameters) {
    const auto semicolon = std::min(find_unquoted(text, ';'), text.size());
    parameters = text.substr(semicolon);
    return trim(text.substr(0, semicolon));
}

/// Reads the parameters of an address, keeps its tag; false when one has no name.
bool read_address_parameters(NameAddr& address) {
    auto rest = address.parameters;
    bool good = rest.empty() || rest.front() == ';';
    while (const auto parameter = take_parameter(rest)) {
        if (parameter->name.empty()) good = false;
        if (address.tag.empty() && iequals(parameter->name, "tag")) address.tag = parameter->value;
    }
    return good && !address.parameters.ends_with(';');
}

/// Where the angle bracket of an address opens. A quoted string that never closes does not hide it.
std::size_t find_bracket(std::string_view value, bool quotes_good) {
    return quotes_good ? find_unquoted(value, '<') : value.find('<');
}

struct HostPort {
    std::string_view host;
    std::optional<std::uint16_t> port;
    bool valid = false;
};

/// sent-by, RFC 3261 section 25.1: blanks are allowed around the colon.
HostPort split_host_port(std::string_view text) {
    HostPort result;
    const auto bracket = text.starts_with('[') ? text.find(']') : npos;
    const auto colon = text.find(':', bracket == npos ? 0 : bracket);
    result.host = trim(text.substr(0, colon));
    result.valid = !result.host.empty() && std::none_of(result.host.begin(), result.host.end(), is_blank);
    if (colon != npos) {
        result.port = parse_number<std::uint16_t>(trim(text.substr(colon + 1)));
        result.valid = result.valid && result.port.has_value();
    }
    return result;
}

/// Keeps what the parameters of a Via say; false when one has no name.
bool read_via_parameters(Via& via) {
    bool good = true, received = false;
    auto rest = via.parameters;
    while (const auto parameter = take_parameter(rest)) {
        const auto& [name, value] = *parameter;
        if (name.empty()) {
            good = false;
        } else if (via.branch.empty() && iequals(name, "branch")) {
            via.branch = value;
        } else if (iequals(name, "received")) {
            via.received_twice = std::exchange(received, true);
            if (via.received.empty()) via.received = value;
        } else if (!via.rport && iequals(name, "rport")) {
            via.rport = value;
        } else if (via.maddr.empty() && iequals(name, "maddr")) {
            via.maddr = value;
        }
    }
    return good && !via.parameters.ends_with(';');
}

std::optional<std::uint32_t> number_parameter(std::string_view parameters, std::string_view name) {
    return parse_number<std::uint32_t>(find_parameter(parameters, name).value_or(std::string_view{}));
}

std::string_view text_parameter(std::string_view parameters, std::string_view name) {
    return find_parameter(parameters, name).value_or(std::string_view{});
}

} // namespace

std::optional<std::string_view> find_parameter(std::string_view parameters, std::string_view name) {
    while (const auto parameter = take_parameter(parameters))
        if (iequals(parameter->name, name)) return parameter->value;
    return std::nullopt;
}

std::vector<Parameter> parse_parameters(std::string_view parameters) {
    std::vector<Parameter> result;
    while (const auto parameter = take_parameter(parameters))
        if (!parameter->name.empty()) result.push_back(*parameter);
    return result;
}

std::vector<std::string_view> split_values(std::string_view value) {
    std::vector<std::string_view> values;
    while (!value.empty()) values.push_back(take_value(value));
    return values;
}

std::string unfold(std::string_view value) {
    std::string out;
    out.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '\r' && value[i] != '\n') {
            out += value[i];
            continue;
        }
        while (!out.empty() && is_blank(out.back())) out.pop_back();
        while (i + 1 < value.size() && is_blank(value[i + 1])) ++i;
        out += ' ';
    }
    return out;
}

std::string unquote(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
    const auto content = text.substr(1, text.size() - 2);
    std::string out;
    out.reserve(content.size());
    for (std::size_t i = 0; i < content.size(); ++i) {
        if (content[i] == '\\' && i + 1 < content.size()) ++i;
        out += content[i];
    }
    return out;
}

NameAddr parse_name_addr(std::string_view value) {
    value = trim(value);
    NameAddr address;
    const bool quotes_good = quotes_balanced(value);
    const auto open = find_bracket(value, quotes_good);
    if (open == npos) {
        address.uri = split_parameters(value, address.parameters);
        address.valid = quotes_good;
    } else {
        address.display_name = without_quotes(trim(value.substr(0, open)));
        const auto inside = value.substr(open + 1);
        const auto close = inside.find('>');
        const auto written = inside.substr(0, close);
        address.uri = trim(written);
        if (close != npos) address.parameters = trim(inside.substr(close + 1));
        address.valid = quotes_good && close != npos && written.size() == address.uri.size();
    }
    const bool parameters_good = read_address_parameters(address);
    address.valid = address.valid && parameters_good && !address.uri.empty() &&
                    std::none_of(address.uri.begin(), address.uri.end(), is_blank);
    return address;
}

Via parse_via(std::string_view value) {
    Via via;
    auto rest = split_parameters(value, via.parameters);
    // sent-protocol = name SLASH version SLASH transport, blanks allowed around the slashes.
    const auto first = rest.find('/');
    const auto second = first == npos ? npos : rest.find('/', first + 1);
    bool good = second != npos;
    if (good) {
        via.protocol = trim(rest.substr(0, second));
        rest.remove_prefix(second + 1);
        via.transport = take_word(rest);
    }
    via.sent_by = rest;
    const auto [host, port, host_good] = split_host_port(via.sent_by);
    via.host = host;
    via.port = port;
    good = read_via_parameters(via) && good;
    via.valid = good && host_good && is_token(via.transport);
    return via;
}

CSeq parse_cseq(std::string_view value) {
    CSeq cseq;
    cseq.number = parse_number<std::uint32_t>(take_word(value));
    cseq.method = value;
    return cseq;
}

Reason parse_reason(std::string_view value) {
    Reason reason;
    std::string_view parameters;
    reason.protocol = split_parameters(value, parameters);
    reason.cause = number_parameter(parameters, "cause");
    reason.text = text_parameter(parameters, "text");
    return reason;
}

RAck parse_rack(std::string_view value) {
    RAck rack;
    rack.rseq = parse_number<std::uint32_t>(take_word(value));
    rack.cseq = parse_number<std::uint32_t>(take_word(value));
    rack.method = value;
    return rack;
}

Replaces parse_replaces(std::string_view value) {
    Replaces replaces;
    std::string_view parameters;
    replaces.call_id = split_parameters(value, parameters);
    replaces.from_tag = text_parameter(parameters, "from-tag");
    replaces.to_tag = text_parameter(parameters, "to-tag");
    replaces.early_only = find_parameter(parameters, "early-only").has_value();
    return replaces;
}

SessionExpires parse_session_expires(std::string_view value) {
    SessionExpires result;
    std::string_view parameters;
    result.seconds = parse_number<std::uint32_t>(split_parameters(value, parameters));
    result.refresher = text_parameter(parameters, "refresher");
    return result;
}

SessionId parse_session_id(std::string_view value) {
    SessionId id;
    std::string_view parameters;
    id.local = split_parameters(value, parameters);
    id.remote = text_parameter(parameters, "remote");
    return id;
}

Event parse_event(std::string_view value) {
    Event event;
    std::string_view parameters;
    event.package = split_parameters(value, parameters);
    event.id = text_parameter(parameters, "id");
    return event;
}

SubscriptionState parse_subscription_state(std::string_view value) {
    SubscriptionState state;
    std::string_view parameters;
    state.state = split_parameters(value, parameters);
    state.reason = text_parameter(parameters, "reason");
    state.expires = number_parameter(parameters, "expires");
    state.retry_after = number_parameter(parameters, "retry-after");
    return state;
}

Digest parse_digest(std::string_view value) {
    struct Field {
        std::string_view name;
        std::string_view Digest::*member;
    };
    static constexpr Field fields[] = {
        {"realm", &Digest::realm},         {"nonce", &Digest::nonce},       {"opaque", &Digest::opaque},
        {"algorithm", &Digest::algorithm}, {"qop", &Digest::qop},           {"stale", &Digest::stale},
        {"domain", &Digest::domain},       {"username", &Digest::username}, {"uri", &Digest::uri},
        {"response", &Digest::response},   {"cnonce", &Digest::cnonce},     {"nc", &Digest::nc},
    };
    Digest digest;
    digest.scheme = take_word(value);
    while (!value.empty()) {
        // Each piece has the form of one parameter: name=token or name="text".
        auto piece = take_value(value);
        const auto equals = piece.find('=');
        if (equals == npos) continue;
        const auto name = trim(piece.substr(0, equals));
        const auto field = std::find_if(std::begin(fields), std::end(fields),
                                        [name](const Field& known) { return iequals(known.name, name); });
        if (field == std::end(fields) || !(digest.*field->member).empty()) continue;
        digest.*field->member = without_quotes(trim(piece.substr(equals + 1)));
    }
    return digest;
}

} // namespace rungs::sip
