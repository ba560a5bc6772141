#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analyzer/analysis.hpp"
#include "core/limits/reports.hpp"
#include "reports/json.hpp"

namespace rungs::reports {

/// Calls whose data a page reads together.
struct HtmlPart {
    CallRange calls;
    std::size_t messages = 0;
    std::uint64_t first_frame = 0, last_frame = 0; ///< of its messages; 0 when there are none
};

/// From how many messages on a page is divided, and how large its parts become.
struct HtmlPartSizes {
    std::size_t whole = limits::html_whole_messages;
    std::size_t part = limits::html_part_messages;
};

/// One part with all calls, or, when `analysis` has more messages than one page opens at once, several: each
/// holds whole calls, as many as have `sizes.part` messages together, at least one.
std::vector<HtmlPart> parts_of(const Analysis& analysis, HtmlPartSizes sizes);

} // namespace rungs::reports
