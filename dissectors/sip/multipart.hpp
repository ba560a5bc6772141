#pragma once

#include <string_view>
#include <vector>

#include "core/limits/messages.hpp"
#include "dissectors/sip/message.hpp"

/// Bodies of several parts, RFC 2046 section 5.1 as RFC 5621 uses it in SIP:
///
///     body      = [preamble CRLF] 1*( "--" boundary CRLF part CRLF ) "--" boundary "--" [epilogue]
///     part      = *( header CRLF ) CRLF octets
namespace rungs::sip {

/// Views into the body.
struct Part {
    std::string_view headers;      ///< whole lines, without the empty one
    std::string_view content_type; ///< with parameters; empty when there is none (text/plain is meant)
    std::string_view body;
};

/// What is past the limits, and was not looked at.
struct LeftOut {
    bool parts = false; ///< limits::multipart_parts
    bool depth = false; ///< limits::multipart_depth
};

/// The parts of `body`, at most limits::multipart_parts; none when `content_type` is not multipart or names
/// no boundary of 1 to 70 characters. A part without an end goes to the end of the body. Nested bodies are
/// parts like any other: call again with the part's own type. `left_out` is only ever set.
std::vector<Part> parse_multipart(std::string_view content_type, std::string_view body,
                                  LeftOut* left_out = nullptr);

/// A type that standards, or many products, put into SIP messages: all but some of `application/`. With or
/// without parameters.
bool is_known_media_type(std::string_view content_type);

/// The first body of that media type ("application/sdp", any case) in the message, also inside of multipart
/// bodies up to limits::multipart_depth; empty when there is none. A body whose message names no type counts
/// as what is asked for. Alive as long as the message's octets.
std::string_view find_body(const Message& message, std::string_view media_type, LeftOut* left_out = nullptr);

} // namespace rungs::sip
