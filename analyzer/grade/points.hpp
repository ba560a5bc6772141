#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/check/flow.hpp"

namespace rungs::grade {

/// `12.5`, `12,5`, `-3`: at most what `Points` can hold exactly. Nothing for anything else.
std::optional<check::Points> parse_points(std::string_view text);

/// Exact, without zeros at the end: `12.5`, `-3`, `0.0005`.
std::string to_decimal(check::Points points);

} // namespace rungs::grade
