#include "reports/streams.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "reports/csv.hpp"
#include "tests/support/analysis_builder.hpp"

using namespace rungs;

namespace {

Analysis two_streams() {
    test::AnalysisBuilder builder;
    builder.call(CallKind::call, CallOutcome::answered);
    builder.dialog("one@example.com");
    builder.message(0, "192.0.2.10:5060", "192.0.2.20:5060",
                    test::request("INVITE sip:bob@example.com", "1 INVITE"));
    for (const std::uint32_t call : {1U, 0U}) {
        media::Stream& stream = builder.analysis.streams.emplace_back();
        stream.call = stream.dialog = call;
        stream.announced = call != 0;
        stream.ssrc = 0xa11c;
        stream.source = parse_endpoint("192.0.2.10:4000").value();
        stream.destination = parse_endpoint("[2001:db8::1]:5000").value();
        stream.packets = 98;
        stream.expected = 100;
        stream.lost = 2;
        stream.jitter_ms_mean = 0.25;
        stream.jitter_ms_max = 1.5;
        stream.start = builder.at(1);
        stream.end = builder.at(3);
        stream.payload_types.push_back({0, "PCMU", 8000, 98, true, {}});
        stream.payload_types.push_back({101, "=cmd|' /C calc'", 8000, 3, true, {}});
        stream.dtmf.push_back({11, 10, true, 7, 3, builder.at(2), std::chrono::milliseconds(160)});
    }
    return std::move(builder.analysis);
}

} // namespace

TEST_CASE("streams as a table") {
    const Analysis analysis = two_streams();
    reports::StringSink sink;
    reports::write_streams(analysis, {}, {}, sink);
    CHECK(sink.text().find("0x0000a11c") != std::string::npos);
    CHECK(sink.text().find("2 (2.0 %)") != std::string::npos);
    CHECK(sink.text().find("not announced") != std::string::npos);
    reports::StringSink of_call;
    reports::write_streams(analysis, {{1}}, {}, of_call);
    CHECK(of_call.text().find("not announced") == std::string::npos);
    reports::StringSink none;
    reports::write_streams(Analysis(), {}, {}, none);
    CHECK(none.text() == "No RTP streams here.\n");
}

TEST_CASE("streams as JSON have the contract's keys") {
    const Analysis analysis = two_streams();
    reports::StringSink sink;
    reports::write_streams_json(analysis, {}, sink);
    const auto json = nlohmann::ordered_json::parse(sink.text());
    REQUIRE(json["streams"].size() == 2);
    const auto& stream = json["streams"][0];
    std::vector<std::string> keys;
    for (const auto& [key, value] : stream.items()) keys.push_back(key);
    keys.resize(21);
    CHECK(keys == std::vector<std::string>{
                      "id",        "call",     "ssrc",     "source",     "destination",  "payload_types",
                      "packets",   "expected", "lost",     "duplicates", "out_of_order", "loss_percent",
                      "jitter_ms", "delta_ms", "start",    "duration_s", "r_factor",     "mos",
                      "rtcp",      "dtmf",     "announced"});
    CHECK(stream["ssrc"] == "0x0000a11c");
    CHECK(stream["loss_percent"] == 2);
    CHECK(stream["jitter_ms"] == nlohmann::ordered_json{{"mean", 0.25}, {"max", 1.5}});
    CHECK(stream["mos"].is_null());
    CHECK(stream["duration_s"] == 2);
    CHECK(stream["dtmf"][0]["key"] == "#");
    CHECK(stream["dtmf"][0]["duration_ms"] == 160);
    CHECK(json["streams"][1]["call"].is_null());
}

TEST_CASE("CSV: text that begins a formula is made text") {
    std::string line;
    reports::append_csv(line, "=1+1");
    reports::append_csv(line, "say \"hi\", bob");
    reports::append_csv_number(line, "-3");
    CHECK(line == "\"'=1+1\",\"say \"\"hi\"\", bob\",-3");
    for (const char* formula : {"+1", "-1", "@x", "\t=1", "\r=1"}) {
        std::string cell;
        reports::append_csv(cell, formula);
        CHECK(cell.starts_with("\"'"));
    }
    reports::StringSink sink;
    reports::write_streams_csv(two_streams(), {}, sink);
    CHECK(sink.text().starts_with("id,call,ssrc,"));
    CHECK(sink.text().find("\"[2001:db8::1]:5000\"") != std::string::npos);
}
