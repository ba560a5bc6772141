#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace rungs {

/// A text kept in a TextArena: 8 octets instead of a std::string's 32 and its allocation.
struct TextRef {
    std::uint32_t position = 0;
    std::uint32_t length = 0;
    [[nodiscard]] bool empty() const { return length == 0; }
};

/// Texts that live as long as the arena, packed into blocks that never move. Holds 4 GiB at most; what does
/// not fit (or is longer than a block) is kept as empty text and counted.
class TextArena {
  public:
    TextRef keep(std::string_view text) {
        if (text.empty()) return {};
        if (text.size() > block_octets) return refuse();
        if (m_blocks.empty() || m_used + text.size() > block_octets) {
            if (m_blocks.size() == max_blocks) return refuse();
            m_blocks.push_back(std::make_unique_for_overwrite<char[]>(block_octets));
            m_used = 0;
        }
        const auto position = static_cast<std::uint32_t>((m_blocks.size() - 1) * block_octets + m_used);
        std::memcpy(&m_blocks.back()[m_used], text.data(), text.size());
        m_used += text.size();
        return {position, static_cast<std::uint32_t>(text.size())};
    }

    /// Alive as long as the arena.
    [[nodiscard]] std::string_view view(TextRef ref) const {
        if (ref.empty()) return {};
        return {&m_blocks[ref.position / block_octets][ref.position % block_octets], ref.length};
    }

    [[nodiscard]] std::uint64_t refused() const { return m_refused; }

  private:
    static constexpr std::size_t block_octets = 1U << 20U;
    static constexpr std::size_t max_blocks = (1ULL << 32U) / block_octets;

    TextRef refuse() {
        ++m_refused;
        return {};
    }

    std::vector<std::unique_ptr<char[]>> m_blocks;
    std::size_t m_used = 0;
    std::uint64_t m_refused = 0;
};

} // namespace rungs
