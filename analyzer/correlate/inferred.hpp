#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tsl/robin_map.h>

#include "analyzer/analysis.hpp"
#include "analyzer/correlate/dialogs.hpp"
#include "analyzer/correlate/observed.hpp"
#include "analyzer/correlate/repeats.hpp"
#include "core/hash.hpp"
#include "core/limits/correlation.hpp"

namespace rungs::correlate {

/// The place of messages that carry no Call-ID, as programs write them that leave nearly every header out. A
/// response belongs to the newest open request of its port pair, a request that is like one seen elsewhere
/// within two seconds is its next hop, and an INVITE with its hops is a call, which ACK, CANCEL and BYE join
/// by port, user and time. Every dialog made here is `inferred`; none takes a message that has a Call-ID.
class Inferred {
  public:
    Inferred(Analysis& analysis, Dialogs& dialogs, Repeats& repeats)
        : m_analysis(analysis), m_dialogs(dialogs), m_repeats(repeats) {}

    struct Place {
        Id dialog = 0, transaction = 0;
        Id relates_to = 0;
        Relation relation = Relation::original;
        sip::Method method = sip::Method::unknown; ///< of a response: that of its request
        bool from_caller = false;
    };
    /// The place of the message that will be `id`; makes its dialog when it belongs to none so far.
    Place place(Id id, const Observed& observed, EndpointId source, EndpointId destination);

    /// Messages that could have belonged to several calls as well.
    [[nodiscard]] const std::vector<Id>& ambiguous() const { return m_ambiguous; }

  private:
    /// Index into m_transactions or m_calls plus 1, 0 for none.
    using Index = std::uint32_t;
    /// A message being placed, with what its identity is inferred from.
    struct Seen {
        Id id = 0;
        const Observed& observed;
        EndpointId source, destination;
        sip::Method method;
        std::uint64_t user; ///< hash of the user in the request URI, 0 for none
        std::uint64_t content;
    };
    struct Response {
        Id message = 0;
        std::uint16_t status = 0;
        std::uint64_t content = 0;
    };
    struct Transaction {
        Id request = 0, number = 0, dialog = 0;
        sip::Method method = sip::Method::unknown;
        EndpointId source = 0, destination = 0;
        std::uint64_t user = 0, content = 0;
        Timestamp time; ///< of the request, the last time that it was sent
        Index earlier_on_pair = 0, earlier_of_method = 0;
        Index received_as = 0, sent_on_as = 0; ///< its hops before and after
        std::uint16_t final_status = 0;
        std::vector<Response> responses; ///< the first limits::hops
    };
    struct CallState {
        Id dialog = 0;
        std::uint64_t caller = 0, callee = 0; ///< users
        EndpointId called_at = 0;             ///< where the last hop of its INVITE went
        bool answered = false, acknowledged = false, over = false;
        bool misrouted = false; ///< its ACK went elsewhere than its INVITE, so destinations tell nothing
        Timestamp last;
    };
    /// What a REGISTER told about a user.
    struct User {
        std::uint64_t name = 0;
        std::string uri; ///< without port
        std::optional<Endpoint> listens;
        EndpointId client = 0; ///< where the request came from
    };

    Place place_request(const Seen& seen);
    Place place_response(const Seen& seen);
    Place again(Index transaction, const Seen& seen);
    Place next_hop(Index before, const Seen& seen);
    Place begin(Id dialog, const Seen& seen, bool from_caller);
    Place answer(Index transaction, const Seen& seen);

    Index sent_before(const Seen& seen) const;
    Index hop_before(const Seen& seen) const;
    Index request_answered_by(const Seen& seen) const;
    Id dialog_of_invite(const Seen& seen);
    Id dialog_of_ack(const Seen& seen);
    Id dialog_of_bye(const Seen& seen);
    Id dialog_of_register(const Seen& seen);
    Id dialog_of_orphan(const Seen& seen);
    Id new_dialog(const Seen& seen);
    Index new_transaction(const Seen& seen, Id dialog);

    void name_caller(const Seen& seen, Id dialog, CallState& call);
    void note_user(const Seen& seen);
    const User* caller_of(const Seen& seen, std::uint64_t callee) const;
    const User* user_named(std::uint64_t name) const;
    bool bye_is_from_caller(const Seen& seen, const CallState& call) const;
    void note_forwarding(const Seen& seen, Transaction& first);
    CallState* call_of(Id dialog);
    template <typename Wanted>
    Id youngest_call(const Seen& seen, Wanted wanted);

    [[nodiscard]] Transaction& transaction(Index index) { return m_transactions[index - 1]; }
    [[nodiscard]] const Transaction& transaction(Index index) const { return m_transactions[index - 1]; }
    [[nodiscard]] Index newest_on_pair(EndpointId source, EndpointId destination) const;
    [[nodiscard]] bool same_address(EndpointId a, EndpointId b) const {
        return m_analysis.endpoint(a).address == m_analysis.endpoint(b).address;
    }

    Analysis& m_analysis;
    Dialogs& m_dialogs;
    Repeats& m_repeats;
    std::vector<Transaction> m_transactions;
    std::vector<CallState> m_calls;
    std::vector<User> m_users;
    tsl::robin_map<std::uint64_t, Index, NumberHash> m_by_pair; ///< both endpoint ids -> newest transaction
    tsl::robin_map<std::uint64_t, Index, NumberHash> m_by_method;
    tsl::robin_map<Id, Index> m_call_of_dialog;
    tsl::robin_map<std::uint64_t, Id, NumberHash>
        m_orphans; ///< both endpoint ids -> dialog of responses without request
    std::vector<Id> m_ambiguous;
};

} // namespace rungs::correlate
