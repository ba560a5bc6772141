#pragma once

#include <span>

#include "analyzer/analysis.hpp"

namespace rungs::correlate {

/// Works out what became of a call: kind, outcome, who ended it and the times, from its transactions. `call`
/// has its dialogs; `capture_end` is the time of the last packet. docs/outcomes.md has the rules in words.
void settle(Analysis& analysis, Call& call, Timestamp capture_end);

/// The kind of call that a dialog begun by `method` belongs to.
CallKind kind_of(sip::Method method);

} // namespace rungs::correlate
