#pragma once

#include <string_view>

#include "analyzer/grade/grade.hpp"
#include "reports/html.hpp"

namespace rungs::reports {

/// The page that one student gets: each task with its points, what was missing and where, the aligned ladder,
/// and the calls of the student's own captures; nothing of anybody else. `graded` refers to `rubric`.
void write_feedback_page(const grade::GradedSubmission& graded, const grade::Rubric& rubric,
                         std::string_view tool_version, const HtmlStyle& style, Sink& sink);

} // namespace rungs::reports
