#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/issue.hpp"
#include "core/limits/msn.hpp"

/// application/x-msnmsgrp2p: messages and files between two clients, cut into chunks of at most 1202 octets
/// that travel in MSGs of their own.
///
///      0 session identifier   4 message identifier    8 offset (64 bits)      16 total size (64 bits)
///     24 length of this chunk 28 flags               32 acknowledged message 36 acknowledged unique
///     40 acknowledged size (64 bits)                 48 data ...             then 4 octets of application
///
/// The header is little endian, the footer big endian.
namespace rungs::msn {

inline constexpr std::size_t p2p_header_octets = 48;

namespace p2p_flag {
inline constexpr std::uint32_t negative_acknowledgement = 0x01;
inline constexpr std::uint32_t acknowledgement = 0x02;
inline constexpr std::uint32_t waiting = 0x04;
inline constexpr std::uint32_t error = 0x08;
inline constexpr std::uint32_t data = 0x20; ///< of a display picture or emoticon
inline constexpr std::uint32_t close = 0x40;
inline constexpr std::uint32_t cancel = 0x80;
inline constexpr std::uint32_t file = 0x0100'0000;
} // namespace p2p_flag

struct P2pChunk {
    std::uint32_t session_id = 0; ///< 0 while a session is negotiated: the data is MSNSLP then
    std::uint32_t message_id = 0;
    std::uint64_t offset = 0;
    std::uint64_t total_octets = 0;
    std::uint32_t length = 0; ///< as announced; `data` may be shorter
    std::uint32_t flags = 0;
    std::uint32_t acknowledged_id = 0;
    std::uint32_t acknowledged_unique_id = 0;
    std::uint64_t acknowledged_octets = 0;
    std::optional<std::uint32_t> application; ///< of the footer
    std::string_view data;                    ///< into the body given
    /// False when the body began with MSNSLP at once; `data` is all of it then.
    bool has_header = false;
    std::vector<Issue> issues; ///< offsets from the start of the body

    void clear();
};

/// Reads the body of an application/x-msnmsgrp2p MSG into `out` (cleared first). Lying lengths and offsets
/// are issues; nothing is sized by them.
void parse_p2p(std::string_view body, P2pChunk& out);

/// Puts messages together that were cut into chunks. A value: copying it copies what waits.
///
/// Bounded by limits::msn_p2p_messages (the oldest message that waits is given up) and
/// limits::msn_p2p_message_octets. Chunks may come in any order and twice; of octets that were said twice the
/// first ones stay.
class P2pAssembler {
  public:
    struct Assembled {
        std::string data;
        std::uint32_t session_id = 0;
        std::uint32_t message_id = 0;
        std::vector<Issue> issues; ///< offsets into `data`
    };

    /// Takes a chunk that `sender` (a passport, or whatever tells the sides apart) wrote. Returns the message
    /// when it is whole; nothing for acknowledgements, for one that is too large and while octets are
    /// missing.
    std::optional<Assembled> add(std::string_view sender, const P2pChunk& chunk);

    /// Messages that still wait for chunks.
    [[nodiscard]] std::size_t waiting() const { return m_waiting.size(); }
    /// Messages given up so far: too many at once, or too large.
    [[nodiscard]] std::uint64_t dropped() const { return m_dropped; }

  private:
    struct Key {
        std::string sender;
        std::uint32_t session_id = 0, message_id = 0;
        friend auto operator<=>(const Key&, const Key&) = default;
    };
    struct Waiting {
        std::uint64_t total = 0;
        std::uint64_t received = 0; ///< octets in `pieces`, none counted twice
        std::uint64_t age = 0;
        bool overlap = false;
        std::map<std::uint64_t, std::string> pieces; ///< by offset, disjoint
    };

    void make_room();
    static void insert(Waiting& message, std::uint64_t offset, std::string_view data);

    std::map<Key, Waiting> m_waiting;
    std::uint64_t m_next_age = 0;
    std::uint64_t m_dropped = 0;
};

} // namespace rungs::msn
