#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/issue.hpp"
#include "core/limits/messages.hpp"

namespace rungs::msn {

/// `Name: value` of a header block or of an invitation.
struct Field {
    std::string_view name;
    std::string_view value;   ///< without blanks at both ends
    std::uint32_t offset = 0; ///< octets from the start of the payload to the name
};

/// The value of the first field called `name`, any case; empty when there is none.
std::string_view find_field(const std::vector<Field>& fields, std::string_view name);

/// The payload of a MSG. Views into the payload.
struct Mime {
    std::vector<Field> headers;    ///< at most limits::headers
    std::string_view content_type; ///< without parameters, "text/plain"
    std::string_view charset;      ///< as written, empty when absent
    std::string_view body;
    std::uint32_t body_offset = 0; ///< octets from the start of the payload
    std::vector<Issue> issues;     ///< offsets from the start of the payload

    void clear();
};

/// What a MSG carries, by its content type.
enum class BodyKind : std::uint8_t { unknown, text, typing, profile, invitation, p2p, system, datacast };
BodyKind body_kind(std::string_view content_type);

/// Reads the header block of `payload` into `out` (cleared first). Tolerant: blank lines before Content-Type
/// do not end the block, and neither does a missing blank line lose anything: the body begins at the first
/// line that is no header.
void parse_mime(std::string_view payload, Mime& out);

/// Takes the first line off `text`, without its CRLF or LF.
std::string_view take_line(std::string_view& text);

} // namespace rungs::msn
