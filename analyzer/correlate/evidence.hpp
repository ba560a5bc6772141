#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/correlate/observed.hpp"
#include "core/give_back.hpp"

namespace rungs::correlate {

/// A trait that two legs of one call may share, as a number: legs with the same `value` and `kind` share it.
struct Trait {
    std::uint64_t value = 0; ///< seeded hash
    Id dialog = 0;
    Evidence kind = Evidence::call_id;
    friend bool operator<(const Trait& a, const Trait& b) {
        if (a.kind != b.kind) return a.kind < b.kind;
        return a.value != b.value ? a.value < b.value : a.dialog < b.dialog;
    }
};

/// A message of `dialog` that names another one by its Call-ID.
struct Reference {
    Id dialog = 0;
    TextRef call_id;
    Evidence kind = Evidence::x_call_id;
};

/// The beginning of a leg: who asked whom for whom, for legs that no header links.
struct LegStart {
    Timestamp time;
    std::uint64_t caller_user = 0, called_user = 0; ///< hashes of the users, 0 when there is none
    Id dialog = 0;
    EndpointId from = 0, to = 0;
    bool forwarded = false; ///< a hop of an INVITE seen before, so not the work of a B2BUA
};

/// A REFER: who was asked to call whom.
struct Referral {
    Id dialog = 0;
    Timestamp time;
    EndpointId referee = 0;
    std::uint64_t target_user = 0;
};

/// Gathers from every message what may link its dialog to others. Only traits are kept, no texts but
/// Call-IDs.
class EvidenceCollector {
  public:
    EvidenceCollector(Analysis& analysis, std::vector<std::string> link_headers)
        : m_analysis(analysis), m_link_headers(std::move(link_headers)) {}

    void collect(const Observed& observed, const Message& message);

    /// Gives up all of it.
    void forget() {
        give_back(m_traits);
        give_back(m_references);
        give_back(m_starts);
        give_back(m_referrals);
    }

    [[nodiscard]] std::vector<Trait>& traits() { return m_traits; }
    [[nodiscard]] const std::vector<Reference>& references() const { return m_references; }
    [[nodiscard]] const std::vector<LegStart>& starts() const { return m_starts; }
    [[nodiscard]] const std::vector<Referral>& referrals() const { return m_referrals; }

  private:
    void collect_headers(const Observed& observed, const Message& message);
    void collect_description(const Observed& observed, Id dialog);
    void add_trait(Evidence kind, Id dialog, std::string_view value);
    void add_reference(Evidence kind, Id dialog, std::string_view call_id);

    Analysis& m_analysis;
    std::vector<std::string> m_link_headers;
    std::vector<Trait> m_traits;
    std::vector<Reference> m_references;
    std::vector<LegStart> m_starts;
    std::vector<Referral> m_referrals;
};

/// The user that a URI names, as the number plan sees it: digits without separators and prefixes count by
/// their last nine, anything else by its text. 0 for no user.
std::uint64_t user_hash(std::string_view uri);

} // namespace rungs::correlate
