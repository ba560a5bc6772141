#include <string>
#include <string_view>

#include <fmt/format.h>

#include "analyzer/findings/find.hpp"
#include "core/text.hpp"

namespace rungs::findings {
namespace {

std::string name_or(std::string_view passport, std::string_view otherwise) {
    return printable(passport.empty() ? otherwise : passport);
}

void check(const Analysis& analysis, const Invitation& invitation, Collector& out) {
    const std::string inviter = name_or(invitation.inviter, "One side");
    const std::string invitee = name_or(invitation.invitee, "the other side");
    const std::string what = name_or(invitation.application, "an application that is not known");
    const auto add = [&](const Rule& rule, std::string_view then) {
        out.add(rule, invitation.call, fmt::format("{} invited {} to {}: {}.", inviter, invitee, what, then),
                invitation.messages);
    };
    switch (invitation.state) {
    case InvitationState::rejected: return add(rule::msn_invitation_rejected, "refused");
    case InvitationState::timed_out:
        return add(rule::msn_invitation_unanswered, "it ended without an answer");
    case InvitationState::offered: return add(rule::msn_invitation_unanswered, "no answer was captured");
    case InvitationState::cancelled: return;
    case InvitationState::accepted: break;
    }
    const bool led_to_call = analysis.call(invitation.call).kind == CallKind::call;
    if (invitation.endpoints.empty() || invitation.requested.empty() || led_to_call) return;
    add(rule::msn_session_unused, "accepted, but no call between the named addresses was captured");
}

} // namespace

void find_in_invitations(const Analysis& analysis, Collector& out) {
    for (const Invitation& invitation : analysis.invitations) check(analysis, invitation, out);
}

} // namespace rungs::findings
