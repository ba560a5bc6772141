#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "analyzer/check/flow.hpp"
#include "core/limits/input.hpp"

/// The maximum-score alignment of a pattern with a list of events: which step met which event, which steps
/// have none, which events are extra. Every way through the pattern (branches, repetitions, orders of all_of)
/// is weighed by dynamic programming, so one message too few shifts nothing.
namespace rungs::check {

/// What things are worth; a step met by an event gets what `fits` returns.
struct Weights {
    std::int64_t missing = -100;          ///< a step without an event
    std::int64_t missing_at_end = -100;   ///< the same behind the last event
    std::int64_t missing_at_start = -100; ///< the same before the first event
    std::int64_t extra = -10;             ///< an event without a step
};

struct AlignmentRow {
    enum class Kind : std::uint8_t { met, missing, extra, pause };
    Kind kind = Kind::extra;
    std::size_t step = 0;  ///< not for extra
    std::size_t event = 0; ///< met and extra
    friend bool operator==(const AlignmentRow&, const AlignmentRow&) = default;
};

struct Alignment {
    std::int64_t score = 0;
    /// Sum of the positions of all met events: among equal scores the smallest counts, so the earliest
    /// frames.
    std::uint64_t lateness = 0;
    std::vector<AlignmentRow> rows; ///< in the order of the pattern and of the events at once
    bool capped = false;            ///< limits::alignment_cells did not suffice: nothing was aligned
};

/// The worth (above 0) of step `step` met by event `event`; 0 when they do not fit.
using Fits = std::function<std::int64_t(std::size_t step, std::size_t event)>;

/// Aligns `events` events with the pattern `root` over `steps`. Steps that are a pause take no event and cost
/// nothing. Deterministic.
Alignment align(const Node& root, const std::vector<Step>& steps, std::size_t events, const Fits& fits,
                const Weights& weights = {});

} // namespace rungs::check
