#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "analyzer/decode/packet.hpp"
#include "core/endpoint.hpp"
#include "core/frame.hpp"
#include "core/time.hpp"

/// What an RTP packet says by itself, whatever came before it: so it can be read ahead of its turn, on
/// another thread, and all that is done in turn is to find its stream and to count.
namespace rungs::media {

/// All that is remembered of one RTP packet: small, so that a stream can be recognised after the fact.
struct Observation {
    Timestamp time;
    std::uint64_t frame = 0;
    std::uint32_t timestamp = 0;
    std::uint16_t sequence = 0;
    std::uint16_t payload_octets = 0;
    std::uint16_t datagram_octets = 0;
    std::uint16_t capture = 0;
    std::uint8_t payload_type = 0;
    std::uint8_t dscp = 0;
    bool marker = false;
    std::array<std::uint8_t, 5> first_octets{}; ///< of the payload: a telephone event, or the header of RED

    friend bool operator==(const Observation&, const Observation&) = default;
};

/// How the packets of a stream over IPv4 name it.
struct StreamKey {
    std::uint64_t addresses = 0;      ///< source, destination
    std::uint64_t ports_and_ssrc = 0; ///< source, destination, SSRC

    friend bool operator==(const StreamKey&, const StreamKey&) = default;
};

/// Of two IPv4 endpoints.
StreamKey stream_key(const Endpoint& source, const Endpoint& destination, std::uint32_t ssrc);

struct Glance {
    StreamKey key;
    Observation seen;
    bool is_rtp = false; ///< otherwise it says nothing

    friend bool operator==(const Glance&, const Glance&) = default;
};

/// What is remembered of the packet that `datagram` holds, of which `missing` octets were not captured; false
/// when it is no RTP by its header.
bool observe(const Frame& frame, Bytes datagram, std::uint32_t missing, std::uint8_t dscp, Observation& seen);

/// Of an RTP packet, which has 12 octets at least.
std::uint32_t ssrc_of(Bytes datagram);

/// Looks at a frame without decoding it; false when it is not the plainest kind (decode::is_plain_udp) or no
/// RTP by its header.
bool glance_at(const Frame& frame, Glance& out);

/// The same for what was decoded of any frame; false when it is not UDP over IPv4 or no RTP by its header.
bool glance_at(const Frame& frame, const decode::Packet& packet, Glance& out);

} // namespace rungs::media
