#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/bytes.hpp"
#include "core/limits/messages.hpp"
#include "dissectors/dissector.hpp"

/// WebSocket, RFC 6455, as SIP uses it (RFC 7118: one SIP message is one WebSocket message):
///
///     octet 0     FIN RSV1 RSV2 RSV3 opcode(4)
///     octet 1     MASK length(7): 0..125, 126 = 16 bits follow, 127 = 64 bits follow
///     then        [length] [masking key, 4 octets] payload
namespace rungs::websocket {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct Frame {
    Opcode opcode = Opcode::continuation;
    bool final = false;      ///< the message ends with this frame; else `continuation` frames follow
    bool compressed = false; ///< RSV1: permessage-deflate (RFC 7692); the payload is not text
    bool masked = false;     ///< from the client
    /// Unmasked. Alive as long as the octets given or, when `masked`, until the buffer is used again.
    Bytes payload;
};

/// Reads one frame from the front of a stream. A masked payload is unmasked into `buffer`, which is
/// overwritten. `malformed` (reasons "websocket-reserved", "websocket-control", "websocket-length"): the
/// stream is lost, because nothing tells where the next frame begins; all octets are consumed. Payloads past
/// limits::message_octets are that.
Parsed read_frame(Bytes bytes, std::vector<std::uint8_t>& buffer, Frame& out);

/// The HTTP exchange that opens a WebSocket (RFC 6455 section 4).
enum class Handshake : std::uint8_t {
    none,
    request, ///< GET ... Upgrade: websocket
    response ///< HTTP/1.1 101 ... Upgrade: websocket
};
struct Upgrade {
    Handshake kind = Handshake::none;
    std::size_t octets = 0; ///< to the end of the empty line, where frames begin
};

/// Looks at complete HTTP headers only; `none` while they are incomplete.
Upgrade find_upgrade(Bytes bytes);

} // namespace rungs::websocket
