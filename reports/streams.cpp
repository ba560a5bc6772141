#include "reports/streams.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/text.hpp"
#include "dissectors/rtp/payload.hpp"
#include "dissectors/rtp/payload_types.hpp"
#include "reports/csv.hpp"
#include "reports/ladder.hpp"
#include "reports/stream_json.hpp"
#include "reports/terminal.hpp"
#include "reports/words.hpp"

namespace rungs::reports {
namespace {

std::vector<Id> selected_streams(const Analysis& analysis, const Selection& selection) {
    const std::vector<Id> calls = selected_calls(analysis, selection);
    std::vector<Id> streams;
    for (Id id = 1; id <= analysis.streams.size(); ++id) {
        const bool wanted = std::binary_search(calls.begin(), calls.end(), analysis.streams[id - 1].call);
        if (selection.all() || wanted) streams.push_back(id);
    }
    return streams;
}

std::string fixed(std::optional<double> number, int decimals) {
    return number ? fmt::format("{:.{}f}", *number, decimals) : std::string();
}

std::string keys_of(const media::Stream& stream) {
    std::string keys;
    for (const media::DtmfEvent& event : stream.dtmf) {
        const auto name = rtp::key_name(event.event);
        if (!keys.empty()) keys += ' ';
        keys += name.empty() ? fmt::format("{}", event.event) : std::string(name);
    }
    return keys;
}

/// "0.5 % (3)", "0 %"; and what else is odd: "2 dup", "1 late".
std::string loss_of(const media::Stream& stream) {
    std::string text = fmt::format("{} ({:.1f} %)", stream.lost, stream.loss_percent());
    if (stream.duplicates != 0) text += fmt::format(" {} dup", stream.duplicates);
    if (stream.out_of_order != 0) text += fmt::format(" {} late", stream.out_of_order);
    return text;
}

std::string quality_of(const media::Stream& stream) {
    if (!stream.rating) return {};
    return fmt::format("{:.0f} / {:.1f}", stream.rating->r_factor, stream.rating->mos);
}

std::string remarks_of(const media::Stream& stream, const TextStyle& style) {
    std::string text;
    const auto add = [&](bool holds, Word what) {
        if (!holds) return;
        if (!text.empty()) text += ", ";
        text += word(what, style.language);
    };
    add(!stream.announced, Word::unannounced);
    add(stream.latched, Word::latched);
    add(stream.secure, Word::secure);
    return text;
}

} // namespace

std::string codecs_of(const media::Stream& stream) {
    std::string text;
    for (const media::PayloadTypeUse& use : stream.payload_types) {
        if (!text.empty()) text += '/';
        text += use.encoding.empty() ? fmt::format("{}", use.number) : use.encoding;
        if (!use.red_primary) continue;
        const auto inner = rtp::static_payload_type(*use.red_primary).encoding;
        text += inner.empty() ? fmt::format(" ({})", *use.red_primary) : fmt::format(" ({})", inner);
    }
    return text;
}

void write_streams_table(const Analysis& analysis, const std::vector<Id>& streams, const TextStyle& style,
                         Sink& sink) {
    const auto head = [&](Word what, bool right = false) {
        return Table::Cell{std::string(word(what, style.language)), Ink::dim, right};
    };
    Table table;
    table.add({head(Word::number, true),
               head(Word::call, true),
               head(Word::start, true),
               head(Word::source),
               head(Word::destination),
               {"SSRC", Ink::dim},
               head(Word::codec),
               head(Word::packets, true),
               head(Word::lost, true),
               head(Word::jitter, true),
               head(Word::largest_gap, true),
               head(Word::duration, true),
               {"R / MOS", Ink::dim, true},
               {"DTMF", Ink::dim},
               head(Word::remarks)});
    std::optional<Timestamp> zero;
    for (const Capture& capture : analysis.captures)
        if (capture.file.packets != 0 && (!zero || capture.file.first < *zero)) zero = capture.file.first;
    Timestamp before = zero.value_or(Timestamp{});
    for (const Id id : streams) {
        const media::Stream& stream = analysis.streams[id - 1];
        const bool lossy = stream.lost != 0;
        const auto jitter = stream.jitter_ms_mean ? fmt::format("{:.2f} / {:.2f} ms", *stream.jitter_ms_mean,
                                                                *stream.jitter_ms_max)
                                                  : std::string();
        table.add(
            {{fmt::format("{}", id), Ink::bold, true},
             {stream.call == 0 ? std::string() : fmt::format("{}", stream.call), Ink::plain, true},
             {format_time(stream.start, zero.value_or(Timestamp{}), before, style.time), Ink::plain, true},
             {to_string(stream.source)},
             {to_string(stream.destination)},
             {fmt::format("0x{:08x}", stream.ssrc)},
             {printable(codecs_of(stream))},
             {fmt::format("{}", stream.packets), Ink::plain, true},
             {loss_of(stream), lossy ? Ink::yellow : Ink::plain, true},
             {jitter, Ink::plain, true},
             {fixed(stream.delta_ms_max, 1) + " ms", Ink::plain, true},
             {format_duration(stream.duration()), Ink::plain, true},
             {quality_of(stream), Ink::plain, true},
             {keys_of(stream)},
             {remarks_of(stream, style)}});
        before = stream.start;
    }
    table.write(style, sink);
}

void write_streams(const Analysis& analysis, const Selection& selection, const TextStyle& style, Sink& sink) {
    const std::vector<Id> streams = selected_streams(analysis, selection);
    if (streams.empty()) {
        sink.write(std::string(word(Word::no_streams, style.language)) + "\n");
        return;
    }
    write_streams_table(analysis, streams, style, sink);
}

void write_streams_json(const Analysis& analysis, const Selection& selection, Sink& sink) {
    JsonWriter json(sink);
    json.begin_object();
    json.member("schema", "rungs.streams/1");
    json.key("streams");
    json.begin_lines();
    for (const Id id : selected_streams(analysis, selection)) {
        json.begin_object();
        write_stream_members(id, analysis.streams[id - 1], json);
        json.end_object();
    }
    json.end_lines();
    json.end_object();
    json.end_document();
}

void write_streams_csv(const Analysis& analysis, const Selection& selection, Sink& sink) {
    sink.write("id,call,ssrc,source,destination,codec,packets,expected,lost,loss_percent,duplicates,"
               "out_of_order,jitter_ms_mean,jitter_ms_max,delta_ms_mean,delta_ms_max,start,duration_s,"
               "r_factor,mos,dtmf,announced,latched\r\n");
    for (const Id id : selected_streams(analysis, selection)) {
        const media::Stream& stream = analysis.streams[id - 1];
        std::string line;
        const auto count = [&line](std::uint64_t value) {
            append_csv_number(line, fmt::format("{}", value));
        };
        const auto real = [&line](std::optional<double> value) { append_csv_number(line, fixed(value, 3)); };
        count(id);
        append_csv_number(line, stream.call == 0 ? std::string() : fmt::format("{}", stream.call));
        append_csv(line, fmt::format("0x{:08x}", stream.ssrc));
        append_csv(line, to_string(stream.source));
        append_csv(line, to_string(stream.destination));
        append_csv(line, printable(codecs_of(stream)));
        count(stream.packets);
        count(stream.expected);
        count(stream.lost);
        real(stream.loss_percent());
        count(stream.duplicates);
        count(stream.out_of_order);
        real(stream.jitter_ms_mean);
        real(stream.jitter_ms_max);
        real(stream.delta_ms_mean);
        real(stream.delta_ms_max);
        append_csv(line, to_rfc3339(stream.start));
        real(to_seconds(stream.duration()));
        real(stream.rating ? std::optional(stream.rating->r_factor) : std::nullopt);
        real(stream.rating ? std::optional(stream.rating->mos) : std::nullopt);
        append_csv(line, keys_of(stream));
        append_csv(line, stream.announced ? "yes" : "no");
        append_csv(line, stream.latched ? "yes" : "no");
        sink.write(line + "\r\n");
    }
}

} // namespace rungs::reports
