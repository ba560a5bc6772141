#include "tests/support/class_marks.hpp"

namespace rungs::test {
namespace {

using namespace grade;

TaskMark task(std::string id, Text title, Points score, TaskVerdict verdict) {
    TaskMark mark;
    mark.id = std::move(id);
    mark.title = std::move(title);
    mark.score = score;
    mark.max = Points::of(20);
    mark.verdict = verdict;
    return mark;
}

} // namespace

ClassMarks class_marks() {
    StudentMark ana;
    ana.id = "2021001";
    ana.name = "张三";
    ana.lms_id = "11";
    ana.max = Points::of(40);
    ana.score = {57'000}; // 28.5
    ana.tasks.push_back(task("register", {"Registration", "注册"}, Points::of(20), TaskVerdict::pass));
    ana.tasks.push_back(task("cancel", {"The caller gives up", "主叫挂断"}, {21'000}, TaskVerdict::partial));
    ana.tasks[1].reasons.push_back({"ack-missing",
                                    {"The 487 was never ACKed <by you> & it shows", "487 没有得到 ACK"},
                                    {19'000},
                                    {12, 15}});
    ana.deductions.push_back({"late", {"One day late", "迟交一天"}, Points::of(2), {}});
    ana.late = true;
    ana.report = "students/2021001.html";

    StudentMark ben;
    ben.id = "2021002";
    ben.name = "=HYPERLINK(\"http://example.com\")";
    ben.lms_id = "12";
    ben.max = Points::of(40);
    ben.status = MarkStatus::review;
    ben.tasks.push_back(task("register", {"Registration", "注册"}, {}, TaskVerdict::not_assessable));
    ben.tasks.push_back(task("cancel", {"The caller gives up", "主叫挂断"}, {}, TaskVerdict::not_assessable));

    ClassMarks marks;
    marks.rubric = {"SIP lab", "SIP 实验"};
    marks.students = {ana, ben};
    return marks;
}

} // namespace rungs::test
