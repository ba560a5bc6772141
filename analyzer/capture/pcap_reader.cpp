#include "analyzer/capture/pcap_reader.hpp"

#include <bit>
#include <utility>

#include "core/limits/capture.hpp"
#include "core/load.hpp"

namespace rungs::capture {
namespace {

constexpr std::size_t shortest_record_header = 16, modified_record_header = 24;

std::uint32_t u32(ByteCursor& cursor, bool little_endian) {
    return little_endian ? cursor.u32le() : cursor.u32();
}
std::uint16_t u16(ByteCursor& cursor, bool little_endian) {
    return little_endian ? cursor.u16le() : cursor.u16();
}

} // namespace

std::optional<PcapVariant> pcap_variant(Bytes head) {
    switch (ByteCursor(head).u32()) {
    case 0xa1b2c3d4: return PcapVariant{false, 1000, false};
    case 0xd4c3b2a1: return PcapVariant{true, 1000, false};
    case 0xa1b23c4d: return PcapVariant{false, 1, false};
    case 0x4d3cb2a1: return PcapVariant{true, 1, false};
    case 0xa1b2cd34: return PcapVariant{false, 1000, true};
    case 0x34cdb2a1: return PcapVariant{true, 1000, true};
    default: return std::nullopt;
    }
}

PcapReader::PcapReader(Window window, Summary& summary, PcapVariant variant)
    : Reader(std::move(window), summary), m_variant(variant),
      m_record_header(variant.modified ? modified_record_header : shortest_record_header) {
    ByteCursor header(m_window.unread().first(pcap_header_octets));
    header.skip(4);
    const std::uint16_t major = u16(header, variant.little_endian);
    if (major != 2)
        add_remark(summary,
                   "The file header has version " + std::to_string(major) + ", read as if it were 2.");
    header.skip(
        14); // minor version, two reserved fields, snapshot length: what a record says counts, not this
    // The upper half holds the length of the frame check sequence.
    m_link_type = static_cast<LinkType>(u32(header, variant.little_endian) & 0xffffU);
    add_link_type(m_link_type);
    m_window.consume(pcap_header_octets);
}

void PcapReader::take_complete(FrameBatch& batch) {
    while (true) {
        const Bytes unread = m_window.unread();
        if (unread.size() < m_record_header) return need(m_record_header);
        prefetch_ahead(unread);
        const std::endian order = m_variant.little_endian ? std::endian::little : std::endian::big;
        const Bytes header = unread.first(shortest_record_header);
        const std::int64_t seconds = load_u32(header, 0, order);
        const std::int64_t fraction = load_u32(header, 4, order);
        const std::uint32_t captured = load_u32(header, 8, order);
        const std::uint32_t original = load_u32(header, 12, order);
        if (captured > limits::capture_block_octets)
            return stop("the record there claims " + std::to_string(captured) + " octets");
        if (unread.size() - m_record_header < captured) return need(m_record_header + captured);

        Frame& frame = batch.frames.emplace_back();
        frame.number = ++m_number;
        frame.time.ns = seconds * 1'000'000'000 + fraction * m_variant.ns_per_unit;
        frame.bytes = unread.subspan(m_record_header, captured);
        frame.original_length = original;
        frame.link_type = m_link_type;
        frame.file_offset = file_offset(m_record_header);
        m_window.consume(m_record_header + captured);
    }
}

} // namespace rungs::capture
