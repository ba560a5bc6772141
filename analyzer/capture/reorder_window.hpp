#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

#include "analyzer/capture/source.hpp"

namespace rungs::capture {

/// Puts packets of several interfaces in the order of their times. The kernel hands them over in blocks, up
/// to `wait` late, so what came is held until all that may be earlier has come as well. For times of one
/// clock; which one, and whether it is set meanwhile, does not matter.
class ReorderWindow {
  public:
    using Clock = std::chrono::steady_clock;
    ReorderWindow(Clock::duration wait, std::size_t most_octets) : m_wait(wait), m_most(most_octets) {}

    /// What came until `now`. `octets` are what the frames take in memory.
    void add(FrameBatch batch, std::size_t octets, Clock::time_point now);

    /// What nothing earlier can come for any more, in order (ties: the interface that was named first). With
    /// `backlog`, more frames later than that time were there but not added yet. More than `most_octets` are
    /// not held: then they are let go before their time.
    FrameBatch release(Clock::time_point now, std::optional<Timestamp> backlog = {});
    /// Everything, at the end.
    FrameBatch release_all();

    /// Whether frames had to be let go before their time.
    [[nodiscard]] bool is_overrun() const { return m_overrun; }

  private:
    struct Held {
        FrameBatch batch;     ///< by time, those from `next` on
        std::size_t next = 0; ///< not released yet
        std::size_t octets = 0;
        Clock::time_point came;
    };
    FrameBatch take_until(Timestamp time);

    Clock::duration m_wait;
    std::size_t m_most, m_octets = 0;
    std::deque<Held> m_held;
    bool m_overrun = false;
};

} // namespace rungs::capture
