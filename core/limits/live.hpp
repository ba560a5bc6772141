#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of live capture: name, unit, default. When one is reached what is over and longest ago makes room,
/// and the report says how much went under the same name; docs/limits.md lists them for users and tests stand
/// on both sides of each.
namespace rungs::limits {

inline constexpr std::size_t live_dialogs = 20'000;            ///< remembered at once
inline constexpr std::size_t live_messages = 200'000;          ///< remembered at once
inline constexpr std::size_t live_dialog_messages = 10'000;    ///< of one dialog that survive making room
inline constexpr std::size_t live_message_octets = 64U << 20U; ///< of messages, remembered at once
inline constexpr std::size_t live_streams = 4'096;             ///< RTP streams measured at once
inline constexpr std::size_t live_flows = 32'768;              ///< UDP port pairs looked at for RTP
inline constexpr std::size_t live_endpoints = 131'072;         ///< where SDP wants media
inline constexpr std::size_t live_stream_seconds = 600;        ///< entries of a stream's series of seconds
inline constexpr std::size_t live_settle_messages = 20'000;    ///< read again to settle calls that ended
inline constexpr std::size_t live_queue_octets = 32U << 20U;   ///< packets between reader and analysis
inline constexpr std::size_t live_hold_octets = 8U << 20U;    ///< waiting to be known as media (--calls-only)
inline constexpr std::size_t live_window_octets = 16U << 20U; ///< held to order packets of several interfaces
inline constexpr std::size_t live_ring_octets = 32U << 20U;   ///< of the kernel for each interface (-B)
inline constexpr std::size_t live_snapshot_octets = 262'144;  ///< captured of a packet (-s)
inline constexpr std::size_t live_page_calls = 200;           ///< shown by the page of --serve
inline constexpr std::size_t live_page_readers = 64;          ///< browsers at once (--serve)

} // namespace rungs::limits
