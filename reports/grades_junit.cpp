#include <fmt/format.h>

#include "core/text.hpp"
#include "reports/grades.hpp"
#include "reports/grades_text.hpp"
#include "reports/markup.hpp"

namespace rungs::reports {
namespace {

using grade::StudentMark;
using grade::TaskMark;
using grade::TaskVerdict;

struct Counts {
    std::size_t failures = 0, skipped = 0;
};

std::string test_case(const StudentMark& mark, const TaskMark& task, Counts& counts) {
    const std::string head =
        fmt::format("    <testcase classname=\"{}\" name=\"{}\"", markup(mark.id),
                    markup(fmt::format("{}: {}", task.id, title_of(task, Language::en))));
    if (task.verdict == TaskVerdict::pass) return head + "/>\n";
    const bool unknown = task.verdict == TaskVerdict::not_assessable;
    ++(unknown ? counts.skipped : counts.failures);
    const std::string reasons = reasons_of(task, Language::en);
    std::string_view lines = trim(reasons);
    std::string text;
    while (!lines.empty()) text += markup(take_until(lines, '\n')) + "\n";
    return fmt::format("{}>\n      <{} message=\"{} {}\">{}</{}>\n    </testcase>\n", head,
                       unknown ? "skipped" : "failure", grade::to_string(task.verdict),
                       score_of(task.score, task.max), text, unknown ? "skipped" : "failure");
}

} // namespace

void write_grades_junit(const grade::ClassMarks& marks, Sink& sink) {
    sink.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (const StudentMark& mark : marks.students) {
        Counts counts;
        std::string cases;
        for (const TaskMark& task : mark.tasks) cases += test_case(mark, task, counts);
        sink.write(fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" "
                               "skipped=\"{}\">\n{}  </testsuite>\n",
                               markup(mark.name.empty() ? mark.id : fmt::format("{} {}", mark.id, mark.name)),
                               mark.tasks.size(), counts.failures, counts.skipped, cases));
    }
    sink.write("</testsuites>\n");
}

} // namespace rungs::reports
