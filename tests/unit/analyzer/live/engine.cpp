#include "analyzer/live/engine.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "analyzer/capture/source.hpp"
#include "reports/json.hpp"
#include "tests/support/captures.hpp"
#include "tests/support/tape.hpp"

using namespace rungs;
using nlohmann::json;
using test::Tape;

namespace {

namespace fs = std::filesystem;

/// An engine that is fed from a file, and what it told.
struct Bench {
    std::unique_ptr<capture::FrameSource> source;
    std::vector<std::string> told; ///< kind and number of calls
    std::vector<std::size_t> ended_messages;
    live::Engine engine;
    Timestamp latest;

    explicit Bench(const std::string& path, const live::Bounds& bounds = {})
        : source(std::move(capture::open({path}).value())),
          engine(
              {}, bounds, [this] { return source->captures(); },
              [this](const live::Event& event) { note(event); }) {}

    void note(const live::Event& event) {
        if (event.kind == live::EventKind::finding || event.kind == live::EventKind::stream) return;
        told.push_back(std::string(to_string(event.kind)) + " " + std::to_string(event.number));
        if (event.analysis != nullptr) ended_messages.push_back(event.analysis->messages.size());
    }

    void feed(bool ticks = false) {
        capture::FrameBatch batch;
        while (source->next(batch)) {
            for (const Frame& frame : batch.frames) {
                engine.take(frame);
                latest = std::max(latest, frame.time);
                if (ticks) engine.tick(frame.time);
            }
        }
    }
};

json document(const Analysis& analysis) {
    reports::StringSink sink;
    reports::write_json(analysis, "0", sink);
    return json::parse(sink.text());
}

std::vector<std::string> samples() {
    std::vector<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(RUNGS_SOURCE_DIR "/samples")) {
        const std::string ending = entry.path().extension().string();
        if (ending == ".pcap" || ending == ".pcapng") paths.push_back(entry.path().string());
    }
    return paths;
}

/// Five messages a second: INVITE, 180, 200, ACK, BYE and its answer, with a Call-ID of its own.
void add_call(Tape& tape, double at, const std::string& call_id, bool ends = true) {
    test::Says says;
    says.call_id = call_id;
    says.branch = "z9hG4bK" + call_id;
    const std::string caller = "192.0.2.1:5060", callee = "192.0.2.2:5060";
    tape.send(at, caller, callee, test::request("INVITE", 1, says));
    says.to_tag = "b";
    tape.send(at + 0.1, callee, caller, test::response(180, "INVITE", 1, says));
    tape.send(at + 0.2, callee, caller, test::response(200, "INVITE", 1, says));
    says.branch += "a";
    tape.send(at + 0.3, caller, callee, test::request("ACK", 1, says));
    if (!ends) return;
    says.branch += "b";
    tape.send(at + 0.5, caller, callee, test::request("BYE", 2, says));
    tape.send(at + 0.6, callee, caller, test::response(200, "BYE", 2, says));
}

std::string number(int i) {
    return "call" + std::to_string(1000 + i) + "@example.com";
}

} // namespace

TEST_CASE("live: the report at the end is that of the file") {
    for (const std::string& path : samples()) {
        CAPTURE(path);
        Bench bench(path);
        bench.feed(true);
        CHECK(document(bench.engine.finish(bench.latest)) == document(analyze({path}).value()));
    }
}

TEST_CASE("live: what is replayed gives the same dialogs and messages") {
    for (const std::string& path : samples()) {
        CAPTURE(path);
        Bench bench(path);
        bench.feed();
        // Streams of TCP are not at their end yet, nor is media that is not decided.
        const json replayed = document(bench.engine.latest(limits::live_settle_messages));
        const json straight = document(bench.engine.finish(bench.latest));
        if (replayed["messages"].size() != straight["messages"].size()) continue;
        CHECK(replayed["messages"] == straight["messages"]);
        CHECK(replayed["dialogs"] == straight["dialogs"]);
    }
}

TEST_CASE("live: a call is told from its start to its end") {
    Tape tape;
    add_call(tape, 1, number(0));
    tape.until(5);
    const test::TemporaryFile file(tape.file());
    Bench bench(file.path());
    bench.feed(true);
    CHECK(bench.told ==
          std::vector<std::string>{"call_started 1", "ringing 1", "answered 1", "call_ended 1"});
    CHECK(bench.ended_messages == std::vector<std::size_t>{6});
    CHECK(bench.engine.statistics().outcomes[static_cast<std::size_t>(CallOutcome::answered)] == 1);
}

TEST_CASE("live: a call in progress is not told as ended") {
    Tape tape;
    add_call(tape, 1, number(0), false);
    tape.until(900);
    const test::TemporaryFile file(tape.file());
    Bench bench(file.path());
    bench.feed(true);
    const Analysis analysis = bench.engine.finish(bench.latest);
    CHECK(bench.told == std::vector<std::string>{"call_started 1", "ringing 1", "answered 1"});
    CHECK(bench.engine.statistics().open == 1);
    REQUIRE(analysis.calls.size() == 1);
    CHECK(analysis.complete);
}

TEST_CASE("live: room is made by giving up what ended longest ago, counted") {
    Tape tape;
    add_call(tape, 0, "held@example.com", false); // stays up all the time
    for (int i = 0; i < 100; ++i) add_call(tape, 1 + i, number(i));
    tape.until(300);
    const test::TemporaryFile file(tape.file());
    live::Bounds bounds;
    bounds.dialogs = 20;
    Bench bench(file.path(), bounds);
    bench.feed(true);
    const live::Statistics now = bench.engine.statistics();
    CHECK(now.calls == 101);
    CHECK(now.dialogs < 20);
    CHECK(now.given_up.times > 0);
    CHECK(now.given_up.open_calls == 0);

    const Analysis analysis = bench.engine.finish(bench.latest);
    CHECK(analysis.dialogs.size() + now.given_up.dialogs == 101);
    CHECK(analysis.messages.size() + now.given_up.messages == 4 + 600);
    CHECK_FALSE(analysis.complete);
    CHECK(test::count_of(analysis, "limit-live") == 1);
    // The call in progress was kept, and so was the last one that ended; the first one was not.
    REQUIRE_FALSE(analysis.dialogs.empty());
    CHECK(analysis.text(analysis.dialogs.front().call_id) == "held@example.com");
    CHECK(analysis.dialogs.front().message_count == 4);
    CHECK(analysis.text(analysis.dialogs.back().call_id) == number(99));
    for (const Dialog& dialog : analysis.dialogs) CHECK(analysis.text(dialog.call_id) != number(0));
    // Every call was told once, evicted or not.
    CHECK(std::ranges::count_if(bench.told,
                                [](const std::string& one) { return one.starts_with("call_ended"); }) == 100);
    CHECK(std::ranges::count_if(
              bench.told, [](const std::string& one) { return one.starts_with("call_started"); }) == 101);
}

TEST_CASE("live: on one side of the bound nothing is given up, on the other it is") {
    for (const int calls : {19, 20}) {
        Tape tape;
        for (int i = 0; i < calls; ++i) add_call(tape, i, number(i));
        const test::TemporaryFile file(tape.file());
        live::Bounds bounds;
        bounds.dialogs = 20;
        Bench bench(file.path(), bounds);
        bench.feed();
        CHECK((bench.engine.statistics().given_up.dialogs != 0) == (calls == 20));
    }
}

TEST_CASE("live: a dialog without end keeps its newest messages") {
    Tape tape;
    test::Says says;
    says.call_id = "options@example.com";
    for (unsigned i = 0; i < 300; ++i) {
        says.branch = "z9hG4bK" + std::to_string(i);
        tape.send(i, "192.0.2.1:5060", "192.0.2.2:5060", test::request("OPTIONS", i + 1, says));
    }
    const test::TemporaryFile file(tape.file());
    live::Bounds bounds;
    bounds.messages = 100;
    Bench bench(file.path(), bounds);
    bench.feed(true);
    const live::Statistics now = bench.engine.statistics();
    CHECK(now.messages < 100);
    CHECK(now.messages + now.given_up.messages == 300);
    const Analysis analysis = bench.engine.finish(bench.latest);
    REQUIRE_FALSE(analysis.messages.empty());
    CHECK(analysis.messages.back().frame == 300);
}

TEST_CASE("live: an invitation of MSN that led to no call is told when it ends, once") {
    const std::string folder = RUNGS_SOURCE_DIR "/samples/msn/";
    const auto told_of = [&](const std::string& name) {
        Bench bench(folder + name);
        bench.feed(true);
        bench.engine.finish(bench.latest);
        CHECK(bench.engine.statistics().invitations == bench.told.size());
        return bench.told;
    };
    const std::string ended = "call_ended 0";
    CHECK(told_of("audio-rejected.pcap") == std::vector{ended});
    CHECK(told_of("audio-timed-out.pcap") == std::vector{ended});
    CHECK(told_of("file-transfer.pcap") == std::vector{ended, ended});
    CHECK(told_of("chat.pcap").empty());

    // One that led to a call is told with it.
    Bench bench(folder + "audio-accepted.pcap");
    bench.feed(true);
    bench.engine.finish(bench.latest);
    CHECK(bench.engine.statistics().invitations == 0);
    CHECK(bench.told.back() == "call_ended 1");
}

TEST_CASE("live: a limit that is reached is told as of a file, also when room was made since") {
    // The same request on one link more than is compared.
    Tape tape;
    for (std::size_t i = 0; i <= limits::hops; ++i)
        tape.send(static_cast<double>(i) * 0.001, "10.0." + std::to_string(i) + ".1:5060",
                  "10.0." + std::to_string(i + 1) + ".1:5060", test::request("INVITE", 1));
    const test::TemporaryFile alone(tape.file());
    const std::string text = test::first_of(analyze({alone.path()}).value(), "limit-reached").text;
    for (const int calls : {0, 100}) {
        for (int i = 0; i < calls; ++i) add_call(tape, 1 + i, number(i));
        const test::TemporaryFile file(tape.file());
        live::Bounds bounds;
        bounds.dialogs = 20;
        Bench bench(file.path(), bounds);
        bench.feed(true);
        CHECK((bench.engine.statistics().given_up.dialogs != 0) == (calls != 0));
        const Analysis analysis = bench.engine.finish(bench.latest);
        CHECK(test::first_of(analysis, "limit-reached").text == text);
        CHECK(bench.engine.statistics().limits == LimitsReached{{"hops", 1}});
    }
}

TEST_CASE("live: limits of media have names of their own") {
    Tape tape;
    for (int i = 0; i < 3; ++i)
        tape.send(i, "192.0.2.1:" + std::to_string(4000 + i), "192.0.2.2:6000",
                  std::string("\x00\x01\x00\x00\x21\x12\xa4\x42", 8) + std::string(12, 'x')); // STUN
    const test::TemporaryFile file(tape.file());
    live::Bounds bounds;
    bounds.flows = 2;
    Bench bench(file.path(), bounds);
    bench.feed();
    CHECK(bench.engine.statistics().limits == LimitsReached{{"live_flows", 1}});
    const Analysis analysis = bench.engine.finish(bench.latest);
    CHECK(test::first_of(analysis, "limit-reached").text.find("(limit live_flows: ") != std::string::npos);
    CHECK(analysis.complete);
}
