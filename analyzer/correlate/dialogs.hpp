#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <tsl/robin_map.h>

#include "analyzer/analysis.hpp"
#include "analyzer/correlate/observed.hpp"
#include "core/give_back.hpp"
#include "core/hash.hpp"
#include "core/limits/correlation.hpp"

namespace rungs::correlate {

/// All dialogs under one Call-ID.
struct CallIdGroup {
    TextRef call_id;
    Id first_dialog = 0, last_dialog = 0;
    std::uint32_t dialog_count = 0;
};

/// Finds or makes the dialog of each message: Call-ID, then both tags, either way round, forks kept apart
/// (RFC 3261 section 12). Works on Analysis::dialogs.
class Dialogs {
  public:
    explicit Dialogs(Analysis& analysis) : m_analysis(analysis) { m_by_call_id.max_load_factor(dense); }

    struct Found {
        Id dialog = 0;
        std::uint32_t group = 0;
        bool from_caller = false; ///< a request whose From tag is that of the dialog's caller
    };
    /// `source` and `destination` are those of the message.
    Found find_or_add(const Observed& observed, EndpointId source, EndpointId destination);

    /// Makes a dialog for a message without Call-ID, in a group of its own.
    Id add_inferred(const Observed& observed, EndpointId source, EndpointId destination);

    /// The group with that Call-ID, or nullptr. Valid until the next call of `find_or_add`.
    [[nodiscard]] const CallIdGroup* group_of(std::string_view call_id) const;
    [[nodiscard]] const std::vector<CallIdGroup>& groups() const { return m_groups; }
    /// The next dialog of the same group, 0 after the last.
    [[nodiscard]] Id next_in_group(Id dialog) const { return m_extra[dialog - 1].next_in_group; }
    /// Gives up what only finding a message's dialog needs.
    void forget() {
        give_back(m_groups);
        give_back(m_extra);
        give_back(m_by_call_id);
    }
    /// Dialogs that were not kept apart because limits::forks was reached.
    [[nodiscard]] std::uint64_t merged_forks() const { return m_merged_forks; }

  private:
    /// What is needed of a dialog only while reading.
    struct Extra {
        Id next_in_group = 0;
        bool to_tag_is_firm = false; ///< set by a response that makes a dialog, or by a request inside it
    };

    std::uint32_t group_for(const Observed& observed);
    Id choose(const CallIdGroup& group, const Observed& observed);
    Id add(std::uint32_t group, const Observed& observed, EndpointId source, EndpointId destination);
    [[nodiscard]] bool tag_is(TextRef kept, std::string_view tag) const {
        return m_analysis.text(kept) == tag;
    }

    Analysis& m_analysis;
    std::vector<CallIdGroup> m_groups;
    std::vector<Extra> m_extra; ///< by dialog
    tsl::robin_map<std::uint64_t, std::uint32_t, SeededAlready>
        m_by_call_id; ///< seeded hash of the Call-ID, see `slot_of`
    std::uint64_t m_merged_forks = 0;
};

} // namespace rungs::correlate
