#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/check/flow.hpp"

/// What a class got: the document that every output of `rungs grade` is made from.
namespace rungs::grade {

using check::Points;
using check::Text;

/// Not assessable: no SIP, a wrong filter, a cut capture. It goes to the instructor, never a zero by itself.
enum class TaskVerdict : std::uint8_t { pass, partial, fail, not_assessable };
std::string_view to_string(TaskVerdict verdict); ///< "pass", "not_assessable"

/// Why points were lost, or why somebody has to look.
struct MarkReason {
    std::string code; ///< that `rungs explain` knows
    Text text;        ///< a sentence in each language, printable
    Points lost;
    std::vector<std::uint64_t> frames; ///< of the task's capture
    /// The step or condition as the rubric has it, the same for every student; empty for none.
    std::string step{};
};

struct TaskMark {
    std::string id; ///< of the rubric's task
    Text title;
    Points score, max;
    TaskVerdict verdict = TaskVerdict::fail;
    std::string capture;               ///< the file that was judged; empty for none
    std::vector<std::uint64_t> frames; ///< evidence: what the steps were met by
    std::vector<MarkReason> reasons;
    bool visible = true; ///< to the student before marks are released
};

enum class MarkStatus : std::uint8_t { graded, review };
std::string_view to_string(MarkStatus status);

struct StudentMark {
    std::string id, name, lms_id;
    Points score, max;
    MarkStatus status = MarkStatus::graded;
    std::vector<TaskMark> tasks;
    std::vector<MarkReason> deductions; ///< of the whole work: late, ...
    bool late = false;
    std::string overridden; ///< why the instructor changed the score; empty when it is as computed
    std::string report;     ///< path of the feedback page below the output folder; empty for none
};

/// Two submissions that share more than chance and partnership explain: evidence, never a penalty.
struct SimilarPair {
    std::string a, b;    ///< ids of students
    double strength = 0; ///< 0 to 1
    struct Signal {
        std::string code;                              ///< "same-frames", "same-call-id", ...
        std::string text;                              ///< English, printable
        std::vector<std::uint64_t> frames_a, frames_b; ///< side by side, the first few
    };
    std::vector<Signal> signals;
    std::string capture_a, capture_b;
};

struct ClassMarks {
    Text rubric;                       ///< its title
    std::vector<StudentMark> students; ///< by id
    std::vector<SimilarPair> similar;  ///< strongest first
    std::vector<std::string> unmatched;
};

} // namespace rungs::grade
