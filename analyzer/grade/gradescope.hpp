#pragma once

#include <string_view>

#include "analyzer/grade/submission.hpp"
#include "core/result.hpp"

namespace rungs::grade {

/// Gradescope's submission_metadata.json: id, name (all users of a team), when, and whether after the due
/// date. A submission without files. Fails for what is no JSON object with `users`.
Result<Submission> parse_gradescope_metadata(std::string_view json);

/// RFC 3339 with an offset, as Gradescope writes: `2026-11-20T08:15:00.123456-08:00`. Nothing for anything
/// else.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

} // namespace rungs::grade
