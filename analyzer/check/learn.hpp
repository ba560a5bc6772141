#pragma once

#include <span>
#include <string>
#include <vector>

#include "analyzer/analysis.hpp"
#include "core/result.hpp"

namespace rungs::check {

/// A call that went well.
struct Example {
    const Analysis* analysis = nullptr;
    Id call = 0;
};

/// A flow as YAML that every example follows: what all have is a step, what some have is optional, and a
/// response comes within twice the longest time that an example took. Roles as for `[caller, proxy]`.
/// Error: no example, or one without messages.
Result<std::string> learn_flow(std::span<const Example> examples, const std::string& name);

/// A simple SIPp scenario (recv, send, optional, pause; nothing that branches) as a flow in YAML. `xml` is
/// the text of the file, `source` names it in errors. The side that SIPp plays sends the first message, or
/// gets it.
Result<std::string> import_sipp(std::string_view xml, const std::string& source);

} // namespace rungs::check
