#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "core/bytes.hpp"
#include "core/frame.hpp"

/// Internal to this folder.
namespace rungs::decode {

/// Octets that wait for others before them: copies, ordered by position, never overlapping. What came first
/// stays.
class Islands {
  public:
    struct Island {
        std::vector<std::uint8_t> bytes;
        std::uint64_t frame = 0;
        Timestamp time;
    };

    struct Inserted {
        std::size_t octets = 0;  ///< that were new
        bool overlapped = false; ///< others of them were here already
    };

    /// Copies what is not covered yet. Logarithmic in the islands, linear in the octets.
    Inserted insert(std::uint64_t position, Bytes bytes, const Frame& frame);

    [[nodiscard]] bool empty() const { return m_islands.empty(); }
    /// Of the first island; there must be one.
    [[nodiscard]] std::uint64_t first_position() const { return m_islands.begin()->first; }
    /// Removes the first island; there must be one.
    Island take_first();
    [[nodiscard]] const std::map<std::uint64_t, Island>& all() const { return m_islands; }

    /// What limits count: the octets and what keeping them costs, so that many tiny islands reach a limit as
    /// well.
    [[nodiscard]] std::size_t cost() const { return m_octets + m_islands.size() * cost_of_island; }
    static constexpr std::size_t cost_of_island = 128;

  private:
    std::map<std::uint64_t, Island> m_islands;
    std::size_t m_octets = 0;
};

} // namespace rungs::decode
