#include "reports/ladder.hpp"

#include <doctest/doctest.h>

#include "tests/support/analysis_builder.hpp"

using namespace rungs;
using namespace rungs::reports;
using rungs::test::AnalysisBuilder;
using rungs::test::request;
using rungs::test::response;
using rungs::test::session;

namespace {

Ladder ladder_of(const Analysis& analysis, Id call = 1) {
    MessageReader reader(analysis);
    return build_ladder(analysis, call, reader);
}

} // namespace

TEST_CASE("ports of one address are one participant") {
    AnalysisBuilder lab;
    Call& call = lab.call(CallKind::call, CallOutcome::busy);
    lab.analysis.make_details_of(call).parties = {lab.party("sip:ana@example.com", "", "192.0.2.10:5060"),
                                                  lab.party("sip:bob@example.com", "", "192.0.2.20:5060")};
    lab.dialog("one");
    lab.message(0, "192.0.2.10:5060", "192.0.2.20:5060", request("INVITE sip:bob@example.com", "1 INVITE"));
    lab.message(1, "192.0.2.10:61000", "192.0.2.20:5060", request("INVITE sip:bob@example.com", "1 INVITE"));
    lab.message(2, "192.0.2.20:5060", "192.0.2.10:5060", response("486 Busy Here", "1 INVITE"));

    const Ladder ladder = ladder_of(lab.analysis);
    REQUIRE(ladder.participants.size() == 2);
    CHECK(ladder.participants[0].name == "ana");
    CHECK(ladder.participants[0].role == Role::caller);
    CHECK(ladder.participants[0].ports == std::vector<std::uint16_t>{5060, 61000});
    CHECK(address_of(ladder.participants[0]) == "192.0.2.10");
    CHECK(ladder.participants[1].role == Role::callee);
    CHECK(address_of(ladder.participants[1]) == "192.0.2.20:5060");
    REQUIRE(ladder.rungs.size() == 3);
    CHECK(ladder.rungs[2].from == 1);
    CHECK(ladder.rungs[2].to == 0);
    CHECK(ladder.rungs[2].label == "486 Busy Here (INVITE)");
    CHECK(ladder.rungs[2].failure);
    CHECK(ladder.rungs[2].since_start == std::chrono::seconds(2));
    CHECK(ladder.rungs[2].delta == std::chrono::seconds(1));
}

TEST_CASE("on loopback the ports are participants, and a forwarding port belongs to the one that received") {
    AnalysisBuilder lab;
    Call& call = lab.call(CallKind::call, CallOutcome::answered);
    lab.analysis.make_details_of(call).parties = {lab.party("sip:ana@example.com", "", "127.0.0.1:40001"),
                                                  lab.party("sip:bob@example.com", "", "127.0.0.1:5062")};
    lab.dialog("one");
    lab.message(0, "127.0.0.1:40001", "127.0.0.1:5060", request("INVITE sip:bob@example.com", "1 INVITE"));
    Message& hop = lab.message(0.1, "127.0.0.1:40002", "127.0.0.1:5062",
                               request("INVITE sip:bob@example.com", "1 INVITE"));
    hop.relation = Relation::hop;
    hop.relates_to = 1;
    lab.message(0.2, "127.0.0.1:5062", "127.0.0.1:40002", response("200 OK", "1 INVITE"));
    Message& back = lab.message(0.3, "127.0.0.1:5060", "127.0.0.1:40001", response("200 OK", "1 INVITE"));
    back.relation = Relation::hop;
    back.relates_to = 3;
    lab.message(0.4, "127.0.0.1:40003", "127.0.0.1:5060", request("ACK sip:bob@example.com", "1 ACK"));

    const Ladder ladder = ladder_of(lab.analysis);
    REQUIRE(ladder.participants.size() == 3);
    CHECK(ladder.participants[0].ports == std::vector<std::uint16_t>{40001, 40003});
    CHECK(ladder.participants[1].ports == std::vector<std::uint16_t>{5060, 40002});
    CHECK(ladder.participants[1].role == Role::proxy);
    CHECK(address_of(ladder.participants[1]) == "127.0.0.1:5060");
    CHECK(ladder.participants[2].name == "bob");
    CHECK(ladder.rungs[1].from == 1);
    CHECK(ladder.rungs[4].from == 0);
}

TEST_CASE("a call to oneself keeps both ends apart when the ports differ") {
    AnalysisBuilder lab;
    Call& call = lab.call(CallKind::call, CallOutcome::busy);
    lab.analysis.make_details_of(call).parties = {lab.party("sip:ana@example.com", "", "192.0.2.10:5060"),
                                                  lab.party("sip:ana@example.com", "", "192.0.2.10:5070")};
    lab.dialog("one");
    lab.message(0, "192.0.2.10:5060", "192.0.2.1:5060", request("INVITE sip:ana@example.com", "1 INVITE"));
    lab.message(1, "192.0.2.1:5060", "192.0.2.10:5070", request("INVITE sip:ana@example.com", "1 INVITE"));
    const Ladder ladder = ladder_of(lab.analysis);
    REQUIRE(ladder.participants.size() == 3);
    CHECK(ladder.participants[0].role == Role::caller);
    CHECK(ladder.participants[1].role == Role::proxy);
    CHECK(ladder.participants[2].role == Role::callee);
    CHECK(address_of(ladder.participants[2]) == "192.0.2.10:5070");
}

TEST_CASE("who asks for proxy authentication is the proxy, whoever the call is for") {
    AnalysisBuilder lab;
    Call& call = lab.call(CallKind::call, CallOutcome::auth_failed);
    lab.analysis.make_details_of(call).parties = {lab.party("sip:ana@example.com", "", "192.0.2.10:5060"),
                                                  lab.party("sip:bob@example.com", "", "192.0.2.1:5060")};
    lab.dialog("one");
    lab.message(0, "192.0.2.10:5060", "192.0.2.1:5060", request("INVITE sip:bob@example.com", "1 INVITE"));
    lab.message(
        1, "192.0.2.1:5060", "192.0.2.10:5060",
        response("407 Proxy Authentication Required", "1 INVITE", "", "Server: Kamailio (5.6.3)\r\n"));
    const Ladder ladder = ladder_of(lab.analysis);
    REQUIRE(ladder.participants.size() == 2);
    CHECK(ladder.participants[1].role == Role::proxy);
    CHECK(ladder.participants[1].name == "Kamailio");
    CHECK_FALSE(ladder.rungs[1].failure); // a challenge
}

TEST_CASE("rungs stand in order of frames, also when dialogs interleave and messages share a frame") {
    AnalysisBuilder lab;
    lab.call(CallKind::call, CallOutcome::answered);
    lab.dialog("a");
    lab.message(0, "192.0.2.10:5060", "192.0.2.1:5060", request("INVITE sip:bob@example.com", "1 INVITE"));
    lab.message(2, "192.0.2.1:5060", "192.0.2.10:5060", response("180 Ringing", "1 INVITE")).frame = 7;
    Message& second = lab.message(2, "192.0.2.1:5060", "192.0.2.10:5060", response("200 OK", "1 INVITE"));
    second.frame = 7;
    second.part = 2;
    lab.analysis.messages[1].part = 1;
    lab.dialog("b");
    lab.message(1, "192.0.2.1:5060", "192.0.2.20:5060", request("INVITE sip:bob@example.com", "1 INVITE"))
        .frame = 4;

    const Ladder ladder = ladder_of(lab.analysis);
    std::vector<std::string> frames;
    for (const Rung& rung : ladder.rungs) frames.push_back(rung.frame);
    CHECK(frames == std::vector<std::string>{"1", "4", "7.1", "7.2"});
}

TEST_CASE("each sending is counted") {
    AnalysisBuilder lab;
    lab.call(CallKind::call, CallOutcome::no_response);
    lab.dialog("a");
    for (int i = 0; i < 3; ++i) {
        Message& message = lab.message(i, "192.0.2.10:5060", "192.0.2.1:5060",
                                       request("INVITE sip:bob@example.com", "1 INVITE"));
        if (i == 0) continue;
        message.relation = Relation::retransmission;
        message.relates_to = static_cast<Id>(i); // each names the one before
    }
    const Ladder ladder = ladder_of(lab.analysis);
    CHECK(ladder.rungs[0].transmission == 1);
    CHECK(ladder.rungs[1].transmission == 2);
    CHECK(ladder.rungs[2].transmission == 3);
}

TEST_CASE("a session is said in a line") {
    AnalysisBuilder lab;
    lab.call(CallKind::call, CallOutcome::answered);
    lab.dialog("a");
    lab.message(0, "192.0.2.10:5060", "192.0.2.1:5060",
                request("INVITE sip:bob@example.com", "1 INVITE", session("192.0.2.10", "4000")));
    CHECK(ladder_of(lab.analysis).rungs[0].session == "PCMA PCMU telephone-event 192.0.2.10:4000 sendrecv");
}
