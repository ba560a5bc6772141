#pragma once

#include <span>

#include "analyzer/live/event.hpp"
#include "reports/check.hpp"
#include "reports/report.hpp"

/// What a live analysis tells, for people and for programs.
namespace rungs::reports {

/// One object in one line (docs/live.md lists the members of each type). `checks` are those of a call that
/// ended.
void write_event_json(const live::Event& event, std::span<const Check> checks, Sink& sink);

/// One line, or none for what a person does not want to see scroll by (intervals of streams).
void write_event_text(const live::Event& event, std::span<const Check> checks, const TextStyle& style,
                      Sink& sink);

/// The text format of Prometheus, for node_exporter's textfile collector. Labels are outcomes, verdicts and
/// kinds of packets: never anything from a packet.
void write_metrics(const live::Statistics& statistics, Sink& sink);

/// A few lines: what came, what became of calls, what was lost or given up.
void write_statistics(const live::Statistics& statistics, Sink& sink);

} // namespace rungs::reports
