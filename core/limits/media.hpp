#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of streams of media: name, unit, default. When one is reached the report says so under
/// the same name; docs/limits.md lists them for users and tests stand on both sides of each.
namespace rungs::limits {

inline constexpr std::size_t media_flows = 131'072;            ///< UDP port pairs looked at for RTP
inline constexpr std::size_t rtp_streams = 65'536;             ///< RTP streams measured
inline constexpr std::size_t announced_endpoints = 1U << 20U;  ///< where SDP wants media
inline constexpr std::size_t payload_set_octets = 8U << 20U;   ///< of different lists of payload types in SDP
inline constexpr std::size_t encoding_name_octets = 1U << 20U; ///< of different names of codecs in them
inline constexpr std::size_t flow_streams = 64;                ///< RTP streams of one port pair, both ways
inline constexpr std::size_t rtcp_sources = 65'536;            ///< streams that RTCP spoke of
inline constexpr std::size_t stream_seconds = 36'000;          ///< entries of a stream's series of seconds
inline constexpr std::size_t dtmf_events = 4'096;           ///< key presses kept of a stream, and of all INFO
inline constexpr std::size_t unreachable_ports = 65'536;    ///< ICMP messages about ports kept
inline constexpr std::size_t audio_streams = 4'096;         ///< RTP streams written as audio
inline constexpr std::size_t audio_stream_seconds = 14'400; ///< of audio written of a stream or call

} // namespace rungs::limits
