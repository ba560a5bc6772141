#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace rungs {

/// A text kept in a TextArena: 4 octets instead of a std::string's 32 and its allocation. Equal ones are the
/// same text; the same text may have been kept twice.
struct TextRef {
    std::uint32_t position = 0; ///< 0 for the empty text
    [[nodiscard]] bool empty() const { return position == 0; }
    friend bool operator==(const TextRef&, const TextRef&) = default;
};

/// Texts that live as long as the arena, packed into blocks that never move, each behind its length. A text
/// that was kept a moment ago (who calls mostly calls more than once) is not kept again. Holds 4 GiB at most;
/// what does not fit (or is longer than `longest`) is kept as empty text and counted.
class TextArena {
  public:
    static constexpr std::size_t longest = (1U << 20U) - 4; ///< octets: a block without the length, and 0

    TextRef keep(std::string_view text) {
        if (text.empty()) return {};
        if (text.size() > longest) return refuse();
        TextRef& recent = m_recent[slot_of(text)];
        if (view(recent) == text) return recent;
        if (m_blocks.empty() || m_used + length_octets(text.size()) + text.size() > block_octets) {
            if (m_blocks.size() == max_blocks) return refuse();
            m_used = m_blocks.empty() ? 1 : 0; // position 0 is taken
            m_blocks.push_back(std::make_unique_for_overwrite<char[]>(block_octets));
        }
        recent = {static_cast<std::uint32_t>((m_blocks.size() - 1) * block_octets + m_used)};
        put_length(text.size());
        std::memcpy(&m_blocks.back()[m_used], text.data(), text.size());
        m_used += text.size();
        return recent;
    }

    /// Alive as long as the arena.
    [[nodiscard]] std::string_view view(TextRef ref) const {
        if (ref.empty()) return {};
        const char* octets = &m_blocks[ref.position / block_octets][ref.position % block_octets];
        std::size_t length = 0;
        for (unsigned shift = 0;; shift += 7) {
            const auto octet = static_cast<unsigned char>(*octets++);
            length |= std::size_t{octet & 0x7fU} << shift;
            if (octet < 0x80) return {octets, length};
        }
    }

    [[nodiscard]] std::uint64_t refused() const { return m_refused; }

  private:
    static constexpr std::size_t block_octets = 1U << 20U;
    static constexpr std::size_t max_blocks = (1ULL << 32U) / block_octets;

    /// Lengths are written seven bits an octet, lowest first, the highest bit saying that more follow.
    static std::size_t length_octets(std::size_t length) {
        return length < 1U << 7U ? 1 : length < 1U << 14U ? 2 : 3;
    }
    void put_length(std::size_t length) {
        for (; length >= 0x80; length >>= 7U) m_blocks.back()[m_used++] = static_cast<char>(length | 0x80U);
        m_blocks.back()[m_used++] = static_cast<char>(length);
    }

    /// Not seeded, so that every run keeps the same: who foresees it can make texts be kept twice, no more.
    static std::size_t slot_of(std::string_view text) {
        std::uint32_t hash = 2'166'136'261U; // FNV-1a
        for (const char c : text.substr(0, 48)) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
        return (hash ^ hash >> 15U) % slots;
    }

    TextRef refuse() {
        ++m_refused;
        return {};
    }

    static constexpr std::size_t slots = 1024;

    std::array<TextRef, slots> m_recent{};
    std::vector<std::unique_ptr<char[]>> m_blocks;
    std::size_t m_used = 0;
    std::uint64_t m_refused = 0;
};

} // namespace rungs
