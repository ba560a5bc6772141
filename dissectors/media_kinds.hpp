#pragma once

#include <cstdint>

#include "core/bytes.hpp"

namespace rungs {

/// What may share a port with RTP (RFC 7983) and carries its own signature.
enum class MediaKind : std::uint8_t { unknown, stun, dtls, zrtp };

/// STUN (RFC 8489 and, without the magic cookie, RFC 3489), DTLS records (RFC 6347), ZRTP (RFC 6189).
MediaKind recognise_media(Bytes datagram);

} // namespace rungs
