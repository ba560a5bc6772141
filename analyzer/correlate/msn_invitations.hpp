#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tsl/robin_map.h>

#include "analyzer/analysis.hpp"
#include "analyzer/correlate/msn_sessions.hpp"
#include "core/hash.hpp"
#include "core/limits/msn.hpp"
#include "dissectors/msn/invitation.hpp"
#include "dissectors/msn/slp.hpp"

namespace rungs::correlate {

/// An invitation's dialog and the call's leg to which it led.
struct InvitedLeg {
    Id invitation_dialog = 0, dialog = 0;
};

/// Follows invitations: those of text/x-msmsgsinvite by their cookie, those of MSNSLP by their Call-ID. Each
/// is a dialog and an Analysis::Invitation.
class MsnInvitations {
  public:
    MsnInvitations(Analysis& analysis, const MsnSessions& sessions)
        : m_analysis(analysis), m_sessions(sessions) {}

    /// Where and from whom a message came.
    struct Sender {
        MsnSessions::Index connection = 0;
        std::string_view passport; ///< as the server names the sender; empty in the sender's own copy
        bool from_client = false;
    };

    /// Takes the message `id` that carries `body`; returns the dialog of its invitation, 0 when it is none
    /// that can be followed. `first` is the message that this one is a copy of, 0 for none.
    Id take(Id id, Id first, const msn::Invitation& body, const Sender& sender);
    /// The same for a MSNSLP message.
    Id take(Id id, Id first, const msn::SlpMessage& message);

    /// After the last message: what became of each. Fills Analysis::invitations and their dialogs.
    void resolve();
    /// The legs that ran between the addresses that ACCEPTs named. Valid after `resolve`.
    [[nodiscard]] const std::vector<InvitedLeg>& invited_legs() const { return m_legs; }
    /// After calls were made: gives invitations to their calls, settles those that are nothing but an
    /// invitation, and says for the others who called whom.
    void settle_calls();
    /// Messages of invitations past limits::msn_invitations.
    [[nodiscard]] std::uint64_t not_followed() const { return m_not_followed; }

  private:
    struct Event {
        Id message = 0;
        Timestamp time;
        msn::InvitationCommand command = msn::InvitationCommand::unknown;
        msn::CancelCode cancel_code = msn::CancelCode::none;
        std::uint16_t status = 0; ///< of a MSNSLP response
        MsnSessions::Index connection = 0;
        std::optional<MsnSessions::Index> receiver; ///< connection of the copy that the server passed on
        EndpointId source = 0;                      ///< of the sender's own copy
        bool from_client = false;                   ///< that copy was seen
        std::string passport, session_id;
        std::optional<Endpoint> address;
    };
    /// One side: who it is as far as the messages tell.
    struct Side {
        std::string passport;
        std::optional<EndpointId> client; ///< where it is connected from
        std::optional<Endpoint> address;  ///< where it wants the call
    };
    struct Record {
        Id dialog = 0;
        bool slp = false;
        MsnSessions::Index connection = 0;
        std::vector<Event> events;
        Side inviter, invitee;
        std::optional<Timestamp> accepted, ended;
        std::uint16_t final_status = 0; ///< of MSNSLP
        bool ended_by_inviter = false;
        bool used = false; ///< a leg ran between the addresses
    };

    Record* open(bool slp);
    /// Keeps what the invitation is judged by, at most limits::msn_invitation_events.
    void keep(Record& record, Event event);
    Record* find_by_cookie(const msn::Invitation& body, const Event& event);
    Record* find_by_message(Id first);
    Id join(Record& record, Id id);
    void add_copy(Record& record, Id first, const Sender& sender);
    [[nodiscard]] bool same_side(const Event& a, const Event& b) const;
    [[nodiscard]] bool by_inviter(const Record& record, const Event& event) const;
    [[nodiscard]] std::string passport_of(const Event& event) const;
    void resolve(Record& record, Invitation& invitation);
    void name_sides(Record& record);
    void follow(Record& record, Invitation& invitation);
    void fill_dialog(const Record& record);
    void find_legs();
    [[nodiscard]] Party party(const Side& side) const;
    void settle_invitation(const Record& record, const Invitation& invitation, Call& call) const;
    void name_callers(const Record& record, Call& call) const;
    [[nodiscard]] std::size_t number_of(const Record& record) const;

    Analysis& m_analysis;
    const MsnSessions& m_sessions;
    std::vector<Record> m_records; ///< one for each of Analysis::invitations
    tsl::robin_map<std::string, std::vector<std::uint32_t>, TextHash, std::equal_to<>> m_by_cookie;
    tsl::robin_map<std::string, std::uint32_t, TextHash, std::equal_to<>> m_by_call_id;
    tsl::robin_map<Id, std::uint32_t> m_by_message; ///< first copies
    std::vector<InvitedLeg> m_legs;
    std::uint64_t m_not_followed = 0;
};

} // namespace rungs::correlate
