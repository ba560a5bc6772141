#pragma once

#include <vector>

#include "analyzer/analysis.hpp"

namespace rungs::filter {

/// Leaves of `analysis` only `calls` (ascending, each once) with their dialogs, messages, links, invitations
/// and findings, all numbered anew from 1; a reference to something that went is 0. Captures and their
/// accounting stay: they say what the files hold.
void keep_calls(Analysis& analysis, const std::vector<Id>& calls);

} // namespace rungs::filter
