#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

/// The arithmetic of RFC 3550 appendix A, one packet at a time, without allocating.
namespace rungs::media {

/// Losses in the order of sequence numbers: runs, and the bursts of RFC 3611 section 4.7.2 (a burst begins
/// and ends with a loss and has fewer than `gmin` packets received in a row inside; a lonely loss is no
/// burst).
class LossPattern {
  public:
    static constexpr std::uint64_t gmin = 16;

    /// The packet with this extended sequence number never came. Numbers ascend.
    void lost(std::uint64_t sequence);
    /// Ends the burst that may be open: at the end, and when numbering starts again.
    void close();

    [[nodiscard]] std::uint64_t total() const { return m_total; }
    [[nodiscard]] std::uint64_t runs() const { return m_runs; }
    [[nodiscard]] std::uint64_t longest_run() const { return m_longest_run; }
    [[nodiscard]] std::uint64_t bursts() const { return m_bursts; }
    [[nodiscard]] std::uint64_t burst_packets() const {
        return m_burst_packets;
    } ///< lost and received inside
    [[nodiscard]] std::uint64_t burst_lost() const { return m_burst_lost; }

  private:
    std::uint64_t m_last = 0, m_run = 0;
    std::uint64_t m_burst_first = 0, m_open_lost = 0;
    std::uint64_t m_total = 0, m_runs = 0, m_longest_run = 0;
    std::uint64_t m_bursts = 0, m_burst_packets = 0, m_burst_lost = 0;
};

/// What a sequence number is to the ones before it.
enum class Arrival : std::uint8_t {
    in_order,  ///< the next one, or later with a gap in between
    reordered, ///< an earlier one that was still missing
    duplicate, ///< seen already
    stray,     ///< far from the others; a second one in a row makes it a restart
    restart,   ///< numbering goes on from the packet before this one (RFC 3550 A.1)
};

/// RFC 3550 A.1 (wrap, restart) and A.3 (expected), and beside them which packet was a duplicate and which
/// one came late: the last `window` numbers are remembered one by one. Packets = unique + duplicates +
/// strays.
class SequenceWindow {
  public:
    static constexpr unsigned window = 256;
    static constexpr int max_dropout = 3000; ///< RFC 3550 A.1's MAX_DROPOUT

    /// Inline: nearly all packets follow the one before them.
    Arrival add(std::uint16_t sequence) {
        ++m_packets;
        m_skipped = 0;
        const bool follows = sequence == static_cast<std::uint16_t>(m_highest + 1);
        if (!m_started || !follows) return add_other(sequence);
        follow();
        return Arrival::in_order;
    }
    /// Counts what is still missing as lost. Nothing may be added afterwards.
    void finish();

    [[nodiscard]] std::uint64_t packets() const { return m_packets; }
    [[nodiscard]] std::uint64_t unique() const { return m_unique; }
    [[nodiscard]] std::uint64_t duplicates() const { return m_duplicates; }
    [[nodiscard]] std::uint64_t reordered() const { return m_reordered; }
    [[nodiscard]] std::uint64_t strays() const { return m_strays; }
    [[nodiscard]] std::uint32_t restarts() const { return m_restarts; }
    /// Of all runs of numbers together.
    [[nodiscard]] std::uint64_t expected() const {
        return m_expected_before + (m_highest - m_base + (m_started ? 1 : 0));
    }
    /// What never came, each number once.
    [[nodiscard]] std::uint64_t lost() const { return expected() - m_unique; }
    /// RFC 3550 A.3: expected since the first packet that came, minus received, duplicates and all; may be
    /// negative.
    [[nodiscard]] std::int64_t lost_rfc3550() const {
        return static_cast<std::int64_t>(expected() - m_before_first) -
               static_cast<std::int64_t>(m_packets - m_strays);
    }
    /// Numbers that the latest `add` skipped.
    [[nodiscard]] std::uint64_t skipped() const { return m_skipped; }
    [[nodiscard]] const LossPattern& losses() const { return m_losses; }

  private:
    void begin(std::uint16_t sequence);
    Arrival add_other(std::uint16_t sequence);
    /// The next number. Its bit is that of the number that leaves the window.
    void follow() {
        ++m_highest;
        if (!seen(m_highest)) leave_window(m_highest - window);
        mark(m_highest);
        ++m_unique;
        m_restart_at = no_restart;
    }
    Arrival advance(std::uint64_t distance);
    Arrival late(std::uint64_t distance);
    Arrival jump(std::uint16_t sequence);
    void leave_window(std::uint64_t sequence);
    void flush();

    [[nodiscard]] bool seen(std::uint64_t sequence) const {
        return (m_bits[sequence / 64 % m_bits.size()] >> (sequence % 64) & 1U) != 0;
    }
    void mark(std::uint64_t sequence) {
        m_bits[sequence / 64 % m_bits.size()] |= std::uint64_t{1} << (sequence % 64);
    }
    void unmark(std::uint64_t sequence) {
        m_bits[sequence / 64 % m_bits.size()] &= ~(std::uint64_t{1} << (sequence % 64));
    }

    static constexpr std::uint32_t no_restart = 0x10000;

    // What every packet needs stands together.
    std::array<std::uint64_t, window / 64> m_bits{};
    std::uint64_t m_highest = 0; ///< extended: above 16 bits the cycles
    std::uint64_t m_packets = 0, m_unique = 0, m_skipped = 0;
    std::uint32_t m_restart_at = no_restart; ///< the number that makes the latest stray a restart
    bool m_started = false;

    std::uint64_t m_base = 0;            ///< extended, the lowest
    std::uint64_t m_before_first = 0;    ///< numbers below the first that came, found later
    std::uint64_t m_expected_before = 0; ///< of the runs before the latest restart
    std::uint64_t m_duplicates = 0, m_reordered = 0, m_strays = 0;
    std::uint32_t m_restarts = 0;
    LossPattern m_losses;
};

/// Interarrival jitter, RFC 3550 section 6.4.1 and A.8, in milliseconds and without rounding:
/// D = (R_j - R_i) - (S_j - S_i), J += (|D| - J) / 16.
class Jitter {
  public:
    /// `difference_ms`: D between this packet and the one before it.
    void add(double difference_ms) {
        m_current += (std::abs(difference_ms) - m_current) / 16.0;
        m_max = std::max(m_max, m_current);
        m_sum += m_current;
        ++m_count;
    }

    [[nodiscard]] double current_ms() const { return m_current; }
    [[nodiscard]] double max_ms() const { return m_max; }
    /// Of J after each packet but the first, which has none.
    [[nodiscard]] double mean_ms() const { return m_count == 0 ? 0 : m_sum / static_cast<double>(m_count); }

  private:
    double m_current = 0, m_max = 0, m_sum = 0;
    std::uint64_t m_count = 0;
};

} // namespace rungs::media
