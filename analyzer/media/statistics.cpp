#include "analyzer/media/statistics.hpp"

#include <algorithm>

namespace rungs::media {

void LossPattern::lost(std::uint64_t sequence) {
    const bool follows = m_total > 0 && m_run > 0 && sequence == m_last + 1;
    m_run = follows ? m_run + 1 : 1;
    if (!follows) ++m_runs;
    m_longest_run = std::max(m_longest_run, m_run);
    if (m_open_lost > 0 && sequence - m_last > gmin) {
        const auto run = m_run;
        close();
        m_run = run;
    }
    if (m_open_lost == 0) m_burst_first = sequence;
    ++m_open_lost;
    ++m_total;
    m_last = sequence;
}

void LossPattern::close() {
    if (m_open_lost > 1) {
        ++m_bursts;
        m_burst_lost += m_open_lost;
        m_burst_packets += m_last - m_burst_first + 1;
    }
    m_open_lost = 0;
    m_run = 0;
}

Arrival SequenceWindow::add_other(std::uint16_t sequence) {
    if (!m_started) {
        begin(sequence);
        return Arrival::in_order;
    }
    const auto distance = static_cast<std::int16_t>(
        static_cast<std::uint16_t>(sequence - static_cast<std::uint16_t>(m_highest)));
    if (distance > 0 && distance <= max_dropout) return advance(static_cast<std::uint64_t>(distance));
    if (distance <= 0 && distance > -static_cast<int>(window))
        return late(static_cast<std::uint64_t>(-distance));
    return jump(sequence);
}

void SequenceWindow::begin(std::uint16_t sequence) {
    // One cycle up, so that a packet sent before the first one has a number too.
    m_base = m_highest = std::uint64_t{0x10000} + sequence;
    m_bits.fill(0);
    mark(m_highest);
    ++m_unique;
    m_started = true;
    m_restart_at = no_restart;
}

Arrival SequenceWindow::advance(std::uint64_t distance) {
    for (std::uint64_t next = m_highest + 1; next <= m_highest + distance; ++next) {
        leave_window(next - window);
        unmark(next);
    }
    m_highest += distance;
    mark(m_highest);
    ++m_unique;
    m_skipped = distance - 1;
    m_restart_at = no_restart;
    return Arrival::in_order;
}

Arrival SequenceWindow::late(std::uint64_t distance) {
    const std::uint64_t sequence = m_highest - distance;
    m_restart_at = no_restart;
    if (seen(sequence)) {
        ++m_duplicates;
        return Arrival::duplicate;
    }
    mark(sequence);
    if (sequence < m_base) {
        m_before_first += m_base - sequence;
        m_base = sequence;
    }
    ++m_unique;
    ++m_reordered;
    return Arrival::reordered;
}

Arrival SequenceWindow::jump(std::uint16_t sequence) {
    if (sequence != m_restart_at) {
        m_restart_at = (sequence + 1U) & 0xffffU;
        ++m_strays;
        return Arrival::stray;
    }
    // Two in order: the one before was the first of the new run.
    flush();
    m_expected_before = expected();
    --m_strays;
    begin(static_cast<std::uint16_t>(sequence - 1U));
    ++m_restarts;
    advance(1);
    return Arrival::restart;
}

/// Nobody waits for `sequence` any longer: if it has not come, it is lost.
void SequenceWindow::leave_window(std::uint64_t sequence) {
    if (sequence >= m_base && !seen(sequence)) m_losses.lost(sequence);
}

void SequenceWindow::flush() {
    const std::uint64_t oldest = m_highest - (window - 1);
    for (std::uint64_t sequence = std::max(oldest, m_base); sequence < m_highest; ++sequence)
        leave_window(sequence);
    m_losses.close();
}

void SequenceWindow::finish() {
    if (m_started) flush();
}

} // namespace rungs::media
