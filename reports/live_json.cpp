#include <fmt/format.h>

#include "core/text.hpp"
#include "reports/json.hpp"
#include "reports/json_writer.hpp"
#include "reports/live.hpp"

namespace rungs::reports {
namespace {

using live::Event;
using live::EventKind;

void party_members(const Event& event, JsonWriter& json) {
    json.member("frame", event.frame);
    json.text_or_null("call_id", event.call_id);
    json.text_or_null("caller", event.caller);
    json.text_or_null("callee", event.callee);
    json.member("source", to_string(event.source));
    json.member("destination", to_string(event.destination));
    if (event.status != 0) json.member("status", event.status);
}

void call_members(const Event& event, std::span<const Check> checks, JsonWriter& json) {
    json.key("numbers");
    json.begin_array();
    for (const std::uint32_t number : event.numbers) json.value(number);
    json.end_array();
    if (event.analysis == nullptr) return;
    json.member("outcome", to_string(event.analysis->call(event.call).outcome));
    json.key("checks");
    json.begin_array();
    for (const Check& check : checks) {
        json.begin_object();
        json.member("flow", check.flow->name);
        json.member("verdict", check::to_string(check.outcome.verdict));
        json.end_object();
    }
    json.end_array();
    write_whole_call(*event.analysis, event.call, json);
}

void finding_members(const Finding& finding, JsonWriter& json) {
    json.member("code", finding.code);
    json.member("severity", to_string(finding.severity));
    json.member("text", finding.text);
    json.key("frames");
    json.begin_array();
    for (const std::uint64_t frame : finding.frames) json.value(frame);
    json.end_array();
    json.text_or_null("reference", finding.reference);
}

void stream_members(const Event& event, JsonWriter& json) {
    const media::Stream& stream = *event.stream;
    json.member("ssrc", fmt::format("0x{:08x}", stream.ssrc));
    json.member("source", to_string(stream.source));
    json.member("destination", to_string(stream.destination));
    json.member("packets", stream.packets);
    json.member("new_packets", event.new_packets);
    json.member("lost", stream.lost);
    json.member("new_lost", event.new_lost);
    json.key("jitter_ms_mean");
    stream.jitter_ms_mean ? json.real(*stream.jitter_ms_mean, 3) : json.null();
    json.key("mos");
    stream.rating ? json.real(stream.rating->mos, 2) : json.null();
}

void statistics_members(const live::Statistics& now, JsonWriter& json) {
    json.member("packets", now.packets);
    json.member("octets", now.octets);
    json.key("accounting");
    json.begin_object();
    for (std::size_t i = 0; i < bucket_count; ++i)
        json.member(to_string(static_cast<Bucket>(i)), now.accounting[i]);
    json.end_object();
    json.member("received", now.received);
    json.member("dropped", now.dropped);
    json.member("interface_dropped", now.interface_dropped);
    json.member("calls", now.calls);
    json.member("open", now.open);
    json.member("ended", now.ended);
    json.key("outcomes");
    json.begin_object();
    for (std::size_t i = 0; i < live::outcome_count; ++i)
        if (now.outcomes[i] != 0) json.member(to_string(static_cast<CallOutcome>(i)), now.outcomes[i]);
    json.end_object();
    json.member("invitations", now.invitations);
    json.member("registrations", now.registrations);
    json.member("registrations_refused", now.registrations_refused);
    json.key("remembered");
    json.begin_object();
    json.member("dialogs", now.dialogs);
    json.member("messages", now.messages);
    json.member("streams", now.streams);
    json.member("flows", now.flows);
    json.end_object();
    json.key("given_up");
    json.begin_object();
    json.member("ended_calls", now.given_up.ended_calls);
    json.member("open_calls", now.given_up.open_calls);
    json.member("dialogs", now.given_up.dialogs);
    json.member("messages", now.given_up.messages);
    json.member("streams", now.given_up.streams);
    json.member("flows", now.given_up.flows);
    json.end_object();
    json.key("limits");
    json.begin_object();
    for (const auto& [limit, times] : now.limits) json.member(limit, times);
    json.end_object();
}

} // namespace

void write_event_json(const Event& event, std::span<const Check> checks, Sink& sink) {
    JsonWriter json(sink);
    json.begin_object();
    json.member("type", to_string(event.kind));
    json.member("time", event.time);
    if (event.kind != EventKind::statistics) json.id_or_null("number", event.number);
    switch (event.kind) {
    case EventKind::call_started:
    case EventKind::ringing:
    case EventKind::answered:
    case EventKind::registration: party_members(event, json); break;
    case EventKind::call_ended: call_members(event, checks, json); break;
    case EventKind::finding: finding_members(*event.finding, json); break;
    case EventKind::stream: stream_members(event, json); break;
    case EventKind::statistics: statistics_members(*event.statistics, json); break;
    }
    json.end_object();
    json.end_document();
}

} // namespace rungs::reports
