#include "analyzer/correlate/legs.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <numeric>

#include "analyzer/correlate/outcome.hpp"
#include "core/hash.hpp"
#include "core/limits/correlation.hpp"
#include "dissectors/sip/status.hpp"

namespace rungs::correlate {
namespace {

using sip::Method;

/// A B2BUA calls on within this time of being called.
constexpr Duration call_on_within = std::chrono::seconds(10);
/// Its answers and releases pass from leg to leg within this.
constexpr Duration pass_on_within = std::chrono::seconds(1);
/// Who is referred calls the target within this.
constexpr Duration refer_within = std::chrono::seconds(30);

constexpr std::uint16_t bit(Evidence evidence) {
    return static_cast<std::uint16_t>(evidence);
}

constexpr std::uint16_t certain_alone = bit(Evidence::call_id) | bit(Evidence::x_call_id) |
                                        bit(Evidence::session_id) | bit(Evidence::replaces) |
                                        bit(Evidence::via_chain) | bit(Evidence::invitation);
/// The host in the middle is where the other pieces are looked for, not a piece of its own.
constexpr std::uint16_t pieces = bit(Evidence::sdp_origin) | bit(Evidence::sdp_media) |
                                 bit(Evidence::numbers) | bit(Evidence::answer_time) |
                                 bit(Evidence::release_time);

Confidence confidence_of(std::uint16_t evidence) {
    if ((evidence & certain_alone) != 0) return Confidence::certain;
    if ((evidence & bit(Evidence::refer_to)) != 0) return Confidence::probable;
    return std::popcount(static_cast<unsigned>(evidence & pieces)) >= 2 ? Confidence::probable
                                                                        : Confidence::suggested;
}

bool within(Timestamp a, Timestamp b, Duration limit) {
    return (a < b ? b - a : a - b) <= limit;
}

bool within(std::optional<Timestamp> a, std::optional<Timestamp> b, Duration limit) {
    return a && b && within(*a, *b, limit);
}

/// Leg starts, to be found by an address and a user.
class StartIndex {
  public:
    using Key = std::uint64_t;
    static Key key_of(const IpAddress& host, std::uint64_t user) {
        const std::array<std::uint64_t, 2> parts{EndpointHash{}({host, 0}), user};
        return seeded_hash(parts.data(), sizeof parts);
    }
    void add(const IpAddress& host, std::uint64_t user, const LegStart& start) {
        if (user != 0) m_entries.push_back({key_of(host, user), start.time, &start});
    }
    void finish() {
        std::stable_sort(m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) {
            return a.key != b.key ? a.key < b.key : a.time < b.time;
        });
    }
    /// Calls `visit` for the starts with that key from `last` back to `first`, at most limits::legs.
    template <typename Visit>
    void backwards(Key key, Timestamp first, Timestamp last, Visit visit) const {
        auto entry = std::upper_bound(m_entries.begin(), m_entries.end(), std::pair{key, last},
                                      [](const auto& wanted, const Entry& candidate) {
                                          return wanted < std::pair{candidate.key, candidate.time};
                                      });
        for (std::size_t seen = 0; entry != m_entries.begin() && seen < limits::legs; ++seen) {
            --entry;
            if (entry->key != key || entry->time < first) return;
            visit(*entry->start);
        }
    }

  private:
    struct Entry {
        Key key;
        Timestamp time;
        const LegStart* start;
    };
    std::vector<Entry> m_entries;
};

} // namespace

void LegLinker::link(EvidenceCollector& evidence, const std::vector<InvitedLeg>& invited) {
    m_leaders.resize(m_analysis.dialogs.size());
    std::iota(m_leaders.begin(), m_leaders.end(), Id{1});

    link_same_call_id();
    link_references(evidence.references());
    link_traits(evidence.traits());
    link_through_middle_host(evidence.starts());
    link_referrals(evidence.referrals(), evidence.starts());
    for (const InvitedLeg& leg : invited) add(leg.invitation_dialog, leg.dialog, Evidence::invitation);

    for (auto& [pair, bits] : m_pairs) {
        complete(pair, bits);
        const Confidence confidence = confidence_of(bits);
        m_analysis.links.push_back({pair.first, pair.second, bits, confidence});
        if (confidence != Confidence::suggested) join(pair.first, pair.second);
    }
}

Id LegLinker::leader_of(Id dialog) {
    while (m_leaders[dialog - 1] != dialog) {
        m_leaders[dialog - 1] = m_leaders[m_leaders[dialog - 1] - 1];
        dialog = m_leaders[dialog - 1];
    }
    return dialog;
}

void LegLinker::link_same_call_id() {
    for (Id begin = 1; begin <= m_analysis.dialogs.size(); ++begin) {
        if (m_dialogs.next_of_call_id(begin) == 0) continue;
        if (m_dialogs.first_of(m_analysis.text(m_analysis.dialog(begin).call_id)) != begin) continue;
        // A client may use one Call-ID for its registration and its calls (it must not): these stay apart.
        for (Id id = m_dialogs.next_of_call_id(begin); id != 0; id = m_dialogs.next_of_call_id(id)) {
            const CallKind kind = kind_of(m_analysis.dialog(id).method);
            Id first = begin;
            while (kind_of(m_analysis.dialog(first).method) != kind) first = m_dialogs.next_of_call_id(first);
            add(first, id, Evidence::call_id);
        }
    }
}

void LegLinker::link_references(const std::vector<Reference>& references) {
    for (const Reference& reference : references) {
        const Id first = m_dialogs.first_of(m_analysis.text(reference.call_id));
        if (first != 0) add(first, reference.dialog, reference.kind);
    }
}

void LegLinker::link_traits(std::vector<Trait>& traits) {
    std::sort(traits.begin(), traits.end());
    for (auto run = traits.begin(); run != traits.end();) {
        const auto end = std::find_if(run, traits.end(), [&](const Trait& trait) {
            return trait.kind != run->kind || trait.value != run->value;
        });
        // What many legs share is the habit of a user agent, not the mark of a call.
        if (static_cast<std::size_t>(std::distance(run, end)) <= limits::legs) {
            for (auto other = std::next(run); other < end; ++other)
                add(std::prev(other)->dialog, other->dialog, run->kind);
        } else {
            ++m_analysis.limits_reached["legs"];
        }
        run = end;
    }
    // A session description seen on two legs counts only where one leg calls on for the other: user agents
    // use the same port and origin again in their next call.
    std::erase_if(m_pairs, [&](const auto& entry) {
        const auto& [pair, bits] = entry;
        if ((bits & ~(bit(Evidence::sdp_origin) | bit(Evidence::sdp_media))) != 0) return false;
        const Dialog& first = m_analysis.dialog(pair.first);
        const Dialog& second = m_analysis.dialog(pair.second);
        const Milestones a = milestones_of(pair.first);
        const Milestones b = milestones_of(pair.second);
        const bool other_caller = first.caller.address && second.caller.address &&
                                  m_analysis.endpoint(*first.caller.address).address !=
                                      m_analysis.endpoint(*second.caller.address).address;
        const bool during_setup = a.invite && b.invite && *a.invite <= *b.invite &&
                                  (!a.final_response || *b.invite <= *a.final_response);
        return !other_caller || !during_setup;
    });
}

void LegLinker::link_through_middle_host(const std::vector<LegStart>& starts) {
    StartIndex arrivals;
    for (const LegStart& start : starts) {
        const IpAddress& host = m_analysis.endpoint(start.to).address;
        arrivals.add(host, start.called_user, start);
        if (start.caller_user != start.called_user) arrivals.add(host, start.caller_user, start);
    }
    arrivals.finish();

    for (const LegStart& start : starts) {
        if (start.forwarded) continue;
        const IpAddress& host = m_analysis.endpoint(start.from).address;
        const LegStart* best = nullptr;
        const auto consider = [&](const LegStart& earlier) {
            const bool other_call_id =
                m_analysis.dialog(earlier.dialog).call_id != m_analysis.dialog(start.dialog).call_id;
            // A host that calls itself back is a loop, not a leg.
            const bool from_elsewhere =
                m_analysis.endpoint(earlier.from).address != host || earlier.from != start.from;
            if (!other_call_id || !from_elsewhere || earlier.dialog >= start.dialog) return;
            const Milestones stones = milestones_of(earlier.dialog);
            if (stones.final_response && *stones.final_response < start.time) return;
            if (best == nullptr || best->time < earlier.time) best = &earlier;
        };
        const Timestamp first = start.time + -call_on_within;
        if (start.called_user != 0) {
            arrivals.backwards(StartIndex::key_of(host, start.called_user), first, start.time, consider);
        }
        if (best == nullptr && start.caller_user != 0) {
            arrivals.backwards(StartIndex::key_of(host, start.caller_user), first, start.time, consider);
        }
        if (best == nullptr) continue;
        add(best->dialog, start.dialog, Evidence::numbers);
        add(best->dialog, start.dialog, Evidence::middle_host);
    }
}

void LegLinker::link_referrals(const std::vector<Referral>& referrals, const std::vector<LegStart>& starts) {
    if (referrals.empty()) return;
    StartIndex departures;
    for (const LegStart& start : starts) {
        departures.add(m_analysis.endpoint(start.from).address, start.called_user, start);
    }
    departures.finish();
    for (const Referral& referral : referrals) {
        const auto key =
            StartIndex::key_of(m_analysis.endpoint(referral.referee).address, referral.target_user);
        departures.backwards(key, referral.time, referral.time + refer_within, [&](const LegStart& start) {
            if (start.dialog != referral.dialog) add(referral.dialog, start.dialog, Evidence::refer_to);
        });
    }
}

void LegLinker::add(Id a, Id b, Evidence evidence) {
    if (a == b) return;
    m_pairs[std::minmax(a, b)] |= bit(evidence);
}

/// Adds what the two legs' own course says about a link found by weak evidence.
void LegLinker::complete(Pair pair, std::uint16_t& evidence) {
    if ((evidence & certain_alone) != 0) return;
    const Milestones a = milestones_of(pair.first);
    const Milestones b = milestones_of(pair.second);
    const bool same_fate = a.final_status / 100 == b.final_status / 100;
    if (same_fate && within(a.final_response, b.final_response, pass_on_within))
        evidence |= bit(Evidence::answer_time);
    if (within(a.bye, b.bye, pass_on_within)) evidence |= bit(Evidence::release_time);
}

const LegLinker::Milestones& LegLinker::milestones_of(Id dialog) {
    const auto [slot, added] = m_milestones.try_emplace(dialog);
    Milestones& stones = slot.value();
    if (!added) return stones;
    for (Id id = m_analysis.dialog(dialog).first_message; id != 0;
         id = m_analysis.message(id).next_in_dialog) {
        const Message& message = m_analysis.message(id);
        if (message.status == 0 && message.method == Method::invite && !stones.invite)
            stones.invite = message.time;
        if (message.status == 0 && message.method == Method::bye && !stones.bye) stones.bye = message.time;
        const bool challenge = sip::is_challenge(message.status);
        if (message.status >= 200 && !challenge && message.method == Method::invite &&
            !stones.final_response) {
            stones.final_response = message.time;
            stones.final_status = message.status;
        }
    }
    return stones;
}

void LegLinker::join(Id a, Id b) {
    const Id first = leader_of(a), second = leader_of(b);
    // The smaller id leads, so that a call is numbered by its first dialog.
    m_leaders[std::max(first, second) - 1] = std::min(first, second);
}

} // namespace rungs::correlate
