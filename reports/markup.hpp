#pragma once

#include <string>
#include <string_view>

namespace rungs::reports {

/// Captured text as text of HTML or XML, also between double quotes: controls made visible, `& < > " '` as
/// references.
std::string markup(std::string_view text);

} // namespace rungs::reports
