#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <tsl/robin_map.h>

#include "analyzer/analysis.hpp"
#include "analyzer/correlate/dialogs.hpp"
#include "analyzer/correlate/evidence.hpp"
#include "analyzer/correlate/msn_invitations.hpp"

namespace rungs::correlate {

/// Links dialogs that are legs of one call, after everything was read: the order of messages and files plays
/// no part, and links of links are one call. Each link keeps its evidence. Confidence: a header that names
/// the other leg is certain; two independent pieces are probable; one weak piece alone is suggested and joins
/// nothing.
class LegLinker {
  public:
    LegLinker(Analysis& analysis, const Dialogs& dialogs) : m_analysis(analysis), m_dialogs(dialogs) {}

    /// Fills Analysis::links, in order of dialogs.
    void link(EvidenceCollector& evidence, const std::vector<InvitedLeg>& invited);

    /// Dialogs with the same leader are of one call. Valid after `link`.
    [[nodiscard]] Id leader_of(Id dialog);

  private:
    using Pair = std::pair<Id, Id>;
    /// When a leg was set up and torn down.
    struct Milestones {
        std::optional<Timestamp> invite, final_response, bye;
        std::uint16_t final_status = 0;
    };

    void link_same_call_id();
    void link_references(const std::vector<Reference>& references);
    void link_traits(std::vector<Trait>& traits);
    void link_through_middle_host(const std::vector<LegStart>& starts);
    void link_referrals(const std::vector<Referral>& referrals, const std::vector<LegStart>& starts);
    void add(Id a, Id b, Evidence evidence);
    void complete(Pair pair, std::uint16_t& evidence);
    /// Worked out once a dialog. Valid until the next call.
    const Milestones& milestones_of(Id dialog);
    void join(Id a, Id b);

    Analysis& m_analysis;
    const Dialogs& m_dialogs;
    std::map<Pair, std::uint16_t> m_pairs; ///< smaller dialog first -> evidence bits
    std::vector<Id> m_leaders;
    tsl::robin_map<Id, Milestones> m_milestones;
};

} // namespace rungs::correlate
