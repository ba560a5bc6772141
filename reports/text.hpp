#pragma once

#include "reports/report.hpp"

/// Renderings for people at a terminal. Captured text goes through `printable`; widths are those of the
/// terminal.
namespace rungs::reports {

class TextFilter;
struct Ladder;

/// `rungs FILE`: capture health, calls, registrations, findings, what to type next.
void write_overview(const Analysis& analysis, const TextStyle& style, Sink& sink);

/// `rungs calls FILE`: a line a call.
void write_calls(const Analysis& analysis, const Selection& selection, const TextStyle& style, Sink& sink);

/// `rungs ladder FILE`: a ladder for each call.
void write_ladder(const Analysis& analysis, const Selection& selection, const TextStyle& style, Sink& sink);

/// One ladder, without its title. `filter` sees every captured text.
void draw_ladder(const Ladder& ladder, const TextStyle& style, Sink& sink, TextFilter* filter = nullptr);

/// `rungs message FILE FRAME`: every message of that frame, raw and parsed. False when the frame carried
/// none.
bool write_message(const Analysis& analysis, std::uint64_t frame, const TextStyle& style, Sink& sink);

} // namespace rungs::reports
