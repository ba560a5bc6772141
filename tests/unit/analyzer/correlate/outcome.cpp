#include "analyzer/correlate/outcome.hpp"

#include <doctest/doctest.h>

#include "tests/support/scene.hpp"

/// What became of a call, by docs/outcomes.md. Sequences after RFC 3665 section 3, cut down to what counts.
namespace rungs {
namespace {

using namespace test;

/// An INVITE, perhaps provisional responses, and a final one.
CallOutcome ends(std::initializer_list<std::string_view> responses) {
    Scene scene;
    scene.send("ana", "ben", "INVITE");
    for (const std::string_view response : responses) scene.send("ben", "ana", response);
    scene.send("ana", "ben", "ACK");
    return scene.call().outcome;
}

/// RFC 3665 section 3.1: answered.
void answer(Scene& scene) {
    scene.send("ana", "ben", "INVITE");
    scene.send("ben", "ana", "180");
    scene.wait(2s).send("ben", "ana", "200");
    scene.send("ana", "ben", "ACK");
}

TEST_CASE("every final response has its outcome") {
    CHECK(ends({"100", "180", "200"}) == CallOutcome::answered);
    CHECK(ends({"202"}) == CallOutcome::answered);
    CHECK(ends({"299"}) == CallOutcome::answered);
    CHECK(ends({"300"}) == CallOutcome::redirected);
    CHECK(ends({"302"}) == CallOutcome::redirected);
    CHECK(ends({"305"}) == CallOutcome::redirected);
    CHECK(ends({"380"}) == CallOutcome::redirected);
    CHECK(ends({"399"}) == CallOutcome::redirected);
    CHECK(ends({"400"}) == CallOutcome::failed);
    CHECK(ends({"403"}) == CallOutcome::rejected);
    CHECK(ends({"404"}) == CallOutcome::not_found);
    CHECK(ends({"405"}) == CallOutcome::failed);
    CHECK(ends({"180", "410"}) == CallOutcome::unavailable);
    CHECK(ends({"480"}) == CallOutcome::unavailable);
    CHECK(ends({"484"}) == CallOutcome::not_found);
    CHECK(ends({"485"}) == CallOutcome::not_found);
    CHECK(ends({"488"}) == CallOutcome::failed);
    CHECK(ends({"500"}) == CallOutcome::failed);
    CHECK(ends({"503"}) == CallOutcome::failed);
    CHECK(ends({"603"}) == CallOutcome::rejected);
    CHECK(ends({"604"}) == CallOutcome::not_found);
    CHECK(ends({"606"}) == CallOutcome::failed);
    CHECK(ends({"699"}) == CallOutcome::failed);
}

TEST_CASE("ringing tells rejected from busy") {
    CHECK(ends({"486"}) == CallOutcome::busy);
    CHECK(ends({"100", "486"}) == CallOutcome::busy);
    CHECK(ends({"100", "180", "486"}) == CallOutcome::rejected);
    CHECK(ends({"183", "486"}) == CallOutcome::rejected);
    CHECK(ends({"600"}) == CallOutcome::busy);
    CHECK(ends({"180", "600"}) == CallOutcome::rejected);
}

TEST_CASE("408 after a provisional response is no answer, also when a CANCEL came with it") {
    CHECK(ends({"100", "408"}) == CallOutcome::no_answer);
    CHECK(ends({"100", "180", "408"}) == CallOutcome::no_answer);

    Scene scene;
    scene.send("ana", "proxy", "INVITE");
    scene.send("proxy", "ana", "180");
    scene.wait(30s).send("ana", "proxy", "CANCEL");
    scene.send("proxy", "ana", "408");
    scene.send("proxy", "ana", "200", {.of = "CANCEL"});
    scene.send("ana", "proxy", "ACK");
    CHECK(scene.call().outcome == CallOutcome::no_answer);
    CHECK(scene.call().ended_by == EndedBy::caller);
    CHECK(scene.call().final_status == 408);
}

TEST_CASE("408 with nothing before it is a failure") {
    CHECK(ends({"408"}) == CallOutcome::failed);
}

TEST_CASE("cancelled: CANCEL, 200, 487, ACK (RFC 3665 section 3.8)") {
    Scene scene;
    scene.send("ana", "ben", "INVITE");
    scene.send("ben", "ana", "180");
    scene.wait(5s).send("ana", "ben", "CANCEL");
    scene.send("ben", "ana", "200", {.of = "CANCEL"});
    scene.send("ben", "ana", "487");
    scene.send("ana", "ben", "ACK");
    const Call& call = scene.call();
    CHECK(call.outcome == CallOutcome::cancelled);
    CHECK(call.ended_by == EndedBy::caller);
    CHECK(call.final_status == 487);
    CHECK_FALSE(call.challenged);
    CHECK_FALSE(scene.end().details_of(call).talk);
}

TEST_CASE("a CANCEL that lost to a 200 is an answered call (RFC 3261 section 9.1)") {
    Scene scene;
    scene.send("ana", "ben", "INVITE");
    scene.send("ben", "ana", "180");
    scene.send("ana", "ben", "CANCEL");
    scene.send("ben", "ana", "200"); // crossed on the way
    scene.send("ben", "ana", "200", {.of = "CANCEL"});
    scene.send("ana", "ben", "ACK");
    scene.send("ana", "ben", "BYE", {.cseq = 2});
    scene.send("ben", "ana", "200", {.cseq = 2, .of = "BYE"});
    CHECK(scene.call().outcome == CallOutcome::answered);
    CHECK(scene.call().final_status == 200);
    CHECK(scene.call().ended_by == EndedBy::caller);
}

TEST_CASE("times of an answered call") {
    Scene scene;
    scene.send("ana", "ben", "INVITE");                    // at 0 ms
    scene.send("ben", "ana", "100");                       // 10
    scene.wait(90ms).send("ben", "ana", "180");            // 110
    scene.wait(2s).send("ben", "ana", "200");              // 2120
    scene.send("ana", "ben", "ACK");                       // 2130
    scene.wait(5s).send("ana", "ben", "BYE", {.cseq = 2}); // 7140
    scene.send("ben", "ana", "200", {.cseq = 2, .of = "BYE"});
    const Call& call = scene.call();
    const CallDetails& details = scene.end().details_of(call);
    CHECK(details.post_dial_delay == Duration(110ms));
    CHECK(details.ring == Duration(2010ms));
    CHECK(details.setup == Duration(2120ms));
    CHECK(details.talk == Duration(5020ms));
    CHECK(call.end - call.start == 7150ms);
}

TEST_CASE("who sent the BYE ended it") {
    Scene by_caller;
    answer(by_caller);
    by_caller.send("ana", "ben", "BYE", {.cseq = 2});
    CHECK(by_caller.call().ended_by == EndedBy::caller);

    Scene by_callee;
    answer(by_callee);
    by_callee.send("ben", "ana", "BYE", {.by_callee = true});
    CHECK(by_callee.call().ended_by == EndedBy::callee);
    CHECK(by_callee.end().dialogs.size() == 1);

    Scene nobody;
    answer(nobody);
    CHECK(nobody.call().ended_by == EndedBy::nobody);
    CHECK_FALSE(nobody.end().details_of(nobody.call()).talk);
}

TEST_CASE("a challenge that is answered is no failure (RFC 3665 section 3.2)") {
    for (const char* challenge : {"401", "407"}) {
        CAPTURE(challenge);
        Scene scene;
        scene.send("ana", "proxy", "INVITE");
        scene.send("proxy", "ana", challenge, {.to_tag = "proxy"});
        scene.send("ana", "proxy", "ACK", {.to_tag = "proxy"});
        scene.send("ana", "proxy", "INVITE", {.cseq = 2});
        scene.send("proxy", "ana", "180", {.cseq = 2});
        scene.send("proxy", "ana", "200", {.cseq = 2});
        scene.send("ana", "proxy", "ACK", {.cseq = 2});
        CHECK(scene.call().challenged);
        CHECK(scene.call().outcome == CallOutcome::answered);
        CHECK(scene.end().dialogs.size() == 1);
    }
}

TEST_CASE("a challenge never satisfied is auth_failed") {
    Scene given_up;
    given_up.send("ana", "proxy", "INVITE");
    given_up.send("proxy", "ana", "407");
    given_up.send("ana", "proxy", "ACK");
    CHECK(given_up.call().outcome == CallOutcome::auth_failed);
    CHECK(given_up.call().challenged);

    Scene wrong_password;
    for (unsigned cseq = 1; cseq <= 3; ++cseq) {
        wrong_password.send("ana", "proxy", "INVITE", {.cseq = cseq});
        wrong_password.send("proxy", "ana", "407", {.cseq = cseq});
        wrong_password.send("ana", "proxy", "ACK", {.cseq = cseq});
    }
    CHECK(wrong_password.call().outcome == CallOutcome::auth_failed);
    CHECK(wrong_password.call().final_status == 407);
}

TEST_CASE("a challenge and then a refusal is that refusal") {
    Scene scene;
    scene.send("ana", "proxy", "INVITE");
    scene.send("proxy", "ana", "407");
    scene.send("ana", "proxy", "ACK");
    scene.send("ana", "proxy", "INVITE", {.cseq = 2});
    scene.send("proxy", "ana", "404", {.cseq = 2});
    CHECK(scene.call().challenged);
    CHECK(scene.call().outcome == CallOutcome::not_found);
    CHECK(scene.end().text(scene.call().reason) == "Reason of 404");
}

TEST_CASE("no response: nothing until Timer B, or the end of the repetitions") {
    Scene scene;
    for (const auto pause : {0ms, 490ms, 990ms, 1990ms, 3990ms, 7990ms, 15990ms}) {
        scene.wait(pause).send("ana", "ben", "INVITE");
    }
    scene.wait(500ms);
    CHECK(scene.call().outcome == CallOutcome::in_progress);

    Scene waited;
    waited.send("ana", "ben", "INVITE");
    waited.wait(32s);
    CHECK(waited.call().outcome == CallOutcome::no_response);

    Scene trying;
    trying.send("ana", "ben", "INVITE");
    trying.send("ben", "ana", "100");
    trying.wait(32s);
    CHECK(trying.call().outcome == CallOutcome::no_response);
    CHECK(trying.call().final_status == 0);
}

TEST_CASE("what the capture does not see the end of is in progress") {
    Scene ringing;
    ringing.send("ana", "ben", "INVITE");
    ringing.send("ben", "ana", "180");
    ringing.wait(60s);
    CHECK(ringing.call().outcome == CallOutcome::in_progress);
    CHECK(ringing.call().ended_by == EndedBy::nobody);

    Scene just_begun;
    just_begun.send("ana", "ben", "INVITE");
    CHECK(just_begun.call().outcome == CallOutcome::in_progress);
}

TEST_CASE("what began before the capture is unknown, unless its end tells") {
    Scene only_bye;
    only_bye.send("ana", "ben", "BYE", {.cseq = 2});
    only_bye.send("ben", "ana", "200", {.cseq = 2, .of = "BYE"});
    CHECK(only_bye.call().kind == CallKind::call);
    CHECK(only_bye.call().outcome == CallOutcome::unknown);
    CHECK(only_bye.call().ended_by == EndedBy::caller);
    CHECK(only_bye.call().final_status == 0); // the 200 answers the BYE
    CHECK(only_bye.end().dialog(1).begins_midway);

    Scene only_refusal;
    only_refusal.send("ben", "ana", "486");
    CHECK(only_refusal.call().outcome == CallOutcome::busy);
}

TEST_CASE("a re-INVITE that is refused does not undo the answer (RFC 3665 section 3.7)") {
    Scene scene;
    answer(scene);
    scene.send("ben", "ana", "INVITE", {.by_callee = true});
    scene.send("ana", "ben", "488", {.by_callee = true});
    scene.send("ben", "ana", "ACK", {.by_callee = true});
    CHECK(scene.call().outcome == CallOutcome::answered);
    CHECK(scene.call().final_status == 200);
}

TEST_CASE("what a REGISTER led to") {
    const auto registers = [](unsigned expires, std::initializer_list<const char*> responses) {
        Scene scene;
        unsigned cseq = 0;
        for (const char* response : responses) {
            ++cseq;
            scene.send(
                "ana", "proxy", "REGISTER",
                {.cseq = cseq, .callee = "ana", .headers = "Expires: " + std::to_string(expires) + "\r\n"});
            scene.send("proxy", "ana", response,
                       {.cseq = cseq, .of = "REGISTER", .callee = "ana", .to_tag = "registrar"});
        }
        CHECK(scene.call().kind == CallKind::registration);
        return scene.call().outcome;
    };
    CHECK(registers(60, {"200"}) == CallOutcome::registered);
    CHECK(registers(60, {"401", "200"}) == CallOutcome::registered);
    CHECK(registers(0, {"401", "200"}) == CallOutcome::unregistered);
    CHECK(registers(60, {"401", "401"}) == CallOutcome::auth_failed);
    CHECK(registers(60, {"401", "403"}) == CallOutcome::rejected);
    CHECK(registers(60, {"404"}) == CallOutcome::not_found);
    CHECK(registers(60, {"423"}) == CallOutcome::failed);
    CHECK(registers(60, {"503"}) == CallOutcome::failed);
}

TEST_CASE("requests that make no call have a kind of their own") {
    const auto sends = [](const char* method) {
        Scene scene;
        scene.send("ana", "ben", method);
        scene.send("ben", "ana", "200", {.of = method});
        return std::pair{scene.call().kind, scene.call().outcome};
    };
    CHECK(sends("MESSAGE") == std::pair{CallKind::message, CallOutcome::delivered});
    CHECK(sends("OPTIONS") == std::pair{CallKind::options, CallOutcome::accepted});
    CHECK(sends("SUBSCRIBE") == std::pair{CallKind::subscription, CallOutcome::accepted});
    CHECK(sends("REFER").second == CallOutcome::accepted);
    CHECK(sends("PUBLISH") == std::pair{CallKind::other, CallOutcome::accepted});
}

} // namespace
} // namespace rungs
