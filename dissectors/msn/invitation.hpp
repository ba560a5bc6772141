#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/endpoint.hpp"
#include "core/issue.hpp"
#include "core/limits/messages.hpp"
#include "dissectors/msn/mime.hpp"

/// Invitations to something beside the chat: `text/x-msmsgsinvite` (also seen: `text/x-msmsgsinvoke`).
/// INVITE, ACCEPTs and CANCELs belong together by their cookie; each side has a Session-ID of its own.
namespace rungs::msn {

enum class InvitationCommand : std::uint8_t { unknown, invite, accept, cancel, context };

/// What one is invited to, as far as its GUID is publicly known.
enum class Application : std::uint8_t {
    unknown,
    audio,
    file_transfer,
    remote_assistance,
    application_sharing,
    webcam,
    display_picture,
    activity,
    ink,
    photo_sharing,
};

/// "audio", "file transfer"; "" for unknown.
std::string_view to_string(Application application);

/// By Application-GUID or EUF-GUID, any case, with or without braces.
Application application_from_guid(std::string_view guid);

enum class CancelCode : std::uint8_t {
    none,
    reject,
    reject_not_installed,
    timeout,
    transfer_timeout,
    out_of_band,
    other,
};

struct Invitation {
    std::vector<Field> fields; ///< all of them in order, at most limits::headers; views into the payload

    InvitationCommand command = InvitationCommand::unknown;
    std::string_view command_text;
    std::string_view cookie;
    std::string_view session_id; ///< the sender's own
    std::string_view session_protocol;
    std::string_view application_name; ///< localised, UTF-8 if all is well
    std::string_view application_guid;
    Application application = Application::unknown;
    std::string_view context_data;
    /// Of Context-Data, "SIP_A" and the like as written, see `media_name`.
    std::vector<std::string_view> requested, capabilities;

    std::string_view conn_type, sip_capability, private_ip, public_ip;
    std::optional<bool> upnp, launch_application;
    std::string_view request_data; ///< "IP-Address:" asks for the other side's address
    std::string_view cancel_code_text;
    CancelCode cancel_code = CancelCode::none;

    std::string_view address_text, port_text, enc64_text;
    /// IP-Address with its port, or with the Port field as file transfers write it; port 0 when there is
    /// none.
    std::optional<Endpoint> address;
    /// What IP-Address-Enc64 says, when it is Base64 of an address.
    std::optional<Endpoint> enc64_address;

    std::string_view file_name; ///< Application-File
    std::optional<std::uint64_t> file_octets;

    std::vector<Issue> issues; ///< offsets from the start of the payload; at most limits::issues

    void clear();
};

/// "audio" for SIP_A, "video" for SIP_V, otherwise the token itself.
std::string_view media_name(std::string_view token);

/// Reads the fields of `mime` (headers and body: a missing blank line loses nothing, stray ones are skipped)
/// into `out`, cleared first. Views into the payload that `mime` was read from.
void parse_invitation(const Mime& mime, Invitation& out);

} // namespace rungs::msn
