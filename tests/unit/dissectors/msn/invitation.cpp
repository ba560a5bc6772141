#include "dissectors/msn/invitation.hpp"

#include <string>

#include <doctest/doctest.h>

#include "core/limits/messages.hpp"
#include "dissectors/msn/issues.hpp"

using namespace rungs;
namespace issue = msn::issue;

namespace {

const std::string mime_head = "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n";

const std::string invite = "Application-Name: 音频对话\r\n"
                           "Application-GUID: {02D3C01F-BF30-4825-A83A-DE7AF41648AA}\r\n"
                           "Session-Protocol: SM1\r\n"
                           "Context-Data: Requested:SIP_A,;Capabilities:SIP_A,SIP_V,;\r\n"
                           "Invitation-Command: INVITE\r\n"
                           "Invitation-Cookie: 10203040 \r\n"
                           "Session-ID: {00000000-0000-4000-8000-00000000000A}\r\n"
                           "Conn-Type: IP-Restrict-NAT\r\n"
                           "Sip-Capability: 1\r\n"
                           "Private-IP: 192.168.0.127\r\n"
                           "Public-IP: 203.0.113.105\r\n"
                           "UPnP: FALSE\r\n\r\n";

/// An invitation with the payload it points into.
struct Read {
    explicit Read(std::string text) : payload(std::move(text)) {
        msn::parse_mime(payload, mime);
        msn::parse_invitation(mime, invitation);
    }
    [[nodiscard]] bool has_issue(std::string_view code) const {
        for (const Issue& found : invitation.issues) {
            if (found.code == code) return true;
        }
        return false;
    }
    std::string payload;
    msn::Mime mime;
    msn::Invitation invitation;
};

Read with_address(std::string_view address, std::string_view enc64) {
    return Read(mime_head + "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 7\r\nIP-Address: " +
                std::string(address) + "\r\nIP-Address-Enc64: " + std::string(enc64) + "\r\n\r\n");
}

void check_invite(const msn::Invitation& invitation) {
    CHECK(invitation.command == msn::InvitationCommand::invite);
    CHECK(invitation.application_name == "音频对话");
    CHECK(invitation.application == msn::Application::audio);
    CHECK(invitation.application_guid == "{02D3C01F-BF30-4825-A83A-DE7AF41648AA}");
    CHECK(invitation.session_protocol == "SM1");
    CHECK(invitation.requested == std::vector<std::string_view>{"SIP_A"});
    CHECK(invitation.capabilities == std::vector<std::string_view>{"SIP_A", "SIP_V"});
    CHECK(invitation.cookie == "10203040");
    CHECK(invitation.session_id == "{00000000-0000-4000-8000-00000000000A}");
    CHECK(invitation.conn_type == "IP-Restrict-NAT");
    CHECK(invitation.sip_capability == "1");
    CHECK(invitation.private_ip == "192.168.0.127");
    CHECK(invitation.public_ip == "203.0.113.105");
    CHECK(invitation.upnp == false);
    CHECK_FALSE(invitation.launch_application.has_value());
    CHECK(invitation.cancel_code == msn::CancelCode::none);
    CHECK(invitation.fields.size() == 12);
    CHECK(invitation.issues.empty());
}

} // namespace

TEST_CASE("invitation: INVITE, field by field") {
    const Read read(mime_head + invite);
    check_invite(read.invitation);
    CHECK(read.invitation.fields[1].offset == read.payload.find("Application-GUID"));
}

TEST_CASE("invitation: text/x-msmsgsinvoke, stray blank lines and a missing one say the same") {
    check_invite(Read("MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvoke\r\n\r\n" + invite).invitation);
    check_invite(Read("MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite\r\n" + invite).invitation);
    auto broken = invite;
    broken.insert(broken.find("Invitation-Command"), "\r\n\r\n");
    check_invite(Read(mime_head + broken).invitation);
}

TEST_CASE("invitation: ACCEPT names the endpoint twice") {
    const Read read(
        mime_head +
        "Invitation-Command: ACCEPT\r\nContext-Data: Requested:SIP_A,;\r\nInvitation-Cookie: 7\r\n"
        "Session-ID: {B}\r\nSession-Protocol: SM1\r\nLaunch-Application: TRUE\r\n"
        "Request-Data: IP-Address:\r\nIP-Address: 192.168.0.165:11630\r\n"
        "IP-Address-Enc64: MTkyLjE2OC4wLjE2NToxMTYzMA==\r\n\r\n");
    const auto& invitation = read.invitation;
    CHECK(invitation.command == msn::InvitationCommand::accept);
    CHECK(invitation.launch_application == true);
    CHECK(invitation.request_data == "IP-Address:");
    REQUIRE(invitation.address.has_value());
    CHECK(to_string(*invitation.address) == "192.168.0.165:11630");
    CHECK(invitation.enc64_address == invitation.address);
    CHECK(invitation.issues.empty());
}

TEST_CASE("invitation: Enc64 that is wrong, or no Base64, or no address") {
    // MTkyLjE2OC4wLjE2NToxMTYzMQ== is 192.168.0.165:11631
    const auto other = with_address("192.168.0.165:11630", "MTkyLjE2OC4wLjE2NToxMTYzMQ==");
    REQUIRE(other.has_issue(issue::invitation_mismatch));
    CHECK(other.invitation.issues[0].found == "192.168.0.165:11631");
    CHECK(other.invitation.issues[0].needed == "192.168.0.165:11630");
    CHECK(other.invitation.issues[0].offset == other.payload.find("IP-Address-Enc64"));
    CHECK(with_address("192.168.0.165:11630", "!!!!").has_issue(issue::invitation_enc64));
    CHECK(with_address("192.168.0.165:11630", "QUJD").has_issue(issue::invitation_mismatch));
    const auto no_address = with_address("somewhere", "MTkyLjE2OC4wLjE2NToxMTYzMA==");
    CHECK(no_address.has_issue(issue::invitation_address));
    CHECK(no_address.has_issue(issue::invitation_mismatch));
    CHECK_FALSE(no_address.invitation.address.has_value());
}

TEST_CASE("invitation: CANCEL and its codes") {
    const auto code = [](std::string_view text) {
        return Read(mime_head + "Invitation-Command: CANCEL\r\nInvitation-Cookie: 7\r\nCancel-Code: " +
                    std::string(text) + "\r\n\r\n")
            .invitation.cancel_code;
    };
    CHECK(code("REJECT") == msn::CancelCode::reject);
    CHECK(code("TIMEOUT") == msn::CancelCode::timeout);
    CHECK(code("REJECT_NOT_INSTALLED") == msn::CancelCode::reject_not_installed);
    CHECK(code("FTTIMEOUT") == msn::CancelCode::transfer_timeout);
    CHECK(code("OUTBANDCANCEL") == msn::CancelCode::out_of_band);
    CHECK(code("HURRY") == msn::CancelCode::other);
    CHECK(code("") == msn::CancelCode::none);
}

TEST_CASE("invitation: file transfer has address and port apart") {
    const Read read(mime_head + "Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n"
                                "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 7\r\n"
                                "Application-File: 报告.doc\r\nApplication-FileSize: 20480\r\n"
                                "IP-Address: 192.168.0.127\r\nPort: 6891\r\n\r\n");
    CHECK(read.invitation.application == msn::Application::file_transfer);
    CHECK(read.invitation.file_name == "报告.doc");
    CHECK(read.invitation.file_octets == 20480);
    REQUIRE(read.invitation.address.has_value());
    CHECK(to_string(*read.invitation.address) == "192.168.0.127:6891");
}

TEST_CASE("invitation: what is missing or odd is said") {
    const Read empty(mime_head);
    CHECK(empty.has_issue(issue::invitation_command));
    CHECK(empty.has_issue(issue::invitation_cookie_missing));
    const Read odd(mime_head + "Invitation-Command: SUMMON\r\nno colon\r\nInvitation-Cookie: 7\r\n"
                               "Invitation-Cookie: 8\r\n\xff\xfe: \x1b[0m\r\n");
    CHECK(odd.has_issue(issue::invitation_command));
    CHECK(odd.has_issue(issue::invitation_field));
    CHECK(odd.has_issue(issue::invitation_field_repeated));
    CHECK(odd.invitation.cookie == "7");
    CHECK(odd.invitation.command_text == "SUMMON");
    CHECK(odd.invitation.fields.size() == 4);
    std::string many = mime_head;
    for (std::size_t i = 0; i <= limits::headers; ++i) many += "X: y\r\n";
    const Read flood(many);
    CHECK(flood.has_issue(issue::invitation_fields_too_many));
    CHECK(flood.invitation.fields.size() == limits::headers);
}

TEST_CASE("invitation: GUIDs have names") {
    const auto name = [](std::string_view guid) { return msn::to_string(msn::application_from_guid(guid)); };
    CHECK(name("{02d3c01f-bf30-4825-a83a-de7af41648aa}") == "audio");
    CHECK(name("5D3E02AB-6190-11D3-BBBB-00C04F795683") == "file transfer");
    CHECK(name("{56b994a7-380f-410b-9985-c809d78c1bdc}") == "remote assistance");
    CHECK(name("{F1B1920C-6A3C-4ce7-B18C-AFAB305FD03D}") == "application sharing");
    CHECK(name("{4BD96FC0-AB17-4425-A14A-439185962DC8}") == "webcam");
    CHECK(name("{00000000-0000-0000-0000-000000000000}").empty());
    CHECK(name("").empty());
    CHECK(msn::media_name("SIP_A") == "audio");
    CHECK(msn::media_name("SIP_V") == "video");
    CHECK(msn::media_name("SIP_X") == "SIP_X");
}
