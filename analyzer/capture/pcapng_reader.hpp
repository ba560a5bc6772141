#pragma once

#include <string_view>
#include <vector>

#include "analyzer/capture/reader.hpp"
#include "analyzer/capture/time_scale.hpp"

namespace rungs::capture {

inline constexpr std::size_t pcapng_shortest_section_octets = 28;

/// What stands against reading a pcapng section whose header block begins with `head`; empty when nothing
/// does.
std::string_view pcapng_section_problem(Bytes head);

/// Reads pcapng (draft-ietf-opsawg-pcapng): sections of blocks, each
///
///     type:u32 length:u32 body padding length:u32
///
/// in the byte order that the section says. A block with a usable length and nonsense in it is counted,
/// remarked and skipped. Custom, journal and system-call blocks are no packets, but take a number as they do
/// in Wireshark.
class PcapngReader final : public Reader {
  public:
    /// The window begins with a section header that has no `pcapng_section_problem`.
    PcapngReader(Window window, Summary& summary) : Reader(std::move(window), summary) {}

  private:
    struct Interface {
        TimeScale clock;
        std::uint32_t snapshot_length = 0; ///< 0: none
        LinkType link_type = 0;
    };

    struct Block {
        std::uint32_t type = 0;
        std::size_t octets = 0; ///< with type, lengths and padding
        Bytes body;
    };

    void take_complete(FrameBatch& batch) override;
    /// The block at the window's beginning; false when it is not complete or there is no going past it.
    bool look_at_block(Block& block);
    void take_block(const Block& block, FrameBatch& batch);
    void take_interface(const Block& block);
    /// An enhanced packet block, or the packet block that it replaced.
    void take_timed_packet(const Block& block, FrameBatch& batch);
    void take_simple_packet(const Block& block, FrameBatch& batch);
    void take_packet(std::size_t interface, Timestamp time, std::uint32_t original, Bytes packet,
                     std::size_t packet_offset, FrameBatch& batch);
    void take_decryption_secrets(const Block& block);
    /// A block of which Wireshark makes a frame, though it is no packet of a network.
    void take_numbered(const char* name);
    void read_interface_options(ByteCursor& options, Interface& interface);
    /// Counts and remarks what is about to be skipped.
    void bad_block(const Block& block, const std::string& why);

    [[nodiscard]] std::uint16_t u16(ByteCursor& cursor) const {
        return m_little ? cursor.u16le() : cursor.u16();
    }
    [[nodiscard]] std::uint32_t u32(ByteCursor& cursor) const {
        return m_little ? cursor.u32le() : cursor.u32();
    }
    [[nodiscard]] std::uint64_t u64(ByteCursor& cursor) const {
        return m_little ? cursor.u64le() : cursor.u64();
    }

    bool m_little = true;
    std::vector<Interface> m_interfaces; ///< of this section
    std::size_t m_interfaces_before = 0; ///< in the sections before it
    bool m_timeless_remarked = false;
};

} // namespace rungs::capture
