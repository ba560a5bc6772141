#pragma once

#include <string>

#include "reports/report.hpp"

/// `rungs streams FILE`: RTP, a stream a line. A selection of calls leaves out the streams of others and
/// those of none.
namespace rungs::reports {

/// "PCMU", "red (PCMU)", "PCMA/telephone-event": what the stream carried, in order of appearance; numbers of
/// types that nothing names. Captured text.
std::string codecs_of(const media::Stream& stream);

void write_streams(const Analysis& analysis, const Selection& selection, const TextStyle& style, Sink& sink);

/// Schema rungs.streams/1 (docs/formats/rungs.streams-1.schema.json).
void write_streams_json(const Analysis& analysis, const Selection& selection, Sink& sink);

/// RFC 4180 with a heading; text never begins a formula.
void write_streams_csv(const Analysis& analysis, const Selection& selection, Sink& sink);

/// The table of `streams` (ids), as `write_streams` draws it.
void write_streams_table(const Analysis& analysis, const std::vector<Id>& streams, const TextStyle& style,
                         Sink& sink);

} // namespace rungs::reports
