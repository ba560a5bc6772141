#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/check.hpp"
#include "reports/html_block.hpp"
#include "reports/html_parts.hpp"
#include "reports/report.hpp"

namespace rungs::reports {

struct HtmlStyle {
    Language language = Language::en; ///< that the page opens in
    TextFilter* filter = nullptr;     ///< sees every captured text; the page says that it was redacted
    HtmlData data = HtmlData::automatic;
    bool live = false;     ///< fetches its data and is told when there is more, see write_live_data
    HtmlPartSizes parts{}; ///< of pages with many messages
};

/// What a page shows of one reading of captures.
struct HtmlSource {
    const Analysis* analysis = nullptr;
    std::vector<Check> checks;        ///< shown beside the ladders of their calls
    std::vector<std::string> digests; ///< SHA-256 in hex of each of its captures; "" where it is not known
};

/// One page that needs nothing else: all calls with their ladders, messages, streams and findings,
/// searchable. It loads nothing and its policy (CSP with hashes, Trusted Types) forbids whatever is not in
/// it; captured text is data in blocks that no browser interprets. The calls of a very large analysis are
/// in parts (parts_of) that the page reads one at a time, with an index of them.
void write_html(const HtmlSource& source, std::string_view tool_version, const HtmlStyle& style, Sink& sink);

/// What the page of a live capture (HtmlStyle::live) fetches: one JSON object with what the blocks of that
/// page would hold, `analysis`, `ladders` and `check`.
void write_live_data(const HtmlSource& source, std::string_view tool_version, Sink& sink);

/// A task of graded work: what it was worth, why, and what was seen.
struct GradedTask {
    check::Text title;
    double score = 0, max = 0;
    std::string verdict;                ///< as in rungs.grades/1: pass, partial, fail, not_assessable
    std::vector<check::Text> reasons;   ///< a sentence each; may hold captured text
    const Analysis* analysis = nullptr; ///< of the capture looked at; null when there was none
    std::vector<std::string> digests;   ///< of its captures, as in HtmlSource
    std::optional<Check> judgement;     ///< of one call of `analysis`: the aligned ladder
};

/// The feedback to one student. The page holds these tasks and the calls of their analyses, all of them: what
/// the student is not to see is taken out before (filter::keep_calls).
struct GradedWork {
    check::Text title;   ///< of the rubric
    std::string student; ///< as shown; may be empty
    double score = 0, max = 0;
    std::vector<GradedTask> tasks; ///< those with the same `analysis` share its ladders in the page
};

/// The page of write_html with the tasks in front: each with its points, reasons and aligned ladder, and
/// links to the frames they speak of.
void write_graded_html(const GradedWork& work, std::string_view tool_version, const HtmlStyle& style,
                       Sink& sink);

} // namespace rungs::reports
