#pragma once

#include "analyzer/analysis.hpp"
#include "reports/report.hpp"

/// Machine-readable renderings, written piece by piece (never a document in memory).
namespace rungs::reports {

class JsonWriter;
class TextFilter;

/// Calls that follow each other, with what belongs to them. What belongs to none goes with the first call.
struct CallRange {
    Id first = 1, last = 0; ///< ids; nothing but that when `last` is less
    [[nodiscard]] bool holds(Id call) const { return call == 0 ? first == 1 : call >= first && call <= last; }
};

/// One object, schema rungs.analysis/1 (docs/formats/rungs.analysis-1.schema.json). `filter` sees all texts;
/// what it could not see (octets that are not text) is left out then. With 2 and more `threads` messages are
/// written on so many beside this one, unless there is a filter; the document is the same.
void write_json(const Analysis& analysis, std::string_view tool_version, Sink& sink,
                TextFilter* filter = nullptr, unsigned threads = 1);

/// The same object with `calls` and what belongs to them alone; ids are those of the whole.
void write_json_of_calls(const Analysis& analysis, CallRange calls, std::string_view tool_version, Sink& sink,
                         TextFilter* filter = nullptr);

/// The same objects a line each, with "type" first.
void write_ndjson(const Analysis& analysis, std::string_view tool_version, Sink& sink,
                  TextFilter* filter = nullptr, unsigned threads = 1);

/// Members of the object that is open: a call of that document (`call`) with its `dialogs`, `messages`,
/// `streams`, `invitations` and `findings`.
void write_whole_call(const Analysis& analysis, Id call, JsonWriter& json);

/// Ladders as participants and rungs, schema rungs.ladder/1 (docs/formats/rungs.ladder-1.schema.json).
void write_ladder_json(const Analysis& analysis, const Selection& selection, Sink& sink,
                       TextFilter* filter = nullptr);

} // namespace rungs::reports
