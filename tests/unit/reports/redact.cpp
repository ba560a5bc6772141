#include <doctest/doctest.h>

#include "reports/redact.hpp"
#include "tests/support/analysis_builder.hpp"

using rungs::Analysis;
using rungs::reports::Redactor;

TEST_CASE("people get pseudonyms, the same ones each time") {
    const Analysis analysis;
    Redactor redactor(analysis);
    CHECK(redactor.apply("INVITE sip:ana@example.com SIP/2.0") == "INVITE sip:user1@example.com SIP/2.0");
    CHECK(redactor.apply("To: <sip:ben@example.com>;tag=1") == "To: <sip:user2@example.com>;tag=1");
    CHECK(redactor.apply("From: <sip:ana@example.com>") == "From: <sip:user1@example.com>");
    CHECK(redactor.apply("o=ana 1 1 IN IP4") == "o=user1 1 1 IN IP4");
    CHECK(redactor.apply("username=\"ana\"") == "username=\"user1\"");
    CHECK(redactor.apply("<tel:+15550100>") == "<tel:user3>");
    CHECK(redactor.apply("banana") == "banana");
}

TEST_CASE("addresses keep what they are") {
    const Analysis analysis;
    Redactor redactor(analysis);
    CHECK(redactor.apply("192.168.1.20:5060") == "10.0.0.1:5060");
    CHECK(redactor.apply("c=IN IP4 198.51.100.7") == "c=IN IP4 198.18.0.1");
    CHECK(redactor.apply("received=192.168.1.20;rport") == "received=10.0.0.1;rport");
    CHECK(redactor.apply("[2001:db8:77::5]:5060") == "[2001:db8::1]:5060");
    CHECK(redactor.apply("0.0.0.0 127.0.0.1") == "0.0.0.0 127.0.0.1");
    CHECK(redactor.apply("abc@192.168.1.20") == "user1@10.0.0.1");
    CHECK(redactor.apply("Zoiper v2.10.20 and 8000 at 08:15:00") == "Zoiper v2.10.20 and 8000 at 08:15:00");
}

TEST_CASE("credentials are gone") {
    const Analysis analysis;
    Redactor redactor(analysis);
    const std::string text = redactor.apply(
        "Digest nonce=\"e7bb77\", cnonce=\"0a4f\", response=\"66d9\", opaque=\"5ccc\", qop=auth");
    CHECK(text ==
          "Digest nonce=\"secret1\", cnonce=\"secret2\", response=\"secret3\", opaque=\"secret4\", qop=auth");
    CHECK(redactor.apply("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3") ==
          "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:secret5");
    CHECK(redactor.apply("Authorization: Basic QWxhZGRpbjpv") == "Authorization: Basic secret6");
}

TEST_CASE("friendly names behind addresses, as MSN has them") {
    const Analysis analysis;
    Redactor redactor(analysis);
    CHECK(redactor.apply("JOI ana@example.com Ana%20Torres\r\n") == "JOI user1@example.com user2\r\n");
    CHECK(redactor.apply("IRO 1 1 2 ben@example.com Ben 5") == "IRO 1 1 2 user3@example.com user4 5");
}

TEST_CASE("words of ours stay") {
    const Analysis analysis;
    Redactor redactor(analysis);
    CHECK(redactor.apply("sip:busy@example.com") == "sip:user1@example.com");
    CHECK(redactor.apply("outcome", "busy") == "busy");
    CHECK(redactor.apply("label", "busy") == "user1");
    CHECK(redactor.apply("ended_by", "caller") == "caller");
    CHECK(redactor.apply("ended_by", "bob@example.net") == "user2@example.net");
}

TEST_CASE("parties of several analyses get pseudonyms") {
    rungs::test::AnalysisBuilder lab;
    lab.call(rungs::CallKind::call, rungs::CallOutcome::busy);
    lab.dialog("one").caller = lab.party("sip:eva@example.com", "Eva Example", "");
    const Analysis nobody;
    Redactor redactor(nobody);
    CHECK(redactor.apply("text", "eva never answered") == "eva never answered");
    redactor.learn(lab.analysis);
    CHECK(redactor.apply("text", "eva never answered") == "user1 never answered");
    CHECK(redactor.apply("text", "Example") == "user3");
}
