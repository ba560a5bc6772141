#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analyzer/analysis.hpp"
#include "reports/report.hpp"

/// Every word that reports for people say, in one table: English and Chinese side by side.
namespace rungs::reports {

/// Some hold {} where arguments go.
enum class Word : std::uint8_t {
    // things, counted
    packet,
    dialog,
    // headings
    calls,
    registrations,
    others,
    findings,
    next,
    streams,
    raw,
    parsed,
    issues,
    session,
    // columns
    number,
    kind,
    from,
    to,
    outcome,
    start,
    delay,
    ring,
    talk,
    ended_by,
    messages,
    legs,
    first_frame,
    time,
    delta,
    times,
    call,
    source,
    destination,
    codec,
    packets,
    lost,
    jitter,
    largest_gap,
    duration,
    remarks,
    // roles and marks
    caller,
    callee,
    proxy,
    registrar,
    network,
    hop,
    duplicate,
    unannounced,
    latched,
    secure,
    // sentences
    truncated,
    incomplete,
    no_packets,
    no_calls,
    no_streams,
    no_rungs,
    more_calls,
    more_streams,
    more_registrations,
    more_findings,
    filtered,
    message_of_frame,
    repeats,
    forwards,
    copies,
    unreadable,
    cut_message,
    linked,
    part_of,
    challenged,
    // what to type
    type_calls,
    type_ladder,
    type_streams,
    type_message,
    type_explain,
    type_export,
};

std::string_view word(Word word, Language language);

/// "1 call", "3 calls", "3 个呼叫".
std::string counted(std::uint64_t count, Word thing, Language language);

std::string_view word(CallKind kind, Language language);
std::string_view word(CallOutcome outcome, Language language);
std::string_view word(EndedBy ended_by, Language language); ///< empty for nobody
std::string_view word(Severity severity, Language language);
std::string_view word(InvitationState state, Language language);

} // namespace rungs::reports
