#pragma once

#include <map>
#include <string>
#include <string_view>

#include "analyzer/check/flow.hpp"
#include "core/result.hpp"

namespace YAML {
class Node;
}

namespace rungs::check {

/// What `$name` stands for in the counts of a flow.
using Parameters = std::map<std::string, std::string>;

/// Reads a flow written in YAML or JSON (docs/flows.md). `source` names it in errors, which read
/// `my.yaml:7:12: what is wrong`, then the line and a caret below the place, and as hint what to write.
/// Bounded by limits::flow_*.
/// `set` gives values to the flow's parameters; error for one that the flow does not have.
Result<Flow> parse_flow(std::string_view yaml, std::string_view source, const Parameters& set = {});

/// The same of a document that is loaded already, such as a flow inside another file. Throws yaml::Mistake.
Flow read_flow(const YAML::Node& document, std::string_view source, const Parameters& set = {});

/// The same from a file. Error also when it cannot be read.
Result<Flow> read_flow_file(const std::string& path, const Parameters& set = {});

} // namespace rungs::check
