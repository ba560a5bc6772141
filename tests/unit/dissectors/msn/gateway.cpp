#include "dissectors/msn/gateway.hpp"

#include <string>

#include <doctest/doctest.h>

#include "core/limits/messages.hpp"
#include "core/limits/msn.hpp"
#include "dissectors/msn/issues.hpp"

using namespace rungs;

namespace {

const std::string open = "POST http://gateway.example.com/gateway/gateway.dll?Action=open&Server=NS&IP="
                         "messenger.example.com HTTP/1.1\r\nHost: gateway.example.com\r\n"
                         "Content-Type: application/x-msn-messenger\r\nContent-Length: 18\r\n\r\n"
                         "VER 1 MSNP8 CVR0\r\n";
const std::string answer = "HTTP/1.1 200 OK\r\nX-MSN-Messenger: SessionID=123.456; GW-IP=198.51.100.7\r\n"
                           "content-length: 13\r\n\r\nVER 1 MSNP8\r\n";

} // namespace

TEST_CASE("gateway: a request with commands") {
    msn::GatewayMessage message;
    CHECK(msn::probe_gateway(as_bytes(open)) == Probe::certain);
    const auto parsed = msn::parse_gateway(as_bytes(open), Framing::stream, message);
    REQUIRE(parsed.outcome == Outcome::complete);
    CHECK(parsed.consumed == open.size());
    CHECK(message.is_request);
    CHECK(message.action == "open");
    CHECK(message.server_kind == "NS");
    CHECK(message.server_ip == "messenger.example.com");
    CHECK(as_text(message.payload) == "VER 1 MSNP8 CVR0\r\n");
    CHECK(open.substr(message.payload_offset) == "VER 1 MSNP8 CVR0\r\n");
}

TEST_CASE("gateway: a poll without a body and a response with one") {
    msn::GatewayMessage message;
    const std::string poll = "POST /gateway/gateway.dll?Action=poll&SessionID=123.456 HTTP/1.1\r\n"
                             "Content-Length: 0\r\n\r\n";
    const auto both = poll + answer;
    auto parsed = msn::parse_gateway(as_bytes(both), Framing::stream, message);
    REQUIRE(parsed.outcome == Outcome::complete);
    CHECK(parsed.consumed == poll.size());
    CHECK(message.action == "poll");
    CHECK(message.session_id == "123.456");
    CHECK(message.payload.empty());
    CHECK(msn::probe_gateway(as_bytes(answer)) == Probe::maybe);
    parsed = msn::parse_gateway(as_bytes(answer), Framing::stream, message);
    REQUIRE(parsed.outcome == Outcome::complete);
    CHECK(message.status == 200);
    CHECK(message.session_id == "123.456");
    CHECK_FALSE(message.session_closed);
    CHECK(as_text(message.payload) == "VER 1 MSNP8\r\n");
    const std::string closing = "HTTP/1.1 200 OK\r\nX-MSN-Messenger: SessionID=1; Session=close\r\n\r\n";
    CHECK(msn::parse_gateway(as_bytes(closing), Framing::stream, message).outcome == Outcome::complete);
    CHECK(message.session_closed);
}

TEST_CASE("gateway: a stream waits for head and body; its end does not") {
    msn::GatewayMessage message;
    for (std::size_t size = 0; size < answer.size(); ++size) {
        const auto part = answer.substr(0, size);
        CHECK(msn::parse_gateway(as_bytes(part), Framing::stream, message).outcome == Outcome::need_more);
    }
    const auto cut = answer.substr(0, answer.size() - 3);
    const auto parsed = msn::parse_gateway(as_bytes(cut), Framing::datagram, message);
    CHECK(parsed.outcome == Outcome::complete);
    CHECK(as_text(message.payload) == "VER 1 MSNP");
    REQUIRE(message.issues.size() == 1);
    CHECK(message.issues[0].code == msn::issue::gateway_truncated);
}

TEST_CASE("gateway: bad lengths and other things") {
    msn::GatewayMessage message;
    for (const auto* length : {"-1", "abc", "18446744073709551616", "4294967296"}) {
        CAPTURE(length);
        const auto text =
            "HTTP/1.1 200 OK\r\nContent-Length: " + std::string(length) + "\r\n\r\nVER 1 MSNP8\r\n";
        const auto parsed = msn::parse_gateway(as_bytes(text), Framing::stream, message);
        CHECK(parsed.outcome == Outcome::complete);
        CHECK(message.payload.empty());
        REQUIRE(message.issues.size() == 1);
        CHECK(message.issues[0].code == msn::issue::gateway_content_length);
    }
    CHECK(msn::probe_gateway(as_bytes("GET /index.html HTTP/1.1\r\n")) == Probe::no);
    CHECK(msn::probe_gateway(as_bytes("VER 1 MSNP8\r\n")) == Probe::no);
    const std::string other = "GET /index.html HTTP/1.1\r\n\r\n";
    CHECK(msn::parse_gateway(as_bytes(other), Framing::stream, message).outcome == Outcome::malformed);
    const std::string endless(limits::msn_line_octets, 'A');
    CHECK(msn::parse_gateway(as_bytes(endless), Framing::stream, message).outcome == Outcome::malformed);
}
