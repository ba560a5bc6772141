#include "analyzer/check/judge.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "analyzer/check/builtin.hpp"
#include "analyzer/check/flow_file.hpp"
#include "analyzer/pipeline.hpp"
#include "tests/support/captures.hpp"

using namespace rungs;
using namespace rungs::check;

namespace {

std::string sample(std::string_view name) {
    return fmt::format("{}/samples/{}", RUNGS_SOURCE_DIR, name);
}

Analysis read(const std::vector<std::string>& paths) {
    auto analysis = analyze(paths);
    REQUIRE(analysis);
    return std::move(*analysis);
}

std::vector<Id> all_calls(const Analysis& analysis) {
    std::vector<Id> calls(analysis.calls.size());
    for (std::size_t i = 0; i < calls.size(); ++i) calls[i] = static_cast<Id>(i + 1);
    return calls;
}

check::Outcome judge_file(const std::string& path, const Flow& flow) {
    const Analysis analysis = read({path});
    auto outcome = judge_best(analysis, all_calls(analysis), flow);
    return outcome ? std::move(*outcome) : check::Outcome{};
}

Flow flow_of(std::string_view steps) {
    auto flow = parse_flow(fmt::format("flow: f\nroles: [caller, proxy]\n{}", steps), "f.yaml");
    if (!flow) FAIL(flow.error().message);
    return std::move(*flow);
}

/// The packets of a little-endian pcap file, to be put together differently.
struct Packets {
    explicit Packets(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        std::stringstream content;
        content << file.rdbuf();
        const std::string octets = content.str();
        header = octets.substr(0, 24);
        for (std::size_t at = 24; at + 16 <= octets.size();) {
            std::size_t length = 0;
            for (std::size_t i = 4; i-- > 0;)
                length = length << 8U | static_cast<unsigned char>(octets[at + 8 + i]);
            records.push_back(octets.substr(at, 16 + length));
            at += 16 + length;
        }
    }
    [[nodiscard]] std::string octets() const {
        std::string all = header;
        for (const std::string& record : records) all += record;
        return all;
    }
    /// Exchanges two packets; each place keeps its time.
    void swap(std::size_t a, std::size_t b) {
        std::swap(records[a], records[b]);
        const std::string time = records[a].substr(0, 8);
        records[a].replace(0, 8, records[b].substr(0, 8));
        records[b].replace(0, 8, time);
    }
    std::string header;
    std::vector<std::string> records;
};

Verdict verdict_of(const Packets& packets, const Flow& flow) {
    const test::TemporaryFile file(packets.octets());
    return judge_file(file.path(), flow).verdict;
}

using Names = std::set<std::string>;

/// What a capture of each kind follows, and what it cannot tell because it ends first or shows one link only.
/// Every other built-in flow fails on it.
struct CaptureOf {
    const char* file;
    Names passes;
    Names unknown;
};

const Names challenged_answer_caller{"answered-challenge", "answered-caller-ends", "auth-good"};
const Names challenged_answer_callee{"answered-challenge", "answered-callee-ends", "auth-good"};
const Names one_link{"answered-proxy", "b2bua"};
// What a class hands in is drawn on both links too.
const Names callee_link{"answered-proxy", "b2bua", "student-call"};
// A wrong password may be followed by another try, with whatever comes of it.
const Names next_try{"answered-challenge",
                     "busy",
                     "not-found",
                     "redirected",
                     "rejected",
                     "unavailable",
                     "no-answer",
                     "answered-callee-ends",
                     "answered-caller-ends",
                     "cancelled",
                     "early-media",
                     "no-answer-cancel",
                     "session-refresh",
                     "prack",
                     "hold-resume",
                     "answered-proxy",
                     "b2bua",
                     "self-call-busy"};

const std::vector<CaptureOf> kinds{
    {"flow-register.pcap", {"register"}, {"unregister"}},
    {"flow-register-challenge.pcap", {"register-challenge"}, {"unregister"}},
    {"flow-register-refused.pcap", {"register-refused"}, {"register-challenge", "unregister"}},
    {"flow-unregister.pcap", {"unregister"}, {}},
    {"lab-register.pcap", {"register-challenge", "unregister"}, {}},
    {"lab-answered-caller-hangs-up-caller.pcap", challenged_answer_caller, one_link},
    {"lab-answered-callee-hangs-up-caller.pcap", challenged_answer_callee, one_link},
    {"lab-answered-caller-hangs-up-callee.pcap", {"answered-caller-ends"}, callee_link},
    {"lab-answered-callee-hangs-up-callee.pcap", {"answered-callee-ends"}, callee_link},
    {"two-proxies.pcapng", {"answered-proxy", "answered-callee-ends"}, {}},
    {"b2bua-bridged-call.pcap",
     {"b2bua", "answered-challenge", "answered-callee-ends", "auth-good", "early-media"},
     {}},
    {"lab-busy-caller.pcap", {"busy", "auth-good"}, {"self-call-busy"}},
    {"lab-busy-callee.pcap", {"busy"}, {"self-call-busy"}},
    {"lab-rejected-caller.pcap", {"rejected", "auth-good"}, {"self-call-busy"}},
    {"lab-rejected-callee.pcap", {"rejected"}, {"self-call-busy"}},
    {"lab-cancelled-caller.pcap", {"cancelled", "auth-good"}, {}},
    {"lab-cancelled-callee.pcap", {"cancelled"}, {}},
    {"lab-no-answer-caller.pcap", {"no-answer", "auth-good"}, {}},
    {"lab-no-answer-callee.pcap", {"cancelled"}, {}}, // the proxy cancels its own leg
    {"lab-no-answer-cancel-caller.pcap", {"no-answer-cancel", "auth-good"}, {}},
    {"lab-no-answer-cancel-callee.pcap", {"cancelled"}, {}},
    {"lab-self-call.pcap", {"self-call-busy", "busy", "auth-good"}, {}},
    {"flow-unavailable.pcap", {"unavailable"}, {}},
    {"flow-not-found.pcap", {"not-found"}, {}},
    {"flow-redirected.pcap", {"redirected"}, {}},
    {"flow-auth-then-busy.pcap", {"auth-good", "busy"}, {"self-call-busy"}},
    {"flow-auth-wrong-password.pcap", {"auth-wrong-password"}, next_try},
    {"flow-auth-stale.pcap",
     {"auth-stale", "auth-good", "answered-challenge", "answered-caller-ends"},
     one_link},
    {"flow-hold-resume.pcap", {"hold-resume"}, one_link},
    {"flow-session-refresh.pcap", {"session-refresh"}, one_link},
    {"flow-prack.pcap", {"prack", "answered-caller-ends"}, one_link},
    {"flow-blind-transfer.pcap", {"blind-transfer"}, {}},
    {"flow-attended-transfer.pcap", {"attended-transfer"}, {}},
    {"flow-options.pcap", {"options"}, {}},
    {"flow-message.pcap", {"message"}, {}},
    {"flow-subscribe-notify.pcap", {"subscribe-notify"}, {}},
};

/// A passing capture for each flow that has one.
const std::vector<std::pair<const char*, const char*>> pairs{
    {"register", "flow-register.pcap"},
    {"register-challenge", "lab-register.pcap"},
    {"register-refused", "flow-register-refused.pcap"},
    {"unregister", "lab-register.pcap"},
    {"answered-caller-ends", "flow-prack.pcap"},
    {"answered-callee-ends", "flow-answered-direct.pcap"},
    {"answered-challenge", "flow-auth-stale.pcap"},
    {"b2bua", "b2bua-bridged-call.pcap"},
    {"busy", "lab-busy-caller.pcap"},
    {"rejected", "lab-rejected-caller.pcap"},
    {"cancelled", "lab-cancelled-caller.pcap"},
    {"cancelled", "lab-cancelled-callee.pcap"},
    {"no-answer", "lab-no-answer-caller.pcap"},
    {"no-answer-cancel", "lab-no-answer-cancel-caller.pcap"},
    {"self-call-busy", "lab-self-call.pcap"},
    {"unavailable", "flow-unavailable.pcap"},
    {"not-found", "flow-not-found.pcap"},
    {"redirected", "flow-redirected.pcap"},
    {"auth-good", "flow-auth-then-busy.pcap"},
    {"auth-wrong-password", "flow-auth-wrong-password.pcap"},
    {"auth-stale", "flow-auth-stale.pcap"},
    {"early-media", "b2bua-bridged-call.pcap"},
    {"hold-resume", "flow-hold-resume.pcap"},
    {"session-refresh", "flow-session-refresh.pcap"},
    {"prack", "flow-prack.pcap"},
    {"blind-transfer", "flow-blind-transfer.pcap"},
    {"attended-transfer", "flow-attended-transfer.pcap"},
    {"options", "flow-options.pcap"},
    {"message", "flow-message.pcap"},
    {"subscribe-notify", "flow-subscribe-notify.pcap"},
};

} // namespace

TEST_CASE("each built-in flow passes on captures of its kind and fails on every other kind") {
    Names shown;
    for (const CaptureOf& kind : kinds) {
        CAPTURE(std::string(kind.file));
        const Analysis analysis = read({sample(std::string("sip/") + kind.file)});
        for (const Flow& flow : builtin_flows()) {
            CAPTURE(flow.name);
            const auto outcome = judge_best(analysis, all_calls(analysis), flow);
            REQUIRE(outcome);
            const Verdict wanted = kind.passes.contains(flow.name)    ? Verdict::pass
                                   : kind.unknown.contains(flow.name) ? Verdict::inconclusive
                                                                      : Verdict::fail;
            CHECK(to_string(outcome->verdict) == to_string(wanted));
            if (outcome->verdict == Verdict::pass) shown.insert(flow.name);
        }
    }
    for (const Flow& flow : builtin_flows()) {
        CAPTURE(flow.name);
        // Invitations and the programs of students have captures of their own.
        CHECK((shown.contains(flow.name) || flow.name.starts_with("msn-") ||
               flow.name.starts_with("student-")));
    }
}

TEST_CASE("cutting the end never turns a pass into a fail") {
    for (const auto& [name, file] : pairs) {
        const std::string flow_name(name), file_name(file); // clang 14 captures no structured bindings
        CAPTURE(flow_name);
        CAPTURE(file_name);
        const Flow& flow = *find_builtin(name);
        Packets packets(sample(std::string("sip/") + file));
        REQUIRE(verdict_of(packets, flow) == Verdict::pass);
        while (packets.records.size() > 1) {
            // Of a run of media only the last packets say something new.
            const std::size_t count = packets.records.size();
            packets.records.resize(count > 80 ? count - count / 8 : count - 1);
            CAPTURE(packets.records.size());
            const Verdict verdict = verdict_of(packets, flow);
            CHECK((verdict == Verdict::pass || verdict == Verdict::inconclusive));
        }
    }
}

TEST_CASE("a packet that was captured or sent twice changes nothing") {
    for (const auto& [name, file] :
         {std::pair{"cancelled", "lab-cancelled-caller.pcap"}, std::pair{"busy", "lab-busy-callee.pcap"}}) {
        const Packets packets(sample(std::string("sip/") + file));
        for (std::size_t i = 0; i < packets.records.size(); ++i) {
            Packets doubled = packets;
            doubled.records.insert(doubled.records.begin() + static_cast<std::ptrdiff_t>(i),
                                   packets.records[i]);
            CAPTURE(i);
            CHECK(verdict_of(doubled, *find_builtin(name)) == Verdict::pass);
        }
    }
}

TEST_CASE("what a missing packet does to the cancelled call") {
    // Frames of lab-cancelled-caller: INVITE 407 ACK INVITE INVITE 100 180 CANCEL 200 487 487 ACK
    const std::map<std::size_t, Verdict> verdicts{
        {1, Verdict::inconclusive}, // it may have been sent before the capture began
        {2, Verdict::fail},          {3, Verdict::fail},
        {4, Verdict::pass},          {5, Verdict::pass}, // sent twice: one is enough
        {6, Verdict::pass},                              // 100 may be absent
        {7, Verdict::fail},          {8, Verdict::fail},
        {9, Verdict::inconclusive},                       // 200 for CANCEL may come after all others
        {10, Verdict::pass},         {11, Verdict::pass}, // 487 was sent twice
        {12, Verdict::inconclusive}, // the capture ends at once: the ACK may have come later
    };
    const Packets whole(sample("sip/lab-cancelled-caller.pcap"));
    REQUIRE(whole.records.size() == 12);
    for (const auto& [frame, wanted] : verdicts) {
        Packets packets = whole;
        packets.records.erase(packets.records.begin() + static_cast<std::ptrdiff_t>(frame) - 1);
        const auto dropped = frame;
        CAPTURE(dropped);
        CHECK(to_string(verdict_of(packets, *find_builtin("cancelled"))) == to_string(wanted));
    }
}

TEST_CASE("a step in the wrong place is found and costs half") {
    Packets packets(sample("sip/lab-cancelled-caller.pcap"));
    packets.swap(6, 7); // 180 and CANCEL
    const test::TemporaryFile file(packets.octets());
    const check::Outcome outcome = judge_file(file.path(), *find_builtin("cancelled"));
    CHECK(outcome.verdict == Verdict::fail);
    CHECK(outcome.count(StepStatus::out_of_order) == 1);
    CHECK(outcome.count(StepStatus::missing) == 0);
    CHECK(outcome.possible.value() == 8);
    CHECK(outcome.earned.value() == 7.5); // 180 is worth 1
}

TEST_CASE("200 for CANCEL and 487 come in either order") {
    Packets packets(sample("sip/lab-cancelled-caller.pcap"));
    packets.swap(8, 9);
    CHECK(verdict_of(packets, *find_builtin("cancelled")) == Verdict::pass);
}

TEST_CASE("two calls in one capture: each is judged by itself") {
    const Analysis analysis =
        read({sample("sip/lab-cancelled-caller.pcap"), sample("sip/lab-busy-caller.pcap")});
    REQUIRE(analysis.calls.size() == 2);
    for (const char* name : {"cancelled", "busy"})
        CHECK(judge_best(analysis, all_calls(analysis), *find_builtin(name))->verdict == Verdict::pass);
    CHECK(judge_best(analysis, all_calls(analysis), *find_builtin("rejected"))->verdict == Verdict::fail);
}

TEST_CASE("the capture at the caller, at the callee and both together tell the same") {
    for (const auto& [flow, call] : {std::pair{"cancelled", "cancelled"}, std::pair{"rejected", "rejected"},
                                     std::pair{"answered-caller-ends", "answered-caller-hangs-up"}}) {
        const std::string caller = sample(fmt::format("sip/lab-{}-caller.pcap", call));
        const std::string callee = sample(fmt::format("sip/lab-{}-callee.pcap", call));
        const std::string call_name = call;
        CAPTURE(call_name);
        for (const auto& paths :
             std::vector<std::vector<std::string>>{{caller}, {callee}, {caller, callee}}) {
            const Analysis analysis = read(paths);
            CHECK(judge_best(analysis, all_calls(analysis), *find_builtin(flow))->verdict == Verdict::pass);
        }
    }
}

TEST_CASE("times between steps") {
    const std::string path = sample("sip/lab-cancelled-caller.pcap"); // 180 to CANCEL: 5.012 s
    const auto verdict = [&](const char* bound) {
        return judge_file(path, flow_of(fmt::format("steps: [\"caller -> proxy: INVITE\", "
                                                    "\"proxy -> caller: 180 (INVITE)\", "
                                                    "{{step: \"caller -> proxy: CANCEL\", {}}}]\n",
                                                    bound)))
            .verdict;
    };
    CHECK(verdict("within: 6s of 180") == Verdict::pass);
    CHECK(verdict("within: 5s") == Verdict::fail);
    CHECK(verdict("after: 5s of 180") == Verdict::pass);
    CHECK(verdict("after: 6s") == Verdict::fail);
    CHECK(verdict("within: 4s..6s of 180") == Verdict::pass);
}

TEST_CASE("quiet is a step") {
    const std::string path = sample("sip/lab-cancelled-caller.pcap");
    const auto steps = [](const char* pause) {
        return fmt::format("steps: [\"caller -> proxy: INVITE\", \"proxy -> caller: 180 (INVITE)\", "
                           "\"quiet for {}\", \"caller -> proxy: CANCEL\"]\n",
                           pause);
    };
    CHECK(judge_file(path, flow_of(steps("5s"))).verdict == Verdict::pass);
    CHECK(judge_file(path, flow_of(steps("6s"))).verdict == Verdict::fail);
    // At the end nobody knows how long it would have lasted.
    CHECK(judge_file(path, flow_of("steps: [\"caller -> proxy: INVITE\", \"caller -> proxy: CANCEL\", "
                                   "{repeat: any, steps: [\"any -> any: any\"]}, \"quiet for 1s\"]\n"))
              .verdict == Verdict::inconclusive);
}

TEST_CASE("predicates and bindings") {
    const std::string path = sample("sip/lab-cancelled-caller.pcap");
    const auto verdict = [&](std::string_view where) {
        return judge_file(path, flow_of(fmt::format(
                                    "steps: [{{step: \"caller -> proxy: INVITE\", let: {{id: call-id}}}}, "
                                    "{{step: \"caller -> proxy: CANCEL\", where: '{}'}}]\n",
                                    where)))
            .verdict;
    };
    CHECK(verdict("call-id = $id") == Verdict::pass);
    CHECK(verdict("call-id != $id") == Verdict::fail);
    CHECK(verdict("header max-forwards = 70") == Verdict::pass);
    CHECK(verdict("header Max-Forwards < 70") == Verdict::fail);
    CHECK(verdict("has not header Subject") == Verdict::pass);
    CHECK(verdict("has header Subject") == Verdict::fail);
    CHECK(verdict("to.uri = SIP:1002@LAB.example.com") == Verdict::pass); // RFC 3261 section 19.1.4
    CHECK(verdict("to.user = 1003") == Verdict::fail);
    CHECK(verdict("sdp present") == Verdict::fail);
    CHECK(verdict("from.user matches \"^10[0-9]{2}$\"") == Verdict::pass);
    CHECK(verdict("auth.valid") == Verdict::fail); // CANCEL has no credentials
    CHECK(verdict("rtp.streams = 0") == Verdict::pass);
    CHECK(verdict("rtp.loss < 2%") == Verdict::fail);
    CHECK(verdict("call-id = $nothing") == Verdict::inconclusive);
}

TEST_CASE("extra messages by policy, and ignored ones") {
    const std::string path = sample("sip/lab-busy-caller.pcap");
    const std::string steps = "steps: [\"caller -> proxy: INVITE\", \"proxy -> caller: 486\"]\n";
    CHECK(judge_file(path, flow_of(steps)).verdict == Verdict::pass);
    CHECK(judge_file(path, flow_of(steps + "extra: fail\n")).verdict == Verdict::fail);
    const check::Outcome outcome = judge_file(path, flow_of(steps + "ignore: [ACK, 100, 407]\n"));
    const auto extras = std::ranges::count(outcome.rows, Row::Kind::extra, &Row::kind);
    CHECK(extras == 1); // the first INVITE
}

TEST_CASE("roles can be fixed") {
    const Analysis analysis = read({sample("sip/lab-busy-caller.pcap")});
    JudgeOptions options;
    options.roles["caller"] = *IpAddress::parse("192.168.1.20");
    const check::Outcome right = judge(analysis, 1, *find_builtin("busy"), options);
    CHECK(right.verdict == Verdict::pass);
    CHECK(right.course.roles[0].fixed);
    CHECK(right.course.roles[1].address == "203.0.113.5");
    options.roles["caller"] = *IpAddress::parse("192.168.1.99");
    CHECK(judge(analysis, 1, *find_builtin("busy"), options).verdict == Verdict::fail);
}

TEST_CASE("invitations of MSN follow their flow and no other") {
    for (const auto& [file, wanted] :
         {std::pair{"msn/audio-accepted.pcap", Names{"msn-accepted"}},
          std::pair{"msn/audio-over-udp.pcap", Names{"msn-accepted"}},
          std::pair{"msn/audio-rejected.pcap", Names{"msn-rejected"}},
          std::pair{"msn/audio-timed-out.pcap", Names{"msn-timed-out"}},
          // A file is taken, a webcam refused.
          std::pair{"msn/file-transfer.pcap", Names{"msn-accepted", "msn-rejected"}}}) {
        CAPTURE(std::string(file));
        const Analysis analysis = read({sample(file)});
        for (const char* name : {"msn-accepted", "msn-rejected", "msn-timed-out", "busy", "cancelled"}) {
            CAPTURE(std::string(name));
            const auto outcome = judge_best(analysis, all_calls(analysis), *find_builtin(name));
            REQUIRE(outcome);
            CHECK(to_string(outcome->verdict) ==
                  to_string(wanted.contains(name) ? Verdict::pass : Verdict::fail));
        }
    }
}

TEST_CASE("an invitation link by link, and the call to which it led") {
    const auto flow = parse_flow(R"(flow: f
roles: [inviter: sender of MSN INVITE, switchboard: receiver of MSN INVITE, invitee: receiver of MSN INVITE]
steps:
  - inviter -> switchboard: MSN INVITE
  - switchboard -> invitee: MSN INVITE
  - invitee -> switchboard: MSN ACCEPT
  - switchboard -> inviter: MSN ACCEPT
  - inviter -> switchboard: MSN ACCEPT
  - switchboard -> invitee: MSN ACCEPT
  - invitee -> inviter: INVITE
  - inviter -> invitee: 200 (INVITE)
)",
                                 "f.yaml");
    REQUIRE(flow);
    const check::Outcome outcome = judge_file(sample("msn/audio-accepted.pcap"), *flow);
    CHECK(outcome.verdict == Verdict::pass);
    CHECK(outcome.course.roles[1].address == "198.51.100.35");
    CHECK(outcome.course.roles[2].address == "192.168.0.165");
}
