#include <fmt/format.h>

#include "core/text.hpp"
#include "dissectors/sip/uri.hpp"
#include "reports/ladder.hpp"
#include "reports/live.hpp"
#include "reports/terminal.hpp"
#include "reports/words.hpp"

namespace rungs::reports {
namespace {

using live::Event;
using live::EventKind;

/// User part of an URI, else all of it.
std::string who(std::string_view uri) {
    const sip::Uri parsed = sip::parse_uri(uri);
    if (!parsed.user.empty()) return printable(parsed.user);
    return uri.empty() ? "?" : printable(uri);
}

std::string parties(const Event& event) {
    return fmt::format("{} -> {}", who(event.caller), who(event.callee));
}

std::string seconds(const std::optional<Duration>& duration) {
    return duration ? fmt::format("{} s", format_seconds(*duration, 1)) : "-";
}

std::string ended(const Event& event, std::span<const Check> checks, const TextStyle& style) {
    if (event.analysis == nullptr) return "ended (too long to be read again)";
    const Call& call = event.analysis->call(event.call);
    const bool good = call.outcome == CallOutcome::answered || call.outcome == CallOutcome::accepted;
    std::string text =
        fmt::format("ended     {}  {}", parties(event),
                    paint(word(call.outcome, style.language), good ? Ink::plain : Ink::yellow, style));
    for (const Id id : event.analysis->invitations_of(call)) {
        if (call.kind != CallKind::invitation) break;
        text += fmt::format(", {}", printable(event.analysis->invitations[id - 1].application));
    }
    const OptionalDuration talk = event.analysis->details_of(call).talk;
    if (talk) text += fmt::format(", talk {}", seconds(talk));
    if (call.final_status >= 300) text += fmt::format(", {}", call.final_status);
    if (call.dialog_count > 1) text += fmt::format(", {} legs", call.dialog_count);
    for (const Id id : event.analysis->streams_of(call)) {
        const media::Stream& stream = event.analysis->streams[id - 1];
        text += fmt::format(", rtp {} lost {:.1f} %", stream.packets, stream.loss_percent());
    }
    for (const Check& check : checks)
        text += fmt::format(", {}: {}", printable(check.flow->name), check::to_string(check.outcome.verdict));
    return text;
}

std::string what_happened(const Event& event, std::span<const Check> checks, const TextStyle& style) {
    switch (event.kind) {
    case EventKind::call_started:
        return fmt::format("started   {}  {} -> {}", parties(event), to_string(event.source),
                           to_string(event.destination));
    case EventKind::ringing: return fmt::format("ringing   {}  {}", parties(event), event.status);
    case EventKind::answered: return fmt::format("answered  {}  {}", parties(event), event.status);
    case EventKind::call_ended: return ended(event, checks, style);
    case EventKind::registration:
        return fmt::format("register  {}  {}", who(event.callee.empty() ? event.caller : event.callee),
                           event.status);
    case EventKind::finding:
        return fmt::format("finding   {}  {}",
                           paint(event.finding->code,
                                 event.finding->severity == Severity::note ? Ink::dim : Ink::yellow, style),
                           printable(event.finding->text));
    case EventKind::statistics: {
        const live::Statistics& now = *event.statistics;
        return fmt::format("{} packets, {} calls ({} open), {} dropped, {} given up", now.packets, now.calls,
                           now.open, now.dropped + now.interface_dropped, now.given_up.dialogs);
    }
    case EventKind::stream: break;
    }
    return {};
}

std::string clock(Timestamp time) {
    return format_time(time, {}, {}, TimeFormat::absolute).substr(0, 12); // milliseconds
}

} // namespace

void write_event_text(const Event& event, std::span<const Check> checks, const TextStyle& style, Sink& sink) {
    const std::string what = what_happened(event, checks, style);
    if (what.empty()) return;
    std::string number = "-";
    if (event.numbers.size() > 1)
        number = fmt::format("{}+{}", event.numbers.front(), event.numbers.size() - 1);
    else if (event.number != 0)
        number = fmt::format("{}", event.number);
    sink.write(fmt::format("{}  {:>5}  {}\n", clock(event.time), number, what));
}

void write_statistics(const live::Statistics& now, Sink& sink) {
    std::string kinds;
    for (std::size_t i = 0; i < bucket_count; ++i) {
        if (now.accounting[i] == 0) continue;
        kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", to_string(static_cast<Bucket>(i)),
                             now.accounting[i]);
    }
    std::string outcomes;
    for (std::size_t i = 0; i < live::outcome_count; ++i) {
        if (now.outcomes[i] == 0) continue;
        outcomes += fmt::format(", {} {}", to_string(static_cast<CallOutcome>(i)), now.outcomes[i]);
    }
    sink.write(fmt::format("packets: {} analysed ({})\n", now.packets, kinds.empty() ? "none" : kinds));
    sink.write(fmt::format("kernel: {} received, {} dropped, {} dropped by the interface\n", now.received,
                           now.dropped, now.interface_dropped));
    sink.write(fmt::format("calls: {} seen, {} in progress, {} ended{}\n", now.calls, now.open, now.ended,
                           outcomes));
    if (now.invitations != 0) sink.write(fmt::format("invitations: {} ended\n", now.invitations));
    sink.write(fmt::format("registrations: {} accepted, {} refused\n", now.registrations,
                           now.registrations_refused));
    sink.write(fmt::format("remembered: {} dialogs, {} messages, {} RTP streams\n", now.dialogs, now.messages,
                           now.streams));
    const live::GivenUp& gone = now.given_up;
    sink.write(
        fmt::format("given up: {} ended calls, {} in progress, {} dialogs, {} messages, {} RTP streams\n",
                    gone.ended_calls, gone.open_calls, gone.dialogs, gone.messages, gone.streams));
    std::string limits;
    for (const auto& [limit, times] : now.limits)
        limits += fmt::format("{}{} {}", limits.empty() ? "" : ", ", limit, times);
    if (!limits.empty()) sink.write(fmt::format("limits reached: {}\n", limits));
}

} // namespace rungs::reports
