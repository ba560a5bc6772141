#include <vector>

#include "analyzer/check/events.hpp"
#include "dissectors/msn/invitation.hpp"
#include "dissectors/msn/message.hpp"
#include "dissectors/msn/mime.hpp"
#include "dissectors/msn/slp.hpp"

namespace rungs::check {
namespace {

std::string_view command_of(const msn::Invitation& invitation) {
    using enum msn::CancelCode;
    switch (invitation.command) {
    case msn::InvitationCommand::invite: return "INVITE";
    case msn::InvitationCommand::accept: return "ACCEPT";
    case msn::InvitationCommand::cancel: break;
    case msn::InvitationCommand::context:
    case msn::InvitationCommand::unknown: return {};
    }
    switch (invitation.cancel_code) {
    case reject:
    case reject_not_installed: return "REJECT";
    case timeout:
    case transfer_timeout: return "TIMEOUT";
    default: return "CANCEL";
    }
}

std::string_view command_of_msn(Bytes octets) {
    msn::Message message;
    if (msn::parse(octets, Framing::datagram, message).outcome != Outcome::complete ||
        message.command != msn::Command::msg)
        return {};
    msn::Mime mime;
    msn::parse_mime(message.payload, mime);
    if (msn::body_kind(mime.content_type) != msn::BodyKind::invitation) return {};
    msn::Invitation invitation;
    msn::parse_invitation(mime, invitation);
    return command_of(invitation);
}

std::string_view command_of_slp(std::string_view text) {
    if (!msn::is_slp(text)) return {};
    msn::SlpMessage message;
    msn::parse_slp(text, message);
    if (message.is_request && message.method == "INVITE") return "INVITE";
    if (message.is_request) return message.method == "BYE" ? "CANCEL" : "";
    if (message.status < 200) return {};
    if (message.status < 300) return "ACCEPT";
    return message.status == 603 ? "REJECT" : "CANCEL";
}

} // namespace

std::string_view msn_command_of(const Analysis& analysis, const Message& message) {
    if (message.protocol == Protocol::sip) return {};
    std::vector<std::uint8_t> octets;
    if (!analysis.octets.read(message.location, octets)) return {};
    return message.protocol == Protocol::msn ? command_of_msn(octets) : command_of_slp(as_text(octets));
}

} // namespace rungs::check
