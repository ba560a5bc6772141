#pragma once

#include <cstddef>
#include <cstdint>

/// Every limit that bounds what a capture can make the program do: name, unit, default. When one is reached
/// the report says so under the same name. docs/limits.md lists them for users; tests stand on both sides of
/// each.
namespace rungs::limits {

// Capture files
inline constexpr std::size_t capture_block_octets = 16U << 20U;    ///< a pcapng block or pcap record
inline constexpr std::size_t capture_buffer_octets = 1U << 20U;    ///< read at a time
inline constexpr std::uint64_t decompressed_octets = 64ULL << 20U; ///< past this the ratio below counts
inline constexpr std::uint64_t decompression_ratio = 200;          ///< output to input
inline constexpr std::size_t capture_interfaces = 65'536;          ///< described in one pcapng section
inline constexpr std::size_t capture_remarks = 32;                 ///< kept of one file
inline constexpr std::size_t filter_datagrams = 65'536;            ///< fragmented, remembered by a filter

// Layers and reassembly
inline constexpr unsigned nested_layers = 16;              ///< link, tunnel and IP headers in a frame
inline constexpr std::size_t fragment_octets = 32U << 20U; ///< waiting fragments, all datagrams
inline constexpr std::int64_t fragment_timeout_ns = 60'000'000'000; ///< waiting for the rest of a datagram
inline constexpr std::size_t tcp_flows = 65'536;                    ///< TCP connections followed at once
inline constexpr std::size_t tcp_flow_gap_octets = 1U << 20U;       ///< out of order, one direction
inline constexpr std::size_t tcp_gap_octets = 32U << 20U;           ///< out of order, all directions

// Messages
inline constexpr std::size_t message_octets = 1U << 20U; ///< one message on a stream
inline constexpr std::size_t headers = 1'024;            ///< header fields kept of a message
inline constexpr std::size_t sdp_media = 64;             ///< m= lines kept of a description
inline constexpr std::size_t sdp_formats = 256;          ///< formats kept of an m= line
inline constexpr std::size_t sdp_attributes = 4'096;     ///< a= lines kept of a description
inline constexpr std::size_t multipart_depth = 8;        ///< nested multipart bodies
inline constexpr std::size_t multipart_parts = 64;       ///< parts kept of a body
inline constexpr std::size_t issues = 64;                ///< issues kept of a message
inline constexpr std::size_t bare_sip_ends = 65'536;     ///< endpoints of SIP without Call-ID

// Media
inline constexpr std::size_t media_flows = 131'072;         ///< UDP port pairs looked at for RTP
inline constexpr std::size_t rtp_streams = 65'536;          ///< RTP streams measured
inline constexpr std::size_t flow_streams = 64;             ///< RTP streams of one port pair, both ways
inline constexpr std::size_t rtcp_sources = 65'536;         ///< streams that RTCP spoke of
inline constexpr std::size_t stream_seconds = 36'000;       ///< entries of a stream's series of seconds
inline constexpr std::size_t dtmf_events = 4'096;           ///< key presses kept of a stream, and of all INFO
inline constexpr std::size_t audio_streams = 4'096;         ///< RTP streams written as audio
inline constexpr std::size_t audio_stream_seconds = 14'400; ///< of audio written of a stream or call

// Correlation
inline constexpr std::size_t forks = 64;          ///< dialogs kept apart under one Call-ID
inline constexpr std::size_t hops = 64;           ///< links of one dialog, of one transaction
inline constexpr std::size_t legs = 64;           ///< other dialogs that one piece of evidence links
inline constexpr std::size_t findings = 10'000;   ///< findings kept
inline constexpr std::size_t finding_frames = 20; ///< frames named by a finding

// MSN
inline constexpr std::size_t msn_line_octets = 8'192;             ///< a line; the search for the next command
inline constexpr std::size_t msn_p2p_messages = 256;              ///< waiting for chunks at once
inline constexpr std::size_t msn_p2p_message_octets = 64U << 10U; ///< put together from chunks
inline constexpr std::size_t msn_invitations = 65'536;            ///< followed
inline constexpr std::size_t msn_invitation_events = 64;          ///< messages that one is judged by
inline constexpr std::size_t msn_copies = 65'536;                 ///< payloads whose copies are looked for
inline constexpr std::size_t msn_participants = 64;               ///< of a switchboard session
inline constexpr std::size_t msn_passports = 65'536;              ///< whose nicknames are kept

// What users write
inline constexpr unsigned filter_depth = 64;                   ///< nested parentheses and negations of -Y
inline constexpr std::size_t password_file_octets = 1U << 20U; ///< of --password-file
inline constexpr std::size_t flow_octets = 1U << 20U;          ///< a flow file
inline constexpr unsigned flow_depth = 32;                     ///< nested groups of a flow
inline constexpr std::size_t flow_nodes = 10'000;              ///< of the YAML, aliases resolved
inline constexpr std::size_t flow_steps = 500;                 ///< steps of a flow
inline constexpr unsigned flow_repeats = 100;                  ///< times that a group repeats
inline constexpr std::size_t flow_states = 20'000;             ///< of the pattern, when it is compiled
inline constexpr std::size_t flow_events = 2'000;              ///< of a call that are aligned
inline constexpr std::size_t alignment_cells = 4'000'000;      ///< states times events

} // namespace rungs::limits
