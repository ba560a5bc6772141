#include "dissectors/media_kinds.hpp"

#include <cstddef>

namespace rungs {
namespace {

constexpr std::uint32_t stun_magic_cookie = 0x2112a442;
constexpr std::uint32_t zrtp_magic_cookie = 0x5a525450; // "ZRTP"

/// RFC 3489 knew these and had no cookie: binding and shared secret, each request, response and error.
bool is_classic_stun(std::uint16_t type) {
    return type == 0x0001 || type == 0x0101 || type == 0x0111 || type == 0x0002 || type == 0x0102 ||
           type == 0x0112;
}

bool attributes_fit(ByteCursor cursor) {
    while (!cursor.empty() && !cursor.failed()) {
        cursor.skip(2);
        cursor.skip(cursor.u16());
        cursor.skip((4 - cursor.offset() % 4) % 4);
    }
    return !cursor.failed();
}

bool is_stun(Bytes datagram) {
    ByteCursor cursor(datagram);
    const std::uint16_t type = cursor.u16();
    const std::uint16_t length = cursor.u16();
    const std::uint32_t cookie = cursor.u32();
    cursor.skip(12);
    if (cursor.failed() || type >= 0x4000 || length % 4 != 0 || length > cursor.remaining()) return false;
    if (cookie == stun_magic_cookie) return true;
    return is_classic_stun(type) && length == cursor.remaining() && attributes_fit(cursor);
}

bool is_dtls(Bytes datagram) {
    ByteCursor cursor(datagram);
    const std::uint8_t type = cursor.u8(); // change cipher spec to heartbeat
    const std::uint16_t version = cursor.u16();
    cursor.skip(8); // epoch and sequence number
    const std::uint16_t length = cursor.u16();
    return !cursor.failed() && type >= 20 && type <= 25 && (version == 0xfeff || version == 0xfefd) &&
           length > 0 && length <= cursor.remaining();
}

bool is_zrtp(Bytes datagram) {
    ByteCursor cursor(datagram);
    const unsigned first = cursor.u8();
    cursor.skip(3);
    return (first & 0xf0U) == 0x10U && cursor.u32() == zrtp_magic_cookie;
}

} // namespace

MediaKind recognise_media(Bytes datagram) {
    if (datagram.empty() || datagram[0] > 63) return MediaKind::unknown;
    if (datagram[0] <= 3) return is_stun(datagram) ? MediaKind::stun : MediaKind::unknown;
    if (datagram[0] < 20) return is_zrtp(datagram) ? MediaKind::zrtp : MediaKind::unknown;
    return is_dtls(datagram) ? MediaKind::dtls : MediaKind::unknown;
}

} // namespace rungs
