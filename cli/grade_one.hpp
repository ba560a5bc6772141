#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/grade/fingerprint.hpp"
#include "analyzer/grade/frame_lines.hpp"
#include "analyzer/grade/grade.hpp"
#include "analyzer/grade/overrides.hpp"
#include "reports/report.hpp"

/// What is done with one submission in a process of its own, and how the result comes back.
namespace rungs::cli {

/// The same for all submissions; outlives the work.
struct GradingJob {
    const grade::Rubric* rubric = nullptr;
    const check::Passwords* passwords = nullptr;
    std::vector<grade::Override> overrides;
    grade::Salt salt = 0;
    reports::Language language = reports::Language::en; ///< that pages open in
    bool anonymous = false;                             ///< people and addresses become pseudonyms in pages
};

struct NamedFingerprint {
    std::string capture;
    grade::Fingerprint fingerprint;
};

struct GradedOne {
    grade::StudentMark mark;
    std::vector<NamedFingerprint> fingerprints;
    std::string page; ///< HTML
};

/// Grades `submission` and writes what `read_graded` reads.
void grade_one(const grade::Submission& submission, const GradingJob& job, const std::string& page_path,
               reports::Sink& sink);
/// Nothing when the octets are not what `grade_one` writes.
std::optional<GradedOne> read_graded(std::string_view octets);

/// Sets what the instructor decided for this student.
void apply_own(grade::StudentMark& mark, const std::vector<grade::Override>& overrides);

/// Writes the lines of `frames` of one file, for `read_lines`.
void show_frames(const grade::SubmittedFile& file, std::span<const std::uint64_t> frames,
                 reports::Sink& sink);
std::vector<grade::FrameLine> read_lines(std::string_view octets);

} // namespace rungs::cli
