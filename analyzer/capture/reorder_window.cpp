#include "analyzer/capture/reorder_window.hpp"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace rungs::capture {
namespace {

constexpr Timestamp end_of_time{std::numeric_limits<std::int64_t>::max()};

void sort_by_time(std::vector<Frame>& frames) {
    std::ranges::stable_sort(frames, [](const Frame& a, const Frame& b) {
        return std::tuple(a.time, a.capture) < std::tuple(b.time, b.capture);
    });
}

} // namespace

void ReorderWindow::add(FrameBatch batch, std::size_t octets, Clock::time_point now) {
    if (batch.frames.empty()) return;
    sort_by_time(batch.frames);
    m_octets += octets;
    m_held.push_back({std::move(batch), 0, octets, now});
}

FrameBatch ReorderWindow::release(Clock::time_point now, std::optional<Timestamp> backlog) {
    if (m_octets > m_most) {
        m_overrun = true;
        return release_all();
    }
    // Whatever is earlier than a frame that came `wait` ago has come since.
    std::optional<Timestamp> until;
    for (const Held& held : m_held)
        if (held.came + m_wait <= now) until = std::max(until, std::optional(held.batch.frames.back().time));
    if (!until) return {};
    return take_until(backlog ? std::min(*until, *backlog) : *until);
}

FrameBatch ReorderWindow::release_all() {
    return take_until(end_of_time);
}

FrameBatch ReorderWindow::take_until(Timestamp time) {
    FrameBatch released;
    for (Held& held : m_held) {
        const auto begin = held.batch.frames.begin() + static_cast<std::ptrdiff_t>(held.next);
        const auto end =
            std::upper_bound(begin, held.batch.frames.end(), time,
                             [](Timestamp limit, const Frame& frame) { return limit < frame.time; });
        if (begin == end) continue;
        released.frames.insert(released.frames.end(), begin, end);
        released.buffers.insert(released.buffers.end(), held.batch.buffers.begin(), held.batch.buffers.end());
        held.next = static_cast<std::size_t>(end - held.batch.frames.begin());
        if (held.next == held.batch.frames.size()) m_octets -= held.octets;
    }
    std::erase_if(m_held, [](const Held& held) { return held.next == held.batch.frames.size(); });
    sort_by_time(released.frames);
    return released;
}

} // namespace rungs::capture
