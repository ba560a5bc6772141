#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of one message: name, unit, default. When one is reached the report says so under
/// the same name; docs/limits.md lists them for users and tests stand on both sides of each.
namespace rungs::limits {

inline constexpr std::size_t message_octets = 1U << 20U; ///< one message on a stream
inline constexpr std::size_t headers = 1'024;            ///< header fields kept of a message
inline constexpr std::size_t sdp_media = 64;             ///< m= lines kept of a description
inline constexpr std::size_t sdp_formats = 256;          ///< formats kept of an m= line
inline constexpr std::size_t sdp_attributes = 4'096;     ///< a= lines kept of a description
inline constexpr std::size_t multipart_depth = 8;        ///< nested multipart bodies
inline constexpr std::size_t multipart_parts = 64;       ///< parts kept of a body
inline constexpr std::size_t issues = 64;                ///< issues kept of a message
inline constexpr std::size_t bare_sip_ends = 65'536;     ///< endpoints of SIP without Call-ID

} // namespace rungs::limits
