#include "reports/feedback_page.hpp"

#include <fmt/format.h>

#include "analyzer/grade/points.hpp"

namespace rungs::reports {
namespace {

using check::Text;
using grade::MarkReason;
using grade::Points;
using grade::TaskVerdict;

/// "-2.86 points: Missing: ... (rungs explain ack-missing)"
Text reason_text(const MarkReason& reason) {
    constexpr std::int64_t hundredth = Points::per_point / 100;
    Text text;
    if (reason.lost.parts > 0) {
        const auto lost = grade::to_decimal({(reason.lost.parts + hundredth / 2) / hundredth * hundredth});
        text = {fmt::format("-{} points. ", lost), fmt::format("扣 {} 分。", lost)};
    }
    text.en += fmt::format("{} (rungs explain {})", reason.text.en, reason.code);
    text.zh_cn += fmt::format("{}（rungs explain {}）", reason.text.zh_cn, reason.code);
    return text;
}

GradedTask task_of(const grade::TaskMark& mark, const grade::TaskEvidence& evidence) {
    GradedTask task;
    task.title = mark.title;
    task.score = mark.score.value();
    task.max = mark.max.value();
    task.verdict = to_string(mark.verdict);
    for (const MarkReason& reason : mark.reasons) task.reasons.push_back(reason_text(reason));
    if (mark.verdict != TaskVerdict::pass && !evidence.task->hint.empty())
        task.reasons.push_back(evidence.task->hint);
    task.analysis = evidence.analysis.get();
    if (task.analysis != nullptr) task.digests.resize(task.analysis->captures.size());
    if (evidence.outcome && evidence.task->flow)
        task.judgement = Check{&*evidence.task->flow, *evidence.outcome};
    return task;
}

/// What is about the work as a whole stands behind the tasks.
GradedTask whole_work(const grade::StudentMark& mark) {
    GradedTask task;
    task.title = {"The work as a whole", "整份作业"};
    task.verdict = to_string(TaskVerdict::partial);
    for (const MarkReason& reason : mark.deductions) {
        task.score -= reason.lost.value();
        task.reasons.push_back(reason_text(reason));
    }
    return task;
}

} // namespace

void write_feedback_page(const grade::GradedSubmission& graded, const grade::Rubric& rubric,
                         std::string_view tool_version, const HtmlStyle& style, Sink& sink) {
    const grade::StudentMark& mark = graded.mark;
    GradedWork work;
    work.title = rubric.title;
    work.student = mark.name.empty() ? mark.id : fmt::format("{} {}", mark.id, mark.name);
    work.score = mark.score.value();
    work.max = mark.max.value();
    for (std::size_t i = 0; i < mark.tasks.size(); ++i)
        work.tasks.push_back(task_of(mark.tasks[i], graded.evidence[i]));
    if (!mark.deductions.empty()) work.tasks.push_back(whole_work(mark));
    write_graded_html(work, tool_version, style, sink);
}

} // namespace rungs::reports
