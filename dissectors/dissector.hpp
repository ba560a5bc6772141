#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/bytes.hpp"

/// The contract every dissector keeps. Dissectors are pure: octets in, values out; no I/O, no store, no
/// knowledge of captures. What they return are views into the octets they were given, alive as long as those
/// are.
namespace rungs {

/// How the octets travel: a datagram ends where its octets end, a stream goes on.
enum class Framing : std::uint8_t { datagram, stream };

/// Does this look like mine? `maybe` is taken only with a hint (a port pair that spoke it, SDP that announced
/// it).
enum class Probe : std::uint8_t { no, maybe, certain };

enum class Outcome : std::uint8_t {
    complete,  ///< one message was read; `consumed` octets belong to it
    need_more, ///< a stream ends inside the message; ask again with more octets (`consumed` is 0)
    malformed, ///< nothing usable at the front; skip `consumed` octets (at least 1) and say why
};

struct Parsed {
    Outcome outcome = Outcome::malformed;
    std::size_t consumed = 0;
    /// Stable issue code that says why, for `malformed`; static storage.
    std::string_view reason;
    /// For `need_more`: how many octets there must be before it is worth asking again; 0 when that is not
    /// known.
    std::size_t needed = 0;
};

} // namespace rungs
