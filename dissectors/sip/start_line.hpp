#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dissectors/dissector.hpp"

namespace rungs::sip {

/// The first line of a message, RFC 3261 sections 7.1 and 7.2. Views into the line given.
struct StartLine {
    enum class Kind : std::uint8_t {
        none,    ///< not SIP
        odd,     ///< could be meant as SIP: a known method, a sip URI, "SIP/"
        certain, ///< method, URI and version, or version and status, whatever their values
    };
    Kind kind = Kind::none;
    bool is_request = false;
    std::string_view method, uri, version; ///< "SIP/2.0"
    std::string_view status, reason;
    bool bad_spacing = false; ///< not exactly one space between the parts, or blanks around them
};

/// `line` comes without its line end.
StartLine read_start_line(std::string_view line);

/// Where the start line of a message stands in `text`.
struct Front {
    std::size_t offset = 0; ///< octets of keep-alive and junk before it
    bool junk = false;      ///< there was more than line ends and NULs
    StartLine line;
};

/// Skips line ends and NULs (keep-alives), and in a datagram up to 64 octets of printable junk lines when a
/// certain start line follows (in a stream who reads it looks for the next line that begins a message).
/// `line.kind` is none when there is no start line; `offset` then counts the keep-alives alone.
Front find_front(std::string_view text, Framing framing);

/// Where the next message begins in a datagram that starts with a message: a status line that begins a line,
/// or stands behind another status line on the same one; behind a response also a request line. npos when
/// there is none.
std::size_t find_next_message(std::string_view text, bool is_request);

/// `text` up to the first LF, without the CR before it; where there is no LF, up to the first CR.
std::string_view first_line(std::string_view text);

} // namespace rungs::sip
