#include "analyzer/grade/rubric.hpp"

#include <algorithm>
#include <filesystem>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/limits/rubric.hpp"

using namespace rungs;
using namespace rungs::grade;

namespace {

Rubric rubric_of(const std::string& yaml) {
    auto rubric = parse_rubric(yaml, "lab.yaml");
    if (!rubric) FAIL(rubric.error().message);
    return std::move(*rubric);
}

std::string mistake_in(const std::string& yaml) {
    const auto rubric = parse_rubric(yaml, "lab.yaml");
    return rubric ? std::string() : rubric.error().message + " | " + rubric.error().hint;
}

/// A rubric with one task, `lines` being more of it.
std::string task(const std::string& lines) {
    return "rubric: Lab\ntasks:\n  - id: one\n    points: 10\n" + lines;
}

bool has(const std::vector<RubricProblem>& problems, std::string_view text, bool error) {
    return std::ranges::any_of(problems, [&](const RubricProblem& problem) {
        return problem.error == error && problem.text.en.find(text) != std::string::npos &&
               !problem.text.zh_cn.empty();
    });
}

} // namespace

TEST_CASE("limits::rubric_tasks, on both sides") {
    const auto rubric = [](std::size_t tasks) {
        std::string yaml = "rubric: Lab\ntasks:\n";
        for (std::size_t i = 0; i < tasks; ++i)
            yaml += fmt::format("  - {{id: t{}, points: 1, capture: '*', flow: busy}}\n", i);
        return yaml;
    };
    CHECK(rubric_of(rubric(limits::rubric_tasks)).tasks.size() == limits::rubric_tasks);
    CHECK(mistake_in(rubric(limits::rubric_tasks + 1)).find("limit rubric_tasks") != std::string::npos);
}

TEST_CASE("A rubric is read: tasks, patterns, flows, conditions, late rules") {
    const Rubric rubric = rubric_of(R"(
rubric: {en: SIP lab, zh_CN: SIP 实验}
points: 30
round: 0.5
cap: 25
late: {due: 2026-11-20 23:59 +08:00, grace: 15 min, every: 12 h, percent: 10%, max: 50%, zero_after: 7 days}
tasks:
  - id: cancel
    title: {en: The caller gives up, zh_CN: 主叫挂断}
    points: 20
    capture: ["*cancel*", "!*no-answer*"]
    flow: cancelled
    partial: proportional
    pick: newest
    also:
      - {where: call.caller.user = $EXT, points: 5, feedback: {en: Own number, zh_CN: 自己的号码}, required: true}
    deductions: [{finding: ack-missing, points: 2}]
    visibility: hidden
  - {id: own, points: 10, flow: {flow: f, roles: [caller, proxy], steps: ["caller -> proxy: INVITE"]}}
)");
    CHECK(rubric.title.zh_cn == "SIP 实验");
    CHECK(rubric.max() == Points::of(25));
    CHECK(rubric.round.parts == Points::per_point / 2);
    REQUIRE(rubric.tasks.size() == 2);
    const Task& cancel = rubric.tasks[0];
    CHECK(cancel.flow->name == "cancelled");
    CHECK(cancel.flow_points() == Points::of(15));
    CHECK(cancel.pick == Pick::newest);
    CHECK(cancel.partial == PartialCredit::proportional);
    CHECK_FALSE(cancel.visible);
    CHECK(cancel.also[0].required);
    CHECK(cancel.also[0].condition.text() == "call.caller.user = $EXT");
    CHECK(cancel.wants("lab/My-Cancel.pcap"));
    CHECK_FALSE(cancel.wants("no-answer-cancel.pcap"));
    CHECK_FALSE(cancel.wants("busy.pcap"));
    CHECK(rubric.tasks[1].wants("anything.pcap"));
    CHECK(rubric.tasks[1].flow->steps.size() == 1);
    REQUIRE(rubric.late);
    CHECK(rubric.late->due.ns == 1'795'190'340LL * 1'000'000'000); // date -d '2026-11-20 15:59 UTC' +%s
    CHECK(rubric.late->every == std::chrono::hours(12));
    CHECK(rubric.late->zero_after == std::chrono::hours(168));
}

TEST_CASE("Mistakes in a rubric are told with their place, and with what was meant") {
    CHECK(mistake_in(task("    flow: busi\n")).starts_with("lab.yaml:5:11: there is no flow \"busi\""));
    CHECK(mistake_in(task("    flow: busi\n")).find("did you mean busy") != std::string::npos);
    CHECK(mistake_in(task("    flow: busy\n    pick: bets\n")).find("did you mean best") !=
          std::string::npos);
    CHECK(mistake_in(task("    flow: busy\n    alos: []\n")).find("did you mean also") != std::string::npos);
    CHECK(
        mistake_in(task("    flow: busy\n    capture: \"*[busy\"\n")).starts_with("lab.yaml:6:16: this set"));
    CHECK(mistake_in(task("    also: {where: call.caller.user = $EXTN, points: 1}\n"))
              .find("did you mean EXT") != std::string::npos);
    CHECK(mistake_in(task("    also: {where: call.caler.user = 1}\n")).starts_with("lab.yaml:5:"));
    CHECK(mistake_in(task("    flow: busy\n    deductions: {finding: ack-mising, points: 1}\n"))
              .find("no finding") != std::string::npos);
    CHECK(mistake_in(task("")).find("asks for nothing") != std::string::npos);
    CHECK(mistake_in("rubric: Lab\ntasks: [{id: a b, points: 1, flow: busy}]\n").find("an id is made of") !=
          std::string::npos);
    CHECK(mistake_in("rubric: Lab\ntasks: [{id: a, points: 1, flow: busy}, {id: a, points: 1, flow: busy}]\n")
              .find("twice") != std::string::npos);
    CHECK(mistake_in(task("    flow: busy\nlate: {due: 2026-11-20 23:59 Z, every: 100000 weeks}\n"))
              .find("this is no length of time") != std::string::npos);
    CHECK(mistake_in(task("    flow: busy\nlate: {due: tomorrow}\n"))
              .starts_with("lab.yaml:6:13: this is no time"));
    // A step inside a flow that is written in the rubric is told at its place, too.
    CHECK(mistake_in(task("    flow: {flow: f, roles: [a, b], steps: [\"a -> b: INVTE\"]}\n"))
              .starts_with("lab.yaml:5:"));
}

TEST_CASE("Times need an offset, and may be written with a blank and without seconds") {
    CHECK(parse_time("1970-01-01T00:00:01Z")->ns == 1'000'000'000);
    CHECK(parse_time("1970-01-01 08:00 +08:00")->ns == 0);
    CHECK(parse_time("1970-01-01 00:00:00 -0100")->ns == 3'600'000'000'000);
    CHECK_FALSE(parse_time("2026-11-20 23:59"));
    CHECK_FALSE(parse_time("2026-02-30 23:59 Z"));
    CHECK_FALSE(parse_time("2026-11-20 24:00 Z"));
    CHECK_FALSE(parse_time("2026-11-20 23:59 +08:00 x"));
}

TEST_CASE("Contradictions of a rubric are found") {
    const auto of = [](const std::string& yaml) { return problems_of(rubric_of(yaml)); };

    CHECK(of(task("    flow: busy\n    capture: \"*busy*\"\n")).empty());
    CHECK(has(of("points: 20\n" + task("    flow: busy\n")), "says 20 points, its tasks add up to 10", true));
    CHECK(has(of(task("    flow: busy\n    also: {where: auth.valid = yes, points: 12, feedback: x}\n")),
              "what it also asks for has 2 more", true));
    CHECK(has(of(task("    also: {where: auth.valid = yes, points: 4, feedback: x}\n")),
              "leave 6 of 10 points", true));
    CHECK(has(of("cap: 50\n" + task("    flow: busy\n")), "nobody can reach the cap", false));
    CHECK(has(of("floor: 20\n" + task("    flow: busy\n")), "floor of 20", true));
    CHECK(has(of(task("    flow: busy\n    capture: \"*busy*.docx\"\n")), "fits no capture", false));
    CHECK(has(of(task("    flow: busy\n    capture: [\"*a*\", \"!*a*\"]\n")), "can match nothing", true));
    CHECK(has(
        of(task("    flow: {flow: f, roles: [a, b], steps: [\"a -> b: ACK\"], never: [\"a -> b: ACK\"]}\n")),
        "has to be there and must never be there", true));
    CHECK(has(
        of(task("    flow: {flow: f, roles: [a, b], steps: [{step: \"a -> b: ACK\", within: 4s..2s}]}\n")),
        "ends before it begins", true));
    CHECK(has(
        of(task(
            "    flow: busy\n    also: [{where: [call.outcome = busy, call.outcome = answered], points: 1, "
            "feedback: x}]\n")),
        "cannot both hold", true));
    CHECK(has(of("rubric: Lab\ntasks:\n"
                 "  - {id: a, points: 1, flow: cancelled, capture: \"*cancel*\"}\n"
                 "  - {id: b, points: 1, flow: no-answer, capture: \"*no-answer-cancel*\"}\n"),
              "both look at a file like \"no-answer-cancel\"", false));
    CHECK(has(of("late: {due: 2026-11-20 23:59 Z}\n" + task("    flow: busy\n")), "late work costs nothing",
              false));
    // What only some ways through a flow take may be forbidden.
    CHECK(
        of(task(
               "    flow: {flow: f, roles: [a, b], steps: [\"a -> b: INVITE\", {optional: \"a -> b: ACK\"}], "
               "never: [\"a -> b: ACK\"]}\n"))
            .empty());
}

TEST_CASE("The rubrics in samples contradict nothing") {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(RUNGS_SOURCE_DIR "/samples/rubrics")) {
        const auto rubric = read_rubric_file(entry.path().string());
        REQUIRE_MESSAGE(rubric, entry.path().string());
        for (const RubricProblem& problem : problems_of(*rubric)) FAIL_CHECK(problem.text.en);
        ++count;
    }
    CHECK(count >= 2);
}
