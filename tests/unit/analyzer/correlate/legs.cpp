#include "analyzer/correlate/legs.hpp"

#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/limits/correlation.hpp"
#include "core/limits/messages.hpp"
#include "tests/support/scene.hpp"

/// Legs of one call: two Call-IDs that a host in the middle (B2BUA) has tied together.
namespace rungs {
namespace {

using namespace test;

constexpr const char* leg_a = "leg-a@example.com";
constexpr const char* leg_b = "leg-b@example.com";
constexpr const char* leg_c = "leg-c@example.com";

std::uint16_t bits(std::initializer_list<Evidence> evidence) {
    std::uint16_t all = 0;
    for (const Evidence one : evidence) all |= static_cast<std::uint16_t>(one);
    return all;
}
bool has(const Link& link, Evidence evidence) {
    return (link.evidence & bits({evidence})) != 0;
}

/// Two legs with nothing in common: other people, other hosts, a minute apart. `on_a` and `on_b` are put
/// into their INVITEs.
struct Strangers : Scene {
    Strangers(const std::string& on_a, const std::string& on_b) {
        leg(leg_a, "ana", "ben", on_a);
        wait(60s);
        leg(leg_b, "eva", "finn", on_b);
    }
    void leg(const char* call_id, const char* caller, const char* callee, const std::string& headers) {
        send(caller, callee, "INVITE",
             {.call_id = call_id, .caller = caller, .callee = callee, .headers = headers});
        send(callee, caller, "200", {.call_id = call_id, .caller = caller, .callee = callee});
    }
};

TEST_CASE("strangers are two calls") {
    Strangers scene("", "");
    CHECK(scene.end().calls.size() == 2);
    CHECK(scene.end().links.empty());
}

TEST_CASE("X-Call-ID and X-CID name the other leg, in either order") {
    const std::string names_a = fmt::format("X-Call-ID: {}\r\n", leg_a);
    const std::string names_b = fmt::format("X-CID: {}\r\n", leg_b);
    for (const auto& [on_a, on_b] : {std::pair<std::string, std::string>{"", names_a}, {names_b, ""}}) {
        Strangers scene(on_a, on_b);
        CHECK(scene.call().dialog_count == 2);
        REQUIRE(scene.end().links.size() == 1);
        CHECK(scene.end().links[0].evidence == bits({Evidence::x_call_id}));
        CHECK(scene.end().links[0].confidence == Confidence::certain);
    }
}

TEST_CASE("the header that links may come in a later message than the first") {
    Scene scene;
    scene.send("ana", "ben", "INVITE", {.call_id = leg_a});
    scene.send("eva", "finn", "INVITE", {.call_id = leg_b, .caller = "eva", .callee = "finn"});
    scene.send(
        "finn", "eva", "180",
        {.call_id = leg_b, .caller = "eva", .callee = "finn", .headers = "X-Call-ID: leg-a@example.com\r\n"});
    CHECK(scene.call().dialog_count == 2);
}

TEST_CASE("the names of linking headers are the user's choice") {
    const auto calls = [](const std::vector<std::string>& names) {
        Scene scene(names);
        scene.send("ana", "ben", "INVITE", {.call_id = leg_a});
        scene.send("eva", "finn", "INVITE",
                   {.call_id = leg_b,
                    .caller = "eva",
                    .callee = "finn",
                    .headers = "X-Origin: leg-a@example.com\r\n"});
        return scene.end().calls.size();
    };
    CHECK(calls({"X-Call-ID"}) == 2);
    CHECK(calls({"x-origin"}) == 1);
    CHECK(calls({}) == 2);
}

TEST_CASE("X-Call-ID with the own Call-ID or that of nobody links nothing") {
    Strangers scene(fmt::format("X-Call-ID: {}\r\n", leg_a), "X-Call-ID: nobody@example.com\r\n");
    CHECK(scene.end().calls.size() == 2);
}

TEST_CASE("Session-ID: one half is enough, the halves may be swapped (RFC 7989)") {
    const std::string half_1 = "ab30317f1a784dc48ff824d0d3715d86",
                      half_2 = "47755a9de7794ba387653f2099600ef2";
    const std::string nil(32, '0');
    const auto calls = [](const std::string& on_a, const std::string& on_b) {
        Strangers scene("Session-ID: " + on_a + "\r\n", "Session-ID: " + on_b + "\r\n");
        return scene.end().calls.size();
    };
    CHECK(calls(half_1 + ";remote=" + nil, half_1 + ";remote=" + nil) == 1);
    CHECK(calls(half_1 + ";remote=" + half_2, half_2 + ";remote=" + half_1) == 1);
    CHECK(calls(half_1 + ";remote=" + nil, half_2 + ";remote=" + nil) == 2); // nil says nothing
}

TEST_CASE("Replaces names the dialog that is replaced (RFC 3891)") {
    Strangers scene("", "Replaces: leg-a@example.com;to-tag=ben;from-tag=ana\r\n");
    CHECK(scene.call().dialog_count == 2);
    CHECK(has(scene.end().links.at(0), Evidence::replaces));
}

TEST_CASE("REFER: the call that it led to, with and without Replaces") {
    Scene blind; // RFC 5589 section 6: transfer without consultation
    blind.send("ana", "ben", "INVITE", {.call_id = leg_a});
    blind.send("ben", "ana", "200", {.call_id = leg_a});
    blind.send("ana", "ben", "REFER",
               {.call_id = leg_a, .cseq = 2, .headers = "Refer-To: <sip:carla@example.com>\r\n"});
    blind.send("ben", "ana", "202", {.call_id = leg_a, .cseq = 2, .of = "REFER"});
    blind.send("ben", "carla", "INVITE", {.call_id = leg_b, .caller = "ben", .callee = "carla"});
    CHECK(blind.call().dialog_count == 2);
    CHECK(has(blind.end().links.at(0), Evidence::refer_to));

    Strangers attended(
        "", "Refer-To: <sip:x@example.net?Replaces=leg-a%40example.com%3Bto-tag%3Dben%3Bfrom-tag%3Dana>\r\n");
    CHECK(attended.call().dialog_count == 2);
}

TEST_CASE("a REFER does not link what was called long after, or by somebody else") {
    const auto calls = [](Duration later, const char* who) {
        Scene scene;
        scene.send("ana", "ben", "INVITE", {.call_id = leg_a});
        scene.send("ben", "ana", "200", {.call_id = leg_a});
        scene.send("ana", "ben", "REFER",
                   {.call_id = leg_a, .cseq = 2, .headers = "Refer-To: <sip:carla@example.com>\r\n"});
        scene.wait(later).send(who, "carla", "INVITE", {.call_id = leg_b, .caller = who, .callee = "carla"});
        return scene.end().calls.size();
    };
    CHECK(calls(29s, "ben") == 1);
    CHECK(calls(31s, "ben") == 2);
    CHECK(calls(1s, "dario") == 2);
}

TEST_CASE("the caller's own Via on both legs: a proxy that changed the Call-ID") {
    Scene scene;
    scene.send("ana", "pbx", "INVITE", {.call_id = leg_a, .branch = "z9hG4bKorigin"});
    scene.send("pbx", "ben", "INVITE", {.call_id = leg_b, .branch = "z9hG4bKorigin"});
    CHECK(scene.call().dialog_count == 2);
    CHECK(has(scene.end().links.at(0), Evidence::via_chain));
}

/// A bridge: ana calls ben by the pbx, which gives leg b another Call-ID, and other tags and people when
/// asked to. Nothing links the legs but what they have in common.
struct Bridge : Scene {
    std::string called_on_b = "ben", caller_on_b = "pbx";
    std::string offer_a, offer_b;
    Duration calls_on_after = 0ms;

    void ring() {
        send("ana", "pbx", "INVITE", {.call_id = leg_a, .sdp = offer_a});
        wait(calls_on_after);
        send("pbx", "ben", "INVITE", b({.sdp = offer_b}));
        send("ben", "pbx", "180", b());
        send("pbx", "ana", "180", {.call_id = leg_a});
    }
    void answer(Duration passed_on_after = 0ms) {
        wait(2s).send("ben", "pbx", "200", b());
        wait(passed_on_after).send("pbx", "ana", "200", {.call_id = leg_a});
    }
    void hang_up() {
        wait(5s).send("ben", "pbx", "BYE", b({.by_callee = true}));
        send("pbx", "ana", "BYE", {.call_id = leg_a, .by_callee = true});
    }

  private:
    [[nodiscard]] Fields b(Fields fields = {}) const {
        fields.call_id = leg_b;
        fields.caller = caller_on_b;
        fields.callee = called_on_b;
        return fields;
    }
};

TEST_CASE("the same number through the same host, answered together: one call") {
    Bridge bridge;
    bridge.ring();
    bridge.answer();
    bridge.hang_up();
    const Call& call = bridge.call();
    CHECK(call.dialog_count == 2);
    CHECK(call.outcome == CallOutcome::answered);
    CHECK(call.ended_by == EndedBy::callee);
    REQUIRE(bridge.end().links.size() == 1);
    const Link& link = bridge.end().links[0];
    CHECK(link.confidence == Confidence::probable);
    CHECK(link.evidence ==
          bits({Evidence::numbers, Evidence::middle_host, Evidence::answer_time, Evidence::release_time}));
    CHECK(bridge.end().text(bridge.end().caller_of(call).uri) == "sip:ana@example.com");
    CHECK(bridge.end().endpoint(*bridge.end().callee_of(call).address).address.to_string() ==
          bridge.address("ben"));
}

TEST_CASE("the same number through the same host alone is a suggestion, which joins nothing") {
    Bridge bridge;
    bridge.ring();
    CHECK(bridge.end().calls.size() == 2);
    REQUIRE(bridge.end().links.size() == 1);
    CHECK(bridge.end().links[0].confidence == Confidence::suggested);
}

TEST_CASE("answers more than a second apart are no evidence") {
    Bridge near, far;
    for (Bridge* bridge : {&near, &far}) bridge->ring();
    near.answer(900ms);
    far.answer(1100ms);
    CHECK(near.end().calls.size() == 1);
    CHECK(far.end().calls.size() == 2);
}

TEST_CASE("numbers are compared as the number plan does: separators and prefixes do not count") {
    Scene scene;
    scene.send("ana", "pbx", "INVITE", {.call_id = leg_a, .callee = "+49-30-123456789"});
    scene.send("pbx", "ben", "INVITE", {.call_id = leg_b, .caller = "trunk", .callee = "0030123456789"});
    scene.send("ben", "pbx", "486", {.call_id = leg_b, .caller = "trunk", .callee = "0030123456789"});
    scene.send("pbx", "ana", "486", {.call_id = leg_a, .callee = "+49-30-123456789"});
    CHECK(scene.call().dialog_count == 2);
    CHECK(scene.call().outcome == CallOutcome::busy);
}

TEST_CASE("a host that calls on later than ten seconds does so for a call of its own") {
    Bridge soon, late;
    soon.calls_on_after = 9s;
    late.calls_on_after = 11s;
    for (Bridge* bridge : {&soon, &late}) {
        bridge->ring();
        bridge->answer();
    }
    CHECK(soon.end().calls.size() == 1);
    CHECK(late.end().calls.size() == 2);
}

TEST_CASE("a session description passed on: origin and media address are two pieces") {
    Bridge bridge;
    bridge.called_on_b = "extension";
    bridge.offer_a = bridge.offer_b = audio("3724394400", "203.0.113.7", 40000);
    bridge.ring();
    CHECK(bridge.call().dialog_count == 2);
    REQUIRE(bridge.end().links.size() == 1);
    CHECK(has(bridge.end().links[0], Evidence::sdp_origin));
    CHECK(has(bridge.end().links[0], Evidence::sdp_media));
    CHECK(bridge.end().links[0].confidence == Confidence::probable);
}

TEST_CASE("the same description in the caller's next call links nothing") {
    Scene scene;
    const std::string offer = audio("3724394400", "203.0.113.7", 40000);
    scene.send("ana", "ben", "INVITE", {.call_id = leg_a, .sdp = offer});
    scene.send("ben", "ana", "486", {.call_id = leg_a});
    scene.wait(1s).send("ana", "carla", "INVITE", {.call_id = leg_b, .callee = "carla", .sdp = offer});
    CHECK(scene.end().calls.size() == 2);
}

TEST_CASE("two calls of the same people at once are two calls") {
    Scene scene;
    for (const char* id : {leg_a, leg_b}) scene.send("ana", "ben", "INVITE", {.call_id = id});
    for (const char* id : {leg_a, leg_b}) scene.send("ben", "ana", "200", {.call_id = id});
    for (const char* id : {leg_a, leg_b}) scene.send("ana", "ben", "BYE", {.call_id = id, .cseq = 2});
    CHECK(scene.end().calls.size() == 2);
}

TEST_CASE("two bridged calls of the same people at once, one after the other: each leg finds its own") {
    Scene scene;
    const auto ring = [&](const char* a, const char* b) {
        scene.send("ana", "pbx", "INVITE", {.call_id = a});
        scene.send("pbx", "ben", "INVITE", {.call_id = b, .caller = "pbx"});
        scene.wait(2s);
    };
    const auto answer = [&](const char* a, const char* b) {
        scene.send("ben", "pbx", "200", {.call_id = b, .caller = "pbx"});
        scene.send("pbx", "ana", "200", {.call_id = a});
        scene.wait(2s);
    };
    ring("a1", "b1");
    ring("a2", "b2");
    answer("a1", "b1");
    answer("a2", "b2");
    REQUIRE(scene.end().calls.size() == 2);
    CHECK(scene.end().dialog(1).call == scene.end().dialog(2).call);
    CHECK(scene.end().dialog(3).call == scene.end().dialog(4).call);
}

TEST_CASE("links do not depend on which leg is read first") {
    for (const bool b_first : {false, true}) {
        CAPTURE(b_first);
        Scene scene;
        const auto a = [&] { scene.send("ana", "pbx", "INVITE", {.call_id = leg_a}); };
        const auto b = [&] {
            scene.send(
                "pbx", "ben", "INVITE",
                {.call_id = leg_b, .caller = "pbx", .headers = fmt::format("X-Call-ID: {}\r\n", leg_a)});
        };
        if (b_first) b();
        a();
        if (!b_first) b();
        CHECK(scene.call().dialog_count == 2);
    }
}

TEST_CASE("three legs in a chain are one call") {
    Scene scene;
    const auto leg = [&](const char* from, const char* to, const char* id, const std::string& headers) {
        scene.send(from, to, "INVITE", {.call_id = id, .caller = from, .callee = to, .headers = headers});
    };
    leg("east", "west", leg_c, fmt::format("X-Call-ID: {}\r\n", leg_b)); // the last leg is read first
    leg("ana", "pbx", leg_a, "");
    leg("pbx", "east", leg_b, fmt::format("X-Call-ID: {}\r\n", leg_a));
    CHECK(scene.call().dialog_count == 3);
    CHECK(scene.end().links.size() == 2);
    CHECK(scene.end().links_of(scene.call()).size() == 2);
}

TEST_CASE("what more legs share than a call can have is a habit, no evidence") {
    const auto calls = [](std::size_t count) {
        Scene scene;
        for (std::size_t i = 0; i < count; ++i) {
            scene.send("ana", "ben", "INVITE",
                       {.call_id = fmt::format("{}", i),
                        .headers = "Session-ID: ab30317f1a784dc48ff824d0d3715d86\r\n"});
        }
        return scene.end().calls.size();
    };
    CHECK(calls(limits::legs) == 1);
    CHECK(calls(limits::legs + 1) == limits::legs + 1);
}

} // namespace
} // namespace rungs
