#include "dissectors/sip/fields.hpp"

#include <doctest/doctest.h>

#include "tests/unit/dissectors/sip/support.hpp"

using namespace rungs;
using namespace rungs::sip;

namespace {

/// Issues of a good request with one more header.
std::string issues_with(std::string_view header) {
    return Sample(request(std::string(header) + "\r\n")).issues();
}

} // namespace

TEST_CASE("every code is prefixed, unlike the others, and explained") {
    for (std::size_t i = 0; i < rule::all.size(); ++i) {
        CHECK(rule::all[i].code.starts_with("sip-"));
        CHECK_FALSE(rule::all[i].summary.empty());
        for (std::size_t j = 0; j < i; ++j) CHECK(rule::all[i].code != rule::all[j].code);
    }
}

TEST_CASE("one broken field, one issue") {
    CHECK(issues_with("Subject: fine") == "-");
    CHECK(issues_with("To: <sip:x@example.com>") == "error:sip-duplicate-header");
    CHECK(issues_with("Content-Length: 0\r\nContent-Length: 0") == "error:sip-duplicate-header");
    CHECK(issues_with("Content-Length: 0\r\nContent-Length: 5") == "error:sip-content-length-conflict");
    CHECK(issues_with("Contact: *") == "-");
    CHECK(issues_with("Contact: <sip:a@example.com>;expires=x") == "warning:sip-expires");
    CHECK(issues_with("Contact: <sip:a@example.com:port>") == "error:sip-uri");
    CHECK(issues_with("Contact: \"A <sip:a@example.com>") == "error:sip-quotes-unbalanced");
    CHECK(issues_with("Contact: A, <sip:a@example.com>") == "error:sip-uri");
    CHECK(issues_with("Expires: 4294967296") == "warning:sip-expires");
    CHECK(issues_with("Retry-After: 18000;duration=3600") == "-");
    CHECK(issues_with("Retry-After: 120 (I'm in a meeting)") == "-");
    CHECK(issues_with("Warning: 307 example.com \"text, more\", 30 x \"y\"") == "warning:sip-warning-code");
    CHECK(issues_with("Date: Sat, 13 Nov 2010 23:29:00 GMT") == "-");
    CHECK(issues_with("Date: 13 Nov 2010 23:29:00 GMT") == "warning:sip-date");
    CHECK(issues_with("Require: 100rel, timer") == "-");
    CHECK(issues_with("Require: 100rel, foo") == "note:sip-require-unknown");
    CHECK(issues_with("Via: SIP/2.0/UDP a;received=192.0.2.1;received=192.0.2.2") ==
          "warning:sip-duplicate-parameter");
}

TEST_CASE("what stands at fault is told with its place") {
    const Sample sample(request("Expires: never\r\n"));
    REQUIRE(sample.message.issues.size() == 1);
    const Issue& issue = sample.message.issues[0];
    CHECK(as_text(sample.message.bytes).substr(issue.offset).starts_with("Expires"));
    CHECK(issue.found == "never");
    CHECK(issue.needed == "seconds below 2^32");
}

TEST_CASE("captured text in an issue is short and printable") {
    const Sample sample(request("Expires: \x1b[2J" + std::string(5000, 'x') + "\r\n"));
    REQUIRE(sample.message.issues.size() == 1);
    CHECK(sample.message.issues[0].found.size() < 100);
    CHECK(sample.message.issues[0].found.find('\x1b') == std::string::npos);
}

TEST_CASE("each mandatory header that is missing is named") {
    const Sample sample("INVITE sip:b@example.com SIP/2.0\r\n\r\n");
    std::string needed;
    for (const Issue& issue : sample.message.issues) needed += issue.needed + " ";
    CHECK(needed == "Via From To Call-ID CSeq Max-Forwards Contact ");
}

TEST_CASE("Vias: the top one and the originator's, over headers and commas") {
    const Sample sample(request("Via: SIP/2.0/TCP b;branch=2, SIP/2.0/TCP c;branch=3\r\n"));
    CHECK(sample.message.identity.via_count == 3);
    CHECK(sample.message.identity.branch == "z9hG4bK1");
    CHECK(sample.message.identity.sent_by == "192.0.2.1:5060");
    CHECK(sample.message.identity.origin_branch == "3");
    CHECK(sample.message.identity.origin_sent_by == "c");
}
