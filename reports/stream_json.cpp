#include "reports/stream_json.hpp"

#include <fmt/format.h>

#include "dissectors/rtp/payload.hpp"

namespace rungs::reports {
namespace {

constexpr int decimals = 3;

void real(std::string_view name, std::optional<double> number, JsonWriter& json) {
    json.key(name);
    number ? json.real(*number, decimals) : json.null();
}

void mean_and_max(std::string_view name, std::optional<double> mean, std::optional<double> max,
                  JsonWriter& json) {
    json.key(name);
    if (!mean || !max) return json.null();
    json.begin_object();
    real("mean", mean, json);
    real("max", max, json);
    json.end_object();
}

void milliseconds(std::string_view name, std::optional<Duration> duration, JsonWriter& json) {
    json.key(name);
    duration ? json.milliseconds(*duration) : json.null();
}

void write_payload_types(const media::Stream& stream, JsonWriter& json) {
    json.key("payload_types");
    json.begin_array();
    for (const media::PayloadTypeUse& use : stream.payload_types) {
        json.begin_object();
        json.member("number", use.number);
        json.text_or_null("encoding", use.encoding);
        json.key("clock_rate_hz");
        use.clock_rate_hz != 0 ? json.value(use.clock_rate_hz) : json.null();
        json.member("packets", use.packets);
        json.member("announced", use.announced);
        json.member("red_primary", use.red_primary);
        json.end_object();
    }
    json.end_array();
}

void write_rtcp(const std::optional<media::RtcpSummary>& rtcp, JsonWriter& json) {
    json.key("rtcp");
    if (!rtcp) return json.null();
    json.begin_object();
    json.member("sender_reports", rtcp->sender_reports);
    json.member("reception_reports", rtcp->reception_reports);
    json.member("reported_packets", rtcp->reported_packets);
    json.member("reported_lost", rtcp->reported_lost);
    real("loss_percent_max", rtcp->reported_loss_percent_max, json);
    real("jitter_ms_max", rtcp->reported_jitter_ms_max, json);
    mean_and_max("round_trip_ms", rtcp->round_trip_ms_mean, rtcp->round_trip_ms_max, json);
    json.member("r_factor", rtcp->reported_r_factor);
    const auto tenths = rtcp->reported_mos_tenths;
    real("mos", tenths ? std::optional(*tenths / 10.0) : std::nullopt, json);
    json.text_or_null("cname", rtcp->cname);
    json.member("bye", rtcp->bye);
    json.end_object();
}

void write_dtmf(const media::Stream& stream, JsonWriter& json) {
    json.key("dtmf");
    json.begin_array();
    for (const media::DtmfEvent& event : stream.dtmf) {
        const auto key = rtp::key_name(event.event);
        json.begin_object();
        json.member("key", key.empty() ? fmt::format("{}", event.event) : std::string(key));
        json.member("start", event.start);
        milliseconds("duration_ms", event.duration, json);
        json.member("frame", event.frame);
        json.end_object();
    }
    json.end_array();
}

void write_rating(const std::optional<media::Rating>& rating, JsonWriter& json) {
    json.key("rating");
    if (!rating) return json.null();
    json.begin_object();
    json.member("codec", rating->codec);
    real("ie", rating->ie, json);
    real("bpl", rating->bpl, json);
    real("loss_percent", rating->loss_percent, json);
    real("burst_ratio", rating->burst_ratio, json);
    real("one_way_delay_ms", rating->one_way_delay_ms, json);
    json.end_object();
}

void write_seconds(const media::Stream& stream, JsonWriter& json) {
    json.key("seconds");
    json.begin_array();
    for (const media::Second& entry : stream.seconds) {
        json.begin_object();
        json.member("second", entry.second);
        json.member("packets", entry.packets);
        json.member("octets", entry.octets);
        json.member("skipped", entry.skipped);
        real("jitter_ms_max", static_cast<double>(entry.jitter_max_ms), json);
        real("delta_ms_max", static_cast<double>(entry.delta_max_ms), json);
        json.member("sequence", entry.sequence);
        json.end_object();
    }
    json.end_array();
}

} // namespace

void write_stream_members(Id id, const media::Stream& stream, JsonWriter& json) {
    json.member("id", id);
    json.id_or_null("call", stream.call);
    json.member("ssrc", fmt::format("0x{:08x}", stream.ssrc));
    json.member("source", to_string(stream.source));
    json.member("destination", to_string(stream.destination));
    write_payload_types(stream, json);
    json.member("packets", stream.packets);
    json.member("expected", stream.expected);
    json.member("lost", stream.lost);
    json.member("duplicates", stream.duplicates);
    json.member("out_of_order", stream.out_of_order);
    real("loss_percent", stream.loss_percent(), json);
    mean_and_max("jitter_ms", stream.jitter_ms_mean, stream.jitter_ms_max, json);
    mean_and_max("delta_ms", stream.delta_ms_mean, stream.delta_ms_max, json);
    json.member("start", stream.start);
    json.key("duration_s");
    json.seconds(stream.duration());
    real("r_factor", stream.rating ? std::optional(stream.rating->r_factor) : std::nullopt, json);
    real("mos", stream.rating ? std::optional(stream.rating->mos) : std::nullopt, json);
    write_rtcp(stream.rtcp, json);
    write_dtmf(stream, json);
    json.member("announced", stream.announced);

    json.member("latched", stream.latched);
    json.member("secure", stream.secure);
    json.id_or_null("dialog", stream.dialog);
    json.member("first_frame", stream.first_frame);
    json.member("last_frame", stream.last_frame);
    json.member("lost_rfc3550", stream.lost_rfc3550);
    json.member("longest_loss", stream.longest_loss);
    json.member("bursts", stream.bursts);
    json.member("strays", stream.strays);
    json.member("restarts", stream.restarts);
    json.member("octets", stream.octets);
    json.member("dscp", stream.dscp);
    json.member("dscp_changed", stream.dscp_changed);
    json.member("comfort_noise", stream.comfort_noise);
    json.key("silence_s");
    json.seconds(stream.silence);
    real("clock_skew_ppm", stream.clock_skew_ppm, json);
    write_rating(stream.rating, json);
    write_seconds(stream, json);
}

void write_key_press(const KeyPress& pressed, JsonWriter& json) {
    json.begin_object();
    json.member("key", pressed.key);
    json.member("start", pressed.start);
    milliseconds("duration_ms", pressed.duration, json);
    json.member("frame", pressed.frame);
    json.id_or_null("stream", pressed.stream);
    json.id_or_null("message", pressed.message);
    json.end_object();
}

} // namespace rungs::reports
