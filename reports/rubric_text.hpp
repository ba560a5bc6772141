#pragma once

#include <vector>

#include "analyzer/grade/rubric.hpp"
#include "reports/report.hpp"

namespace rungs::reports {

/// A rubric in plain words, and what contradicts itself in it: `rungs grade --check-rubric`.
void write_rubric(const grade::Rubric& rubric, const std::vector<grade::RubricProblem>& problems,
                  const TextStyle& style, Sink& sink);

} // namespace rungs::reports
