#include "dissectors/sip/headers.hpp"

#include <doctest/doctest.h>

#include "dissectors/sip/message.hpp"

using namespace rungs::sip;

TEST_CASE("names and compact forms in any case") {
    CHECK(header_name_from("Call-ID") == HeaderName::call_id);
    CHECK(header_name_from("CALL-id") == HeaderName::call_id);
    CHECK(header_name_from("P-Asserted-Identity") == HeaderName::p_asserted_identity);
    CHECK(header_name_from("i") == HeaderName::call_id);
    CHECK(header_name_from("V") == HeaderName::via);
    CHECK(header_name_from("z") == HeaderName::unknown);
    CHECK(header_name_from("") == HeaderName::unknown);
    CHECK(header_name_from("Via2") == HeaderName::unknown);
    CHECK(method_from("INVITE") == Method::invite);
    CHECK(method_from("invite") == Method::unknown);
    CHECK(to_string(Method::register_) == "REGISTER");
}

TEST_CASE("parameters: flags, quotes, blanks and folds") {
    CHECK(find_parameter(";lr;tag=x", "TAG") == "x");
    CHECK(find_parameter(";lr;tag=x", "lr") == "");
    CHECK_FALSE(find_parameter(";lr;tag=x", "branch").has_value());
    CHECK(find_parameter(" ; a = \"b;c=d\" ;\r\n c = e", "c") == "e");
    const auto all = parse_parameters(";a=1;;b;\"");
    REQUIRE(all.size() == 3);
    CHECK(all[1].name == "b");
}

TEST_CASE("values are split at commas outside of quotes and brackets") {
    const auto values = split_values("\"Bell, A\" <sip:a@example.com,x>;q=1 , <sip:b@example.com>,");
    REQUIRE(values.size() == 2);
    CHECK(values[0] == "\"Bell, A\" <sip:a@example.com,x>;q=1");
    CHECK(values[1] == "<sip:b@example.com>");
    CHECK(split_values("").empty());
}

TEST_CASE("folds and quotes are resolved on demand") {
    CHECK(unfold("a \r\n\t b\r\n c") == "a b c");
    CHECK(unquote(R"("a \"b\" \\ c")") == R"(a "b" \ c)");
    CHECK(unquote("plain \\x") == "plain \\x");
}

TEST_CASE("an address with and without brackets") {
    const NameAddr quoted = parse_name_addr(R"("J \"R\" <x>" <sip:j@example.com;lr>;tag=1;x)");
    CHECK(quoted.valid);
    CHECK(quoted.display_name == R"(J \"R\" <x>)");
    CHECK(quoted.uri == "sip:j@example.com;lr");
    CHECK(quoted.parameters == ";tag=1;x");
    CHECK(quoted.tag == "1");

    // RFC 3261 section 20: without brackets the parameters are the header's.
    const NameAddr bare = parse_name_addr("sip:j@example.com;tag=2");
    CHECK(bare.valid);
    CHECK(bare.uri == "sip:j@example.com");
    CHECK(bare.tag == "2");

    CHECK(parse_name_addr("<sip:j@example.com").uri == "sip:j@example.com");
    for (const std::string_view broken :
         {"", "<>", "<sip:a", "< sip:a >", "\"a <sip:b>", "<sip:a>;;", "sip:a b"})
        CHECK_FALSE(parse_name_addr(broken).valid);
}

TEST_CASE("Via") {
    const Via via = parse_via("SIP/2.0/UDP [2001:db8::9:1]:5070;branch=z9hG4bK77;received=192.0.2.9;rport");
    CHECK(via.valid);
    CHECK(via.protocol == "SIP/2.0");
    CHECK(via.transport == "UDP");
    CHECK(via.sent_by == "[2001:db8::9:1]:5070");
    CHECK(via.host == "[2001:db8::9:1]");
    CHECK(via.port == 5070);
    CHECK(via.branch == "z9hG4bK77");
    CHECK(via.received == "192.0.2.9");
    REQUIRE(via.rport.has_value());
    CHECK(via.rport->empty());
    CHECK_FALSE(parse_via("SIP/2.0/TCP a").rport.has_value());
    for (const std::string_view broken : {"", "SIP/2.0", "SIP/2.0/UDP", "SIP/2.0/UDP a:x", "SIP/2.0/UDP a;;"})
        CHECK_FALSE(parse_via(broken).valid);
}

TEST_CASE("CSeq, RAck and other numbers do not wrap") {
    CHECK(parse_cseq("4294967295 INVITE").number == 4294967295U);
    CHECK_FALSE(parse_cseq("4294967296 INVITE").number.has_value());
    CHECK_FALSE(parse_cseq("-1 INVITE").number.has_value());
    CHECK(parse_cseq("INVITE").method.empty());
    const RAck rack = parse_rack("776656 1 INVITE");
    CHECK(rack.rseq == 776656);
    CHECK(rack.cseq == 1);
    CHECK(rack.method == "INVITE");
}

TEST_CASE("Reason, Replaces, Session-Expires, Session-ID, Event, Subscription-State") {
    const Reason reason = parse_reason("Q.850;cause=16;text=\"Terminated; done\"");
    CHECK(reason.protocol == "Q.850");
    CHECK(reason.cause == 16);
    CHECK(reason.text == "Terminated; done");
    const Replaces replaces = parse_replaces("98732@example.com;from-tag=r33;to-tag=23;early-only");
    CHECK(replaces.call_id == "98732@example.com");
    CHECK(replaces.from_tag == "r33");
    CHECK(replaces.to_tag == "23");
    CHECK(replaces.early_only);
    CHECK(parse_session_expires("1800;refresher=uas").seconds == 1800);
    CHECK(parse_session_expires("1800;refresher=uas").refresher == "uas");
    CHECK(parse_session_id("ab30317f1a784dc48ff824d0d3715d86;remote=00").remote == "00");
    CHECK(parse_event("dialog;id=7").id == "7");
    const SubscriptionState state = parse_subscription_state("terminated;reason=probation;retry-after=20");
    CHECK(state.state == "terminated");
    CHECK(state.reason == "probation");
    CHECK(state.retry_after == 20);
}

TEST_CASE("digest of RFC 2617's example, and of a hand-made stack") {
    const Digest digest =
        parse_digest("Digest username=\"Mufasa\", realm=\"testrealm@example.com\",\r\n qop=auth,"
                     " nc=00000001, uri=\"/dir/index.html\" , opaque=\"\",junk");
    CHECK(digest.scheme == "Digest");
    CHECK(digest.username == "Mufasa");
    CHECK(digest.realm == "testrealm@example.com");
    CHECK(digest.qop == "auth");
    CHECK(digest.nc == "00000001");
    CHECK(digest.uri == "/dir/index.html");
    CHECK(digest.response.empty());
    CHECK(parse_digest("Digest nonce=2290").nonce == "2290");
    CHECK(parse_digest("Digest qop=\"auth,auth-int\"").qop == "auth,auth-int");
}
