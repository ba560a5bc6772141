#pragma once

#include "cli/failure.hpp"
#include "cli/live_options.hpp"
#include "cli/options.hpp"

namespace rungs::cli {

/// `rungs live`: opens, gives up privileges, captures until it is told to end, reports. Throws Failure.
ExitStatus run_live(const Options& options, const LiveOptions& wanted);

/// `rungs live -D`.
ExitStatus list_interfaces();

} // namespace rungs::cli
