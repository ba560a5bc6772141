#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rungs::dissect {

/// Which frame brought each octet of a run of octets.
class Provenance {
  public:
    /// The next `octets` of the run came in `frame`.
    void add(std::size_t octets, std::uint64_t frame);
    /// The next octets of the run are those of [begin, end) of another run.
    void add(const Provenance& other, std::size_t begin, std::size_t end);
    void drop_front(std::size_t octets);
    void clear() { m_pieces.clear(); }

    /// Puts the frames that brought [begin, end) into `out` (replaced), ascending, each once.
    void frames(std::size_t begin, std::size_t end, std::vector<std::uint64_t>& out) const;

  private:
    /// Octets up to `end`, from where the piece before ends.
    struct Piece {
        std::size_t end;
        std::uint64_t frame;
    };
    std::vector<Piece> m_pieces;
};

} // namespace rungs::dissect
