#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <tsl/robin_set.h>

#include "analyzer/analysis.hpp"
#include "analyzer/correlate/observed.hpp"
#include "core/give_back.hpp"
#include "core/hash.hpp"
#include "core/limits/correlation.hpp"

namespace rungs::correlate {

/// Finds or makes the dialog of each message: Call-ID, then both tags, either way round, forks kept apart
/// (RFC 3261 section 12). Works on Analysis::dialogs. A Call-ID goes by the number of its
/// first dialog.
class Dialogs {
  public:
    explicit Dialogs(Analysis& analysis)
        : m_analysis(analysis), m_by_call_id(0, CallIdHash{&analysis}, SameCallId{&analysis}) {
        m_by_call_id.max_load_factor(dense);
    }

    struct Found {
        Id dialog = 0;
        Id first = 0;             ///< of those with the same Call-ID
        bool from_caller = false; ///< a request whose From tag is that of the dialog's caller
    };
    /// `source` and `destination` are those of the message.
    Found find_or_add(const Observed& observed, EndpointId source, EndpointId destination);

    /// Makes a dialog for a message without Call-ID, on its own.
    Id add_inferred(const Observed& observed, EndpointId source, EndpointId destination);

    /// The first dialog with that Call-ID, 0 for none.
    [[nodiscard]] Id first_of(std::string_view call_id) const;
    /// The next dialog with the same Call-ID, 0 after the last.
    [[nodiscard]] Id next_of_call_id(Id dialog) const {
        return dialog <= m_extra.size() ? m_extra[dialog - 1].next : 0;
    }
    /// Gives up what only finding a message's dialog needs.
    void forget() {
        give_back(m_extra);
        m_by_call_id = FirstDialogs(0, m_by_call_id.hash_function(), m_by_call_id.key_eq());
    }
    /// Dialogs that were not kept apart because limits::forks was reached.
    [[nodiscard]] std::uint64_t merged_forks() const { return m_merged_forks; }

  private:
    /// What is needed of a dialog only while reading.
    struct Extra {
        Id next : 31 = 0;                ///< see next_of_call_id
        bool to_tag_is_firm : 1 = false; ///< set by a response that makes a dialog, or by a request inside it
    };
    static_assert(sizeof(Extra) == 4);

    /// A first dialog stands for its Call-ID, whose text is kept once.
    struct CallIdHash {
        const Analysis* analysis;
        std::size_t operator()(std::string_view call_id) const { return TextHash{}(call_id); }
        std::size_t operator()(Id first) const {
            return (*this)(analysis->text(analysis->dialog(first).call_id));
        }
    };
    struct SameCallId {
        using is_transparent = void;
        const Analysis* analysis;
        bool operator()(Id first, std::string_view call_id) const {
            return analysis->text(analysis->dialog(first).call_id) == call_id;
        }
        bool operator()(std::string_view call_id, Id first) const { return (*this)(first, call_id); }
        bool operator()(Id a, Id b) const { return a == b; }
    };
    using FirstDialogs = tsl::robin_set<Id, CallIdHash, SameCallId>;

    /// Of the dialogs from `first` on the one that the message belongs to; 0 when it is in none of them.
    Id choose(Id first, const Observed& observed);
    /// `first` is 0 for a new Call-ID.
    Id add(Id first, const Observed& observed, EndpointId source, EndpointId destination);
    [[nodiscard]] std::size_t count_from(Id first) const;
    [[nodiscard]] bool tag_is(TextRef kept, std::string_view tag) const {
        return m_analysis.text(kept) == tag;
    }

    Analysis& m_analysis;
    std::vector<Extra> m_extra; ///< by dialog
    FirstDialogs m_by_call_id;
    std::uint64_t m_merged_forks = 0;
};

} // namespace rungs::correlate
