#pragma once

#include <optional>
#include <string_view>

#include "analyzer/grade/marks.hpp"
#include "reports/json_writer.hpp"

/// docs/formats/rungs.grades-1.schema.json
namespace rungs::reports {

/// The marks of a class. What is to be reviewed has no score.
void write_grades_json(const grade::ClassMarks& marks, std::string_view tool_version, Sink& sink);

/// A line for each task of each student: `student`, then the members of a task there.
void write_grades_ndjson(const grade::ClassMarks& marks, Sink& sink);

/// One student as there, on one line.
void write_student_json(const grade::StudentMark& mark, JsonWriter& json);

/// The inverse of `write_student_json`: what a process that graded one submission sends to the one that
/// asked. Nothing when the text is no such object.
std::optional<grade::StudentMark> read_student_json(std::string_view text);

} // namespace rungs::reports
