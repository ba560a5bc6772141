#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "analyzer/capture/source.hpp"

namespace rungs::capture {

/// Batches of frames on their way from the thread that reads to the one that analyses. Bounded by octets: the
/// reader waits when it is full (then the kernel's ring fills, and what that drops is counted there). A batch
/// larger than the bound passes when the queue is empty.
class FrameQueue {
  public:
    explicit FrameQueue(std::size_t octets) : m_most(octets) {}

    /// Waits for room; false when the queue was closed.
    bool push(FrameBatch batch, std::size_t octets) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_closed || m_held == 0 || m_held + octets <= m_most; });
        if (m_closed) return false;
        m_held += octets;
        m_highest = std::max(m_highest, m_held);
        m_waiting.push_back({std::move(batch), octets});
        lock.unlock();
        m_changed.notify_all();
        return true;
    }

    /// The next batch; nothing after `patience`, or when all that was pushed before `close` has been handed
    /// out.
    std::optional<FrameBatch> pop(std::chrono::milliseconds patience) {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, patience, [&] { return m_closed || !m_waiting.empty(); });
        if (m_waiting.empty()) return std::nullopt;
        Waiting next = std::move(m_waiting.front());
        m_waiting.pop_front();
        m_held -= next.octets;
        lock.unlock();
        m_changed.notify_all();
        return std::move(next.batch);
    }

    /// Nothing more will be pushed.
    void close() {
        {
            const std::lock_guard lock(m_mutex);
            m_closed = true;
        }
        m_changed.notify_all();
    }

    /// Closed, and everything handed out.
    [[nodiscard]] bool is_finished() const {
        const std::lock_guard lock(m_mutex);
        return m_closed && m_waiting.empty();
    }

    /// The most octets that waited at once.
    [[nodiscard]] std::size_t highest() const {
        const std::lock_guard lock(m_mutex);
        return m_highest;
    }

  private:
    struct Waiting {
        FrameBatch batch;
        std::size_t octets = 0;
    };

    std::size_t m_most;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Waiting> m_waiting;
    std::size_t m_held = 0, m_highest = 0;
    bool m_closed = false;
};

} // namespace rungs::capture
