#include "dissectors/sip/uri.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/text.hpp"

namespace rungs::sip {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view mark = "-_.!~*'()";
constexpr std::string_view reserved = ";/?:@&=+$,";

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char lower = ascii_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool is_escape(std::string_view text, std::size_t at) {
    return text[at] == '%' && text.size() - at >= 3 && hex_value(text[at + 1]) >= 0 &&
           hex_value(text[at + 2]) >= 0;
}

char unescape(std::string_view text, std::size_t at) {
    return static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
}

/// Classes of characters, a bit each.
enum Class : std::uint8_t { unreserved = 1, host_name = 2, scheme_name = 4 };

constexpr std::array<std::uint8_t, 256> character_classes() {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t c = 0; c < table.size(); ++c) {
        const auto character = static_cast<char>(c);
        const bool alphanumeric = is_alpha(character) || is_digit(character);
        const auto give = [&](Class to, std::string_view others) {
            if (alphanumeric || others.find(character) != npos)
                table[c] = static_cast<std::uint8_t>(table[c] | to);
        };
        give(unreserved, mark);
        give(host_name, "-.");
        give(scheme_name, "+-.");
    }
    return table;
}

constexpr auto class_table = character_classes();

bool is_in(char c, Class wanted) {
    return (class_table[static_cast<unsigned char>(c)] & wanted) != 0;
}
bool all_in(std::string_view text, Class wanted) {
    return std::ranges::all_of(text, [wanted](char c) { return is_in(c, wanted); });
}

/// Only unreserved characters, whole escapes, and those of `more` (RFC 3261 section 25.1).
bool is_made_of(std::string_view text, std::string_view more) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_in(c, unreserved)) continue;
        const bool allowed = c == '%' ? is_escape(text, i) : more.find(c) != npos;
        if (!allowed) return false;
    }
    return true;
}

bool is_scheme(std::string_view text) {
    return !text.empty() && is_alpha(text.front()) && all_in(text, scheme_name);
}

bool is_host(std::string_view host) {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        const auto address = host.substr(1, host.size() - 2);
        return std::all_of(address.begin(), address.end(),
                           [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
    }
    return !host.empty() && all_in(host, host_name);
}

/// `text` is "host[:port]"; false when the port is not a number below 65536.
bool read_host_port(std::string_view text, Uri& uri) {
    const auto bracket = text.starts_with('[') ? text.find(']') : npos;
    const auto colon = text.find(':', bracket == npos ? 0 : bracket);
    uri.host = text.substr(0, colon);
    if (colon == npos) return true;
    uri.port = parse_number<std::uint16_t>(text.substr(colon + 1));
    return uri.port.has_value();
}

void read_sip(std::string_view text, Uri& uri) {
    const auto at = text.find('@');
    if (at != npos) {
        auto userinfo = text.substr(0, at);
        uri.user = take_until(userinfo, ':');
        uri.password = userinfo;
        text.remove_prefix(at + 1);
    }
    const auto question = text.find('?');
    if (question != npos) uri.headers = text.substr(question + 1);
    text = text.substr(0, question);
    const auto semicolon = std::min(text.find(';'), text.size());
    uri.parameters = text.substr(semicolon);
    const bool port_is_good = read_host_port(text.substr(0, semicolon), uri);
    uri.valid = port_is_good && is_host(uri.host) && (at == npos || !uri.user.empty()) &&
                is_made_of(uri.user, "&=+$,;?/") && is_made_of(uri.password, "&=+$,") &&
                is_made_of(uri.parameters, ";=[]/:&+$") && is_made_of(uri.headers, "=&[]/?:+$");
}

/// RFC 3966 section 3.
void read_tel(std::string_view text, Uri& uri) {
    const auto semicolon = std::min(text.find(';'), text.size());
    uri.user = text.substr(0, semicolon);
    uri.parameters = text.substr(semicolon);
    auto number = uri.user;
    const bool global = number.starts_with('+');
    if (global) number.remove_prefix(1);
    const auto is_phone_digit = [global](char c) {
        return is_digit(c) || (!global && (c == '*' || c == '#' || hex_value(c) >= 0));
    };
    const auto is_separator = [](char c) { return c == '-' || c == '.' || c == '(' || c == ')'; };
    uri.valid = std::any_of(number.begin(), number.end(), is_phone_digit) &&
                std::all_of(number.begin(), number.end(),
                            [&](char c) { return is_phone_digit(c) || is_separator(c); }) &&
                is_made_of(uri.parameters, ";=[]/:&+$");
}

/// Escapes of unreserved characters resolved, other escapes in capitals: equal texts are then equivalent.
std::string normal_form(std::string_view text, bool fold_case) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (is_escape(text, i)) {
            const char decoded = unescape(text, i);
            if (reserved.find(decoded) != npos || decoded == '%') {
                out += fmt::format("%{:02X}", static_cast<unsigned char>(decoded));
                i += 2;
                continue;
            }
            c = decoded;
            i += 2;
        }
        out += fold_case ? ascii_lower(c) : c;
    }
    return out;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs sorted_pairs(std::string_view text, char separator) {
    Pairs pairs;
    while (!text.empty()) {
        auto value = take_until(text, separator);
        if (value.empty()) continue;
        const auto name = take_until(value, '=');
        pairs.emplace_back(normal_form(name, true), normal_form(value, true));
    }
    std::sort(pairs.begin(), pairs.end());
    return pairs;
}

/// A parameter in both must agree; these must be in both or in none.
bool must_be_in_both(const std::string& name) {
    return name == "user" || name == "ttl" || name == "method" || name == "maddr" || name == "transport";
}

bool parameters_match(const Pairs& a, const Pairs& b) {
    return std::all_of(a.begin(), a.end(), [&](const auto& parameter) {
        const auto found = std::lower_bound(b.begin(), b.end(), std::pair{parameter.first, std::string{}});
        if (found == b.end() || found->first != parameter.first) return !must_be_in_both(parameter.first);
        return std::binary_search(found, b.end(), parameter); // a name may be there more than once
    });
}

std::string phone_digits(std::string_view number) {
    std::string out;
    for (const char c : number)
        if (std::string_view("-.()").find(c) == npos) out += ascii_lower(c);
    return out;
}

} // namespace

Uri parse_uri(std::string_view text) {
    Uri uri;
    const auto colon = text.find(':');
    if (colon == npos || !is_scheme(text.substr(0, colon))) {
        uri.rest = text;
        return uri;
    }
    uri.scheme = text.substr(0, colon);
    uri.rest = text.substr(colon + 1);
    if (iequals(uri.scheme, "sip") || iequals(uri.scheme, "sips")) {
        read_sip(uri.rest, uri);
    } else if (iequals(uri.scheme, "tel")) {
        read_tel(uri.rest, uri);
    } else {
        uri.valid = !uri.rest.empty() && std::none_of(uri.rest.begin(), uri.rest.end(), is_blank);
    }
    return uri;
}

std::string percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_escape(text, i)) {
            out += unescape(text, i);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

bool equivalent(const Uri& a, const Uri& b) {
    if (!iequals(a.scheme, b.scheme)) return false;
    if (iequals(a.scheme, "tel"))
        return phone_digits(a.user) == phone_digits(b.user) &&
               sorted_pairs(a.parameters, ';') == sorted_pairs(b.parameters, ';');
    if (a.host.empty() && b.host.empty()) return a.rest == b.rest;
    if (normal_form(a.user, false) != normal_form(b.user, false)) return false;
    if (normal_form(a.password, false) != normal_form(b.password, false)) return false;
    if (!iequals(a.host, b.host) || a.port != b.port) return false;
    const auto a_parameters = sorted_pairs(a.parameters, ';');
    const auto b_parameters = sorted_pairs(b.parameters, ';');
    return parameters_match(a_parameters, b_parameters) && parameters_match(b_parameters, a_parameters) &&
           sorted_pairs(a.headers, '&') == sorted_pairs(b.headers, '&');
}

} // namespace rungs::sip
