#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/tape.hpp"

using namespace rungs;
using namespace rungs::test;

namespace {

constexpr std::string_view ana = "192.0.2.1:5060", ben = "192.0.2.2:5060", cem = "192.0.2.3:5060";
using Frames = std::vector<std::uint64_t>;

const Says tagged{.to_tag = "b", .sdp = audio_at("192.0.2.2")};
const Says offer{.sdp = audio_at("192.0.2.1")};
Says in_dialog(const std::string& branch) {
    return {.branch = branch, .to_tag = "b"};
}

/// INVITE and 200; whatever follows is the test's.
Tape answered() {
    Tape tape;
    tape.send(0, ana, ben, request("INVITE", 1, offer));
    tape.send(0.1, ben, ana, response(180, "INVITE", 1, {.to_tag = "b"}));
    tape.send(2, ben, ana, response(200, "INVITE", 1, tagged));
    return tape;
}

} // namespace

TEST_CASE("A sound call has no findings") {
    Tape tape = answered();
    tape.send(2.01, ana, ben, request("ACK", 1, in_dialog("z9hG4bK2")));
    tape.send(9, ana, ben, request("BYE", 2, in_dialog("z9hG4bK3")));
    tape.send(9.1, ben, ana, response(200, "BYE", 2, in_dialog("z9hG4bK3")));
    tape.until(60);
    const Analysis analysis = tape.analyze();
    // The tape holds signalling only, and that is said; nothing else is.
    REQUIRE(analysis.findings.size() == 1);
    CHECK(analysis.findings.front().code == "media-none-in-capture");
}

TEST_CASE("A 200 that nobody acknowledges") {
    Tape tape = answered();
    SUBCASE("and that is sent again") {
        tape.send(2.5, ben, ana, response(200, "INVITE", 1, tagged));
        const Analysis analysis = tape.analyze();
        REQUIRE(count_of(analysis, "ack-missing") == 1);
        const Finding found = first_of(analysis, "ack-missing");
        CHECK(found.frames == Frames{3, 4});
        CHECK(found.call == 1);
        CHECK(found.severity == Severity::error);
        CHECK(found.reference == "RFC 3261 13.2.2.4, 17.1.1.3");
        CHECK(first_of(analysis, "success-retransmitted").frames == Frames{3, 4});
    }
    SUBCASE("though the call goes on") {
        tape.send(9, ana, ben, request("BYE", 2, in_dialog("z9hG4bK3")));
        CHECK(count_of(tape.analyze(), "ack-missing") == 1);
    }
    SUBCASE("as far as 32 s of capture can tell") {
        tape.until(35);
        CHECK(count_of(tape.analyze(), "ack-missing") == 1);
    }
    SUBCASE("but the capture ends first") {
        tape.until(33);
        CHECK(count_of(tape.analyze(), "ack-missing") == 0);
    }
    SUBCASE("but it is a 200 for a later offer that got its ACK elsewhere in the dialog") {
        tape.send(2.2, ana, cem, request("ACK", 1, in_dialog("z9hG4bK2"))); // past the proxy
        tape.until(60);
        CHECK(count_of(tape.analyze(), "ack-missing") == 0);
    }
}

TEST_CASE("A refusal needs its ACK on the same link") {
    Tape tape;
    tape.send(0, ana, ben, request("INVITE", 1, offer));
    tape.send(1, ben, ana, response(486, "INVITE", 1, {.to_tag = "b"}));
    SUBCASE("missing") {
        tape.until(40);
        CHECK(first_of(tape.analyze(), "ack-missing").frames == Frames{2});
    }
    SUBCASE("there, with the INVITE's branch") {
        tape.send(1.1, ana, ben, request("ACK", 1, in_dialog("z9hG4bK1")));
        tape.until(40);
        const Analysis analysis = tape.analyze();
        CHECK(count_of(analysis, "ack-missing") == 0);
        CHECK(count_of(analysis, "branch-reused") == 0);
    }
}

TEST_CASE("Retransmissions follow RFC 3261's timers") {
    Tape tape;
    const auto invite_at = [&](std::initializer_list<double> times) {
        for (const double at : times) tape.send(at, ana, ben, request("INVITE", 1, offer));
    };
    SUBCASE("Timer A doubles without bound") {
        invite_at({0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5});
        tape.until(70);
        const Analysis analysis = tape.analyze();
        CHECK(count_of(analysis, "retransmission-schedule") == 0);
        CHECK(count_of(analysis, "retransmission-late") == 0);
        const auto unanswered = findings_of(analysis, "invite-unanswered");
        REQUIRE(unanswered.size() == 1);
        CHECK(unanswered.front().frames.size() == 7);
    }
    SUBCASE("one that got lost on the way changes nothing") {
        invite_at({0, 0.5, 3.5, 7.5});
        CHECK(count_of(tape.analyze(), "retransmission-schedule") == 0);
    }
    SUBCASE("T2 bounds other requests, not INVITE") {
        invite_at({0, 0.5, 1.5, 3.5, 7.5, 11.5});
        CHECK(first_of(tape.analyze(), "retransmission-schedule").frames == Frames{1, 6});
    }
    SUBCASE("a fixed interval is none of them") {
        invite_at({0, 0.2, 0.4});
        CHECK(first_of(tape.analyze(), "retransmission-schedule").frames == Frames{1, 2});
    }
    SUBCASE("a BYE every T2, and on after Timer F") {
        for (const double at : {0.0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 40.0})
            tape.send(at, ana, ben, request("BYE", 2, in_dialog("z9hG4bK3")));
        tape.until(80);
        const Analysis analysis = tape.analyze();
        CHECK(count_of(analysis, "retransmission-schedule") == 0);
        CHECK(first_of(analysis, "retransmission-late").frames == Frames{1, 8});
        CHECK(first_of(analysis, "bye-unanswered").frames.size() == 8);
    }
    SUBCASE("a 200 is sent again up to T2") {
        tape.send(0, ana, ben, request("INVITE", 1, offer));
        for (const double at : {1.0, 1.5, 2.5, 4.5, 8.5, 12.5})
            tape.send(at, ben, ana, response(200, "INVITE", 1, tagged));
        CHECK(count_of(tape.analyze(), "retransmission-schedule") == 0);
        tape.send(14.5, ben, ana, response(200, "INVITE", 1, tagged));
        CHECK(first_of(tape.analyze(), "retransmission-schedule").frames == Frames{2, 8});
    }
}

TEST_CASE("Requests without an answer") {
    Tape tape;
    tape.send(0, ana, ben, request("OPTIONS", 1));
    SUBCASE("within Timer F it may still come") {
        tape.until(31);
        CHECK(count_of(tape.analyze(), "request-unanswered") == 0);
    }
    SUBCASE("after it it may not") {
        tape.until(33);
        CHECK(first_of(tape.analyze(), "request-unanswered").frames == Frames{1});
    }
}

TEST_CASE("CANCEL") {
    Tape tape;
    tape.send(0, ana, ben, request("INVITE", 1, offer));
    SUBCASE("lost against the 200") {
        tape.send(0.1, ben, ana, response(180, "INVITE", 1, {.to_tag = "b"}));
        tape.send(2, ana, ben, request("CANCEL", 1));
        tape.send(2.01, ben, ana, response(200, "INVITE", 1, tagged));
        tape.send(2.02, ben, ana, response(200, "CANCEL", 1, {.to_tag = "b"}));
        const Analysis analysis = tape.analyze();
        CHECK(first_of(analysis, "cancel-lost").frames == Frames{3, 4});
        CHECK(count_of(analysis, "cancel-early") == 0);
    }
    SUBCASE("before any response") {
        tape.send(0.1, ana, ben, request("CANCEL", 1));
        tape.send(0.2, ben, ana, response(100, "INVITE", 1));
        const Analysis analysis = tape.analyze();
        CHECK(first_of(analysis, "cancel-early").frames == Frames{1, 2});
        CHECK(count_of(analysis, "cancel-lost") == 0);
    }
}

TEST_CASE("CSeq rises with each new request") {
    Tape tape = answered();
    tape.send(2.01, ana, ben, request("ACK", 1, in_dialog("z9hG4bK2")));
    SUBCASE("not with this BYE") {
        tape.send(9, ana, ben, request("BYE", 1, in_dialog("z9hG4bK3")));
        const auto found = findings_of(tape.analyze(), "cseq-not-rising");
        REQUIRE(found.size() == 1);
        CHECK(found.front().frames == Frames{1, 5});
    }
    SUBCASE("the callee counts for itself") {
        std::string bye = request("BYE", 1, in_dialog("z9hG4bK3"));
        bye.replace(bye.find("From: <sip:ana@example.com>;tag=a"), 33, "From: <sip:ben@example.com>;tag=b");
        bye.replace(bye.find("To: <sip:ben@example.com>;tag=b"), 31, "To: <sip:ana@example.com>;tag=a");
        tape.send(9, ben, ana, bye);
        CHECK(count_of(tape.analyze(), "cseq-not-rising") == 0);
    }
}

TEST_CASE("Branches") {
    Tape tape = answered();
    SUBCASE("the ACK of a 200 is a transaction of its own") {
        tape.send(2.01, ana, ben, request("ACK", 1, in_dialog("z9hG4bK1")));
        CHECK(first_of(tape.analyze(), "branch-reused").frames == Frames{1, 4});
    }
    SUBCASE("a BYE must not have the branch of another request") {
        tape.send(2.01, ana, ben, request("ACK", 1, in_dialog("z9hG4bK2")));
        tape.send(9, ana, ben, request("BYE", 2, in_dialog("z9hG4bK2")));
        CHECK(first_of(tape.analyze(), "branch-reused").frames == Frames{4, 5});
    }
    SUBCASE("without the magic cookie it need not be unique") {
        Tape old;
        old.send(0, ana, ben, request("OPTIONS", 1, {.branch = "1"}));
        old.send(1, ana, ben, request("OPTIONS", 2, {.branch = "1"}));
        CHECK(count_of(old.analyze(), "branch-reused") == 0);
    }
    SUBCASE("not looked at when headers are not to be checked") {
        tape.send(2.01, ana, ben, request("ACK", 1, in_dialog("z9hG4bK1")));
        AnalysisOptions options;
        options.check_headers = false;
        CHECK(count_of(tape.analyze(options), "branch-reused") == 0);
    }
}

TEST_CASE("Tags in To") {
    Tape tape;
    tape.send(0, ana, ben, request("INVITE", 1, offer));
    tape.send(0.1, ben, ana, response(100, "INVITE", 1)); // needs none
    tape.send(0.2, ben, ana, response(180, "INVITE", 1));
    tape.send(9, ana, ben, request("BYE", 2, {.branch = "z9hG4bK3"}));
    const auto found = findings_of(tape.analyze(), "to-tag-missing");
    REQUIRE(found.size() == 2);
    CHECK(found[0].frames == Frames{3});
    CHECK(found[1].frames == Frames{4});
}

TEST_CASE("Max-Forwards is lowered by each proxy") {
    const auto forwarded = [](const char* max_forwards) {
        Tape tape;
        tape.send(0, ana, ben, request("INVITE", 1, offer));
        tape.send(0.1, ben, cem,
                  request("INVITE", 1,
                          {.branch = "z9hG4bK9",
                           .sdp = audio_at("192.0.2.1"),
                           .via = "192.0.2.2:5060",
                           .further_via = "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n",
                           .max_forwards = max_forwards}));
        return tape.analyze();
    };
    CHECK(first_of(forwarded("70"), "max-forwards-kept").frames == Frames{1, 2});
    CHECK(count_of(forwarded("69"), "max-forwards-kept") == 0);
}
