#pragma once

#include "analyzer/analysis.hpp"
#include "reports/json_writer.hpp"

namespace rungs::reports {

/// The members of a stream of schema rungs.analysis/1; the caller opens and closes the object.
void write_stream_members(Id id, const media::Stream& stream, JsonWriter& json);

/// The members of a key press; `null` for what it does not have.
void write_key_press(const KeyPress& pressed, JsonWriter& json);

} // namespace rungs::reports
