#pragma once

#include <string>
#include <string_view>

#include "analyzer/analysis.hpp"
#include "analyzer/check/judge.hpp"
#include "analyzer/grade/marks.hpp"

/// What a student reads about a step of a flow: what is wrong, and where in the capture.
namespace rungs::grade {

/// The reason for `outcome.rows[row]`, which is not met: code, sentences and frames; no points yet.
MarkReason reason_for_row(const Analysis& analysis, const check::Flow& flow, const check::Outcome& outcome,
                          std::size_t row);

} // namespace rungs::grade
