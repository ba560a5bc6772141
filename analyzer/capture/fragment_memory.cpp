#include "analyzer/capture/fragment_memory.hpp"

#include <algorithm>
#include <array>

#include "core/hash.hpp"
#include "core/limits/decode.hpp"

namespace rungs::capture {
namespace {

constexpr std::uint16_t ethertype_ipv4 = 0x0800, ethertype_ipv6 = 0x86dd;

bool is_vlan(std::uint16_t ethertype) {
    return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100;
}

/// The octets behind a link header that ends with an Ethernet type and perhaps VLAN tags; empty when it is
/// not IP.
Bytes behind_ethertype(ByteCursor cursor) {
    std::uint16_t ethertype = cursor.u16();
    for (unsigned tags = 0; is_vlan(ethertype) && tags < limits::nested_layers; ++tags) {
        cursor.skip(2);
        ethertype = cursor.u16();
    }
    return ethertype == ethertype_ipv4 || ethertype == ethertype_ipv6 ? cursor.rest() : Bytes{};
}

Bytes ip_header(LinkType link_type, Bytes frame) {
    ByteCursor cursor(frame);
    switch (link_type) {
    case 1: cursor.skip(12); return behind_ethertype(cursor);   // Ethernet
    case 113: cursor.skip(14); return behind_ethertype(cursor); // Linux cooked
    case 276: {                                                 // Linux cooked v2: the type comes first
        const std::uint16_t ethertype = cursor.u16();
        cursor.skip(18);
        return ethertype == ethertype_ipv4 || ethertype == ethertype_ipv6 ? cursor.rest() : Bytes{};
    }
    case 0:
    case 108: cursor.skip(4); return cursor.rest(); // NULL and LOOP: an address family
    case 12:
    case 14:
    case 101:
    case 228:
    case 229: return frame; // raw IP
    default: return {};
    }
}

std::optional<FragmentPlace> ipv4_fragment(Bytes packet) {
    ByteCursor cursor(packet);
    FragmentPlace place;
    cursor.skip(4);
    place.datagram.identification = cursor.u16();
    const std::uint16_t flags_and_offset = cursor.u16();
    cursor.skip(1);
    place.datagram.protocol = cursor.u8();
    cursor.skip(2);
    place.datagram.source = IpAddress::from_octets(cursor.take(4));
    place.datagram.destination = IpAddress::from_octets(cursor.take(4));
    const bool more = (flags_and_offset & 0x2000U) != 0;
    place.first = (flags_and_offset & 0x1fffU) == 0;
    if (cursor.failed() || (place.first && !more)) return std::nullopt;
    return place;
}

bool is_extension(std::uint8_t next_header) {
    constexpr std::uint8_t hop_by_hop = 0, routing = 43, destination_options = 60;
    return next_header == hop_by_hop || next_header == routing || next_header == destination_options;
}

std::optional<FragmentPlace> ipv6_fragment(Bytes packet) {
    constexpr std::uint8_t fragment = 44;
    ByteCursor cursor(packet);
    FragmentPlace place;
    cursor.skip(6);
    std::uint8_t next_header = cursor.u8();
    cursor.skip(1);
    place.datagram.source = IpAddress::from_octets(cursor.take(16));
    place.datagram.destination = IpAddress::from_octets(cursor.take(16));
    for (unsigned headers = 0; is_extension(next_header) && headers < limits::nested_layers; ++headers) {
        next_header = cursor.u8();
        cursor.skip(cursor.u8() * 8U + 6U); // the length counts eight octets each, after the first eight
    }
    if (next_header != fragment) return std::nullopt;
    cursor.skip(2);
    const std::uint16_t offset_and_more = cursor.u16();
    place.datagram.identification = cursor.u32();
    place.first = (offset_and_more & 0xfff8U) == 0;
    if (cursor.failed() || (place.first && (offset_and_more & 1U) == 0)) return std::nullopt;
    return place;
}

} // namespace

std::size_t DatagramKeyHash::operator()(const DatagramKey& key) const {
    std::array<std::uint8_t, 37> octets{};
    auto out = std::ranges::copy(key.source.octets(), octets.begin()).out;
    out = std::ranges::copy(key.destination.octets(), out).out;
    for (unsigned shift = 0; shift < 32; shift += 8)
        *out++ = static_cast<std::uint8_t>(key.identification >> shift);
    *out = key.protocol;
    return seeded_hash(octets.data(), octets.size());
}

std::optional<FragmentPlace> find_fragment(LinkType link_type, Bytes frame) {
    const Bytes packet = ip_header(link_type, frame);
    if (packet.empty()) return std::nullopt;
    switch (packet.front() >> 4U) {
    case 4: return ipv4_fragment(packet);
    case 6: return ipv6_fragment(packet);
    default: return std::nullopt;
    }
}

bool FragmentMemory::decide(const Frame& frame, bool matches) {
    const auto fragment = find_fragment(frame.link_type, frame.bytes);
    if (!fragment) return matches;
    if (fragment->first) {
        remember(fragment->datagram, matches);
        return matches;
    }
    const auto known = m_kept.find(fragment->datagram);
    return matches || known == m_kept.end() || known->second;
}

void FragmentMemory::remember(const DatagramKey& datagram, bool kept) {
    if (const auto known = m_kept.find(datagram); known != m_kept.end()) {
        known.value() = kept;
        return;
    }
    if (m_order.size() < m_capacity) {
        m_order.push_back(datagram);
    } else {
        m_kept.erase(m_order[m_oldest]);
        m_order[m_oldest] = datagram;
        m_oldest = (m_oldest + 1) % m_capacity;
    }
    m_kept.emplace(datagram, kept);
}

} // namespace rungs::capture
