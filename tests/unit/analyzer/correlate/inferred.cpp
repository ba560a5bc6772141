#include <algorithm>

#include <doctest/doctest.h>

#include "tests/support/scene.hpp"

using namespace rungs;
using namespace rungs::test;

namespace {

const std::string invite = "INVITE sip:ben@lab.example SIP/2.0\r\n\r\n";
const std::string bye = "BYE sip:ben@lab.example SIP/2.0\r\n\r\n";
const std::string ok = "SIP/2.0 200 OK\r\n\r\n";

/// A call through a proxy, each request from a port of its own.
void call(Scene& scene, unsigned port) {
    const std::string client = "host:" + std::to_string(port), onward = "host:" + std::to_string(port + 1);
    scene.send_text(client, "host:6001", invite);
    scene.send_text(onward, "host:9002", invite);
    scene.send_text("host:9002", onward, ok);
    scene.send_text("host:6001", client, ok);
}

bool ambiguous(const Analysis& analysis) {
    return std::any_of(analysis.findings.begin(), analysis.findings.end(),
                       [](const Finding& finding) { return finding.code == "inferred-ambiguous"; });
}

} // namespace

TEST_CASE("an INVITE and its copy are one inferred dialog; the copy and its answer are hops") {
    Scene scene;
    call(scene, 40000);
    const Analysis& analysis = scene.end();
    REQUIRE(analysis.dialogs.size() == 1);
    CHECK(analysis.dialogs[0].inferred);
    CHECK(analysis.messages[1].relation == Relation::hop);
    CHECK(analysis.messages[1].relates_to == 1);
    CHECK(analysis.messages[2].method == sip::Method::invite);
    CHECK(analysis.messages[3].relation == Relation::hop);
    CHECK(analysis.messages[3].transaction == analysis.messages[0].transaction);
    CHECK(scene.call().outcome == CallOutcome::answered);
}

TEST_CASE("what comes more than two seconds later is no hop") {
    Scene scene;
    scene.send_text("host:40000", "host:6001", invite);
    scene.wait(2500ms);
    scene.send_text("host:40001", "host:9002", invite);
    CHECK(scene.end().calls.size() == 2);
}

TEST_CASE("two calls in a row stay two, and BYE ends the one that is open") {
    Scene scene;
    call(scene, 40000);
    const Id first = scene.send_text("host:41000", "host:6001", bye);
    scene.send_text("host:6001", "host:41000", ok);
    scene.wait(5s);
    call(scene, 42000);
    const Id second = scene.send_text("host:43000", "host:6001", bye);
    REQUIRE(scene.end().calls.size() == 2);
    CHECK(scene.message(first).dialog == 1);
    CHECK(scene.message(second).dialog == 2);
    CHECK_FALSE(ambiguous(scene.end()));
}

TEST_CASE("a BYE that fits two open calls goes to the younger, and that is said") {
    Scene scene;
    call(scene, 40000);
    scene.wait(5s);
    call(scene, 42000);
    const Id id = scene.send_text("host:43000", "host:6001", bye);
    CHECK(scene.message(id).dialog == 2);
    CHECK(ambiguous(scene.end()));
}

TEST_CASE("a dialog without Call-ID takes no message that has one") {
    Scene scene;
    call(scene, 40000);
    scene.send("host:40000", "host:6001", "BYE");
    const Analysis& analysis = scene.end();
    REQUIRE(analysis.dialogs.size() == 2);
    CHECK_FALSE(analysis.dialogs[1].inferred);
}

TEST_CASE("a challenge and the try with credentials are one registration, the next one another") {
    Scene scene;
    const std::string request = "REGISTER sip:ana@lab.example:9001 SIP/2.0\r\nExpires: 60\r\n\r\n";
    const std::string with = "REGISTER sip:ana@lab.example:9001 SIP/2.0\r\nExpires: 60\r\n"
                             "Authorization: Digest response=1\r\n\r\n";
    const std::string without = "REGISTER sip:ana@lab.example:9001 SIP/2.0\r\nExpires: 0\r\n\r\n";
    scene.send_text("host:40000", "host:6001", request);
    scene.send_text("host:6001", "host:40000", "SIP/2.0 401 Unauthorized\r\n\r\n");
    scene.send_text("host:40000", "host:6001", with);
    scene.send_text("host:6001", "host:40000", ok);
    scene.wait(10s);
    scene.send_text("host:41000", "host:6001", without);
    scene.send_text("host:6001", "host:41000", ok);
    const Analysis& analysis = scene.end();
    REQUIRE(analysis.calls.size() == 2);
    CHECK(analysis.calls[0].outcome == CallOutcome::registered);
    CHECK(analysis.calls[0].challenged);
    CHECK(analysis.calls[1].outcome == CallOutcome::unregistered);
    CHECK(analysis.text(analysis.dialogs[0].caller.uri) == "sip:ana@lab.example");
}
