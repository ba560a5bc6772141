#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace rungs {

/// Prepares items on threads of its own and hands them out in the order in which they were taken: what the
/// items are does not depend on how many threads there are.
///
/// `take` fetches the next item, false at the end; it is called by one thread at a time. `prepare` is called
/// for several items at once and may touch nothing but its item. Both get items that were used before, with
/// their memory. At most two items a thread are under way.
template <typename Item>
class Conveyor {
  public:
    Conveyor(unsigned threads, std::function<bool(Item&)> take, std::function<void(Item&)> prepare)
        : m_take(std::move(take)), m_prepare(std::move(prepare)), m_slots(std::size_t{2} * threads) {
        for (unsigned i = 0; i < threads; ++i) m_threads.emplace_back([this] { work(); });
    }
    ~Conveyor() {
        {
            const std::lock_guard lock(m_mutex);
            m_stopped = true;
        }
        m_changed.notify_all();
        for (std::thread& thread : m_threads) thread.join();
    }
    Conveyor(const Conveyor&) = delete;
    Conveyor& operator=(const Conveyor&) = delete;

    /// Exchanges `item` with the next one; false at the end. Rethrows what a thread threw.
    bool next(Item& item) {
        std::unique_lock lock(m_mutex);
        Slot& slot = m_slots[m_handed_out % m_slots.size()];
        m_changed.wait(lock, [&] { return slot.ready || m_error || (m_ended && m_handed_out == m_taken); });
        if (m_error) std::rethrow_exception(m_error);
        if (!slot.ready) return false;
        std::swap(item, slot.item);
        slot.ready = false;
        ++m_handed_out;
        lock.unlock();
        m_changed.notify_all();
        return true;
    }

  private:
    struct Slot {
        Item item;
        bool ready = false;
    };

    void work() {
        try {
            while (Slot* slot = take_next()) {
                m_prepare(slot->item);
                {
                    const std::lock_guard lock(m_mutex);
                    slot->ready = true;
                }
                m_changed.notify_all();
            }
        } catch (...) {
            const std::lock_guard lock(m_mutex);
            m_error = std::current_exception();
            m_stopped = true;
            m_changed.notify_all();
        }
    }

    /// The slot of an item that is to be prepared; nullptr when there is nothing more to do.
    Slot* take_next() {
        const std::lock_guard turn(m_take_mutex);
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_stopped || m_ended || m_taken - m_handed_out < m_slots.size(); });
        if (m_stopped || m_ended) return nullptr;
        Slot& slot = m_slots[m_taken % m_slots.size()];
        lock.unlock();
        const bool more = m_take(slot.item);
        lock.lock();
        if (more) {
            ++m_taken;
            return &slot;
        }
        m_ended = true;
        m_changed.notify_all();
        return nullptr;
    }

    std::function<bool(Item&)> m_take;
    std::function<void(Item&)> m_prepare;
    std::vector<Slot> m_slots; ///< item n is in slot n modulo their number
    std::mutex m_take_mutex;   ///< held by the thread whose turn it is to take
    std::mutex m_mutex;        ///< guards all below
    std::condition_variable m_changed;
    std::size_t m_taken = 0, m_handed_out = 0; ///< items so far
    bool m_ended = false, m_stopped = false;
    std::exception_ptr m_error;
    std::vector<std::thread> m_threads; ///< last: they see everything else
};

} // namespace rungs
