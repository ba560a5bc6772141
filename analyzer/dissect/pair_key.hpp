#pragma once

#include <cstdint>

#include "analyzer/decode/packet.hpp"

namespace rungs::dissect {

/// The two endpoints of a packet as a seeded number, the same either way round.
std::uint64_t pair_key(const decode::Packet& packet);

} // namespace rungs::dissect
