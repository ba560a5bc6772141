#pragma once

#include <string>

#include "analyzer/grade/marks.hpp"
#include "reports/report.hpp"

/// Words about marks that several documents share.
namespace rungs::reports {

/// In the language, or in the one that was written.
std::string in(const grade::Text& text, Language language);
/// `12.5/20`
std::string score_of(grade::Points score, grade::Points max);
std::string title_of(const grade::TaskMark& task, Language language);
/// A line for each reason: text, frames, points.
std::string reasons_of(const grade::TaskMark& task, Language language);

} // namespace rungs::reports
