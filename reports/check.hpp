#pragma once

#include <optional>
#include <vector>

#include "analyzer/check/judge.hpp"
#include "reports/report.hpp"

/// Renderings of comparisons with expected flows.
namespace rungs::reports {

class TextFilter;

/// One call judged by one flow.
struct Check {
    const check::Flow* flow = nullptr;
    check::Outcome outcome;
};

/// A call judged by every built-in flow, best first.
struct Fit {
    Id call = 0;
    std::vector<Check> checks;
};

/// The aligned ladder: what was expected and what was seen in one picture, then verdict and points.
void write_check(const Analysis& analysis, const Check& check, const TextStyle& style, Sink& sink);
/// Which flow each call follows, and how it deviates from it.
void write_fits(const Analysis& analysis, const std::vector<Fit>& fits, const TextStyle& style, Sink& sink);

/// docs/formats/rungs.check-1.schema.json
void write_checks_json(const Analysis& analysis, const std::vector<Check>& checks, check::Verdict verdict,
                       Sink& sink, TextFilter* filter = nullptr);
void write_fits_json(const Analysis& analysis, const std::vector<Fit>& fits, Sink& sink);

/// A test suite for each check, a test case for each step.
void write_checks_junit(const Analysis& analysis, const std::vector<Check>& checks, Sink& sink);

/// The same as TAP 14 (testanything.org): a step that cannot be known is skipped.
void write_checks_tap(const Analysis& analysis, const std::vector<Check>& checks, Sink& sink);

/// What a row is about: the step as the flow has it, or the message that no step asks for.
std::string subject_of(const Analysis& analysis, const Check& check, const check::Row& row);

} // namespace rungs::reports
