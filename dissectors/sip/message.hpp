#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/issue.hpp"
#include "core/limits/messages.hpp"
#include "dissectors/dissector.hpp"

/// SIP as RFC 3261 defines it, read tolerantly: nothing is dropped, what is wrong becomes an Issue.
///
///     message      = start-line *( header CRLF ) CRLF [ body ]
///     start-line   = method SP request-uri SP "SIP/2.0" CRLF | "SIP/2.0" SP status SP reason CRLF
///     header       = name *SP ":" value *( CRLF 1*SP value )
///
/// Every view points into the octets given to `parse` and lives as long as they do.
namespace rungs::sip {

enum class Method : std::uint8_t {
    unknown,
    invite,
    ack,
    bye,
    cancel,
    register_,
    options,
    prack,
    update,
    info,
    subscribe,
    notify,
    publish,
    message,
    refer,
};

/// Case-sensitive (RFC 3261 section 7.1), so "invite" is unknown.
Method method_from(std::string_view token);
std::string_view to_string(Method method);

enum class HeaderName : std::uint8_t {
    unknown,
    via,
    from,
    to,
    call_id,
    cseq,
    contact,
    max_forwards,
    content_length,
    content_type,
    route,
    record_route,
    expires,
    min_expires,
    allow,
    supported,
    require,
    proxy_require,
    unsupported,
    user_agent,
    server,
    reason,
    rack,
    rseq,
    replaces,
    refer_to,
    referred_by,
    session_expires,
    min_se,
    session_id,
    p_asserted_identity,
    p_preferred_identity,
    remote_party_id,
    event,
    subscription_state,
    www_authenticate,
    proxy_authenticate,
    authorization,
    proxy_authorization,
    authentication_info,
    warning,
    retry_after,
    date,
    diversion,
    history_info,
    join,
    accept,
    accept_encoding,
    accept_language,
    alert_info,
    content_disposition,
    content_encoding,
    content_language,
    mime_version,
    organization,
    priority,
    subject,
    timestamp,
    privacy,
    path,
    service_route,
    identity,
    x_call_id,
    allow_events,
    in_reply_to,
    error_info,
    reply_to,
    call_info,
};

/// Long or compact form (RFC 3261 section 7.3.3 and the IANA registry), any case.
HeaderName header_name_from(std::string_view name);

struct Header {
    HeaderName name = HeaderName::unknown;
    std::string_view name_text;
    /// Without blanks at both ends; a folded value keeps its line ends inside (`unfold` makes one line of
    /// it).
    std::string_view value;
    /// Octets from the start of the message to the start of the name.
    std::uint32_t offset = 0;
};

/// What the fields that identify a message say, read while the headers are: views, all empty when absent.
struct Identity {
    std::string_view call_id;
    std::string_view from_uri, from_display_name, from_tag;
    std::string_view to_uri, to_display_name, to_tag;
    std::optional<std::uint32_t> cseq_number;
    std::string_view cseq_method;
    /// Of the top Via: branch and sent-by ("host" or "host:port").
    std::string_view branch, sent_by;
    /// Of the bottom Via, which the originator wrote; equal to the top one on the first hop.
    std::string_view origin_branch, origin_sent_by;
    std::uint16_t via_count = 0;
};

struct Message {
    /// From the start line (junk before it is skipped and not part of it) to the end of the body.
    Bytes bytes;
    /// Octets of junk or keep-alive that stood before the start line.
    std::size_t junk_before = 0;

    /// Another start line ended it: the octets behind it are the next message of the same datagram.
    bool followed = false;

    bool is_request = false;
    /// Of the request (as meant, where no Call-ID stands by a method in mixed case), or of CSeq for a
    /// response.
    Method method = Method::unknown;
    std::string_view method_text; ///< as written in the start line (request) or CSeq (response)
    std::string_view request_uri;
    std::string_view version;
    std::uint16_t status = 0; ///< 0 for a request
    std::string_view reason_phrase;

    std::vector<Header> headers; ///< in order; at most limits::headers
    Identity identity;
    std::optional<std::uint64_t> content_length;
    std::string_view content_type; ///< whole value, with parameters
    std::string_view body;         ///< as Content-Length or the datagram delimits it

    std::vector<Issue> issues; ///< in order of offset as far as known; at most limits::issues

    /// The first header of that name, or nullptr.
    [[nodiscard]] const Header* find(HeaderName name) const;
    /// The first header whose name equals `name` in any case and form, or nullptr.
    [[nodiscard]] const Header* find(std::string_view name) const;
    /// Empties it for the next message; keeps the vectors' capacity, so a parser that reuses it does not
    /// allocate.
    void clear();
};

/// Looks at the first octets only (after CRLF keep-alives). `certain`: a complete start line of SIP, any
/// method and version. `maybe`: something that a message on a SIP port could begin with. Never `certain` for
/// HTTP or RTSP.
Probe probe(Bytes bytes);

/// Reads one message from the front of `bytes` into `out` (cleared first).
/// Datagram: always `complete` or `malformed`; a Content-Length past the end is an issue, the body is what
/// there is; octets behind Content-Length are not consumed. Stream: `need_more` until headers and body are
/// there (RFC 3261 section 18.3; no Content-Length means no body). A message past limits::message_octets is
/// `malformed`. A datagram may hold several messages that nothing but their start lines tells apart: where no
/// Content-Length closes the first, `followed` is set, and the next begins behind what was consumed.
/// With Checks::identity, only what identifies the message is looked at, in half the time: for a message that
/// was parsed before and had no issues.
enum class Checks : std::uint8_t { all, identity };
Parsed parse(Bytes bytes, Framing framing, Message& out, Checks checks = Checks::all);

/// Text whose first line is no start line, from a peer that spoke SIP a moment ago: a request without method,
/// with an issue that says so. Always `complete`.
Parsed parse_malformed(Bytes bytes, Message& out);

} // namespace rungs::sip
