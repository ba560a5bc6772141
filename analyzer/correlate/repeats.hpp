#pragma once

#include <cstdint>
#include <vector>

#include <tsl/robin_map.h>

#include "analyzer/analysis.hpp"
#include "analyzer/correlate/observed.hpp"
#include "core/give_back.hpp"
#include "core/hash.hpp"

namespace rungs::correlate {

/// Tells transactions apart (RFC 3261 section 17: top Via branch, sent-by and CSeq method; section 17.2.3's
/// RFC 2543 rules where there is no magic cookie) and what a message is to the ones before it: the same once
/// more on its link (retransmission), the same packet captured twice (duplicate), or the same on another link
/// (hop).
class Repeats {
  public:
    explicit Repeats(Analysis& analysis) : m_analysis(analysis) { m_sequences.max_load_factor(dense); }

    /// `id` is the newest message of Analysis::messages, with its endpoints set; sets its transaction,
    /// relation and relates_to. `first` is the first dialog with its Call-ID.
    void place(Id id, Id first, const Observed& observed);

    /// A transaction number for a message that gets its place by other means.
    Id new_transaction() { return ++m_last_transaction; }

    /// Gives up what messages are compared with: no more will come.
    void forget() {
        give_back(m_traces);
        give_back(m_sequences);
    }

  private:
    /// What is remembered of a message to compare later ones with.
    struct Trace {
        /// Hash of top branch and sent-by, of the From tag where there is no magic cookie; the lowest bit
        /// says which.
        std::uint32_t transaction = 0;
        std::uint32_t identity = 0; ///< hash of what stays the same from hop to hop
        std::uint32_t content = 0;  ///< hash of all octets
        std::uint32_t ip_id = 0;
        Id next = 0; ///< next message of the same request sequence that is no repetition

        [[nodiscard]] bool has_cookie() const { return (transaction & 1U) != 0; }
    };
    [[nodiscard]] static Trace trace_of(const Observed& observed);
    /// The first message of the request sequence that message `id` belongs to: itself when it begins one.
    [[nodiscard]] Id beginning_of_sequence(Id id, Id first_dialog, const Observed& observed);
    [[nodiscard]] static bool is_same_transaction(const Trace& a, const Trace& b) {
        return a.transaction == b.transaction;
    }
    [[nodiscard]] bool same_link(const Message& a, const Message& b) const;
    [[nodiscard]] bool is_way_back(const Message& a, const Message& b) const;
    [[nodiscard]] bool is_repetition(const Message& earlier, const Trace& trace_of_earlier,
                                     const Message& message, const Trace& trace) const;

    [[nodiscard]] bool is_same_packet(const Message& earlier, const Trace& trace_of_earlier,
                                      const Message& message, const Trace& trace) const;

    Analysis& m_analysis;
    std::vector<Trace> m_traces; ///< by message
    /// Call-ID, CSeq number and method -> first message, but for the sequences that began their Call-ID.
    tsl::robin_map<std::uint64_t, Id, SeededAlready> m_sequences;
    Id m_last_transaction = 0;
};

} // namespace rungs::correlate
