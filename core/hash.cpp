#include "core/hash.hpp"

#include <random>

// Keys are short: without a call into the library each costs half.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace rungs {
namespace {

std::uint64_t draw_seed() {
    std::random_device device;
    return static_cast<std::uint64_t>(device()) << 32U | device();
}

} // namespace

std::uint64_t seeded_hash(const void* data, std::size_t size) {
    static const std::uint64_t seed = draw_seed();
    return XXH3_64bits_withSeed(data, size, seed);
}

std::size_t EndpointHash::operator()(const Endpoint& endpoint) const {
    std::array<std::uint8_t, 18> key{};
    std::copy(endpoint.address.octets().begin(), endpoint.address.octets().end(), key.begin());
    key[16] = static_cast<std::uint8_t>(endpoint.port >> 8U);
    key[17] = static_cast<std::uint8_t>(endpoint.port & 0xffU);
    return seeded_hash(key.data(), key.size());
}

} // namespace rungs
