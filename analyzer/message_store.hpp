#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/frame.hpp"

namespace rungs {

/// Where the octets of a message can be read again.
class Location {
  public:
    static constexpr std::uint16_t spooled = 0xffff;

    Location() = default;
    /// Positions go up to 2^48 octets.
    Location(std::uint64_t position, std::uint32_t octets, std::uint16_t where)
        : length(octets), capture(where), m_high(static_cast<std::uint16_t>(position >> 32U)),
          m_low(static_cast<std::uint32_t>(position)) {}

    /// In the capture file, or in the spool.
    [[nodiscard]] std::uint64_t position() const { return std::uint64_t{m_high} << 32U | m_low; }

    std::uint32_t length = 0;
    std::uint16_t capture = 0; ///< index into the captures, or `spooled`

  private:
    std::uint16_t m_high = 0; ///< in two parts, so that nothing is lost to alignment
    std::uint32_t m_low = 0;
};

/// Keeps the octets of messages without holding them in memory: those that stand whole in a capture file are
/// read from there again when they are wanted; all others (reassembled, decompressed, piped) are copied to a
/// spool, which is memory up to `spool_memory` octets and an unnamed temporary file from there on.
class MessageStore {
  public:
    static constexpr std::size_t spool_memory = 16U << 20U;

    MessageStore() : MessageStore(spool_memory) {}
    /// `memory` octets of the spool are memory.
    explicit MessageStore(std::size_t memory);
    ~MessageStore();
    MessageStore(MessageStore&&) noexcept;
    MessageStore& operator=(MessageStore&&) noexcept;

    /// Names the file of capture `index`, for frames with a file offset. Opened when first needed.
    void set_file(std::uint16_t index, std::string path);

    /// `message` is a part of `frame.bytes` (then only its place is kept) or anything else (then it is
    /// copied).
    Location keep(const Frame& frame, Bytes message);
    Location copy(Bytes message);

    /// Octets in the spool.
    [[nodiscard]] std::uint64_t spooled() const;

    /// Puts the octets at `where` into `out` (replaced); false when the file no longer holds them. Several
    /// threads may read at once.
    bool read(const Location& where, std::vector<std::uint8_t>& out) const;

    /// What was read around the message before. Where there is only signalling the next one stands right
    /// behind it, and needs no call of the system.
    class Window {
        friend class MessageStore;
        std::vector<std::uint8_t> m_octets;
        std::uint64_t m_begin = 0; ///< position of `m_octets` in the file
        std::uint64_t m_next = 0;  ///< where the message read last ended
        std::uint16_t m_capture = Location::spooled;
    };
    /// The same for messages that are read one after the other. Each thread has a window of its own.
    bool read(const Location& where, std::vector<std::uint8_t>& out, Window& window) const;

  private:
    bool fill(const Location& where, Window& window) const;

    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace rungs
