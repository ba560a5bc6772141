#include "cli/grade_one.hpp"

#include <array>

#include <fmt/format.h>

#include "analyzer/capture/source.hpp"
#include "analyzer/grade/captures.hpp"
#include "analyzer/grade/memory_file.hpp"
#include "cli/version.hpp"
#include "core/text.hpp"
#include "reports/feedback_page.hpp"
#include "reports/grades_json.hpp"
#include "reports/redact.hpp"

namespace rungs::cli {
namespace {

/// What leaves the process: a line with the mark, a line with the number of fingerprints, two lines for each,
/// and the page up to the end.
void write_fingerprints(const grade::Submission& submission, grade::Salt salt, reports::Sink& sink) {
    std::string lines;
    std::size_t count = 0;
    const grade::Captures captures(submission);
    for (std::size_t i = 0; i < submission.files.size(); ++i) {
        const grade::SubmittedFile& file = submission.files[i];
        if (!captures.is_capture(i)) continue;
        const grade::MemoryFile memory(file.octets);
        const auto fingerprint = grade::fingerprint(memory.path(), file.octets, salt);
        if (!fingerprint) continue;
        lines += printable(file.name) + "\n" + grade::to_text(*fingerprint) + "\n";
        ++count;
    }
    sink.write(fmt::format("{}\n{}", count, lines));
}

void write_mark(const grade::StudentMark& mark, reports::Sink& sink) {
    reports::JsonWriter json(sink);
    reports::write_student_json(mark, json);
    json.flush();
    sink.write("\n");
}

/// The analyses of a submission through one filter: a name is the same in all of them.
std::optional<reports::Redactor> redactor_for(const grade::GradedSubmission& graded) {
    std::optional<reports::Redactor> redactor;
    for (const grade::TaskEvidence& evidence : graded.evidence) {
        if (!evidence.analysis) continue;
        if (redactor)
            redactor->learn(*evidence.analysis);
        else
            redactor.emplace(*evidence.analysis);
    }
    return redactor;
}

void redact(std::vector<grade::MarkReason>& reasons, reports::Redactor& redactor) {
    for (grade::MarkReason& reason : reasons) {
        reason.text.en = redactor.apply(reason.text.en);
        reason.text.zh_cn = redactor.apply(reason.text.zh_cn);
    }
}

} // namespace

void grade_one(const grade::Submission& submission, const GradingJob& job, const std::string& page_path,
               reports::Sink& sink) {
    grade::GradedSubmission graded = grade::grade(submission, *job.rubric, {job.passwords, false});
    apply_own(graded.mark, job.overrides);
    graded.mark.report = page_path;
    reports::HtmlStyle style;
    style.language = job.language;
    auto redactor = job.anonymous ? redactor_for(graded) : std::nullopt;
    if (redactor) {
        for (grade::TaskMark& task : graded.mark.tasks) redact(task.reasons, *redactor);
        style.filter = &*redactor;
    }
    write_mark(graded.mark, sink);
    write_fingerprints(submission, job.salt, sink);
    reports::write_feedback_page(graded, *job.rubric, version(), style, sink);
}

std::optional<GradedOne> read_graded(std::string_view octets) {
    GradedOne one;
    auto mark = reports::read_student_json(take_until(octets, '\n'));
    const auto count = parse_number<std::size_t>(take_until(octets, '\n'));
    if (!mark || !count) return std::nullopt;
    one.mark = std::move(*mark);
    for (std::size_t i = 0; i < *count; ++i) {
        std::string name(take_until(octets, '\n'));
        auto fingerprint = grade::fingerprint_from(take_until(octets, '\n'));
        if (!fingerprint) return std::nullopt;
        one.fingerprints.push_back({std::move(name), std::move(*fingerprint)});
    }
    one.page = octets;
    return one;
}

void apply_own(grade::StudentMark& mark, const std::vector<grade::Override>& overrides) {
    std::vector<grade::Override> own;
    for (const grade::Override& change : overrides) {
        if (change.student == mark.id) own.push_back(change);
    }
    if (own.empty()) return;
    grade::ClassMarks alone;
    alone.students.push_back(std::move(mark));
    grade::apply_overrides(alone, own);
    mark = std::move(alone.students.front());
}

void show_frames(const grade::SubmittedFile& file, std::span<const std::uint64_t> frames,
                 reports::Sink& sink) {
    const grade::MemoryFile memory(file.octets);
    const auto source = capture::open({memory.path()});
    if (!source) return;
    for (const grade::FrameLine& line : grade::read_frame_lines(**source, frames)) {
        sink.write(fmt::format("{}\t{}\t{}\t{}\t{}\n", line.frame, line.time.ns, line.source,
                               line.destination, printable(line.text)));
    }
}

std::vector<grade::FrameLine> read_lines(std::string_view octets) {
    std::vector<grade::FrameLine> lines;
    while (!octets.empty()) {
        std::string_view text = take_until(octets, '\n');
        grade::FrameLine line;
        const auto frame = parse_number<std::uint64_t>(take_until(text, '\t'));
        std::string_view time = take_until(text, '\t');
        const bool negative = time.starts_with('-');
        if (negative) time.remove_prefix(1);
        const auto ns = parse_number<std::int64_t>(time);
        if (!frame || !ns) continue;
        line.frame = *frame;
        line.time.ns = negative ? -*ns : *ns;
        line.source = take_until(text, '\t');
        line.destination = take_until(text, '\t');
        line.text = text;
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace rungs::cli
