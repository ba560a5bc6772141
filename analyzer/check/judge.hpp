#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/check/events.hpp"
#include "analyzer/check/facts.hpp"
#include "analyzer/check/flow.hpp"
#include "core/limits/input.hpp"

/// How a call went compared with a flow: each step, each event beside it, a verdict, and points.
namespace rungs::check {

enum class StepStatus : std::uint8_t { met, missing, out_of_order, violated, undecidable };
std::string_view to_string(StepStatus status);

/// Unusable: there was no call to judge.
enum class Verdict : std::uint8_t { pass, inconclusive, fail, unusable };
std::string_view to_string(Verdict verdict);

/// Why a row is what it is. Reports make sentences of them; what `details` holds stands behind each.
enum class Reason : std::uint8_t {
    none,
    never_came,       ///< nothing
    instead,          ///< what came instead, its frame
    capture_ends,     ///< seconds from the last message to the end of the capture
    capture_begins,   ///< nothing: it could have been before the capture
    link_absent,      ///< nothing: no message of this link is in the capture
    direction_absent, ///< nothing: only the other direction was captured
    another_place,    ///< nothing: it is there, but not where it belongs
    too_late,         ///< seconds, the bound as written
    too_early,        ///< seconds, the bound as written
    not_so,           ///< the predicate as written, what was found
    no_password,      ///< the predicate as written
    no_media,         ///< the predicate as written
    goes_on,          ///< the predicate as written
    who_gave_up,      ///< the predicate as written
    no_value,         ///< the predicate as written
    not_checkable,    ///< the predicate as written
    cut,              ///< the predicate as written: the capture holds only a part of the message
    not_quiet,        ///< seconds
    forbidden,        ///< nothing: it must not be there
    unexpected,       ///< nothing: no step asks for it
    again,            ///< the text of a step that it would fit
};
std::string_view to_string(Reason reason);

struct Row {
    enum class Kind : std::uint8_t { step, extra, never, call };
    Kind kind = Kind::step;
    std::size_t index = 0;               ///< into Flow::steps, never or where; not for extra
    StepStatus status = StepStatus::met; ///< of an extra event: violated when the policy fails it
    std::optional<std::size_t> event;    ///< into Course::events
    Reason reason = Reason::none;
    std::vector<std::string> details; ///< may hold captured text
    Points earned, possible;
};

struct Outcome {
    Id call = 0;
    Course course;
    std::vector<Row> rows; ///< steps and extra events in order, then what must never be, then the whole call
    Verdict verdict = Verdict::unusable;
    Points earned, possible;
    bool required_failed = false; ///< a step marked as required is not met
    bool capped = false;          ///< limits::flow_events or alignment_cells was reached
    std::int64_t score = 0;       ///< of the alignment: how well the flow fits

    [[nodiscard]] std::size_t count(StepStatus status) const;
};

struct JudgeOptions {
    FixedRoles roles;
    Values values;
    bool strict = false; ///< every extra event fails
    /// Verify digests for `auth.valid`. Must live as long as the judging; without any it is undecidable.
    const Passwords* passwords = nullptr;
};

/// Judges `call` by `flow`. The flow and the analysis stay as they are.
Outcome judge(const Analysis& analysis, Id call, const Flow& flow, const JudgeOptions& options = {});

/// The better one: pass, inconclusive, fail; then what leaves less unknown, then what fits more; the earlier
/// one on a tie.
bool better(const Outcome& a, const Outcome& b);

/// The call out of `calls` that follows the flow best; nothing when there are none.
std::optional<Outcome> judge_best(const Analysis& analysis, const std::vector<Id>& calls, const Flow& flow,
                                  const JudgeOptions& options = {});

} // namespace rungs::check
