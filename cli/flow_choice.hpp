#pragma once

#include <string>

#include "analyzer/check/builtin.hpp"
#include "analyzer/check/flow.hpp"

namespace rungs::cli {

/// The built-in flow of that name, or the flow in that file (a name with a dot or a slash). Throws Failure
/// with the nearest names as hint.
check::Flow choose_flow(const std::string& name);

} // namespace rungs::cli
