#include "reports/grades_json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace rungs;
using namespace rungs::grade;

namespace {

StudentMark example() {
    StudentMark mark;
    mark.id = "2026001";
    mark.name = "张三 \"Zhang\"";
    mark.score = {Points::per_point * 17 / 2};
    mark.max = Points::of(20);
    mark.report = "feedback/2026001.html";
    TaskMark task;
    task.id = "busy";
    task.title = {"Busy", "忙"};
    task.score = {14'286};
    task.max = Points::of(10);
    task.verdict = TaskVerdict::partial;
    task.capture = "busy.pcap";
    task.frames = {1, 2, 9};
    task.reasons = {{"ack-missing", {"Missing", "缺少"}, {5'714}, {9}, "caller -> proxy: ACK"}};
    mark.tasks.push_back(task);
    task.id = "cancel";
    task.verdict = TaskVerdict::not_assessable;
    task.score = {};
    task.capture.clear();
    mark.tasks.push_back(task);
    mark.deductions = {{"grade-late", {"Late", "迟交"}, Points::of(1), {}, {}}};
    mark.late = true;
    return mark;
}

std::string line_of(const StudentMark& mark) {
    reports::StringSink sink;
    reports::JsonWriter json(sink);
    reports::write_student_json(mark, json);
    json.flush();
    return sink.text();
}

} // namespace

TEST_CASE("A mark comes back as it went, on one line") {
    const std::string line = line_of(example());
    CHECK(line.find('\n') == std::string::npos);
    const auto back = reports::read_student_json(line);
    REQUIRE(back);
    CHECK(line_of(*back) == line);
    CHECK(back->tasks[0].reasons[0].lost == Points{5'714});
    CHECK(back->tasks[0].score == Points{14'286});
    CHECK(back->score == example().score);
}

TEST_CASE("What is no mark is refused") {
    CHECK_FALSE(reports::read_student_json(""));
    CHECK_FALSE(reports::read_student_json("[]"));
    CHECK_FALSE(reports::read_student_json("{\"id\": 1}"));
    std::string line = line_of(example());
    line.replace(line.find("\"max\":20"), 8, "\"max\":1e99");
    CHECK_FALSE(reports::read_student_json(line));
}

TEST_CASE("What is to be reviewed has no score") {
    StudentMark mark = example();
    CHECK(nlohmann::json::parse(line_of(mark))["score"] == 8.5);
    CHECK(nlohmann::json::parse(line_of(mark))["tasks"][1]["score"].is_null());
    mark.status = MarkStatus::review;
    const auto json = nlohmann::json::parse(line_of(mark));
    CHECK(json["score"].is_null());
    CHECK(json["assessed"] == 8.5);
}

TEST_CASE("The document has the members that programs rely on, in their order") {
    ClassMarks marks;
    marks.rubric = {"SIP lab", "SIP 实验"};
    marks.students.push_back(example());
    marks.similar.push_back({"a", "b", 0.875, {{"same-frames", "12 frames", {1}, {2}}}, "x.pcap", "y.pcap"});
    reports::StringSink sink;
    reports::write_grades_json(marks, "1.0", sink);
    const auto json = nlohmann::ordered_json::parse(sink.text());
    const auto keys = [](const nlohmann::ordered_json& object) {
        std::vector<std::string> names;
        for (const auto& item : object.items()) names.push_back(item.key());
        return names;
    };
    using Names = std::vector<std::string>;
    const auto starts = [&](const nlohmann::ordered_json& object, const Names& wanted) {
        Names names = keys(object);
        names.resize(std::min(names.size(), wanted.size()));
        return names == wanted;
    };
    CHECK(json["schema"] == "rungs.grades/1");
    CHECK(starts(json, {"schema", "students", "similar"}));
    CHECK(starts(json["students"][0], {"id", "name", "score", "max", "status", "tasks"}));
    CHECK(starts(json["students"][0]["tasks"][0],
                 {"id", "score", "max", "verdict", "capture", "frames", "reasons"}));
    CHECK(starts(json["students"][0]["tasks"][0]["reasons"][0], {"code", "text"}));
    CHECK(starts(json["similar"][0], {"a", "b", "strength", "signals"}));
    CHECK(json["similar"][0]["strength"] == 0.875);
}
