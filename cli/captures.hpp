#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/check/digest.hpp"
#include "cli/options.hpp"
#include "reports/report.hpp"

namespace rungs::cli {

/// Reads and analyses the captures: progress while it lasts, a line on standard error for what is wrong with
/// them. None given is standard input, unless that is a terminal: NothingToRead. Throws Failure.
Analysis read_captures(const Options& options, const std::vector<std::string>& captures);
/// The same for a command that needs the passwords itself: they may come from standard input, once.
Analysis read_captures(const Options& options, const std::vector<std::string>& captures,
                       const std::optional<check::Passwords>& passwords);

/// What --password-file names; nothing when it was not given. Throws Failure.
std::optional<check::Passwords> read_passwords(const Options& options,
                                               const std::vector<std::string>& captures);

/// The calls that --call and -Y ask for (both: those that fit both). Throws a negative Failure when there is
/// none; for an unknown call its hint has the nearest ones.
reports::Selection select_calls(const Analysis& analysis, const Options& options);

} // namespace rungs::cli
