#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/grade/marks.hpp"
#include "core/result.hpp"

/// What the instructor decided otherwise: kept in a table apart from what was computed, so that grading again
/// gives the same.
namespace rungs::grade {

struct Override {
    std::string student; ///< id
    std::string task;    ///< empty: the score of the whole work
    Points score;
    std::string reason;   ///< never empty
    std::size_t line = 0; ///< of the table, its first one being 1
};

/// The columns `id`, `score` and `reason` must be there, `task` may; in English or Chinese, encoded and
/// separated as a roster is. Fails for a line without a student, a score or a reason, naming it.
Result<std::vector<Override>> parse_overrides(std::string_view csv);

/// Sets scores (a task's first, then those of whole works), `overridden`, and what was to be reviewed to
/// graded. Returns a sentence for each override that names no student or no task.
std::vector<std::string> apply_overrides(ClassMarks& marks, const std::vector<Override>& overrides);

} // namespace rungs::grade
