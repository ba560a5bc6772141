#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "analyzer/media/glance.hpp"
#include "core/hash.hpp"

namespace rungs::media {

/// From the key of a stream to what is kept of it, for tables that are asked once a packet: open addressing,
/// no removal, and a slot can be fetched into the cache before it is asked for. The hash is keyed, as all
/// hashes of what a capture holds (see core/hash.hpp), and a single multiplication.
template <typename Value>
class StreamTable {
  public:
    StreamTable() : m_seeds{seeded_hash("a", 1) | 1U, seeded_hash("b", 1) | 1U} { clear(); }

    /// `key` is new; `value` must stay where it is.
    void insert(const StreamKey& key, Value& value) {
        if (2 * (m_count + 1) > m_slots.size()) grow();
        place(key, &value);
        ++m_count;
    }

    /// nullptr when there is none.
    [[nodiscard]] Value* find(const StreamKey& key) const {
        std::size_t at = first_slot(key);
        while (m_slots[at].value != nullptr && m_slots[at].key != key) at = next_slot(at);
        return m_slots[at].value;
    }

    void prefetch(const StreamKey& key) const { __builtin_prefetch(&m_slots[first_slot(key)]); }

    void clear() {
        m_slots.assign(smallest, {});
        m_count = 0;
    }

  private:
    struct Slot {
        StreamKey key;
        Value* value = nullptr;
    };
    __extension__ using Product = unsigned __int128;

    [[nodiscard]] std::size_t first_slot(const StreamKey& key) const {
        const Product product = Product{key.addresses ^ m_seeds[0]} * (key.ports_and_ssrc ^ m_seeds[1]);
        const std::uint64_t folded =
            static_cast<std::uint64_t>(product >> 64U) ^ static_cast<std::uint64_t>(product);
        return folded & (m_slots.size() - 1);
    }
    [[nodiscard]] std::size_t next_slot(std::size_t at) const { return (at + 1) & (m_slots.size() - 1); }

    void place(const StreamKey& key, Value* value) {
        std::size_t at = first_slot(key);
        while (m_slots[at].value != nullptr) at = next_slot(at);
        m_slots[at] = {key, value};
    }

    void grow() {
        const std::vector<Slot> before = std::exchange(m_slots, std::vector<Slot>(2 * m_slots.size()));
        for (const Slot& slot : before)
            if (slot.value != nullptr) place(slot.key, slot.value);
    }

    static constexpr std::size_t smallest = 64; ///< slots; always a power of two

    std::array<std::uint64_t, 2> m_seeds;
    std::vector<Slot> m_slots;
    std::size_t m_count = 0;
};

} // namespace rungs::media
