#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/decode/packet.hpp"
#include "core/endpoint.hpp"

namespace rungs::decode {

/// A host said that nobody listens at `destination`, where a datagram from `source` had come.
struct Unreachable {
    std::uint64_t frame = 0; ///< of the ICMP message
    Endpoint source, destination;
};

/// Port unreachable (RFC 792, RFC 4443 section 3.1) about a UDP datagram; nothing for every other packet.
std::optional<Unreachable> unreachable_of(const Frame& frame, const Packet& packet);

} // namespace rungs::decode
