#include "analyzer/check/judge.hpp"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "analyzer/check/builtin.hpp"
#include "analyzer/check/flow_file.hpp"
#include "analyzer/pipeline.hpp"
#include "tests/support/judging.hpp"

using namespace rungs;
using namespace rungs::check;
using namespace rungs::test;

namespace {

Flow flow_of(std::string_view steps) {
    auto flow = parse_flow(fmt::format("flow: f\nroles: [caller, proxy]\n{}", steps), "f.yaml");
    if (!flow) FAIL(flow.error().message);
    return std::move(*flow);
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

const Names gave_up{"cancelled", "no-answer", "no-answer-cancel"};

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
    // Behind the proxy nobody can tell whether the caller gave up or the proxy did.
    {"lab-no-answer-callee.pcap", {}, gave_up},
    {"lab-no-answer-cancel-caller.pcap", {"no-answer-cancel", "auth-good"}, {}},
    {"lab-no-answer-cancel-callee.pcap", {}, gave_up},
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

TEST_CASE("a step in the wrong place is found and costs half") {
    Packets packets(sample("sip/lab-cancelled-caller.pcap"));
    packets.swap(6, 7); // 180 and CANCEL
    const TemporaryFile file(packets.octets());
    const check::Outcome outcome = judge_file(file.path(), *find_builtin("cancelled"));
    CHECK(outcome.verdict == Verdict::fail);
    CHECK(outcome.count(StepStatus::out_of_order) == 1);
    CHECK(outcome.count(StepStatus::missing) == 0);
    CHECK(outcome.possible.value() == 8);
    CHECK(outcome.earned.value() == 7.5); // 180 is worth 1
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
        const std::string file_name = file; // clang 14 captures no structured bindings
        CAPTURE(file_name);
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

TEST_CASE("on one host the ports at which the parties listen are the roles") {
    struct Played {
        const char* file;
        const char* flow;
        std::vector<std::string> roles;
    };
    for (const Played& played :
         {Played{"call", "student-call", {"127.0.0.1:9001", "127.0.0.1:6001", "127.0.0.1:9002"}},
          Played{"callee-hangs-up", "student-call", {"127.0.0.1:9001", "127.0.0.1:6001", "127.0.0.1:9002"}},
          Played{"not-found", "student-error", {"127.0.0.1:9001", "127.0.0.1:6001"}},
          Played{
              "both-on-one-port", "student-call", {"127.0.0.1:9001", "127.0.0.1:6001", "127.0.0.1:9001"}}}) {
        CAPTURE(std::string(played.file));
        const auto outcome =
            judge_file(sample(fmt::format("students/{}.pcap", played.file)), *find_builtin(played.flow));
        CHECK(outcome.verdict == Verdict::pass);
        std::vector<std::string> roles;
        for (const Bound& bound : outcome.course.roles) roles.push_back(bound.address);
        CHECK(roles == played.roles);
        CHECK(std::ranges::none_of(outcome.rows, [](const Row& row) {
                  return row.kind == Row::Kind::extra;
              }) == (std::string_view(played.flow) == "student-call"));
    }
}

TEST_CASE("three roles on a capture of one link: its steps are judged, those of the other are unknown") {
    struct OneLink {
        const char* file;
        std::size_t absent; ///< the role that is not in the capture
    };
    for (const OneLink& link : {OneLink{"lab-answered-caller-hangs-up-caller", 2},
                                OneLink{"lab-answered-caller-hangs-up-callee", 0}}) {
        CAPTURE(std::string(link.file));
        const auto outcome =
            judge_file(sample(fmt::format("sip/{}.pcap", link.file)), *find_builtin("answered-proxy"));
        CHECK(outcome.verdict == Verdict::inconclusive);
        for (std::size_t role = 0; role < 3; ++role)
            CHECK(outcome.course.roles[role].address.empty() == (role == link.absent));
        const Flow& flow = *find_builtin("answered-proxy");
        for (const Row& row : outcome.rows) {
            if (row.kind != Row::Kind::step) continue;
            const MessageStep& step = flow.steps[row.index].message;
            const bool other_link = step.from == link.absent || step.to == link.absent;
            CHECK((row.reason == Reason::link_absent) == other_link);
            // What the caller's Call-ID is nobody can say on the callee's link.
            if (!other_link && row.status != StepStatus::met) CHECK(row.reason == Reason::no_value);
        }
    }
    // What is wrong on the captured link is wrong whatever happened on the other one.
    CHECK(judge_file(sample("sip/lab-busy-caller.pcap"), *find_builtin("answered-proxy")).verdict ==
          Verdict::fail);
}

TEST_CASE("who gave up is told where it can be") {
    const auto verdict = [](const char* file, const char* flow) {
        return judge_file(sample(fmt::format("sip/lab-{}.pcap", file)), *find_builtin(flow)).verdict;
    };
    CHECK(verdict("cancelled-callee", "cancelled") == Verdict::pass); // after 5 s no proxy gives up
    CHECK(verdict("cancelled-callee", "no-answer") == Verdict::fail);
    CHECK(verdict("no-answer-callee", "cancelled") == Verdict::inconclusive);
    CHECK(verdict("no-answer-callee", "no-answer") == Verdict::inconclusive);
    CHECK(verdict("no-answer-cancel-caller", "no-answer") == Verdict::fail);
}

TEST_CASE("calls between real programs follow their flow, on whichever link it looks") {
    for (const auto& [file, wanted] :
         {std::pair{"cancelled", Names{"cancelled", "auth-good"}},
          std::pair{"no-answer", Names{"no-answer", "auth-good"}},
          std::pair{"busy", Names{"busy", "auth-good"}}, std::pair{"hold-resume", Names{"hold-resume"}}}) {
        const std::string file_name = file; // clang 14 captures no structured bindings
        CAPTURE(file_name);
        const Analysis analysis = read({sample(fmt::format("lab/{}.pcap", file))});
        Names passing;
        for (const Flow& flow : builtin_flows()) {
            if (judge_best(analysis, all_calls(analysis), flow)->verdict == Verdict::pass)
                passing.insert(flow.name);
        }
        CHECK(passing == wanted);
    }
}
