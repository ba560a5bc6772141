#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/endpoint.hpp"
#include "core/hash.hpp"

/// Internal to this folder.
namespace rungs::decode {

/// What tables of flows and datagrams are keyed by: two addresses, a word of choice, the enclosure. Without
/// padding, so that its octets can be hashed.
using FlowKey = std::array<std::uint64_t, 6>;

struct FlowKeyHash {
    std::size_t operator()(const FlowKey& key) const { return seeded_hash(key.data(), sizeof key); }
};

using AddressWords = std::array<std::uint64_t, 2>;

inline AddressWords words_of(const IpAddress& address) {
    return std::bit_cast<AddressWords>(address.octets());
}

inline FlowKey flow_key(const AddressWords& a, const AddressWords& b, std::uint64_t word,
                        std::uint64_t enclosure) {
    return {a[0], a[1], b[0], b[1], word, enclosure};
}

} // namespace rungs::decode
