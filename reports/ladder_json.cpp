#include "reports/json.hpp"
#include "reports/json_writer.hpp"
#include "reports/ladder.hpp"

namespace rungs::reports {
namespace {

std::string_view name_of(Relation relation) {
    switch (relation) {
    case Relation::original: return "original";
    case Relation::retransmission: return "retransmission";
    case Relation::hop: return "hop";
    case Relation::duplicate: return "duplicate";
    }
    return "original";
}

void write_participants(const Ladder& ladder, JsonWriter& json) {
    json.key("participants");
    json.begin_array();
    Id id = 0;
    for (const Participant& participant : ladder.participants) {
        json.begin_object();
        json.member("id", ++id);
        json.text_or_null("name", participant.name);
        json.member("role", to_string(participant.role));
        json.member("address", participant.address.to_string());
        json.key("ports");
        json.begin_array();
        for (const std::uint16_t port : participant.ports) json.value(port);
        json.end_array();
        json.end_object();
    }
    json.end_array();
}

void write_rung(const Rung& rung, JsonWriter& json) {
    json.begin_object();
    json.member("message", rung.message);
    json.member("frame", rung.frame);
    json.member("time", rung.time);
    json.key("since_start_s");
    json.seconds(rung.since_start);
    json.key("delta_s");
    json.seconds(rung.delta);
    json.member("from", rung.from + 1);
    json.member("to", rung.to + 1);
    json.member("label", rung.label);
    json.text_or_null("session", rung.session);
    json.member("relation", name_of(rung.relation));
    json.id_or_null("relates_to", rung.relates_to);
    json.member("transmission", rung.transmission);
    json.member("failure", rung.failure);
    json.text_or_null("key", rung.key);
    json.end_object();
}

void write_band(const Band& band, Timestamp zero, JsonWriter& json) {
    json.begin_object();
    json.member("before", band.before + 1);
    json.member("left", band.left + 1);
    json.member("right", band.right + 1);
    json.key("streams");
    json.begin_array();
    for (const BandStream& stream : band.streams) {
        json.begin_object();
        json.id_or_null("stream", stream.stream);
        json.member("from", (stream.to_right ? band.left : band.right) + 1);
        json.member("to", (stream.to_right ? band.right : band.left) + 1);
        json.text_or_null("codec", stream.codec);
        json.member("packets", stream.packets);
        json.member("lost", stream.lost);
        json.key("loss_percent");
        json.real(stream.loss_percent, 3);
        json.member("frame", stream.frame);
        json.member("start", stream.start);
        json.key("since_start_s");
        json.seconds(stream.start - zero);
        json.key("duration_s");
        json.seconds(stream.end - stream.start);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

void write_key(const KeyRung& key, JsonWriter& json) {
    json.begin_object();
    json.member("before", key.before + 1);
    json.member("from", key.from + 1);
    json.member("to", key.to + 1);
    json.member("time", key.time);
    json.key("since_start_s");
    json.seconds(key.since_start);
    json.member("key", key.key);
    json.key("duration_ms");
    json.milliseconds(key.duration);
    json.member("frame", key.frame);
    json.id_or_null("stream", key.stream);
    json.end_object();
}

} // namespace

void write_ladder_json(const Analysis& analysis, const Selection& selection, Sink& sink, TextFilter* filter) {
    JsonWriter json(sink, filter);
    MessageReader reader(analysis);
    json.begin_object();
    json.member("schema", "rungs.ladder/1");
    json.key("ladders");
    json.begin_lines();
    for (const Id id : selected_calls(analysis, selection)) {
        const Call& call = analysis.call(id);
        const Ladder ladder = build_ladder(analysis, id, reader);
        json.begin_object();
        json.member("call", id);
        json.member("kind", to_string(call.kind));
        json.member("outcome", to_string(call.outcome));
        write_participants(ladder, json);
        json.key("rungs");
        json.begin_lines();
        for (const Rung& rung : ladder.rungs) write_rung(rung, json);
        json.end_lines();
        const Timestamp zero = ladder.rungs.empty() ? call.start : ladder.rungs.front().time;
        json.key("bands");
        json.begin_lines();
        for (const Band& band : ladder.bands) write_band(band, zero, json);
        json.end_lines();
        json.key("keys");
        json.begin_lines();
        for (const KeyRung& key : ladder.keys) write_key(key, json);
        json.end_lines();
        json.end_object();
    }
    json.end_lines();
    json.end_object();
    json.end_document();
}

} // namespace rungs::reports
