#include "analyzer/capture/pcapng_reader.hpp"

#include <algorithm>

#include "core/limits/capture.hpp"

namespace rungs::capture {
namespace {

// Block types, draft-ietf-opsawg-pcapng section 10.1; a section header is the same in both byte orders.
constexpr std::uint32_t section_header = 0x0a0d0d0a;
constexpr std::uint32_t interface_description = 1, old_packet = 2, simple_packet = 3, name_resolution = 4;
constexpr std::uint32_t interface_statistics = 5, enhanced_packet = 6, systemd_journal = 9,
                        decryption_secrets = 10;
constexpr std::uint32_t custom = 0xbad, custom_not_copied = 0x40000bad;
constexpr std::uint32_t sysdig_event = 0x204, sysdig_event_2 = 0x216, sysdig_event_2_large = 0x222;

constexpr std::uint32_t order_little = 0x4d3c2b1a; // 0x1a2b3c4d, read as big endian
constexpr std::uint32_t order_big = 0x1a2b3c4d;

constexpr std::size_t shortest_block = 12;
constexpr std::size_t block_header = 8;
constexpr std::size_t trailer = 4;
constexpr std::size_t timed_packet_header = 20;
constexpr std::size_t simple_packet_header = 4;

constexpr LinkType unknown_link_type = 0xffff;

bool is_little(Bytes section) {
    ByteCursor cursor(section);
    cursor.skip(block_header);
    return cursor.u32() == order_little;
}

constexpr std::size_t rounded_up(std::size_t octets) {
    return (octets + 3) / 4 * 4;
}

} // namespace

std::string_view pcapng_section_problem(Bytes head) {
    ByteCursor cursor(head);
    cursor.skip(4);
    const Bytes length = cursor.take(4);
    const std::uint32_t order = cursor.u32();
    const Bytes version = cursor.take(2);
    if (cursor.failed() || head.size() < pcapng_shortest_section_octets)
        return "the section header is cut off";
    if (order != order_little && order != order_big) return "the section header has no byte-order magic";
    const bool little = order == order_little;
    if ((little ? ByteCursor(length).u32le() : ByteCursor(length).u32()) < pcapng_shortest_section_octets)
        return "the section header is too short";
    if ((little ? ByteCursor(version).u16le() : ByteCursor(version).u16()) != 1)
        return "the version of the pcapng section is not 1";
    return {};
}

void PcapngReader::take_complete(FrameBatch& batch) {
    Block block;
    while (look_at_block(block)) {
        take_block(block, batch);
        m_window.consume(block.octets);
    }
}

bool PcapngReader::look_at_block(Block& block) {
    const Bytes unread = m_window.unread();
    if (unread.size() < shortest_block) return need(shortest_block), false;
    prefetch_ahead(unread);
    if (ByteCursor(unread).u32() == section_header) {
        if (unread.size() < pcapng_shortest_section_octets)
            return need(pcapng_shortest_section_octets), false;
        const std::string_view problem = pcapng_section_problem(unread);
        if (!problem.empty()) return stop(std::string(problem)), false;
        m_little = is_little(unread);
    }
    ByteCursor cursor(unread);
    block.type = u32(cursor);
    const std::size_t length = u32(cursor);
    if (length < shortest_block || length > limits::capture_block_octets)
        return stop("the block there claims a length of " + std::to_string(length) + " octets"), false;
    block.octets = rounded_up(length);
    if (unread.size() < block.octets) return need(block.octets), false;

    const auto trailing_length = [&](std::size_t octets) {
        ByteCursor last(unread.subspan(octets - trailer, trailer));
        return u32(last);
    };
    // The length counts the padding; writers that forget this put the next block right after it, or after
    // padding.
    if (length % 4 != 0 && trailing_length(length) == length) block.octets = length;
    const std::size_t repeated = trailing_length(block.octets);
    if (repeated != length && repeated != block.octets) {
        count_block(m_summary, "bad_trailer");
        add_remark(m_summary, "The block at " + place() + " repeats its length wrongly (" +
                                  std::to_string(length) + ", then " + std::to_string(repeated) +
                                  "); the first was taken.");
    }
    block.body = unread.subspan(block_header, block.octets - block_header - trailer);
    return true;
}

void PcapngReader::take_block(const Block& block, FrameBatch& batch) {
    switch (block.type) {
    case enhanced_packet:
    case old_packet: return take_timed_packet(block, batch);
    case simple_packet: return take_simple_packet(block, batch);
    case interface_description: return take_interface(block);
    case section_header: m_interfaces_before += m_interfaces.size(); return m_interfaces.clear();
    case name_resolution: return count_block(m_summary, "name_resolution");
    case interface_statistics: return count_block(m_summary, "interface_statistics");
    case decryption_secrets: return take_decryption_secrets(block);
    case systemd_journal: return take_numbered("systemd_journal");
    case sysdig_event:
    case sysdig_event_2:
    case sysdig_event_2_large: return take_numbered("sysdig_event");
    case custom:
    case custom_not_copied:
        if (block.body.size() < 4) return bad_block(block, "a custom block without an enterprise number");
        return take_numbered("custom");
    default: return count_block(m_summary, "unknown_block");
    }
}

void PcapngReader::take_interface(const Block& block) {
    if (m_interfaces.size() >= limits::capture_interfaces)
        return bad_block(block, "the section describes more than " +
                                    std::to_string(limits::capture_interfaces) + " interfaces");
    ByteCursor cursor(block.body);
    Interface interface;
    interface.link_type = u16(cursor);
    cursor.skip(2);
    interface.snapshot_length = u32(cursor);
    if (cursor.failed()) {
        // It still takes the next interface number.
        bad_block(block, "the description of an interface is cut off");
        interface = {.clock = {}, .snapshot_length = 0, .link_type = unknown_link_type};
    }
    read_interface_options(cursor, interface);
    m_interfaces.push_back(interface);
    add_link_type(interface.link_type);
}

void PcapngReader::read_interface_options(ByteCursor& options, Interface& interface) {
    constexpr std::uint16_t end_of_options = 0, if_tsresol = 9, if_tsoffset = 14;
    std::uint8_t resolution = 6;
    std::uint64_t offset_s = 0;
    while (options.remaining() >= 4) {
        const std::uint16_t code = u16(options);
        const std::uint16_t length = u16(options);
        if (code == end_of_options) break;
        ByteCursor value(options.take(length));
        if (options.failed()) {
            add_remark(m_summary,
                       "An option in the block at " + place() + " reaches past its end and was left out.");
            break;
        }
        if (code == if_tsresol && length == 1) resolution = value.u8();
        if (code == if_tsoffset && length == 8) offset_s = u64(value);
        options.skip(std::min(rounded_up(length) - length, options.remaining()));
    }
    interface.clock = TimeScale(resolution, static_cast<std::int64_t>(offset_s));
}

void PcapngReader::take_timed_packet(const Block& block, FrameBatch& batch) {
    ByteCursor cursor(block.body);
    // The old block has half as much room for the interface, and a count of drops in the other half.
    const std::uint32_t interface = block.type == old_packet ? u16(cursor) : u32(cursor);
    if (block.type == old_packet) cursor.skip(2);
    const std::uint64_t high = u32(cursor);
    const std::uint64_t low = u32(cursor);
    const std::uint32_t captured = u32(cursor);
    const std::uint32_t original = u32(cursor);
    const Bytes packet = cursor.take(captured);
    if (cursor.failed()) return bad_block(block, "the packet in it is longer than the block");
    if (interface >= m_interfaces.size())
        return bad_block(block, "there is no interface " + std::to_string(interface) + " in this section");
    take_packet(interface, m_interfaces[interface].clock.at(high << 32U | low), original, packet,
                block_header + timed_packet_header, batch);
}

void PcapngReader::take_simple_packet(const Block& block, FrameBatch& batch) {
    ByteCursor cursor(block.body);
    const std::uint32_t original = u32(cursor);
    if (cursor.failed()) return bad_block(block, "the packet in it is longer than the block");
    if (m_interfaces.empty()) return bad_block(block, "there is no interface 0 in this section");
    // Its captured length is not written down; what is left over is padding, at most 3 octets.
    const std::uint32_t snapshot_length = m_interfaces.front().snapshot_length;
    std::size_t captured = std::min<std::size_t>(original, cursor.remaining());
    if (snapshot_length != 0) captured = std::min<std::size_t>(captured, snapshot_length);
    if (!m_timeless_remarked) {
        m_timeless_remarked = true;
        add_remark(m_summary,
                   "The packet at " + place() + " has no time (simple packet block); it is shown as 1970.");
    }
    take_packet(0, Timestamp{}, original, cursor.take(captured), block_header + simple_packet_header, batch);
}

void PcapngReader::take_packet(std::size_t interface, Timestamp time, std::uint32_t original, Bytes packet,
                               std::size_t packet_offset, FrameBatch& batch) {
    Frame& frame = batch.frames.emplace_back();
    frame.number = ++m_number;
    frame.time = time;
    frame.bytes = packet;
    frame.original_length = original;
    frame.link_type = m_interfaces[interface].link_type;
    frame.interface =
        static_cast<std::uint16_t>(std::min<std::size_t>(m_interfaces_before + interface, 0xffff));
    frame.file_offset = file_offset(packet_offset);
}

void PcapngReader::take_decryption_secrets(const Block& block) {
    ByteCursor cursor(block.body);
    cursor.skip(4); // what kind of secrets
    const std::uint32_t length = u32(cursor);
    cursor.skip(length);
    if (cursor.failed()) return bad_block(block, "the decryption secrets in it are longer than the block");
    m_summary.has_decryption_secrets = true;
    count_block(m_summary, "decryption_secrets");
}

void PcapngReader::take_numbered(const char* name) {
    ++m_number;
    count_block(m_summary, name);
}

void PcapngReader::bad_block(const Block& block, const std::string& why) {
    m_summary.truncated = true;
    m_summary.skipped_octets += block.octets;
    count_block(m_summary, "bad_block");
    add_remark(m_summary, "The block at " + place() + " was skipped: " + why + ".");
}

} // namespace rungs::capture
