#include "analyzer/correlate/dialogs.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/limits/correlation.hpp"
#include "tests/support/scene.hpp"

/// Dialogs by Call-ID and both tags: RFC 3261 section 12.
namespace rungs {
namespace {

using namespace test;

const Finding* find(const Analysis& analysis, std::string_view code) {
    for (const Finding& finding : analysis.findings)
        if (finding.code == code) return &finding;
    return nullptr;
}

TEST_CASE("one call is one dialog, whoever speaks") {
    Scene scene;
    scene.send("ana", "ben", "INVITE");
    scene.send("ben", "ana", "100");
    scene.send("ben", "ana", "180");
    scene.send("ben", "ana", "200");
    scene.send("ana", "ben", "ACK");
    scene.send("ben", "ana", "BYE", {.by_callee = true});
    scene.send("ana", "ben", "200", {.of = "BYE", .by_callee = true});
    REQUIRE(scene.end().dialogs.size() == 1);
    const Dialog& dialog = scene.end().dialog(1);
    CHECK(dialog.message_count == 7);
    CHECK(scene.end().text(dialog.from_tag) == "ana");
    CHECK(scene.end().text(dialog.to_tag) == "ben");
    CHECK(scene.end().text(dialog.caller.uri) == "sip:ana@example.com");
    CHECK(dialog.state == DialogState::terminated);
    CHECK_FALSE(dialog.begins_midway);
    CHECK(scene.message(1).from_caller);
    CHECK_FALSE(scene.message(6).from_caller);
}

TEST_CASE("forks are dialogs of their own, of one call (RFC 3261 section 12.1)") {
    Scene scene;
    const Id invite = scene.send("ana", "proxy", "INVITE");
    const Id first_rings = scene.send("proxy", "ana", "180", {.to_tag = "desk"});
    const Id second_rings = scene.send("proxy", "ana", "180", {.to_tag = "mobile"});
    const Id answered = scene.send("proxy", "ana", "200", {.to_tag = "mobile"});
    const Id ack = scene.send("ana", "proxy", "ACK", {.to_tag = "mobile"});
    const Id bye = scene.send("ana", "proxy", "BYE", {.cseq = 2, .to_tag = "mobile"});
    CHECK(scene.end().dialogs.size() == 2);
    CHECK(scene.message(invite).dialog == scene.message(first_rings).dialog);
    CHECK(scene.message(first_rings).dialog != scene.message(second_rings).dialog);
    for (const Id id : {answered, ack, bye})
        CHECK(scene.message(id).dialog == scene.message(second_rings).dialog);
    CHECK(scene.call().outcome == CallOutcome::answered);
    CHECK(scene.call().dialog_count == 2);
    CHECK(scene.end().dialog(1).state == DialogState::early);
}

TEST_CASE("refusals and challenges make no dialog, whatever their To tag") {
    Scene scene;
    scene.send("ana", "proxy", "INVITE");
    scene.send("proxy", "ana", "407", {.to_tag = "p1"});
    scene.send("ana", "proxy", "ACK", {.to_tag = "p1"});
    scene.send("ana", "proxy", "INVITE", {.cseq = 2});
    scene.send("proxy", "ana", "486", {.cseq = 2, .to_tag = "p2"});
    scene.send("ana", "proxy", "ACK", {.cseq = 2, .to_tag = "p2"});
    CHECK(scene.end().dialogs.size() == 1);
    CHECK(scene.end().dialog(1).state == DialogState::terminated);
}

TEST_CASE("the Call-ID decides, not the people") {
    Scene scene;
    scene.send("ana", "ben", "INVITE", {.call_id = "one@example.com"});
    scene.send("ana", "ben", "INVITE", {.call_id = "two@example.com"});
    scene.send("ben", "ana", "486", {.call_id = "one@example.com"});
    scene.send("ben", "ana", "200", {.call_id = "two@example.com"});
    REQUIRE(scene.end().calls.size() == 2);
    CHECK(scene.end().call(1).outcome == CallOutcome::busy);
    CHECK(scene.end().call(2).outcome == CallOutcome::answered);
}

TEST_CASE("a REGISTER with the Call-ID of a call is no part of it") {
    Scene scene;
    scene.send("ana", "proxy", "REGISTER", {.callee = "ana", .from_tag = "r1"});
    scene.send("proxy", "ana", "200", {.of = "REGISTER", .callee = "ana", .from_tag = "r1", .to_tag = "r2"});
    scene.send("ana", "proxy", "INVITE");
    scene.send("proxy", "ana", "486");
    REQUIRE(scene.end().calls.size() == 2);
    CHECK(scene.end().call(1).kind == CallKind::registration);
    CHECK(scene.end().call(1).outcome == CallOutcome::registered);
    CHECK(scene.end().call(2).kind == CallKind::call);
    CHECK(scene.end().call(2).outcome == CallOutcome::busy);
}

TEST_CASE("keep-alive REGISTERs with one Call-ID are one registration, whatever their From tags") {
    Scene scene;
    for (unsigned cseq = 1; cseq <= 4; ++cseq) {
        const Fields fields{.cseq = cseq,
                            .of = "REGISTER",
                            .callee = "ana",
                            .from_tag = fmt::format("t{}", cseq),
                            .to_tag = ""};
        scene.send("ana", "proxy", "REGISTER", fields);
        scene.send("proxy", "ana", "200", fields);
        scene.wait(55s);
    }
    CHECK(scene.call().kind == CallKind::registration);
    CHECK(scene.call().outcome == CallOutcome::registered);
}

TEST_CASE("a dialog that began before the capture says so") {
    Scene scene;
    scene.send("ben", "ana", "200");
    scene.send("ana", "ben", "ACK");
    CHECK(scene.end().dialogs.size() == 1);
    CHECK(scene.end().dialog(1).begins_midway);
    // The response came from the callee.
    CHECK(scene.end().endpoint(*scene.end().dialog(1).caller.address).address.to_string() ==
          scene.address("ana"));
}

TEST_CASE("messages without Call-ID: what two endpoints exchange is one dialog, marked as inferred") {
    Scene scene;
    scene.send_text("ana:5060", "ben:5060", "OPTIONS sip:ben@example.com SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n");
    scene.send_text("ben:5060", "ana:5060", "SIP/2.0 200 OK\r\nCSeq: 1 OPTIONS\r\n\r\n");
    CHECK(scene.end().dialogs.size() == 1);
    CHECK(scene.end().dialog(1).inferred);
    CHECK(scene.end().dialog(1).call_id.empty());
}

TEST_CASE("forks are kept apart up to the limit; further ones are counted, not lost") {
    const auto forks = [](std::size_t count, Scene& scene) {
        scene.send("ana", "proxy", "INVITE");
        for (std::size_t i = 0; i < count; ++i)
            scene.send("proxy", "ana", "180", {.to_tag = fmt::format("f{}", i)});
        return scene.end().dialogs.size();
    };
    Scene at_limit, past_limit;
    CHECK(forks(limits::forks, at_limit) == limits::forks);
    CHECK_FALSE(find(at_limit.end(), "limit-forks"));
    CHECK(forks(limits::forks + 3, past_limit) == limits::forks);
    const Finding* finding = find(past_limit.end(), "limit-forks");
    REQUIRE(finding);
    CHECK(finding->text.starts_with("3 messages"));
    CHECK(past_limit.end().messages.size() == 1 + limits::forks + 3);
}

} // namespace
} // namespace rungs
