#include "analyzer/grade/overrides.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "analyzer/grade/points.hpp"
#include "analyzer/grade/table.hpp"
#include "core/text.hpp"

namespace rungs::grade {
namespace {

using namespace std::string_view_literals;

constexpr std::array id_names{"id"sv, "student id"sv, "student"sv, "学号"sv};
constexpr std::array task_names{"task"sv, "item"sv, "题目"sv, "任务"sv};
constexpr std::array score_names{"score"sv, "points"sv, "grade"sv, "成绩"sv, "分数"sv, "得分"sv};
constexpr std::array reason_names{"reason"sv, "comment"sv, "原因"sv, "理由"sv, "说明"sv};

void note(StudentMark& student, const Override& change) {
    if (!student.overridden.empty()) student.overridden += "; ";
    if (!change.task.empty()) student.overridden += change.task + ": ";
    student.overridden += change.reason;
}

/// False when the student has no such task.
bool change_task(StudentMark& student, const Override& change) {
    const auto task = std::ranges::find(student.tasks, change.task, &TaskMark::id);
    if (task == student.tasks.end()) return false;
    student.score.parts += change.score.parts - task->score.parts;
    task->score = change.score;
    task->verdict = task->score >= task->max ? TaskVerdict::pass
                    : task->score > Points{} ? TaskVerdict::partial
                                             : TaskVerdict::fail;
    const bool decided = std::ranges::none_of(
        student.tasks, [](const TaskMark& each) { return each.verdict == TaskVerdict::not_assessable; });
    if (decided) student.status = MarkStatus::graded;
    return true;
}

std::string in_vain(const Override& change, std::string_view why) {
    return fmt::format("line {} of the overrides: {}", change.line, why);
}

} // namespace

Result<std::vector<Override>> parse_overrides(std::string_view csv) {
    const NamedColumns table(csv);
    const auto id = table.find(id_names);
    const auto score = table.find(score_names);
    const auto reason = table.find(reason_names);
    const auto task = table.find(task_names);
    constexpr const char* example = "begin it with: id,task,score,reason (or 学号,题目,分数,原因)";
    if (!id || !score || !reason)
        return fail(
            fmt::format("the overrides' first line names {}, not id, score and reason", table.names()),
            example);
    std::vector<Override> overrides;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        Override change{table.cell(row, id), table.cell(row, task), {}, table.cell(row, reason), row + 2};
        const std::string number = table.cell(row, score);
        const auto points = parse_points(number);
        if (change.student.empty()) return fail(in_vain(change, "no student is named"), example);
        if (!points)
            return fail(in_vain(change, fmt::format("\"{}\" is no score", printable(number))),
                        "write a number like 12 or 12.5");
        if (change.reason.empty())
            return fail(in_vain(change, "no reason is given"), "say why: students and colleagues will ask");
        change.score = *points;
        overrides.push_back(std::move(change));
    }
    return overrides;
}

std::vector<std::string> apply_overrides(ClassMarks& marks, const std::vector<Override>& overrides) {
    std::vector<std::string> unused;
    for (const bool of_task : {true, false}) {
        for (const Override& change : overrides) {
            if (change.task.empty() == of_task) continue;
            const auto student = std::ranges::find(marks.students, change.student, &StudentMark::id);
            if (student == marks.students.end()) {
                unused.push_back(
                    in_vain(change, fmt::format("no student has the id {}", printable(change.student))));
                continue;
            }
            if (of_task && !change_task(*student, change)) {
                unused.push_back(in_vain(change, fmt::format("{} has no task {}", printable(change.student),
                                                             printable(change.task))));
                continue;
            }
            if (!of_task) {
                student->score = change.score;
                student->status = MarkStatus::graded;
            }
            note(*student, change);
        }
    }
    return unused;
}

} // namespace rungs::grade
