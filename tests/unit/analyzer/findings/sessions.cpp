#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/tape.hpp"

using namespace rungs;
using namespace rungs::test;

namespace {

constexpr std::string_view ana = "192.0.2.1:5060", ben = "192.0.2.2:5060";
using Frames = std::vector<std::uint64_t>;

Tape call_with(const std::string& offer, const std::string& answer, const std::string& in_ack,
               const std::string& more = {}) {
    Tape tape;
    tape.send(0, ana, ben, request("INVITE", 1, {.sdp = offer}));
    tape.send(1, ben, ana, response(200, "INVITE", 1, {.to_tag = "b", .more = more, .sdp = answer}));
    tape.send(1.1, ana, ben, request("ACK", 1, {.branch = "z9hG4bK2", .to_tag = "b", .sdp = in_ack}));
    return tape;
}

} // namespace

TEST_CASE("An offer is answered") {
    const std::string sdp = audio_at("192.0.2.1");
    CHECK(first_of(call_with(sdp, "", "").analyze(), "offer-unanswered").frames == Frames{1, 2});
    CHECK(first_of(call_with("", sdp, "").analyze(), "offer-unanswered").frames == Frames{1, 2});
    CHECK(first_of(call_with("", "", "").analyze(), "offer-missing").frames == Frames{1, 2});
    for (const Tape& tape : {call_with(sdp, sdp, ""), call_with("", sdp, sdp)}) {
        const Analysis analysis = tape.analyze();
        CHECK(count_of(analysis, "offer-unanswered") == 0);
        CHECK(count_of(analysis, "offer-missing") == 0);
    }
}

TEST_CASE("Session timers (RFC 4028)") {
    const std::string sdp = audio_at("192.0.2.1");
    Tape tape = call_with(sdp, sdp, "", "Session-Expires: 90;refresher=uac\r\n");
    const auto refresh_at = [&](double at) {
        tape.send(at, ana, ben, request("UPDATE", 2, {.branch = "z9hG4bK3", .to_tag = "b"}));
        tape.send(at + 0.1, ben, ana,
                  response(200, "UPDATE", 2,
                           {.branch = "z9hG4bK3", .to_tag = "b", .more = "Session-Expires: 90\r\n"}));
    };
    SUBCASE("refreshed in time") {
        refresh_at(45);
        tape.until(130);
        CHECK(count_of(tape.analyze(), "session-expired") == 0);
    }
    SUBCASE("refreshed too late") {
        refresh_at(100);
        tape.until(120);
        const auto found = findings_of(tape.analyze(), "session-expired");
        REQUIRE(found.size() == 1);
        CHECK(found.front().frames == Frames{2});
    }
    SUBCASE("never refreshed, never ended") {
        tape.until(100);
        CHECK(count_of(tape.analyze(), "session-expired") == 1);
    }
    SUBCASE("ended in time") {
        tape.send(80, ana, ben, request("BYE", 2, {.branch = "z9hG4bK3", .to_tag = "b"}));
        tape.until(100);
        CHECK(count_of(tape.analyze(), "session-expired") == 0);
    }
    SUBCASE("the capture ends before the interval") {
        tape.until(80);
        CHECK(count_of(tape.analyze(), "session-expired") == 0);
    }
}

TEST_CASE("Registrations") {
    Tape tape;
    unsigned cseq = 0;
    const auto register_at = [&](double at, const std::string& call_id, const std::string& granted) {
        ++cseq;
        const std::string branch = "z9hG4bK" + std::to_string(cseq);
        tape.send(at, ana, ben, request("REGISTER", cseq, {.branch = branch, .call_id = call_id}));
        tape.send(at + 0.1, ben, ana,
                  response(200, "REGISTER", cseq,
                           {.branch = branch, .to_tag = "r", .more = granted, .call_id = call_id}));
    };
    const std::string minute = "Contact: <sip:ana@192.0.2.1>;expires=60\r\n";
    register_at(0, "one", minute);
    SUBCASE("refreshed in time, even with another Call-ID") {
        register_at(55, "two", minute);
        tape.until(110);
        CHECK(count_of(tape.analyze(), "registration-expired") == 0);
    }
    SUBCASE("refreshed too late") {
        register_at(90, "one", minute);
        tape.until(100);
        CHECK(first_of(tape.analyze(), "registration-expired").frames == Frames{2});
    }
    SUBCASE("never refreshed; Expires counts where the Contact has no parameter") {
        register_at(50, "one", "Contact: <sip:ana@192.0.2.1>\r\nExpires: 20\r\n");
        tape.until(80);
        CHECK(first_of(tape.analyze(), "registration-expired").frames == Frames{4});
    }
    SUBCASE("removed") {
        register_at(50, "one", "Contact: <sip:ana@192.0.2.1>;expires=0\r\n");
        tape.until(200);
        CHECK(count_of(tape.analyze(), "registration-expired") == 0);
    }
}

TEST_CASE("Private addresses behind a NAT") {
    const Says home{.more = "Contact: <sip:ana@192.168.1.20:5060>\r\n",
                    .sdp = audio_at("192.168.1.20"),
                    .via = "192.168.1.20:5060"};
    SUBCASE("seen from outside: the source is public") {
        Tape tape;
        tape.send(0, "198.51.100.7:40000", ben, request("INVITE", 1, home));
        const Analysis analysis = tape.analyze();
        CHECK(first_of(analysis, "nat-contact").frames == Frames{1});
        CHECK(first_of(analysis, "nat-sdp").frames == Frames{1});
    }
    SUBCASE("seen from inside: the response says what Via it came with") {
        Tape tape;
        tape.send(0, "192.168.1.20:5060", ben, request("INVITE", 1, home));
        tape.send(0.1, ben, "192.168.1.20:5060",
                  response(100, "INVITE", 1, {.via = "192.168.1.20:5060;received=198.51.100.7"}));
        const Analysis analysis = tape.analyze();
        CHECK(first_of(analysis, "nat-contact").frames == Frames{1});
        CHECK(first_of(analysis, "nat-sdp").frames == Frames{1});
    }
    SUBCASE("inside one network nothing is wrong") {
        Tape tape;
        tape.send(0, "192.168.1.20:5060", "192.168.1.1:5060", request("INVITE", 1, home));
        tape.send(0.1, "192.168.1.1:5060", "192.168.1.20:5060",
                  response(100, "INVITE", 1, {.via = "192.168.1.20:5060;received=192.168.1.20"}));
        const Analysis analysis = tape.analyze();
        CHECK(count_of(analysis, "nat-contact") == 0);
        CHECK(count_of(analysis, "nat-sdp") == 0);
    }
}
