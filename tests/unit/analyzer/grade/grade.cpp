#include "analyzer/grade/grade.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/limits/rubric.hpp"

using namespace rungs;
using namespace rungs::grade;

namespace {

std::string sample(const std::string& name) {
    std::ifstream file(fmt::format("{}/samples/{}", RUNGS_SOURCE_DIR, name), std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

Rubric rubric_of(const std::string& yaml) {
    auto rubric = parse_rubric(yaml, "lab.yaml");
    if (!rubric) FAIL(rubric.error().message);
    return std::move(*rubric);
}

Submission submission_of(std::vector<std::pair<std::string, std::string>> files) {
    Submission submission;
    submission.id = "2026001";
    submission.extension = "1001";
    for (auto& [name, octets] : files) submission.files.push_back({name, std::move(octets), {}});
    return submission;
}

/// Little-endian pcap: its packets whose text `wanted` takes.
template <typename Wanted>
std::string packets(const std::string& pcap, Wanted wanted) {
    std::string kept = pcap.substr(0, 24);
    for (std::size_t at = 24; at + 16 <= pcap.size();) {
        std::size_t length = 0;
        for (std::size_t i = 4; i-- > 0;)
            length = length * 256 + static_cast<unsigned char>(pcap[at + 8 + i]);
        const std::string record = pcap.substr(at, 16 + length);
        if (wanted(record)) kept += record;
        at += 16 + length;
    }
    return kept;
}

std::string one(const std::string& lines) {
    return "rubric: Lab\ntasks:\n  - id: one\n    points: 12\n" + lines;
}

TaskMark mark_of(const std::string& lines, const Submission& submission) {
    return grade::grade(submission, rubric_of(one(lines))).mark.tasks.at(0);
}

const std::string busy_pcap = "sip/lab-busy-caller.pcap";
const std::string answered_pcap = "sip/lab-answered-caller-hangs-up-caller.pcap";

} // namespace

TEST_CASE("A flow that is met, and what it also asks for, gives all points and names its frames") {
    const TaskMark mark = mark_of("    flow: busy\n    also: {where: call.caller.user = $EXT, points: 4}\n",
                                  submission_of({{"busy.pcap", sample(busy_pcap)}}));
    CHECK(mark.verdict == TaskVerdict::pass);
    CHECK(mark.score == Points::of(12));
    CHECK(mark.capture == "busy.pcap");
    CHECK(mark.reasons.empty());
    CHECK_FALSE(mark.frames.empty());
    CHECK(std::ranges::is_sorted(mark.frames));
}

TEST_CASE("limits::graded_files, on both sides: of more files the first are judged, and the mark says so") {
    const auto mark_with = [](std::size_t count) {
        std::vector<std::pair<std::string, std::string>> files;
        for (std::size_t i = 0; i < count; ++i)
            files.emplace_back(fmt::format("{:03}.pcap", i), "no capture");
        const TaskMark mark = mark_of("    flow: busy\n", submission_of(std::move(files)));
        return std::ranges::any_of(mark.reasons, [](const MarkReason& reason) {
            return reason.code == "submission-limit" &&
                   reason.text.en.find("graded_files") != std::string::npos;
        });
    };
    CHECK_FALSE(mark_with(limits::graded_files));
    CHECK(mark_with(limits::graded_files + 1));
}

TEST_CASE("A wrong extension costs its points; an extension that the roster does not know costs nothing") {
    const std::string lines = "    flow: busy\n    also: {where: call.caller.user = $EXT, points: 4, "
                              "feedback: {en: Own number!, zh_CN: 自己的号码！}}\n";
    Submission submission = submission_of({{"busy.pcap", sample(busy_pcap)}});
    submission.extension = "1009";
    const TaskMark wrong = mark_of(lines, submission);
    CHECK(wrong.verdict == TaskVerdict::partial);
    CHECK(wrong.score == Points::of(8));
    REQUIRE(wrong.reasons.size() == 1);
    CHECK(wrong.reasons[0].code == "grade-condition-failed");
    CHECK(wrong.reasons[0].lost == Points::of(4));
    CHECK(wrong.reasons[0].text.en.find("Own number! ") == 0);
    CHECK(wrong.reasons[0].text.en.find("\"1001\"") != std::string::npos);
    CHECK(wrong.reasons[0].text.zh_cn.find("自己的号码！") == 0);

    submission.extension.clear();
    const auto unknown = grade::grade(submission, rubric_of(one(lines))).mark;
    CHECK(unknown.tasks[0].verdict == TaskVerdict::not_assessable);
    CHECK(unknown.status == MarkStatus::review);
}

TEST_CASE("A forgotten ACK: what is missing and after which frame, in both languages") {
    // busy weighs 1 for INVITE, 2 for 486, 1 for ACK; the challenge is optional. After the refusal the
    // capture goes on.
    const std::string busy = sample(busy_pcap);
    std::size_t acks = 0;
    std::string octets = packets(busy, [&](const std::string& record) {
        return record.find("ACK sip:") == std::string::npos || ++acks == 1;
    });
    REQUIRE(acks == 2);
    // A packet two minutes later shows that the ACK would have been captured.
    std::string later;
    packets(sample("sip/lab-register.pcap"), [&](const std::string& record) {
        if (later.empty()) later = record;
        return false;
    });
    std::uint32_t seconds = 0;
    for (std::size_t i = 4; i-- > 0;) seconds = seconds * 256 + static_cast<unsigned char>(busy[24 + i]);
    for (std::size_t i = 0; i < 4; ++i) later[i] = static_cast<char>((seconds + 120) >> (8 * i));
    const TaskMark mark = mark_of("    flow: busy\n", submission_of({{"busy.pcap", octets + later}}));
    CHECK(mark.verdict == TaskVerdict::partial);
    REQUIRE(mark.reasons.size() == 1);
    const MarkReason& reason = mark.reasons[0];
    CHECK(reason.code == "ack-missing");
    CHECK(reason.step == "caller -> proxy: ACK");
    CHECK(reason.lost == Points::of(3));
    CHECK(mark.score == Points::of(9));
    CHECK(reason.text.en.starts_with("Missing: ACK from the caller (192.168.1.20) to the proxy ("));
    CHECK(reason.text.zh_cn.find("缺少：主叫（192.168.1.20）发给代理服务器（") == 0);
    REQUIRE(reason.frames.size() == 1);
    CHECK(reason.text.en.find(fmt::format("It belongs after frame {} (486 (INVITE)", reason.frames[0])) !=
          std::string::npos);
    CHECK(reason.text.zh_cn.find(fmt::format("第 {} 帧", reason.frames[0])) != std::string::npos);
}

TEST_CASE("Partial credit: by steps, each step the same, all or nothing") {
    // The answered call judged as busy lacks 486 (2 points) and shows what must not be there.
    const Submission submission = submission_of({{"x.pcap", sample(answered_pcap)}});
    const TaskMark steps = mark_of("    flow: busy\n", submission);
    const TaskMark same = mark_of("    flow: busy\n    partial: proportional\n", submission);
    const TaskMark none = mark_of("    flow: busy\n    partial: none\n", submission);
    CHECK(steps.score > Points{});
    CHECK(same.score > steps.score);
    CHECK(none.score == Points{});
    CHECK(none.verdict == TaskVerdict::fail);
    for (const TaskMark* mark : {&steps, &same, &none}) {
        Points lost;
        for (const MarkReason& reason : mark->reasons) lost += reason.lost;
        CHECK(lost.parts + mark->score.parts == Points::of(12).parts);
        CHECK(std::ranges::any_of(mark->reasons, [](const MarkReason& reason) {
            return reason.code == "grade-step-forbidden" && !reason.frames.empty();
        }));
    }
}

TEST_CASE("What cannot be assessed is told apart, and is never a zero of a graded student") {
    const auto code_of = [](std::string name, std::string octets) {
        const auto graded = grade::grade(submission_of({{std::move(name), std::move(octets)}}),
                                         rubric_of(one("    flow: busy\n    capture: \"*busy*\"\n")));
        CHECK(graded.mark.status == MarkStatus::review);
        CHECK(graded.mark.tasks[0].verdict == TaskVerdict::not_assessable);
        return graded.mark.tasks[0].reasons.at(0).code;
    };
    const std::string busy = sample(busy_pcap);
    CHECK(code_of("busy.pcap", "") == "grade-capture-empty");
    CHECK(code_of("busy.pcap", busy.substr(0, 24)) == "grade-capture-empty");
    CHECK(code_of("busy.pcap", "\x89PNG and so on") == "grade-not-a-capture");
    CHECK(code_of("busy.pcap", packets(sample(answered_pcap), [](const std::string& record) {
                      return record.find("SIP/2.0") == std::string::npos;
                  })) == "grade-no-signalling");
    CHECK(code_of("other.pcap", busy) == "grade-name-unknown");
    // Cut inside the last record: the ACK is not there, and nobody knows whether it was.
    CHECK(code_of("busy.pcap", busy.substr(0, busy.size() - 100)) == "grade-capture-cut");
    // One packet: the call may go on.
    std::size_t count = 0;
    CHECK(code_of("busy.pcap", packets(busy, [&](const std::string&) { return ++count == 1; })) ==
          "grade-capture-cut");
}

TEST_CASE("Nothing handed in goes to review; one missing capture among others is a zero of its task") {
    const Rubric rubric =
        rubric_of("rubric: Lab\ntasks:\n  - {id: a, points: 5, flow: busy, capture: \"*busy*\"}\n"
                  "  - {id: b, points: 5, flow: cancelled, capture: \"*cancel*\"}\n");
    const StudentMark nothing = grade::grade(submission_of({}), rubric).mark;
    CHECK(nothing.status == MarkStatus::review);
    CHECK(nothing.tasks[0].reasons[0].code == "grade-not-handed-in");

    const StudentMark half = grade::grade(submission_of({{"busy.pcap", sample(busy_pcap)}}), rubric).mark;
    CHECK(half.status == MarkStatus::graded);
    CHECK(half.score == Points::of(5));
    CHECK(half.max == Points::of(10));
    CHECK(half.tasks[1].verdict == TaskVerdict::fail);
    CHECK(half.tasks[1].reasons.at(0).code == "grade-no-capture");
}

TEST_CASE("Of several captures the best, the newest, or all count; named wants one") {
    Submission submission =
        submission_of({{"busy1.pcap", sample(busy_pcap)}, {"busy2.pcap", sample(answered_pcap)}});
    submission.files[0].modified = Timestamp{1};
    submission.files[1].modified = Timestamp{2};
    CHECK(mark_of("    flow: busy\n", submission).capture == "busy1.pcap");
    CHECK(mark_of("    flow: busy\n    pick: newest\n", submission).capture == "busy2.pcap");
    CHECK(mark_of("    flow: busy\n    pick: all\n", submission).capture == "busy1.pcap + busy2.pcap");
    CHECK(mark_of("    flow: busy\n    pick: named\n", submission).reasons.at(0).code ==
          "grade-name-ambiguous");
    // A report beside the capture is no capture, and is passed over.
    submission.files[1] = {"busy2.docx", "PK\x03\x04", Timestamp{3}};
    CHECK(mark_of("    flow: busy\n    pick: newest\n", submission).capture == "busy1.pcap");
}

TEST_CASE("Conditions on messages hold when one message fulfils them") {
    const Submission submission = submission_of({{"x.pcap", sample(answered_pcap)}});
    const auto score = [&](const std::string& also) {
        return mark_of("    also: [" + also + "]\n", submission).score.value();
    };
    CHECK(score("{where: sdp.codecs contains PCMU, of: INVITE, points: 12}") == 12);
    CHECK(score("{where: sdp.codecs contains OPUS, of: INVITE, points: 12}") == 0);
    CHECK(score("{where: [method = INVITE, auth present], points: 12}") == 12);
    CHECK(score("{where: [method = BYE, sdp present], points: 12}") == 0);
    CHECK(score("{where: rtp.two_way = yes, points: 6}, {where: call.talk >= 2, points: 6}") == 12);
    CHECK(score("{where: call.talk >= 3, points: 12}") == 0); // 2.5 s
    CHECK(
        score("{where: rtp.two_way = yes, points: 6}, {where: call.talk >= 3, points: 6, required: true}") ==
        0);
}

TEST_CASE("The challenge counts as answered with the right password, and with no other") {
    const Rubric rubric = rubric_of(one("    also: {where: auth.valid = yes, of: INVITE, points: 12}\n"));
    const Submission submission = submission_of({{"x.pcap", sample(answered_pcap)}});
    const auto right = check::Passwords::parse("1001:lab\n");
    const auto wrong = check::Passwords::parse("1001:lib\n");
    CHECK(grade::grade(submission, rubric, {&*right, false}).mark.score == Points::of(12));
    CHECK(grade::grade(submission, rubric, {&*wrong, false}).mark.tasks[0].verdict == TaskVerdict::fail);
    CHECK(grade::grade(submission, rubric).mark.tasks[0].verdict == TaskVerdict::not_assessable);
}

TEST_CASE("Late work: periods begun, at most, nothing any more, marked late without a time") {
    Rubric rubric = rubric_of(
        "rubric: Lab\nround: 0.5\nlate: {due: 2026-11-20 12:00 Z, grace: 10 min, percent: 10%, max: 30%, "
        "zero_after: 7 days}\ntasks:\n  - {id: a, points: 20, flow: busy}\n");
    Submission submission = submission_of({{"busy.pcap", sample(busy_pcap)}});
    const auto score = [&](std::string_view handed_in) {
        submission.handed_in = parse_time(handed_in);
        return grade::grade(submission, rubric).mark;
    };
    CHECK(score("2026-11-20 12:10 Z").score == Points::of(20));
    CHECK_FALSE(score("2026-11-20 12:10 Z").late);
    CHECK(score("2026-11-20 12:11 Z").score == Points::of(18));
    CHECK(score("2026-11-20 12:11 Z").deductions.at(0).code == "grade-late");
    CHECK(score("2026-11-21 12:10 Z").score == Points::of(18));
    CHECK(score("2026-11-21 12:11 Z").score == Points::of(16));
    CHECK(score("2026-11-26 12:00 Z").score == Points::of(14));
    CHECK(score("2026-11-28 12:00 Z").score == Points::of(0));
    submission.handed_in.reset();
    submission.late = true;
    CHECK(grade::grade(submission, rubric).mark.score == Points::of(18));
}

TEST_CASE("Required tasks, cap, floor and rounding come after the sum") {
    const Submission submission = submission_of({{"busy.pcap", sample(busy_pcap)}});
    const auto score = [&](const std::string& head, const std::string& more) {
        return grade::grade(
                   submission,
                   rubric_of(
                       head +
                       "rubric: Lab\ntasks:\n  - {id: a, points: 20, flow: busy}\n  - {id: b, points: 7.3, "
                       "also: {where: call.outcome = answered, points: 7.3}" +
                       more + "}\n"))
            .mark.score.value();
    };
    CHECK(score("", "") == 20);
    CHECK(score("cap: 15\n", "") == 15);
    CHECK(score("floor: 21\n", "") == 21);
    CHECK(score("", ", required: true") == 0);
    CHECK(score("floor: 2.25\nround: 0.5\n", ", required: true") == 2.5);
}

TEST_CASE("A finding costs what the rubric says, and names its frames") {
    const TaskMark mark = mark_of("    flow: cancelled\n    deductions: [{finding: retransmission-schedule, "
                                  "points: 1}, {where: retransmissions > 0, points: 2}]\n",
                                  submission_of({{"x.pcap", sample("sip/lab-cancelled-caller.pcap")}}));
    const auto found = std::ranges::find(mark.reasons, "grade-deduction", &MarkReason::code);
    REQUIRE(found != mark.reasons.end());
    CHECK(found->lost == Points::of(2));
    CHECK_FALSE(found->frames.empty());
}

TEST_CASE("Hidden tasks are left out for students") {
    const Rubric rubric = rubric_of("rubric: Lab\ntasks:\n  - {id: a, points: 5, flow: busy}\n"
                                    "  - {id: b, points: 5, flow: cancelled, visibility: hidden}\n");
    const Submission submission = submission_of({{"busy.pcap", sample(busy_pcap)}});
    CHECK(grade::grade(submission, rubric).mark.tasks.size() == 2);
    CHECK(grade::grade(submission, rubric, {nullptr, true}).mark.tasks.size() == 1);
}
