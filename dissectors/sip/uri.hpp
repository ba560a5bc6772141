#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rungs::sip {

/// A sip, sips or tel URI (RFC 3261 section 19.1, RFC 3966); of any other scheme only `scheme` and `rest` are
/// set. Views into the text given.
struct Uri {
    std::string_view scheme; ///< as written, without the colon
    std::string_view user;   ///< still %-escaped; for tel the number
    std::string_view password;
    std::string_view host; ///< an IPv6 reference keeps its brackets
    std::optional<std::uint16_t> port;
    std::string_view parameters; ///< ";transport=tcp;lr" with the leading semicolon
    std::string_view headers;    ///< "Replaces=..." without the question mark
    std::string_view rest;       ///< all behind the scheme
    bool valid = false;          ///< the scheme's own rules hold
};

/// `text` has no angle brackets around it. Tolerant: what could be read is set even when not `valid`.
Uri parse_uri(std::string_view text);

/// %-escapes resolved; a lone or broken % stays as it is. %00 becomes a NUL, so print it with `printable`.
std::string percent_decode(std::string_view text);

/// RFC 3261 section 19.1.4.
bool equivalent(const Uri& a, const Uri& b);

} // namespace rungs::sip
