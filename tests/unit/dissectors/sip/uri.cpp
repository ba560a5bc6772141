#include "dissectors/sip/uri.hpp"

#include <doctest/doctest.h>

using namespace rungs::sip;

TEST_CASE("the parts of a SIP URI") {
    const Uri uri = parse_uri("sips:alice:secret@[2001:db8::1]:5061;transport=tcp;lr?subject=a&priority=b");
    CHECK(uri.valid);
    CHECK(uri.scheme == "sips");
    CHECK(uri.user == "alice");
    CHECK(uri.password == "secret");
    CHECK(uri.host == "[2001:db8::1]");
    CHECK(uri.port == 5061);
    CHECK(uri.parameters == ";transport=tcp;lr");
    CHECK(uri.headers == "subject=a&priority=b");
    CHECK(parse_uri("sip:example.com").host == "example.com");
}

TEST_CASE("tel and unknown schemes") {
    const Uri tel = parse_uri("tel:+1-201-555-0123;phone-context=example.com");
    CHECK(tel.valid);
    CHECK(tel.user == "+1-201-555-0123");
    CHECK_FALSE(parse_uri("tel:+").valid);
    const Uri other = parse_uri("soap.beep://192.0.2.103:3002");
    CHECK(other.valid);
    CHECK(other.rest == "//192.0.2.103:3002");
    CHECK(other.host.empty());
}

TEST_CASE("what breaks a URI") {
    for (const std::string_view broken :
         {"", "sip:", "sip:@example.com", "example.com", "sip:a@b:port", "sip:a@b:70000",
          "sip:a b@example.com", "<sip:a@example.com>", "sip:%zz@example.com", "sip:a@b_c.example.com",
          "sip:[2001:db8::1", ":x"}) {
        CAPTURE(broken);
        CHECK_FALSE(parse_uri(broken).valid);
    }
    CHECK(parse_uri("sip:bob@192.0.2.1:abcde").user == "bob");
}

TEST_CASE("percent escapes") {
    CHECK(percent_decode("a%40b%2") == "a@b%2");
    CHECK(percent_decode("%zz%") == "%zz%");
    CHECK(percent_decode("%00") == std::string(1, '\0'));
}

TEST_CASE("equivalence: the examples of RFC 3261 section 19.1.4") {
    const auto same = [](std::string_view a, std::string_view b) {
        return equivalent(parse_uri(a), parse_uri(b)) && equivalent(parse_uri(b), parse_uri(a));
    };
    CHECK(
        same("sip:%61lice@atlanta.example.com;transport=TCP", "sip:alice@AtLanTa.example.com;Transport=tcp"));
    CHECK(same("sip:carol@chicago.example.com", "sip:carol@chicago.example.com;newparam=5"));
    CHECK(same("sip:carol@chicago.example.com;newparam=5", "sip:carol@chicago.example.com;security=on"));
    CHECK(same("sip:biloxi.example.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.example.com",
               "sip:biloxi.example.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.example.com"));
    CHECK(same("sip:alice@atlanta.example.com?subject=project%20x&priority=urgent",
               "sip:alice@atlanta.example.com?priority=urgent&subject=project%20x"));

    CHECK_FALSE(
        same("SIP:ALICE@atlanta.example.com;Transport=udp", "sip:alice@AtLanTa.example.com;Transport=UDP"));
    CHECK_FALSE(same("sip:bob@biloxi.example.com", "sip:bob@biloxi.example.com:5060"));
    CHECK_FALSE(same("sip:bob@biloxi.example.com", "sip:bob@biloxi.example.com;transport=udp"));
    CHECK_FALSE(
        same("sip:carol@chicago.example.com;security=on", "sip:carol@chicago.example.com;security=off"));
    CHECK_FALSE(
        same("sip:carol@chicago.example.com", "sip:carol@chicago.example.com?Subject=next%20meeting"));
    CHECK_FALSE(same("sip:carol@chicago.example.com", "sips:carol@chicago.example.com"));
    CHECK(same("tel:+1-201-555-0123", "tel:+12015550123"));
}
