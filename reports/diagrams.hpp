#pragma once

#include "reports/report.hpp"

/// Ladders for documents. All draw reports/ladder.hpp; captured text cannot leave its place in any of them.
namespace rungs::reports {

class TextFilter;

/// One picture with the ladders below each other: static SVG 1.1 without scripts, links or foreign objects,
/// black on white, as wide as the text of an A4 page unless there are many participants.
void write_svg(const Analysis& analysis, const Selection& selection, Language language, Sink& sink);

/// Markdown with a Mermaid sequence diagram for each ladder, in parts where one would pass Mermaid's limits
/// (limits::mermaid_arrows, limits::mermaid_octets). `filter` sees every captured text.
void write_mermaid(const Analysis& analysis, const Selection& selection, Language language, Sink& sink,
                   TextFilter* filter = nullptr);

/// PlantUML sequence diagrams, one or more for each ladder.
void write_plantuml(const Analysis& analysis, const Selection& selection, Language language, Sink& sink);

} // namespace rungs::reports
