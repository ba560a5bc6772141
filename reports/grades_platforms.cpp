#include <algorithm>

#include "core/text.hpp"
#include "reports/grades.hpp"
#include "reports/grades_text.hpp"
#include "reports/json_writer.hpp"

namespace rungs::reports {
namespace {

using grade::MarkStatus;
using grade::StudentMark;
using grade::TaskMark;
using grade::TaskVerdict;

constexpr int decimals = 4;

void points(JsonWriter& json, std::string_view name, grade::Points value) {
    json.key(name);
    json.real(value.value(), decimals);
}

/// Once in each language.
std::string in_each(const std::vector<Language>& languages, const auto& text) {
    std::string all;
    for (const Language language : languages) {
        if (!all.empty()) all += '\n';
        all += trim(text(language));
    }
    return all;
}

void gradescope_test(JsonWriter& json, const TaskMark& task, const std::vector<Language>& languages) {
    const bool assessable = task.verdict != TaskVerdict::not_assessable;
    json.begin_object();
    if (assessable) points(json, "score", task.score);
    points(json, "max_score", task.max);
    if (assessable) json.member("status", task.verdict == TaskVerdict::pass ? "passed" : "failed");
    json.member("name", title_of(task, languages.empty() ? Language::en : languages.front()));
    json.member("name_format", "text");
    json.member("number", task.id);
    json.member("output", in_each(languages, [&](Language language) { return reasons_of(task, language); }));
    json.member("output_format", "text");
    json.member("visibility", task.visible ? "visible" : "after_published");
    json.end_object();
}

std::string_view classroom_status(TaskVerdict verdict) {
    if (verdict == TaskVerdict::not_assessable) return "error";
    return verdict == TaskVerdict::pass ? "pass" : "fail";
}

std::string_view classroom_status(const StudentMark& mark) {
    if (mark.status == MarkStatus::review) return "error";
    for (const TaskMark& task : mark.tasks)
        if (task.verdict != TaskVerdict::pass) return "fail";
    return mark.deductions.empty() ? "pass" : "fail";
}

bool none_has_score(const StudentMark& mark) {
    return mark.status == MarkStatus::review && std::ranges::all_of(mark.tasks, [](const TaskMark& task) {
               return task.verdict == TaskVerdict::not_assessable;
           });
}

} // namespace

void write_gradescope_json(const StudentMark& mark, const std::vector<Language>& languages, Sink& sink) {
    JsonWriter json(sink);
    json.begin_object();
    if (mark.status == MarkStatus::graded) points(json, "score", mark.score);
    if (none_has_score(mark)) { // Gradescope insists on one; nobody shall see it before a person has looked
        points(json, "score", {});
        json.member("visibility", "hidden");
    }
    if (std::ranges::all_of(mark.tasks, &TaskMark::visible)) { // else the total would tell of hidden ones
        StudentMark whole = mark;                              // each task says its own
        whole.tasks.clear();
        json.member("output",
                    in_each(languages, [&](Language language) { return feedback(whole, language); }));
    }
    json.member("output_format", "text");
    json.member("test_output_format", "text");
    json.member("test_name_format", "text");
    json.member("stdout_visibility", "hidden");
    json.key("tests");
    json.begin_array();
    for (const TaskMark& task : mark.tasks) gradescope_test(json, task, languages);
    json.end_array();
    json.end_object();
    json.end_document();
}

void write_classroom_json(const StudentMark& mark, Language language, Sink& sink) {
    JsonWriter json(sink);
    json.begin_object();
    json.member("version", 1);
    json.member("status", classroom_status(mark));
    points(json, "max_score", mark.max);
    json.key("tests");
    json.begin_array();
    for (const TaskMark& task : mark.tasks) {
        json.begin_object();
        json.member("name", title_of(task, language));
        json.member("status", classroom_status(task.verdict));
        points(json, "score", task.score);
        json.member("message", trim(reasons_of(task, language)));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    json.end_document();
}

} // namespace rungs::reports
