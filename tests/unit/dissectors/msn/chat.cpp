#include "dissectors/msn/chat.hpp"

#include <doctest/doctest.h>

using namespace rungs;

namespace {

msn::Mime mime_of(std::string_view payload) {
    msn::Mime out;
    msn::parse_mime(payload, out);
    return out;
}

} // namespace

TEST_CASE("chat: text with its format") {
    const auto text = msn::parse_chat_text(
        mime_of("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
                "X-MMS-IM-Format: FN=Microsoft%20YaHei; EF=BI; CO=ff0000; CS=86; PF=22; RL=1\r\n\r\n你好"));
    CHECK(text.text == "你好");
    CHECK(text.font == "Microsoft%20YaHei");
    CHECK(text.effect == "BI");
    CHECK(text.colour == "ff0000");
    CHECK(text.character_set == "86");
    CHECK(text.pitch_family == "22");
    CHECK(text.right_to_left);
    const auto plain = msn::parse_chat_text(mime_of("Content-Type: text/plain\r\n\r\nhi"));
    CHECK(plain.text == "hi");
    CHECK(plain.font.empty());
    CHECK_FALSE(plain.right_to_left);
}

TEST_CASE("chat: typing") {
    CHECK(msn::typing_user(
              mime_of("Content-Type: text/x-msmsgscontrol\r\nTypingUser: bob@example.net\r\n\r\n\r\n")) ==
          "bob@example.net");
    CHECK(msn::typing_user(mime_of("Content-Type: text/x-msmsgscontrol\r\n\r\n\r\n")).empty());
}

TEST_CASE("chat: profile") {
    const auto profile = msn::parse_profile(mime_of(
        "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsprofile; charset=UTF-8\r\nLoginTime: 1050826919\r\n"
        "EmailEnabled: 1\r\nMemberIdHigh: 98304\r\nMemberIdLow: 1234\r\nlang_preference: 2052\r\n"
        "preferredEmail: alice@example.com\r\ncountry: CN\r\nPostalCode: 100000\r\nGender: F\r\nKid: 0\r\n"
        "Age: 22\r\nBDayPre: 1\r\nWallet: 0\r\nFlags: 1073742915\r\nsid: 507\r\nMSPAuth: 2AAA\r\n"
        "ClientIP: 203.0.113.105\r\nClientPort: 35205\r\n\r\n"));
    CHECK(profile.login_time == "1050826919");
    CHECK(profile.email_enabled == "1");
    CHECK(profile.member_id_high == "98304");
    CHECK(profile.member_id_low == "1234");
    CHECK(profile.preferred_language == "2052");
    CHECK(profile.preferred_email == "alice@example.com");
    CHECK(profile.country == "CN");
    CHECK(profile.postal_code == "100000");
    CHECK(profile.gender == "F");
    CHECK(profile.kid == "0");
    CHECK(profile.age == "22");
    CHECK(profile.birthday == "1");
    CHECK(profile.wallet == "0");
    CHECK(profile.flags == "1073742915");
    CHECK(profile.client_ip == "203.0.113.105");
    CHECK(profile.client_port == "35205");
}
