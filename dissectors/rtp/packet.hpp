#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/bytes.hpp"
#include "dissectors/dissector.hpp"

/// RTP, RFC 3550 section 5.1. Views live as long as the datagram.
///
///      0                   1                   2                   3
///     |V=2|P|X|  CC   |M|     PT      |       sequence number         |
///     |                           timestamp                           |
///     |                             SSRC                              |
///     |                   CSRC list, CC times 4 octets                |
///     |  defined by profile           |  length (words)               |  when X is set
///     |                        header extension                       |
///     |                            payload                            |
///     |                                       padding | padding count |  when P is set
namespace rungs::rtp {

inline constexpr std::size_t fixed_header_octets = 12;

/// True for a datagram that begins as RTP or RTCP do: version 2 (first octet 0x80 to 0xbf, RFC 7983).
inline bool has_version_2(Bytes datagram) {
    return !datagram.empty() && (datagram[0] & 0xc0U) == 0x80U;
}

/// RFC 5761 section 4: on a port that both share, payload types 64 to 95 (with the marker: second octet 192
/// to 223) are RTCP. The datagram has two octets at least.
inline bool is_rtcp(Bytes datagram) {
    return datagram[1] >= 192 && datagram[1] <= 223;
}

struct Packet {
    bool marker = false;
    std::uint8_t payload_type = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0; ///< in units of the payload type's clock
    std::uint32_t ssrc = 0;
    Bytes csrcs; ///< 4 octets each
    bool has_extension = false;
    std::uint16_t extension_profile = 0; ///< 0xbede for RFC 8285
    Bytes extension;                     ///< without its four octets of header
    Bytes payload;                       ///< without padding
    std::uint32_t payload_octets = 0;    ///< on the wire; more than `payload.size()` in a cut capture
    std::uint8_t padding_octets = 0;
    /// "rtp-padding" when the padding count is 0 or larger than what is there: the payload then keeps it. Or
    /// empty.
    std::string_view issue;
};

/// `no` or `maybe`: RTP has no signature. `maybe`: version 2, no RTCP by its second octet, a header that
/// fits.
Probe probe(Bytes datagram);

/// Reads one datagram; nothing when version or lengths do not fit. `missing` octets of it were not captured.
std::optional<Packet> parse(Bytes datagram, std::uint32_t missing = 0);

} // namespace rungs::rtp
