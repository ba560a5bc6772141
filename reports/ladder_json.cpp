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
    json.end_object();
}

} // namespace

void write_ladder_json(const Analysis& analysis, const Selection& selection, Sink& sink) {
    JsonWriter json(sink);
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
        json.end_object();
    }
    json.end_lines();
    json.end_object();
    json.end_document();
}

} // namespace rungs::reports
