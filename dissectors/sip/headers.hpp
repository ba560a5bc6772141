#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dissectors/sip/uri.hpp"

/// Header values as fields. Every function takes one value as `Header::value` holds it and is tolerant: what
/// is missing stays empty. Views live as long as the text they were read from. No function allocates except
/// where a vector or string is returned.
namespace rungs::sip {

/// `name` or `name=value` between semicolons (RFC 3261 section 25.1, generic-param); quoted values without
/// quotes.
struct Parameter {
    std::string_view name;
    std::string_view value;
};

/// The parameter called `name` (any case) in text such as ";lr;tag=x", or nothing. A flag gives an empty
/// view.
std::optional<std::string_view> find_parameter(std::string_view parameters, std::string_view name);
std::vector<Parameter> parse_parameters(std::string_view parameters);

/// Splits a multi-valued header at the commas that are outside quotes and angle brackets (RFC 3261
/// section 7.3.1).
std::vector<std::string_view> split_values(std::string_view value);

/// A folded value on one line: every CRLF with the blanks around it becomes one space.
std::string unfold(std::string_view value);

/// A quoted string's content with its backslash escapes resolved; any other text as it is.
std::string unquote(std::string_view text);

/// From, To, Contact, Route, Refer-To, P-Asserted-Identity...: `"name" <uri>;params` or `uri;params`.
struct NameAddr {
    std::string_view display_name; ///< still escaped, without the quotes
    std::string_view uri;          ///< without angle brackets
    std::string_view parameters;   ///< header parameters with their leading semicolon
    std::string_view tag;
    bool valid = false;
};
NameAddr parse_name_addr(std::string_view value);

/// RFC 3261 section 20.42.
struct Via {
    std::string_view protocol;  ///< "SIP/2.0" with blanks as written
    std::string_view transport; ///< "UDP"
    std::string_view sent_by;   ///< "host[:port]" without blanks around it
    std::string_view host;
    std::optional<std::uint16_t> port;
    std::string_view parameters;
    std::string_view branch, received, maddr;
    std::optional<std::string_view> rport; ///< empty view when present without a value (RFC 3581)
    bool received_twice = false;
    bool valid = false;
};
Via parse_via(std::string_view value);

struct CSeq {
    std::optional<std::uint32_t> number; ///< nothing when it is not a number below 2^32
    std::string_view method;
};
CSeq parse_cseq(std::string_view value);

/// Reason (RFC 3326): `Q.850;cause=16;text="Terminated"`.
struct Reason {
    std::string_view protocol;
    std::optional<std::uint32_t> cause;
    std::string_view text;
};
Reason parse_reason(std::string_view value);

/// RAck (RFC 3262): `776656 1 INVITE`.
struct RAck {
    std::optional<std::uint32_t> rseq, cseq;
    std::string_view method;
};
RAck parse_rack(std::string_view value);

/// Replaces and Join (RFC 3891, RFC 3911), already unescaped when it comes from a Refer-To URI's headers.
struct Replaces {
    std::string_view call_id, from_tag, to_tag;
    bool early_only = false;
};
Replaces parse_replaces(std::string_view value);

/// Session-Expires (RFC 4028): seconds and refresher ("uac", "uas" or empty).
struct SessionExpires {
    std::optional<std::uint32_t> seconds;
    std::string_view refresher;
};
SessionExpires parse_session_expires(std::string_view value);

/// Session-ID (RFC 7989): this side's and the remote half, 32 hexadecimal digits each.
struct SessionId {
    std::string_view local, remote;
};
SessionId parse_session_id(std::string_view value);

/// Event (RFC 6665) and Subscription-State.
struct Event {
    std::string_view package, id;
};
Event parse_event(std::string_view value);
struct SubscriptionState {
    std::string_view state, reason;
    std::optional<std::uint32_t> expires, retry_after;
};
SubscriptionState parse_subscription_state(std::string_view value);

/// WWW-/Proxy-Authenticate and (Proxy-)Authorization (RFC 3261 section 20, RFC 7616, RFC 8760). Quotes
/// removed.
struct Digest {
    std::string_view scheme; ///< "Digest"
    std::string_view realm, nonce, opaque, algorithm, qop, stale,
        domain; ///< qop: the list, or the chosen one
    std::string_view username, uri, response, cnonce, nc;
};
Digest parse_digest(std::string_view value);

} // namespace rungs::sip
