#pragma once

#include <string_view>
#include <vector>

#include "reports/check.hpp"
#include "reports/report.hpp"

namespace rungs::reports {

struct HtmlStyle {
    Language language = Language::en; ///< that the page opens in
    TextFilter* filter = nullptr;     ///< sees every captured text; the page says that it was redacted
    std::vector<Check> checks;        ///< shown beside the ladders of their calls
};

/// One page that needs nothing else: all calls with their ladders, messages, streams and findings,
/// searchable. It loads nothing and its policy (CSP with hashes, Trusted Types) forbids whatever is not in
/// it; captured text is data in blocks that no browser interprets.
void write_html(const Analysis& analysis, std::string_view tool_version, const HtmlStyle& style, Sink& sink);

} // namespace rungs::reports
