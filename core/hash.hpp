#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/endpoint.hpp"

namespace rungs {

/// A hash of `size` octets, keyed with a seed drawn once per process: keys of tables that hold captured text
/// are chosen by whoever made the capture, so the hash must not be predictable (hash flooding,
/// oCERT-2011-003). Nothing printed may depend on it.
std::uint64_t seeded_hash(const void* data, std::size_t size);

/// How full a large table may become: half of tsl's default memory, for a few more steps of a search.
inline constexpr float dense = 0.9F;

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return seeded_hash(text.data(), text.size()); }
};

struct EndpointHash {
    std::size_t operator()(const Endpoint& endpoint) const;
};

/// For numbers put together from others (ids, ports): a table's slot is the lowest bits of the hash, and
/// those of the number itself may be the same for all of them.
struct NumberHash {
    std::size_t operator()(std::uint64_t number) const { return seeded_hash(&number, sizeof number); }
};

/// For keys that are results of the above.
struct SeededAlready {
    std::size_t operator()(std::uint64_t hash) const { return hash; }
};

} // namespace rungs
