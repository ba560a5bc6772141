#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "analyzer/findings/collector.hpp"
#include "core/limits/correlation.hpp"
#include "tests/support/tape.hpp"

using namespace rungs;
using namespace rungs::test;

namespace {

constexpr std::string_view ana = "192.0.2.1:5060", ben = "192.0.2.2:5060";
using Frames = std::vector<std::uint64_t>;

std::string rtp(unsigned sequence) {
    return Octets(false)
        .u8(0x80)
        .u8(0)
        .u16(sequence)
        .u32(sequence * 160)
        .u32(0xa11c)
        .text(std::string(160, 'x'))
        .str();
}

/// A call whose media is the test's.
Tape talk() {
    Tape tape;
    tape.send(0, ana, ben, request("INVITE", 1, {.sdp = audio_at("192.0.2.1", 4000)}));
    tape.send(1, ben, ana, response(200, "INVITE", 1, {.to_tag = "b", .sdp = audio_at("192.0.2.2", 6000)}));
    tape.send(1.1, ana, ben, request("ACK", 1, {.branch = "z9hG4bK2", .to_tag = "b"}));
    return tape;
}

} // namespace

TEST_CASE("What the capture itself lacks") {
    Tape tape;
    tape.send(0, ana, ben, request("OPTIONS", 1));
    SUBCASE("a packet seen twice") {
        tape.copy_last(0.0001);
        CHECK(first_of(tape.analyze(), "capture-duplicates").frames == Frames{2});
    }
    SUBCASE("a file cut in the middle of a record") {
        tape.send(1, ben, ana, response(200, "OPTIONS", 1, {.to_tag = "b"}));
        tape.cut = 10;
        CHECK(count_of(tape.analyze(), "capture-truncated") == 1);
    }
    SUBCASE("a snapshot length that is too small") {
        tape.snapshot = 200;
        CHECK(first_of(tape.analyze(), "message-truncated").frames == Frames{1});
    }
}

TEST_CASE("An issue of single messages is one sentence with its rule and its number") {
    Tape tape;
    tape.send(0, ana, ben, request("OPTIONS", 1, {.branch = ""}));
    tape.send(1, ana, ben, request("OPTIONS", 2, {.branch = ""}));
    const auto found = findings_of(tape.analyze(), "sip-branch-missing");
    REQUIRE(found.size() == 1);
    CHECK(found.front().text == "The top Via has no branch: an RFC 2543 sender (2 messages).");
    CHECK(found.front().reference == "RFC 3261 8.1.1.7");
    CHECK(found.front().frames == Frames{1, 2});

    Tape described;
    described.send(0, ana, ben, request("INVITE", 1, {.sdp = "v=0\r\ns=-\r\nt=0 0\r\n"}));
    CHECK(first_of(described.analyze(), "sdp-origin-missing").text ==
          "The o= line, which names the session, is missing (1 message).");
}

TEST_CASE("Media") {
    Tape tape = talk();
    SUBCASE("one way") {
        for (unsigned i = 0; i < 60; ++i) tape.send(2 + i * 0.02, "192.0.2.1:4000", "192.0.2.2:6000", rtp(i));
        CHECK(first_of(tape.analyze(), "media-one-way").call == 1);
    }
    SUBCASE("both ways, with losses one way") {
        for (unsigned i = 0; i < 100; ++i) {
            tape.send(2 + i * 0.02, "192.0.2.1:4000", "192.0.2.2:6000", rtp(i));
            if (i % 20 != 7) tape.send(2.01 + i * 0.02, "192.0.2.2:6000", "192.0.2.1:4000", rtp(i));
        }
        const Analysis analysis = tape.analyze();
        CHECK(count_of(analysis, "media-one-way") == 0);
        const auto found = findings_of(analysis, "media-loss");
        REQUIRE(found.size() == 1);
        CHECK(found.front().text.starts_with("5 of 100 packets from 192.0.2.2:6000"));
    }
}

TEST_CASE("Findings are bounded and in order") {
    Analysis analysis;
    findings::Collector out(analysis);
    for (std::size_t i = 0; i < limits::findings + 2; ++i)
        out.add(findings::rule::cancel_lost, 0, "A note.", {});
    out.finish();
    REQUIRE(analysis.findings.size() == limits::findings + 1);
    CHECK(analysis.findings.back().code == "limit-findings");
    CHECK(analysis.findings.back().text == "2 findings not listed (limit findings: 10000).");

    Analysis sorted;
    findings::Collector two(sorted);
    two.add(findings::rule::cancel_lost, 0, "A note.", {});
    two.add(findings::rule::ack_missing, 0, "An error.", {});
    two.finish();
    CHECK(sorted.findings.front().code == "ack-missing");
}
