#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/issue.hpp"
#include "dissectors/dissector.hpp"

/// MSNP through an HTTP proxy: the client polls, and commands stand in the bodies of requests and responses.
///
///     POST /gateway/gateway.dll?Action=open&Server=NS&IP=messenger.example.com HTTP/1.1
///     POST /gateway/gateway.dll?Action=poll&SessionID=1234567890.12345 HTTP/1.1
///     HTTP/1.1 200 OK ... X-MSN-Messenger: SessionID=1234567890.12345; GW-IP=198.51.100.7
namespace rungs::msn {

/// Views into the octets given, alive as long as those are.
struct GatewayMessage {
    Bytes bytes; ///< head and body
    bool is_request = false;
    std::string_view target;                         ///< of a request
    std::string_view action, server_kind, server_ip; ///< of its query: open or poll, NS or SB
    std::uint16_t status = 0;                        ///< of a response
    std::string_view
        session_id; ///< of the query or of X-MSN-Messenger; it is enough to take the session over
    bool session_closed = false; ///< X-MSN-Messenger said Session=close
    Bytes payload; ///< MSNP: the bodies of one direction, put together, are a stream for `msn::parse`
    std::uint32_t payload_offset = 0;
    std::vector<Issue> issues; ///< at most limits::issues

    void clear();
};

/// `certain` for a request to gateway.dll; `maybe` for any HTTP response, to be taken only on a connection
/// whose other direction is certain.
Probe probe_gateway(Bytes bytes);

/// Reads one HTTP message from the front of `bytes` into `out` (cleared first). Stream: `need_more` until
/// head and body are there. Without a usable Content-Length there is no body. Datagram framing serves the end
/// of a stream: a body cut short is an issue.
Parsed parse_gateway(Bytes bytes, Framing framing, GatewayMessage& out);

} // namespace rungs::msn
