#pragma once

#include <array>
#include <string_view>

#include "core/issue.hpp"

/// What can be wrong with a SIP message: the one table of codes. Severity `error` is a rule of the standard
/// broken, `warning` something that works but should not be so, `note` something unusual and allowed.
namespace rungs::sip {

struct Rule {
    std::string_view code;
    Severity severity;
    std::string_view reference;
    std::string_view summary;
};

namespace rule {

using enum Severity;

// The message as a whole
inline constexpr Rule start_line{"sip-start-line", error, "RFC 3261 7.1, 7.2",
                                 "The first line is no request or status line."};
inline constexpr Rule start_line_spacing{
    "sip-start-line-spacing", error, "RFC 3261 7.1",
    "The parts of a start line are separated by one space and nothing else."};
inline constexpr Rule version{"sip-version", error, "RFC 3261 7.1",
                              "The version is SIP/2.0; no other exists."};
inline constexpr Rule method{"sip-method", error, "RFC 3261 7.1",
                             "A method is a token and case-sensitive: INVITE, not invite."};
inline constexpr Rule status_code{"sip-status-code", error, "RFC 3261 7.2",
                                  "A status code has three digits, 100 to 699."};
inline constexpr Rule request_uri{
    "sip-request-uri", error, "RFC 3261 7.1, 25.1",
    "The Request-URI breaks the URI's own grammar, or has blanks or angle brackets."};
inline constexpr Rule request_uri_headers{"sip-request-uri-headers", error, "RFC 3261 19.1.1",
                                          "A Request-URI has no header part behind a question mark."};
inline constexpr Rule keep_alive{"sip-keep-alive", note, "RFC 5626 3.5.1",
                                 "Nothing but line ends or NULs: a keep-alive, no message."};
inline constexpr Rule junk{"sip-junk-before-start-line", warning, "RFC 3261 7.5",
                           "Only line ends may stand before the start line."};
inline constexpr Rule too_long{"sip-message-too-long", error, "",
                               "The message is longer than the program keeps."};
inline constexpr Rule too_many_headers{"sip-too-many-headers", warning, "",
                                       "More header fields than the program keeps; the rest is not listed."};
inline constexpr Rule trailing_octets{
    "sip-trailing-octets", warning, "RFC 3261 18.3",
    "Octets behind the end that Content-Length gives are not part of the message."};
inline constexpr Rule several_in_datagram{
    "sip-several-in-datagram", error, "RFC 3261 18.3",
    "A datagram carries one message: what follows without Content-Length is its body, not the next message."};

// Lines and names
inline constexpr Rule bare_lf{"sip-bare-lf", warning, "RFC 3261 7",
                              "Lines end in CR LF; these end in LF alone."};
inline constexpr Rule bare_cr{"sip-bare-cr", warning, "RFC 3261 7", "Lines end in CR LF; a CR stands alone."};
inline constexpr Rule headers_unterminated{"sip-headers-unterminated", warning, "RFC 3261 7",
                                           "An empty line ends the headers, also when there is no body."};
inline constexpr Rule headers_behind_empty_line{
    "sip-headers-behind-empty-line", error, "RFC 3261 7",
    "The headers follow the start line at once; an empty line ends them."};
inline constexpr Rule header_no_colon{"sip-header-no-colon", error, "RFC 3261 7.3.1",
                                      "A header line is a name, a colon and a value."};
inline constexpr Rule header_name{"sip-header-name", error, "RFC 3261 7.3.1",
                                  "A header name is a token, without blanks inside."};
inline constexpr Rule nul{
    "sip-nul", note, "RFC 3261 25.1",
    "A NUL octet stands in the headers; it is allowed only escaped in a quoted string."};
inline constexpr Rule not_utf8{"sip-not-utf8", warning, "RFC 3261 7", "Header text is UTF-8; this is not."};

// Which headers there are
inline constexpr Rule missing_header{"sip-missing-header", error, "RFC 3261 8.1.1",
                                     "A mandatory header is missing."};
inline constexpr Rule missing_max_forwards{"sip-missing-max-forwards", warning, "RFC 3261 8.1.1.6",
                                           "A request has a Max-Forwards header; RFC 2543 had none."};
inline constexpr Rule missing_contact{
    "sip-missing-contact", warning, "RFC 3261 8.1.1.8",
    "An INVITE and its 2xx have a Contact header, where later requests go."};
inline constexpr Rule duplicate_header{"sip-duplicate-header", error, "RFC 3261 7.3.1",
                                       "A header that may appear once appears again; the first one counts."};

// Fields
inline constexpr Rule from_tag_missing{"sip-from-tag-missing", warning, "RFC 3261 8.1.1.3",
                                       "From has a tag; RFC 2543 had it optional."};
inline constexpr Rule call_id{"sip-call-id", error, "RFC 3261 8.1.1.4, 25.1",
                              "A Call-ID is one word, or two around an at sign; never empty, no blanks."};
inline constexpr Rule cseq_number{"sip-cseq-number", error, "RFC 3261 8.1.1.5",
                                  "CSeq is a number below 2^31 and a method."};
inline constexpr Rule cseq_method_mismatch{"sip-cseq-method-mismatch", error, "RFC 3261 8.1.1.5",
                                           "The method in CSeq is the method of the request."};
inline constexpr Rule via{"sip-via", error, "RFC 3261 20.42, 25.1",
                          "A Via is protocol, transport, host and parameters."};
inline constexpr Rule via_broadcast{
    "sip-via-broadcast", warning, "RFC 4475 3.3.10",
    "A Via that names a broadcast address would send the response to everyone."};
inline constexpr Rule branch_missing{"sip-branch-missing", note, "RFC 3261 8.1.1.7",
                                     "The top Via has no branch: an RFC 2543 sender."};
inline constexpr Rule branch_no_cookie{"sip-branch-no-cookie", note, "RFC 3261 8.1.1.7",
                                       "The top branch does not begin with z9hG4bK: an RFC 2543 sender."};
inline constexpr Rule branch_empty{"sip-branch-empty", warning, "RFC 3261 8.1.1.7",
                                   "The branch is the magic cookie alone, so it identifies nothing."};
inline constexpr Rule duplicate_parameter{"sip-duplicate-parameter", warning, "RFC 3261 7.3.1",
                                          "A parameter appears once in a header value."};
inline constexpr Rule max_forwards{"sip-max-forwards", error, "RFC 3261 20.22",
                                   "Max-Forwards is a number from 0 to 255."};
inline constexpr Rule max_forwards_zero{"sip-max-forwards-zero", note, "RFC 3261 8.1.1.6",
                                        "Max-Forwards is 0: no proxy may forward the request."};
inline constexpr Rule content_length{"sip-content-length", error, "RFC 3261 20.14",
                                     "Content-Length is a decimal number of octets, not negative."};
inline constexpr Rule content_length_missing{"sip-content-length-missing", error, "RFC 3261 18.3, 20.14",
                                             "On a stream only Content-Length tells where a message ends."};
inline constexpr Rule content_length_too_large{"sip-content-length-too-large", error, "RFC 3261 18.3",
                                               "Content-Length promises more octets than the datagram has."};
inline constexpr Rule content_length_conflict{
    "sip-content-length-conflict", error, "RFC 3261 20.14",
    "Several Content-Length headers say different things; the first one counts."};
inline constexpr Rule content_type_missing{"sip-content-type-missing", warning, "RFC 3261 20.15",
                                           "A message with a body has a Content-Type."};
inline constexpr Rule content_type_unknown{"sip-content-type-unknown", note, "RFC 3261 21.4.13",
                                           "The body is of a type that is not known to be used with SIP."};
inline constexpr Rule expires{"sip-expires", warning, "RFC 3261 20.19",
                              "A number of seconds is decimal and below 2^32."};
inline constexpr Rule retry_after{"sip-retry-after", warning, "RFC 3261 20.33",
                                  "Retry-After begins with a number of seconds below 2^32."};
inline constexpr Rule warning_code{"sip-warning-code", warning, "RFC 3261 20.43",
                                   "A Warning begins with a code of three digits."};
inline constexpr Rule date{"sip-date", warning, "RFC 3261 20.17",
                           "A Date has the form \"Sat, 13 Nov 2010 23:29:00 GMT\"; no other zone."};

// Addresses
inline constexpr Rule quotes_unbalanced{"sip-quotes-unbalanced", error, "RFC 3261 25.1",
                                        "A quoted string is not closed."};
inline constexpr Rule display_name{
    "sip-display-name", error, "RFC 3261 25.1",
    "A display name without quotes is made of tokens; anything else needs quotes."};
inline constexpr Rule name_addr{"sip-name-addr", error, "RFC 3261 20.10, 25.1",
                                "An address is a URI, or a URI in angle brackets, and parameters."};
inline constexpr Rule addr_ambiguous{"sip-addr-spec-ambiguous", warning, "RFC 3261 20.10",
                                     "A URI with a comma or question mark stands in angle brackets."};
inline constexpr Rule uri{"sip-uri", error, "RFC 3261 19.1, 25.1",
                          "The URI breaks the grammar of its scheme."};
inline constexpr Rule uri_scheme_unknown{"sip-uri-scheme-unknown", note, "RFC 3261 8.2.2.1",
                                         "The URI scheme is none that SIP elements know."};

// What not every element understands
inline constexpr Rule require_unknown{"sip-require-unknown", note, "RFC 3261 8.2.2.3",
                                      "An option that is required but not registered: expect 420."};
inline constexpr Rule auth_scheme_unknown{"sip-auth-scheme-unknown", note, "RFC 3261 22",
                                          "An authentication scheme that SIP elements do not know."};

inline constexpr std::array all{
    start_line,
    start_line_spacing,
    version,
    method,
    status_code,
    request_uri,
    request_uri_headers,
    keep_alive,
    junk,
    too_long,
    too_many_headers,
    trailing_octets,
    several_in_datagram,
    bare_lf,
    bare_cr,
    headers_unterminated,
    headers_behind_empty_line,
    header_no_colon,
    header_name,
    nul,
    not_utf8,
    missing_header,
    missing_max_forwards,
    missing_contact,
    duplicate_header,
    from_tag_missing,
    call_id,
    cseq_number,
    cseq_method_mismatch,
    via,
    via_broadcast,
    branch_missing,
    branch_no_cookie,
    branch_empty,
    duplicate_parameter,
    max_forwards,
    max_forwards_zero,
    content_length,
    content_length_missing,
    content_length_too_large,
    content_length_conflict,
    content_type_missing,
    content_type_unknown,
    expires,
    retry_after,
    warning_code,
    date,
    quotes_unbalanced,
    display_name,
    name_addr,
    addr_ambiguous,
    uri,
    uri_scheme_unknown,
    require_unknown,
    auth_scheme_unknown,
};

} // namespace rule
} // namespace rungs::sip
