#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/check/digest.hpp"
#include "analyzer/check/judge.hpp"
#include "analyzer/grade/marks.hpp"
#include "analyzer/grade/rubric.hpp"
#include "analyzer/grade/submission.hpp"

/// One submission judged by a rubric. Everything stays in memory: what was handed in is read from there, and
/// nothing is written.
namespace rungs::grade {

struct GradeOptions {
    const check::Passwords* passwords = nullptr; ///< for `auth.valid`; must outlive the call
    bool visible_only = false;                   ///< leaves out the tasks that students do not see
};

/// What a task was judged by: for the page that shows it.
struct TaskEvidence {
    const Task* task = nullptr; ///< of the rubric
    std::shared_ptr<const Analysis>
        analysis;                          ///< of its capture; tasks of one capture share it; null for none
    std::optional<check::Outcome> outcome; ///< of one call of `analysis` by the task's flow
};

struct GradedSubmission {
    StudentMark mark;
    std::vector<TaskEvidence> evidence; ///< one for each task of the mark; refers to the rubric
};

GradedSubmission grade(const Submission& submission, const Rubric& rubric, const GradeOptions& options = {});

/// The mark of a submission that could not be judged at all, such as because of a crash: every task is not
/// assessable for `reason`.
StudentMark unassessable(const Submission& submission, const Rubric& rubric, const MarkReason& reason);

/// Adds up the tasks and applies what the rubric says about all of the work: required tasks, late rules, cap,
/// floor, rounding.
void sum_up(StudentMark& mark, const Submission& submission, const Rubric& rubric);

} // namespace rungs::grade
