#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/grade/marks.hpp"
#include "reports/report.hpp"

/// How a class did as a whole: for the instructor.
namespace rungs::reports {

struct ClassFigures {
    std::size_t graded = 0, review = 0;
    std::optional<grade::Points> mean, median, least, most; ///< of those graded
    std::array<std::size_t, 10> tenths{};                   ///< students by tenths of the most there is

    struct Task {
        const grade::TaskMark* mark = nullptr; ///< of one student: id, title, max
        std::array<std::size_t, 4> verdicts{}; ///< by TaskVerdict
        grade::Points sum;                     ///< of those assessed
    };
    std::vector<Task> tasks; ///< in order of the rubric

    /// What students lost points by.
    struct Miss {
        std::string task, code, step;
        std::size_t students = 0;
        grade::Points lost; ///< by all of them
    };
    std::vector<Miss> misses; ///< by students, then points, most first
};
ClassFigures figures_of(const grade::ClassMarks& marks);

/// For a terminal.
void write_class_overview(const grade::ClassMarks& marks, const TextStyle& style, Sink& sink);

/// One static HTML page without script, with links to the pages of students.
void write_class_page(const grade::ClassMarks& marks, Language language, Sink& sink);

} // namespace rungs::reports
