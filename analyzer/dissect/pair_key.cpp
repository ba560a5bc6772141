#include "analyzer/dissect/pair_key.hpp"

#include <algorithm>
#include <array>

#include "core/hash.hpp"

namespace rungs::dissect {

std::uint64_t pair_key(const decode::Packet& packet) {
    const auto [low, high] =
        std::minmax<std::uint64_t>({EndpointHash{}(packet.source), EndpointHash{}(packet.destination)});
    const std::array<std::uint64_t, 2> pair{low, high};
    return seeded_hash(pair.data(), sizeof pair);
}

} // namespace rungs::dissect
