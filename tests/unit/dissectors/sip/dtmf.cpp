#include "dissectors/sip/dtmf.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace rungs;

namespace {

std::optional<sip::InfoKey> key(std::string_view type, std::string_view body,
                                std::string_view method = "INFO") {
    std::string text(method);
    text +=
        " sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
        "From: <sip:ana@example.com>;tag=a\r\nTo: <sip:bob@example.com>;tag=b\r\nCall-ID: 1@example.com\r\n"
        "CSeq: 2 ";
    text.append(method).append("\r\nContent-Type: ").append(type).append("\r\nContent-Length: ");
    text += std::to_string(body.size()) + "\r\n\r\n";
    text += body;
    sip::Message message;
    REQUIRE(sip::parse(as_bytes(text), Framing::datagram, message).outcome == Outcome::complete);
    return sip::key_of(message);
}

} // namespace

TEST_CASE("application/dtmf-relay: a line for the signal, a line for milliseconds") {
    const auto five = key("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n");
    REQUIRE(five);
    CHECK(five->key == "5");
    CHECK(five->duration == std::chrono::milliseconds(160));
    CHECK(key("application/dtmf-relay", "Signal= *\nDuration= 250")->key == "*");
    CHECK(key("application/dtmf-relay", "signal=#\r\n")->key == "#");
    CHECK_FALSE(key("application/dtmf-relay", "signal=#\r\n")->duration);
    CHECK(key("application/dtmf-relay", "Signal=11\r\n")->key == "#"); // as an event of RFC 4733
    CHECK(key("application/dtmf-relay", "Signal=d\r\n")->key == "D");
}

TEST_CASE("application/dtmf: the key alone") {
    CHECK(key("application/dtmf", "7")->key == "7");
    CHECK(key("application/dtmf", "7\r\n")->key == "7");
}

TEST_CASE("what is no key press") {
    CHECK_FALSE(key("application/dtmf-relay", "Signal=x\r\n"));
    CHECK_FALSE(key("application/dtmf-relay", "Signal=\r\nDuration=1\r\n"));
    CHECK_FALSE(key("application/dtmf-relay", "Signal=200\r\n"));
    CHECK_FALSE(key("text/plain", "5"));
    CHECK_FALSE(key("application/dtmf", "5", "MESSAGE"));
    // An absurd duration is not believed.
    CHECK_FALSE(key("application/dtmf-relay", "Signal=5\r\nDuration=4000000000\r\n")->duration);
}
