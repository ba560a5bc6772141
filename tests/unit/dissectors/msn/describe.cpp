#include "dissectors/msn/describe.hpp"

#include <string>

#include <doctest/doctest.h>

#include "core/text.hpp"

using namespace rungs;

namespace {

std::string describe(const std::string& text) {
    msn::Message message;
    msn::parse(as_bytes(text), Framing::datagram, message);
    return msn::describe(message);
}

std::string describe_msg(const std::string& payload) {
    return describe("MSG 40 A " + std::to_string(payload.size()) + "\r\n" + payload);
}

} // namespace

TEST_CASE("describe: commands") {
    CHECK(describe("CAL 39 bob@example.net\r\n") == "CAL 39 bob@example.net");
    CHECK(describe("JOI bob@example.net %E5%B0%8F%E6%B3%A2\r\n") == "JOI bob@example.net 小波");
    CHECK(describe("OUT\r\n") == "OUT");
    CHECK(describe("911 3\r\n") == "911 authentication failed 3");
}

TEST_CASE("describe: secrets are not shown") {
    CHECK(describe("USR 3 TWN S t=ab&p=cd\r\n") == "USR 3 TWN S ***");
    CHECK(describe("ANS 44 b@example.net 10.23 17\r\n") == "ANS 44 b@example.net *** 17");
}

TEST_CASE("describe: bodies") {
    const std::string invitation =
        "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n";
    CHECK(describe_msg(invitation + "Application-GUID: {02D3C01F-BF30-4825-A83A-DE7AF41648AA}\r\n"
                                    "Invitation-Command: INVITE\r\nInvitation-Cookie: 23939640\r\n\r\n") ==
          "MSG invitation INVITE audio cookie 23939640");
    CHECK(describe_msg(invitation + "Invitation-Command: CANCEL\r\nCancel-Code: TIMEOUT\r\n"
                                    "Invitation-Cookie: 23939640\r\n\r\n") ==
          "MSG invitation CANCEL TIMEOUT cookie 23939640");
    CHECK(describe_msg("Content-Type: text/plain\r\n\r\n你好") == "MSG text \"你好\"");
    CHECK(describe_msg("Content-Type: text/x-msmsgscontrol\r\nTypingUser: bob@example.net\r\n\r\n\r\n") ==
          "MSG typing bob@example.net");
    CHECK(describe_msg("Content-Type: application/x-msnmsgrp2p\r\n\r\nMSNSLP/1.0 603 Decline\r\n\r\n") ==
          "MSG P2P MSNSLP 603 Decline");
    CHECK(describe_msg("Content-Type: text/x-clientcaps\r\n\r\n") == "MSG text/x-clientcaps");
}

TEST_CASE("describe: always one inert line") {
    CHECK(describe("JOI b@example.net %1b%5d0%3bpwn%07\r\n") == "JOI b@example.net \\x1B]0;pwn\\x07");
    CHECK(describe("JOI b@example.net \xb2\xa8\r\n") == "JOI b@example.net \\xB2\\xA8");
    CHECK(describe_msg("Content-Type: text/plain\r\n\r\na\r\nb") == "MSG text \"a\\r\\nb\"");
    std::string many;
    for (int i = 0; i < 100; ++i) many += "波";
    const auto text = describe_msg("Content-Type: text/plain\r\n\r\n" + many);
    CHECK(is_utf8(text));
    CHECK(text.find("\\x") == std::string::npos);
    CHECK(text.ends_with("...\""));
}
