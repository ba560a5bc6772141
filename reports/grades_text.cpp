#include <fmt/format.h>

#include "analyzer/grade/points.hpp"
#include "core/text.hpp"
#include "reports/csv.hpp"
#include "reports/grades.hpp"
#include "reports/grades_text.hpp"

namespace rungs::reports {
namespace {

using grade::MarkReason;
using grade::StudentMark;
using grade::TaskMark;
using grade::TaskVerdict;

std::string frames_of(const MarkReason& reason, Language language) {
    if (reason.frames.empty()) return {};
    constexpr std::size_t shown = 8;
    const std::size_t count = std::min(shown, reason.frames.size());
    std::string list;
    for (std::size_t each = 0; each < count; ++each)
        list += fmt::format("{}{}", each == 0 ? "" : ", ", reason.frames[each]);
    if (count < reason.frames.size()) list += ", ...";
    return language == Language::zh_cn
               ? fmt::format("（帧 {}）", list)
               : fmt::format(" (frame{} {})", reason.frames.size() > 1 ? "s" : "", list);
}

std::string verdict_of(const TaskMark& task, Language language) {
    if (task.verdict != TaskVerdict::not_assessable) return {};
    return language == Language::zh_cn ? "，无法评分，由教师查看"
                                       : ", not assessable, the instructor will look";
}

std::string line_of(const MarkReason& reason, Language language) {
    std::string line = fmt::format("- {}{}", in(reason.text, language), frames_of(reason, language));
    if (reason.lost != grade::Points{}) {
        const grade::Points cost{-reason.lost.parts};
        line += language == Language::zh_cn ? fmt::format("：{} 分", grade::to_decimal(cost))
                                            : fmt::format(": {}", grade::to_decimal(cost));
    }
    return line + "\n";
}

} // namespace

std::string in(const grade::Text& text, Language language) {
    const std::string& wanted = language == Language::zh_cn ? text.zh_cn : text.en;
    const std::string& other = language == Language::zh_cn ? text.en : text.zh_cn;
    return wanted.empty() ? other : wanted;
}

std::string score_of(grade::Points score, grade::Points max) {
    return fmt::format("{}/{}", grade::to_decimal(score), grade::to_decimal(max));
}

std::string reasons_of(const TaskMark& task, Language language) {
    std::string lines;
    for (const MarkReason& reason : task.reasons) lines += line_of(reason, language);
    return lines;
}

std::string title_of(const TaskMark& task, Language language) {
    return task.title.empty() ? task.id : in(task.title, language);
}

std::string feedback(const StudentMark& mark, Language language) {
    std::string text = score_of(mark.score, mark.max);
    if (mark.status == grade::MarkStatus::review)
        text += language == Language::zh_cn ? "，待教师查看" : ", to be looked at by the instructor";
    text += '\n';
    for (const TaskMark& task : mark.tasks) {
        text += fmt::format("{}: {}{}\n", title_of(task, language), score_of(task.score, task.max),
                            verdict_of(task, language));
        text += reasons_of(task, language);
    }
    for (const MarkReason& reason : mark.deductions) text += line_of(reason, language);
    return text;
}

void write_grades_csv(const grade::ClassMarks& marks, Sink& sink) {
    sink.write(
        "\xef\xbb\xbfstudent_id,name,score,max_score,late,penalty,status,feedback_en,feedback_zh,report\n");
    for (const StudentMark& mark : marks.students) {
        grade::Points penalty;
        for (const MarkReason& reason : mark.deductions) penalty += reason.lost;
        std::string line;
        append_csv(line, mark.id);
        append_csv(line, mark.name);
        // Who is to be reviewed has none yet: never a zero by itself.
        const bool decided = mark.status == grade::MarkStatus::graded;
        append_csv_number(line, decided ? grade::to_decimal(mark.score) : std::string());
        append_csv_number(line, grade::to_decimal(mark.max));
        append_csv(line, mark.late ? "yes" : "no");
        append_csv_number(line, grade::to_decimal(penalty));
        append_csv(line, grade::to_string(mark.status));
        append_csv(line, trim(feedback(mark, Language::en)));
        append_csv(line, trim(feedback(mark, Language::zh_cn)));
        append_csv(line, mark.report);
        sink.write(line + "\n");
    }
}

} // namespace rungs::reports
