#include "reports/json.hpp"

#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "analyzer/pipeline.hpp"
#include "tests/support/analysis_builder.hpp"

using namespace rungs;
using namespace rungs::reports;
using rungs::test::AnalysisBuilder;
using rungs::test::request;
using rungs::test::response;
using rungs::test::session;
using Json = nlohmann::ordered_json;

namespace {

AnalysisBuilder answered_call() {
    AnalysisBuilder lab;
    Call& call = lab.call(CallKind::call, CallOutcome::answered);
    lab.analysis.make_details_of(call).parties = {
        lab.party("sip:ana@example.com", "Ana \\\"A\\\"", "192.0.2.10:5060"),
        lab.party("sip:bob@example.com", "", "[2001:db8::1]:5060")};
    call.final_status = 200;
    CallDetails& details = lab.analysis.make_details_of(call);
    details.setup = Duration(std::chrono::microseconds(1'500'250));
    details.talk = Duration(std::chrono::milliseconds(2'500));
    lab.dialog("one@example.com").from_tag = lab.analysis.texts.keep("a");
    lab.message(0, "192.0.2.10:5060", "[2001:db8::1]:5060",
                request("INVITE sip:bob@example.com", "7 INVITE", session("192.0.2.10", "4000")));
    lab.message(1.50025, "[2001:db8::1]:5060", "192.0.2.10:5060", response("200 OK", "7 INVITE"));
    Message& again =
        lab.message(2, "[2001:db8::1]:5060", "192.0.2.10:5060", response("200 \xff", "7 INVITE"));
    again.relation = Relation::retransmission;
    again.relates_to = 2;
    lab.analysis.findings.push_back({"late", Severity::note, "Late.", {3}, 1, "RFC 3261 13.3.1.4"});
    return lab;
}

template <typename Write>
std::string written(Write write) {
    StringSink sink;
    write(sink);
    return sink.text();
}

std::vector<std::string> keys(const Json& object) {
    std::vector<std::string> names;
    for (const auto& [name, value] : object.items()) names.push_back(name);
    return names;
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("the analysis as JSON keeps the contract's keys and their order") {
    const AnalysisBuilder lab = answered_call();
    const Json json = Json::parse(written([&](Sink& sink) { write_json(lab.analysis, "1.2.3", sink); }));
    CHECK(keys(json) == Names{"schema", "tool", "complete", "captures", "calls", "dialogs", "messages",
                              "streams", "invitations", "findings"});
    CHECK(json["schema"] == "rungs.analysis/1");
    CHECK(json["tool"] == Json{{"name", "rungs"}, {"version", "1.2.3"}});
    CHECK(keys(json["captures"][0]) == Names{"path", "format", "link_types", "packets", "bytes", "first",
                                             "last", "truncated", "accounting"});
    const Json& call = json["calls"][0];
    CHECK(keys(call) == Names{"id",           "kind",     "outcome",    "caller",   "callee",     "start",
                              "end",          "pdd_ms",   "ring_ms",    "setup_ms", "duration_s", "ended_by",
                              "final_status", "reason",   "challenged", "legs",     "links",      "streams",
                              "invitations",  "findings", "dtmf"});
    CHECK(call["caller"] == Json{{"uri", "sip:ana@example.com"},
                                 {"display_name", "Ana \"A\""},
                                 {"address", "192.0.2.10:5060"}});
    CHECK(call["callee"]["address"] == "[2001:db8::1]:5060");
    CHECK(call["callee"]["display_name"].is_null());
    CHECK(call["start"] == "2026-11-20T08:15:00.000000000Z");
    CHECK(call["setup_ms"] == 1500.25);
    CHECK(call["duration_s"] == 2.5);
    CHECK(call["pdd_ms"].is_null());
    CHECK(call["ended_by"].is_null());
    CHECK(call["legs"] == Json{1});
    CHECK(call["findings"] == Json{1});
    CHECK(keys(json["dialogs"][0]) == Names{"id", "call", "call_id", "inferred", "from_tag", "to_tag",
                                            "caller", "callee", "method", "state", "messages", "hops"});
    CHECK(json["dialogs"][0]["messages"] == Json{1, 2, 3});

    const Json& invite = json["messages"][0];
    CHECK(keys(invite) == Names{"id",          "frames",
                                "time",        "source",
                                "destination", "transport",
                                "protocol",    "summary",
                                "method",      "cseq",
                                "call",        "dialog",
                                "transaction", "retransmission_of",
                                "hop_of",      "duplicate_of",
                                "sdp",         "invitation",
                                "issues",      "raw"});
    CHECK(invite["method"] == "INVITE");
    CHECK(invite["cseq"] == Json{{"number", 7}, {"method", "INVITE"}});
    CHECK(invite["transaction"].is_null());
    CHECK(invite["sdp"]["media"][0]["address"] == "192.0.2.10:4000");
    CHECK(invite["sdp"]["media"][0]["formats"][2]["encoding"] == "telephone-event");
    CHECK(invite["raw"] == request("INVITE sip:bob@example.com", "7 INVITE", session("192.0.2.10", "4000")));

    const Json& again = json["messages"][2];
    CHECK(keys(again)[8] == "status");
    CHECK(keys(again)[9] == "reason_phrase");
    CHECK(again["retransmission_of"] == 2);
    CHECK(again["reason_phrase"] == "\xef\xbf\xbd");
    CHECK_FALSE(again.contains("raw"));
    CHECK(again["raw_b64"].get<std::string>().starts_with("U0lQLzIuMCAyMDAg/w0K")); // "SIP/2.0 200 \xff\r\n"

    CHECK(keys(json["findings"][0]) == Names{"code", "severity", "text", "frames", "call", "reference"});
}

TEST_CASE("NDJSON holds the same objects, a line each") {
    const AnalysisBuilder lab = answered_call();
    const Json json = Json::parse(written([&](Sink& sink) { write_json(lab.analysis, "1", sink); }));
    std::istringstream lines(written([&](Sink& sink) { write_ndjson(lab.analysis, "1", sink); }));
    std::vector<std::string> types;
    for (std::string line; std::getline(lines, line);) {
        Json object = Json::parse(line);
        REQUIRE(object.begin().key() == "type");
        const std::string type = object["type"];
        types.push_back(type);
        object.erase("type");
        if (type != "analysis") {
            bool found = false;
            for (const Json& same : json[type + "s"]) found = found || same == object;
            CHECK(found);
        }
    }
    CHECK(types ==
          Names{"analysis", "capture", "call", "dialog", "message", "message", "message", "finding"});
}

TEST_CASE("an empty analysis is a document too") {
    const Analysis nothing;
    const Json json = Json::parse(written([&](Sink& sink) { write_json(nothing, "1", sink); }));
    CHECK(json["calls"].empty());
    CHECK(json["complete"] == true);
}

TEST_CASE("the ladder as JSON") {
    const AnalysisBuilder lab = answered_call();
    const std::string text = written([&](Sink& sink) { write_ladder_json(lab.analysis, {{1}}, sink); });
    const Json json = Json::parse(text);
    CHECK(json["schema"] == "rungs.ladder/1");
    const Json& ladder = json["ladders"][0];
    CHECK(ladder["participants"][0]["name"] == "ana");
    CHECK(ladder["participants"][1]["address"] == "2001:db8::1");
    REQUIRE(ladder["rungs"].size() == 3);
    CHECK(ladder["rungs"][1]["from"] == 2);
    CHECK(ladder["rungs"][1]["to"] == 1);
    CHECK(ladder["rungs"][1]["since_start_s"] == 1.50025);
    CHECK(ladder["rungs"][2]["relation"] == "retransmission");
    CHECK(ladder["rungs"][2]["transmission"] == 2);
    CHECK(Json::parse(written([&](Sink& sink) { write_ladder_json(lab.analysis, {{9}}, sink); }))["ladders"]
              .empty());
}

TEST_CASE("what is written does not depend on how many threads read and write") {
    // One capture many times over: more messages than one thread writes at a time.
    const std::vector<std::string> captures(40, RUNGS_SOURCE_DIR "/samples/sip/two-proxies.pcapng");
    const auto exported = [&](unsigned threads, auto write) {
        AnalysisOptions options;
        options.threads = threads;
        const auto analysis = analyze(captures, options);
        REQUIRE(analysis);
        CHECK(analysis->messages.size() > 600);
        return written([&](Sink& sink) { write(*analysis, "1", sink, nullptr, threads); });
    };
    const std::string json = exported(1, write_json);
    const std::string lines = exported(1, write_ndjson);
    for (const unsigned threads : {2U, 3U}) {
        CAPTURE(threads);
        CHECK(exported(threads, write_json) == json);
        CHECK(exported(threads, write_ndjson) == lines);
    }
}
