#include "reports/grades_json.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

namespace rungs::reports {
namespace {

using grade::MarkReason;
using grade::MarkStatus;
using grade::Points;
using grade::StudentMark;
using grade::TaskMark;
using grade::TaskVerdict;
using Json = nlohmann::json;

constexpr std::array verdicts{TaskVerdict::pass, TaskVerdict::partial, TaskVerdict::fail,
                              TaskVerdict::not_assessable};

void write_points(JsonWriter& json, std::string_view name, Points points) {
    json.key(name);
    json.real(points.value(), 4);
}

void write_frames(JsonWriter& json, const std::vector<std::uint64_t>& frames,
                  std::string_view name = "frames") {
    json.key(name);
    json.begin_array();
    for (const std::uint64_t frame : frames) json.value(frame);
    json.end_array();
}

void write_reasons(JsonWriter& json, std::string_view name, const std::vector<MarkReason>& reasons) {
    json.key(name);
    json.begin_array();
    for (const MarkReason& reason : reasons) {
        json.begin_object();
        json.member("code", std::string_view(reason.code));
        json.member("text", std::string_view(reason.text.en));
        json.member("text_zh_CN", std::string_view(reason.text.zh_cn));
        write_points(json, "lost", reason.lost);
        write_frames(json, reason.frames);
        json.text_or_null("step", reason.step);
        json.end_object();
    }
    json.end_array();
}

void write_text(JsonWriter& json, std::string_view name, const grade::Text& text) {
    json.key(name);
    json.begin_object();
    json.text_or_null("en", text.en);
    json.text_or_null("zh_CN", text.zh_cn);
    json.end_object();
}

void write_task_members(JsonWriter& json, const TaskMark& task) {
    json.member("id", std::string_view(task.id));
    json.key("score");
    if (task.verdict == TaskVerdict::not_assessable)
        json.null();
    else
        json.real(task.score.value(), 4);
    write_points(json, "max", task.max);
    json.member("verdict", to_string(task.verdict));
    json.text_or_null("capture", task.capture);
    write_frames(json, task.frames);
    write_reasons(json, "reasons", task.reasons);
    write_text(json, "title", task.title);
    json.member("visible", task.visible);
}

void write_task(JsonWriter& json, const TaskMark& task) {
    json.begin_object();
    write_task_members(json, task);
    json.end_object();
}

void write_pair(JsonWriter& json, const grade::SimilarPair& pair) {
    json.begin_object();
    json.member("a", std::string_view(pair.a));
    json.member("b", std::string_view(pair.b));
    json.key("strength");
    json.real(pair.strength, 4);
    json.key("signals");
    json.begin_array();
    for (const auto& signal : pair.signals) {
        json.begin_object();
        json.member("code", std::string_view(signal.code));
        json.member("text", std::string_view(signal.text));
        write_frames(json, signal.frames_a, "frames_a");
        write_frames(json, signal.frames_b, "frames_b");
        json.end_object();
    }
    json.end_array();
    json.text_or_null("capture_a", pair.capture_a);
    json.text_or_null("capture_b", pair.capture_b);
    json.end_object();
}

// --- reading. A missing or wrong member throws Json::exception, which read_student_json takes for "no such
// object".

Points points_from(const Json& value) {
    const double points = value.is_null() ? 0 : value.get<double>();
    if (std::abs(points) > 1e9) throw std::out_of_range("points");
    return {std::llround(points * static_cast<double>(Points::per_point))};
}

std::string text_from(const Json& value) {
    return value.is_null() ? std::string() : value.get<std::string>();
}

std::vector<MarkReason> reasons_from(const Json& list) {
    std::vector<MarkReason> reasons;
    for (const Json& item : list) {
        reasons.push_back({item.at("code").get<std::string>(),
                           {item.at("text").get<std::string>(), item.at("text_zh_CN").get<std::string>()},
                           points_from(item.at("lost")),
                           item.at("frames").get<std::vector<std::uint64_t>>(),
                           text_from(item.at("step"))});
    }
    return reasons;
}

TaskMark task_from(const Json& item) {
    TaskMark task;
    task.id = item.at("id").get<std::string>();
    task.score = points_from(item.at("score"));
    task.max = points_from(item.at("max"));
    const auto verdict = item.at("verdict").get<std::string>();
    const auto* const found =
        std::ranges::find_if(verdicts, [&](const TaskVerdict known) { return to_string(known) == verdict; });
    task.verdict = found == verdicts.end() ? TaskVerdict::not_assessable : *found;
    task.capture = text_from(item.at("capture"));
    task.frames = item.at("frames").get<std::vector<std::uint64_t>>();
    task.reasons = reasons_from(item.at("reasons"));
    task.title = {text_from(item.at("title").at("en")), text_from(item.at("title").at("zh_CN"))};
    task.visible = item.at("visible").get<bool>();
    return task;
}

StudentMark student_from(const Json& item) {
    StudentMark mark;
    mark.id = item.at("id").get<std::string>();
    mark.name = item.at("name").get<std::string>();
    mark.score = points_from(item.at("assessed"));
    mark.max = points_from(item.at("max"));
    mark.status =
        item.at("status") == to_string(MarkStatus::graded) ? MarkStatus::graded : MarkStatus::review;
    for (const Json& task : item.at("tasks")) mark.tasks.push_back(task_from(task));
    mark.deductions = reasons_from(item.at("deductions"));
    mark.late = item.at("late").get<bool>();
    mark.overridden = text_from(item.at("overridden"));
    mark.report = text_from(item.at("report"));
    mark.lms_id = text_from(item.at("lms_id"));
    return mark;
}

} // namespace

void write_student_json(const StudentMark& mark, JsonWriter& json) {
    json.begin_object();
    json.member("id", std::string_view(mark.id));
    json.member("name", std::string_view(mark.name));
    json.key("score");
    if (mark.status == MarkStatus::review)
        json.null();
    else
        json.real(mark.score.value(), 4);
    write_points(json, "max", mark.max);
    json.member("status", to_string(mark.status));
    json.key("tasks");
    json.begin_array();
    for (const TaskMark& task : mark.tasks) write_task(json, task);
    json.end_array();
    write_points(json, "assessed", mark.score);
    write_reasons(json, "deductions", mark.deductions);
    json.member("late", mark.late);
    json.text_or_null("overridden", mark.overridden);
    json.text_or_null("report", mark.report);
    json.text_or_null("lms_id", mark.lms_id);
    json.end_object();
}

std::optional<StudentMark> read_student_json(std::string_view text) {
    try {
        return student_from(Json::parse(text));
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

void write_grades_ndjson(const grade::ClassMarks& marks, Sink& sink) {
    JsonWriter json(sink);
    for (const StudentMark& mark : marks.students) {
        for (const TaskMark& task : mark.tasks) {
            json.begin_object();
            json.member("student", std::string_view(mark.id));
            write_task_members(json, task);
            json.end_object();
            json.end_document();
        }
    }
}

void write_grades_json(const grade::ClassMarks& marks, std::string_view tool_version, Sink& sink) {
    JsonWriter json(sink);
    json.begin_object();
    json.member("schema", "rungs.grades/1");
    json.key("students");
    json.begin_lines();
    for (const StudentMark& mark : marks.students) write_student_json(mark, json);
    json.end_lines();
    json.key("similar");
    json.begin_lines();
    for (const grade::SimilarPair& pair : marks.similar) write_pair(json, pair);
    json.end_lines();
    write_text(json, "rubric", marks.rubric);
    json.key("unmatched");
    json.begin_lines();
    for (const std::string& origin : marks.unmatched) json.value(std::string_view(origin));
    json.end_lines();
    json.key("tool");
    json.begin_object();
    json.member("name", "rungs");
    json.member("version", tool_version);
    json.end_object();
    json.end_object();
    json.end_document();
}

} // namespace rungs::reports
