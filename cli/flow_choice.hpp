#pragma once

#include <string>

#include "analyzer/check/builtin.hpp"
#include "analyzer/check/flow.hpp"
#include "analyzer/check/flow_file.hpp"

namespace rungs::cli {

/// The built-in flow of that name, or the flow in that file (a name with a dot or a slash), with `set` for
/// its parameters. Throws Failure with the nearest names as hint.
check::Flow choose_flow(const std::string& name, const check::Parameters& set = {});

} // namespace rungs::cli
