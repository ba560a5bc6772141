#include "analyzer/dissect/provenance.hpp"

#include <algorithm>

namespace rungs::dissect {

void Provenance::add(std::size_t octets, std::uint64_t frame) {
    const std::size_t before = m_pieces.empty() ? 0 : m_pieces.back().end;
    m_pieces.push_back({before + octets, frame});
}

void Provenance::add(const Provenance& other, std::size_t begin, std::size_t end) {
    std::size_t piece_begin = 0;
    for (const Piece& piece : other.m_pieces) {
        const std::size_t first = std::max(begin, piece_begin), last = std::min(end, piece.end);
        if (first < last) add(last - first, piece.frame);
        piece_begin = piece.end;
    }
}

void Provenance::drop_front(std::size_t octets) {
    std::erase_if(m_pieces, [&](const Piece& piece) { return piece.end <= octets; });
    for (Piece& piece : m_pieces) piece.end -= octets;
}

void Provenance::frames(std::size_t begin, std::size_t end, std::vector<std::uint64_t>& out) const {
    out.clear();
    std::size_t piece_begin = 0;
    for (const Piece& piece : m_pieces) {
        if (piece.end > begin && piece_begin < end) out.push_back(piece.frame);
        piece_begin = piece.end;
    }
    std::sort(out.begin(), out.end()); // segments may have come out of order
    out.erase(std::unique(out.begin(), out.end()), out.end());
}

} // namespace rungs::dissect
