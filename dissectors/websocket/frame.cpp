#include "dissectors/websocket/frame.hpp"

#include "core/limits/messages.hpp"
#include "core/text.hpp"

namespace rungs::websocket {

namespace {

constexpr std::uint64_t longest_control_payload = 125; // RFC 6455 section 5.5

bool is_control(std::uint8_t opcode) {
    return (opcode & 8U) != 0;
}

bool is_reserved(std::uint8_t opcode) {
    return (opcode & 7U) > 2;
}

/// The payload length, in its short or one of its extended forms; 0 with a failed cursor when octets are
/// missing.
std::uint64_t read_length(ByteCursor& cursor, std::uint8_t length) {
    if (length == 126) return cursor.u16();
    if (length == 127) return cursor.u64();
    return length;
}

bool names_websocket(std::string_view headers) {
    while (!headers.empty()) {
        auto line = take_until(headers, '\n');
        const auto name = trim(take_until(line, ':'));
        if (iequals(name, "Upgrade") && istarts_with(trim(line), "websocket")) return true;
    }
    return false;
}

} // namespace

Parsed read_frame(Bytes bytes, std::vector<std::uint8_t>& buffer, Frame& out) {
    out = Frame{};
    const Parsed need_more{Outcome::need_more, 0, {}};
    const auto malformed = [&](std::string_view reason) {
        return Parsed{Outcome::malformed, bytes.size(), reason};
    };
    ByteCursor cursor(bytes);
    const std::uint8_t first = cursor.u8();
    const std::uint8_t second = cursor.u8();
    if (cursor.failed()) return need_more;
    const std::uint8_t opcode = first & 0x0fU;
    out.final = (first & 0x80U) != 0;
    out.compressed = (first & 0x40U) != 0;
    out.masked = (second & 0x80U) != 0;
    if ((first & 0x30U) != 0 || is_reserved(opcode)) return malformed("websocket-reserved");
    out.opcode = static_cast<Opcode>(opcode);

    const std::uint64_t length = read_length(cursor, second & 0x7fU);
    if (is_control(opcode) && (!out.final || length > longest_control_payload))
        return malformed("websocket-control");
    if (length > limits::message_octets) return malformed("websocket-length");
    const Bytes key = out.masked ? cursor.take(4) : Bytes{};
    out.payload = cursor.take(static_cast<std::size_t>(length));
    if (cursor.failed()) return need_more;
    if (out.masked) {
        buffer.assign(out.payload.begin(), out.payload.end());
        for (std::size_t i = 0; i < buffer.size(); ++i) buffer[i] ^= key[i % 4];
        out.payload = buffer;
    }
    return {Outcome::complete, cursor.offset(), {}};
}

Upgrade find_upgrade(Bytes bytes) {
    const auto text = as_text(bytes);
    const bool request = text.starts_with("GET ");
    const bool response = text.starts_with("HTTP/1.1 101");
    if (!request && !response) return {};
    constexpr std::string_view empty_line = "\r\n\r\n";
    const auto end = text.find(empty_line);
    if (end == std::string_view::npos || !names_websocket(text.substr(0, end))) return {};
    return {request ? Handshake::request : Handshake::response, end + empty_line.size()};
}

} // namespace rungs::websocket
