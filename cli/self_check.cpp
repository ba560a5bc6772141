#include "cli/self_check.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "analyzer/grade/grade.hpp"
#include "cli/captures.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "core/limits/grade.hpp"
#include "core/text.hpp"
#include "reports/grades.hpp"
#include "reports/grades_json.hpp"

namespace rungs::cli {
namespace {

grade::SubmittedFile read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (!file || error) throw Failure{{fmt::format("{}: cannot be read", printable(path)), {}}};
    if (size > limits::submission_octets)
        throw Failure{{fmt::format("{}: larger than {} octets (limit submission_octets)", printable(path),
                                   limits::submission_octets),
                       "rungs check FILE --flow NAME checks captures of any size"}};
    grade::SubmittedFile submitted;
    submitted.name = std::filesystem::path(path).filename().string();
    submitted.octets.resize(static_cast<std::size_t>(size));
    file.read(submitted.octets.data(), static_cast<std::streamsize>(size));
    submitted.octets.resize(static_cast<std::size_t>(file.gcount()));
    return submitted;
}

void keep_tasks_for(const std::vector<grade::SubmittedFile>& files, std::vector<grade::Task>& tasks) {
    const auto unwanted = [&files](const grade::Task& task) {
        return std::ranges::none_of(
            files, [&task](const grade::SubmittedFile& file) { return task.wants(file.name); });
    };
    if (std::ranges::all_of(tasks, unwanted)) {
        for (grade::Task& task : tasks) task.captures.clear();
    } else {
        std::erase_if(tasks, unwanted);
    }
}

} // namespace

ExitStatus check_by_rubric(const Options& options, const std::string& rubric_path) {
    const auto captures = captures_of(options);
    if (captures.empty()) throw Failure{{"a capture is missing", "rungs check --rubric lab.yaml busy.pcap"}};
    auto rubric = grade::read_rubric_file(rubric_path);
    if (!rubric) throw Failure{rubric.error()};
    rubric->late.reset(); // nothing is handed in yet
    grade::Submission submission;
    for (const std::string& path : captures) submission.files.push_back(read_file(path));
    std::erase_if(rubric->tasks, [](const grade::Task& task) { return !task.visible; });
    keep_tasks_for(submission.files, rubric->tasks);
    const auto passwords = read_passwords(options, captures);
    const grade::StudentMark mark =
        grade::grade(submission, *rubric, {passwords ? &*passwords : nullptr, true}).mark;

    Output output(options.output, captures);
    if (options.format == "json") {
        reports::JsonWriter json(output.sink());
        reports::write_student_json(mark, json);
        json.end_document();
    } else {
        output.sink().write(reports::feedback(mark, text_style(options, output.descriptor()).language));
        output.sink().write("\n");
    }
    output.finish();
    if (mark.status == grade::MarkStatus::review) return ExitStatus::inconclusive;
    const bool all = std::ranges::all_of(
        mark.tasks, [](const grade::TaskMark& task) { return task.verdict == grade::TaskVerdict::pass; });
    return all ? ExitStatus::done : ExitStatus::negative;
}

} // namespace rungs::cli
