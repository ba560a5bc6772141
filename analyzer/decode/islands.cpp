#include "analyzer/decode/islands.hpp"

#include <algorithm>
#include <iterator>

namespace rungs::decode {

Islands::Inserted Islands::insert(std::uint64_t position, Bytes bytes, const Frame& frame) {
    Inserted inserted;
    const auto skip = [&](std::size_t count) {
        bytes = bytes.subspan(count);
        position += count;
    };
    auto next = m_islands.upper_bound(position);
    if (next != m_islands.begin()) {
        const auto& [start, island] = *std::prev(next);
        const std::uint64_t end = start + island.bytes.size();
        if (end > position) {
            inserted.overlapped = true;
            skip(std::min<std::size_t>(end - position, bytes.size()));
        }
    }
    while (!bytes.empty()) {
        const std::size_t free = next == m_islands.end()
                                     ? bytes.size()
                                     : std::min<std::size_t>(next->first - position, bytes.size());
        if (free > 0) {
            const Bytes part = bytes.first(free);
            m_islands.emplace_hint(next, position,
                                   Island{{part.begin(), part.end()}, frame.number, frame.time});
            m_octets += free;
            inserted.octets += free;
            skip(free);
        }
        if (bytes.empty()) break;
        inserted.overlapped = true;
        skip(std::min(next->second.bytes.size(), bytes.size()));
        ++next;
    }
    return inserted;
}

Islands::Island Islands::take_first() {
    auto node = m_islands.extract(m_islands.begin());
    m_octets -= node.mapped().bytes.size();
    return std::move(node.mapped());
}

} // namespace rungs::decode
