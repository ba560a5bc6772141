#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/grade/marks.hpp"
#include "core/result.hpp"
#include "reports/report.hpp"

/// Marks of a class as tables and documents of other programs; docs/formats/gradebooks.md describes each.
namespace rungs::reports {

/// What a student is told, a line for each task and deduction. The first line begins with the score.
std::string feedback(const grade::StudentMark& mark, Language language);

/// A line for each student: student_id, name, score, max_score, late, penalty, status, feedback_en,
/// feedback_zh, report. With a byte order mark, so that spreadsheets read it as UTF-8; formulas are inert.
void write_grades_csv(const grade::ClassMarks& marks, Sink& sink);

/// A platform's own table with marks in it: every other octet is as it came.
struct Gradebook {
    std::string text;
    std::vector<std::string> warnings;      ///< sentences, printable
    std::vector<std::string> rows_left;     ///< students of the table without a mark, as it names them
    std::vector<std::string> students_left; ///< ids of marks without a row
};

struct WorksheetOptions {
    std::string grade_column, feedback_column;     ///< --col-grade, --col-feedback; empty: by known names
    std::vector<Language> languages{Language::en}; ///< of the feedback, one after the other
};

/// Moodle's offline grading worksheet. Only cells of Grade and Feedback comments change, and only of students
/// who are graded: who is to be reviewed keeps what stands there. Fails when a column is not there.
Result<Gradebook> fill_moodle_worksheet(std::string_view worksheet, const grade::ClassMarks& marks,
                                        const WorksheetOptions& options = {});

/// Canvas' exported gradebook. Only cells below `assignment` ("Title (123)") change; empty is allowed when
/// there is only one assignment. Excused students (`EX`) are left alone. Fails when it is no gradebook, or
/// the column is not there or read only.
Result<Gradebook> fill_canvas_gradebook(std::string_view gradebook, const grade::ClassMarks& marks,
                                        std::string_view assignment);

/// Gradescope's results.json, docs/formats/gradescope-results.schema.json. Tasks that are
/// not assessable have no score, nor has the work then; where nothing has one, Gradescope gets a hidden 0.
void write_gradescope_json(const grade::StudentMark& mark, const std::vector<Language>& languages,
                           Sink& sink);

/// GitHub Classroom's autograding result: what `<RUNNER>_RESULTS` holds in Base64.
void write_classroom_json(const grade::StudentMark& mark, Language language, Sink& sink);

/// A test suite for each student, a test case for each task; what is to be reviewed is skipped.
void write_grades_junit(const grade::ClassMarks& marks, Sink& sink);

} // namespace rungs::reports
