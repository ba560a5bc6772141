#pragma once

#include <string>
#include <string_view>

#include "analyzer/check/flow.hpp"
#include "core/result.hpp"

namespace YAML {
class Node;
}

namespace rungs::check {

/// Reads a flow written in YAML or JSON (docs/flows.md). `source` names it in errors, which read
/// `my.yaml:7:12: what is wrong`, then the line and a caret below the place, and as hint what to write.
/// Bounded by limits::flow_*.
Result<Flow> parse_flow(std::string_view yaml, std::string_view source);

/// The same of a document that is loaded already, such as a flow inside another file. Throws yaml::Mistake.
Flow read_flow(const YAML::Node& document, std::string_view source);

/// The same from a file. Error also when it cannot be read.
Result<Flow> read_flow_file(const std::string& path);

} // namespace rungs::check
