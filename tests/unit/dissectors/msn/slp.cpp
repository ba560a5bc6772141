#include "dissectors/msn/slp.hpp"

#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "dissectors/msn/issues.hpp"

using namespace rungs;
namespace issue = msn::issue;

namespace {

const std::string headers = "To: <msnmsgr:bob@example.net>\r\n"
                            "From: <msnmsgr:alice@example.com>\r\n"
                            "Via: MSNSLP/1.0/TLP ;branch={33517CE4-02FC-4428-B6F4-39927229B722}\r\n"
                            "CSeq: 0 \r\n"
                            "Call-ID: {9D79AE57-1BD5-444B-B14E-3FC9BB2B5D58}\r\n"
                            "Max-Forwards: 0\r\n";

std::string with_body(std::string_view start, std::string_view type, const std::string& fields) {
    return std::string(start) + "\r\n" + headers + "Content-Type: " + std::string(type) +
           "\r\nContent-Length: " + std::to_string(fields.size() + 1) + "\r\n\r\n" + fields + '\0';
}

/// A message together with the text it points into.
struct Read : msn::SlpMessage {
    explicit Read(std::string whole) : text(std::move(whole)) { msn::parse_slp(text, *this); }
    std::string text;
};

bool has_issue(const msn::SlpMessage& message, std::string_view code) {
    for (const Issue& found : message.issues) {
        if (found.code == code) return true;
    }
    return false;
}

} // namespace

TEST_CASE("slp: INVITE for a file") {
    // length 574, version 2, 4096 octets, type 1, then "小a" in UTF-16: 5c0f 0061 0000
    const std::string fields = "EUF-GUID: {5D3E02AB-6190-11D3-BBBB-00C04F795683}\r\nSessionID: 36151434\r\n"
                               "AppID: 2\r\nContext: PgIAAAIAAAAAEAAAAAAAAAEAAAAPXGEAAAA=\r\n\r\n";
    const auto text = with_body("INVITE MSNMSGR:bob@example.net MSNSLP/1.0",
                                "application/x-msnmsgr-sessionreqbody", fields);
    const Read slp(text);
    CHECK(slp.is_request);
    CHECK(slp.method == "INVITE");
    CHECK(slp.request_uri == "MSNMSGR:bob@example.net");
    CHECK(slp.version == "MSNSLP/1.0");
    CHECK(slp.to.uri == "msnmsgr:bob@example.net");
    CHECK(slp.from.uri == "msnmsgr:alice@example.com");
    CHECK(slp.via.branch == "{33517CE4-02FC-4428-B6F4-39927229B722}");
    CHECK(slp.cseq == 0);
    CHECK(slp.call_id == "{9D79AE57-1BD5-444B-B14E-3FC9BB2B5D58}");
    CHECK(slp.content_type == "application/x-msnmsgr-sessionreqbody");
    CHECK(slp.content_length == fields.size() + 1);
    CHECK(slp.body == fields);
    CHECK(slp.application == msn::Application::file_transfer);
    CHECK(slp.session_id == 36151434);
    CHECK(slp.application_id == 2);
    REQUIRE(slp.file.has_value());
    CHECK(slp.file->octets == 4096);
    CHECK(slp.file->name == "小a");
    CHECK(slp.issues.empty());
    REQUIRE(slp.fields.size() == 4);
    CHECK(text.substr(slp.fields[1].offset, 9) == "SessionID");
}

TEST_CASE("slp: 200, 603, BYE and the transport negotiation") {
    const Read ok(with_body("MSNSLP/1.0 200 OK", "application/x-msnmsgr-sessionreqbody",
                            "SessionID: 36151434\r\n\r\n"));
    CHECK_FALSE(ok.is_request);
    CHECK(ok.status == 200);
    CHECK(ok.reason_phrase == "OK");
    CHECK(ok.session_id == 36151434);
    const Read decline(
        with_body("MSNSLP/1.0 603 Decline", "application/x-msnmsgr-sessionreqbody", "SessionID: 1\r\n\r\n"));
    CHECK(decline.status == 603);
    CHECK(decline.reason_phrase == "Decline");
    const Read bye(with_body("BYE MSNMSGR:bob@example.net MSNSLP/1.0",
                             "application/x-msnmsgr-sessionclosebody", "\r\n"));
    CHECK(bye.method == "BYE");
    CHECK(bye.issues.empty());
    const Read transport(with_body(
        "MSNSLP/1.0 200 OK", "application/x-msnmsgr-transrespbody",
        "Bridge: TCPv1\r\nListening: true\r\nNonce: {00000000-0000-0000-0000-000000000001}\r\n"
        "IPv4Internal-Addrs: 192.168.0.127\r\nIPv4Internal-Port: 1234\r\nConn-Type: Port-Restrict-NAT\r\n"
        "UPnPNat: false\r\nICF: false\r\nNetID: 7\r\n\r\n"));
    CHECK(transport.bridge == "TCPv1");
    CHECK(transport.listening == true);
    CHECK(transport.nonce == "{00000000-0000-0000-0000-000000000001}");
    CHECK(transport.internal_addresses == "192.168.0.127");
    CHECK(transport.internal_port == "1234");
    CHECK(transport.conn_type == "Port-Restrict-NAT");
    CHECK(transport.upnp_nat == false);
    CHECK(transport.icf == false);
    CHECK(transport.net_id == "7");
}

TEST_CASE("slp: lying lengths, bad numbers and bad Base64") {
    const Read lying("INVITE MSNMSGR:x MSNSLP/1.0\r\nContent-Length: 99999\r\n\r\nContext: ====\r\n"
                     "SessionID: 4294967296\r\n");
    CHECK(has_issue(lying, issue::slp_content_length));
    CHECK(has_issue(lying, issue::slp_field));
    CHECK(has_issue(lying, issue::slp_header_missing));
    CHECK(lying.context == "====");
    CHECK_FALSE(lying.session_id.has_value());
    const Read shorter("MSNSLP/1.0 200 OK\r\n" + headers +
                       "Content-Type: x\r\nContent-Length: 4\r\n\r\nSessionID: 7\r\n");
    CHECK(shorter.body == "Sess");
    CHECK(has_issue(Read("MSNSLP/1.0 abc\r\n"), issue::slp_start_line));
    CHECK(has_issue(Read("INVITE MSNMSGR:x\r\n"), issue::slp_start_line));
    CHECK(has_issue(Read(""), issue::slp_start_line));
}

TEST_CASE("slp: recognised by its start line") {
    CHECK(msn::is_slp("INVITE MSNMSGR:bob@example.net MSNSLP/1.0\r\n"));
    CHECK(msn::is_slp("MSNSLP/1.0 200 OK\r\n"));
    CHECK_FALSE(msn::is_slp("INVITE sip:bob@example.net SIP/2.0\r\n"));
    CHECK_FALSE(msn::is_slp("SIP/2.0 200 OK\r\n"));
    CHECK_FALSE(msn::is_slp(""));
}
