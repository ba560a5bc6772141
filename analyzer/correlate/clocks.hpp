#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/analysis.hpp"

namespace rungs::correlate {

/// How far the clock of a capture is ahead of that of the first one.
struct ClockOffset {
    Duration ahead{};
    std::size_t messages = 0; ///< that both captures hold; 0 when nothing could be compared
};

/// Estimates the clock offset of each capture to the first from messages that stand in both (the same packet,
/// or the same message on another hop). A message takes time on its way, which makes the clock of whoever
/// receives it look ahead: with d the true offset, those on the way to the callee show d plus the delay,
/// those on the way back d minus the delay; so the mean of the two medians is the offset when both ways are
/// equally long (as NTP does, RFC 5905 section 8). A capture that shares messages only with one already known
/// is compared with that one.
std::vector<ClockOffset> estimate_clock_offsets(const Analysis& analysis, std::size_t captures);

} // namespace rungs::correlate
