#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/check/flow.hpp"
#include "analyzer/grade/marks.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

/// What a class is graded by: tasks, what each is worth, and what is taken off. docs/grading.md says how
/// people write one.
namespace rungs::grade {

/// Which of the files that fit a task's pattern count.
enum class Pick : std::uint8_t {
    best,   ///< each is judged, the highest score counts
    newest, ///< by the time that the folder or archive has
    all,    ///< read together: caller's and callee's side of one call
    named,  ///< exactly one may fit
};
std::string_view to_string(Pick pick);

/// What a flow that is met in part is worth.
enum class PartialCredit : std::uint8_t {
    steps,        ///< by the points of its steps
    proportional, ///< each step the same
    none,         ///< all or nothing
};
std::string_view to_string(PartialCredit partial);

/// Holds when every predicate of `where` does: for the call, or with subjects of messages for one message of
/// the call (that fits `of`, when it is there).
struct Condition {
    std::vector<check::Predicate> where;
    std::optional<check::MessagePattern> of;

    [[nodiscard]] bool empty() const { return where.empty(); }
    [[nodiscard]] std::string text() const; ///< the predicates as written
};

/// `also`: what else a call has to be to get all points of its task.
struct Criterion {
    Condition condition;
    Points points;
    Text feedback;         ///< what the student reads when it does not hold; may be empty
    bool required = false; ///< without it the task is worth nothing
    check::Place place;
};

/// What is taken off a task, down to 0.
struct Deduction {
    std::string finding; ///< code of a finding in the judged call, or
    Condition condition; ///< what holds
    Points points;
    Text feedback;
    check::Place place;
};

struct Task {
    std::string id; ///< of letters, digits, - and _
    Text title;
    Points points;
    std::vector<std::string> captures; ///< patterns of names; one that begins with ! excludes
    Pick pick = Pick::best;
    std::optional<check::Flow> flow;
    PartialCredit partial = PartialCredit::steps;
    std::vector<Criterion> also;
    std::vector<Deduction> deductions;
    Text hint;             ///< the next thing to look at, for who did not get all
    bool required = false; ///< failed, it takes the whole work down to the floor
    bool visible = true;   ///< to students, `rungs check --rubric`
    check::Place place;

    /// The share of the flow: what `also` leaves.
    [[nodiscard]] Points flow_points() const;
    /// Whether a file of that name is looked at: its last part or all of it fits.
    [[nodiscard]] bool wants(std::string_view file_name) const;
};

struct LateRule {
    Timestamp due;
    Duration grace{};
    Duration every = std::chrono::hours(24); ///< each begun period costs `percent`
    unsigned percent = 0;                    ///< of the points reached
    unsigned most_percent = 100;
    std::optional<Duration> zero_after;
    std::string due_text; ///< as written
};

struct Rubric {
    Text title;
    std::vector<Task> tasks;
    std::optional<LateRule> late;
    Points round;                     ///< the score is a multiple of it, halves up; 0 leaves it
    std::optional<Points> cap, floor; ///< of the score
    std::optional<Points> points;     ///< what the author says it adds up to
    std::string source;

    [[nodiscard]] Points max() const; ///< of all tasks, at most the cap
};

/// Reads a rubric in YAML or JSON. Flows that it names are built in, or files beside `path`. Errors are told
/// like those of flows: place, line, caret, hint.
Result<Rubric> parse_rubric(std::string_view yaml, const std::string& path);
/// The same from a file. Error also when it cannot be read.
Result<Rubric> read_rubric_file(const std::string& path);

/// RFC 3339 with an offset, or the same with a blank for T and without seconds: `2026-11-20 23:59 +08:00`.
std::optional<Timestamp> parse_time(std::string_view text);

/// What contradicts itself in a rubric that can be read.
struct RubricProblem {
    bool error = false; ///< grading by it makes no sense; else it only looks wrong
    Text text;
    check::Place place;
};
std::vector<RubricProblem> problems_of(const Rubric& rubric);

} // namespace rungs::grade
