#pragma once

#include <cstddef>

#include "reports/ladder.hpp"

namespace rungs::reports {

/// Calls `visitor` for all that a ladder holds, from top to bottom: gap(Duration), rung(const Rung&),
/// band(const Band&, const BandStream&), key(const KeyRung&).
template <typename Visitor>
void walk(const Ladder& ladder, Visitor& visitor) {
    std::size_t bands = 0;
    std::size_t keys = 0;
    const auto media_before = [&](std::size_t place) {
        for (; bands < ladder.bands.size() && ladder.bands[bands].before <= place; ++bands) {
            for (const BandStream& stream : ladder.bands[bands].streams)
                visitor.band(ladder.bands[bands], stream);
        }
        for (; keys < ladder.keys.size() && ladder.keys[keys].before <= place; ++keys)
            visitor.key(ladder.keys[keys]);
    };
    for (std::size_t i = 0; i < ladder.rungs.size(); ++i) {
        media_before(i);
        if (ladder.rungs[i].delta >= gap_at_least) visitor.gap(ladder.rungs[i].delta);
        visitor.rung(ladder.rungs[i]);
    }
    media_before(ladder.rungs.size());
}

} // namespace rungs::reports
