#include "reports/html.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "reports/redact.hpp"
#include "tests/support/analysis_builder.hpp"

using namespace rungs;
using namespace rungs::reports;
using rungs::test::AnalysisBuilder;
using rungs::test::request;
using rungs::test::response;

namespace {

/// ana calls bob, who is busy.
AnalysisBuilder busy_call() {
    AnalysisBuilder lab;
    Call& call = lab.call(CallKind::call, CallOutcome::busy);
    lab.analysis.make_details_of(call).parties = {lab.party("sip:ana@example.com", "", "192.0.2.10:5060"),
                                                  lab.party("sip:bob@example.com", "", "192.0.2.20:5060")};
    lab.dialog("one");
    lab.message(0, "192.0.2.10:5060", "192.0.2.20:5060", request("INVITE sip:bob@example.com", "1 INVITE"));
    lab.message(1, "192.0.2.20:5060", "192.0.2.10:5060", response("486 Busy Here", "1 INVITE"));
    return lab;
}

nlohmann::json block(const std::string& page, const std::string& id) {
    const std::string tag = "<script type=\"application/json\" id=\"" + id + "\">";
    const std::size_t begin = page.find(tag);
    REQUIRE(begin != std::string::npos);
    const std::size_t from = begin + tag.size();
    return nlohmann::json::parse(page.substr(from, page.find("</script>", from) - from));
}

check::Flow busy_flow() {
    check::Flow flow;
    flow.name = "busy";
    flow.roles.resize(2);
    flow.roles[0].name = "caller";
    flow.roles[1].name = "callee";
    return flow;
}

} // namespace

TEST_CASE("tasks that looked at one capture share it in the page") {
    const AnalysisBuilder first = busy_call();
    const AnalysisBuilder second = busy_call();
    const check::Flow flow = busy_flow();
    const Check judged{&flow, check::judge(first.analysis, 1, flow)};

    GradedWork work;
    work.title = {"SIP <lab>", "SIP 实验"};
    work.student = "Eva Example";
    work.score = 7.5;
    work.max = 30;
    work.tasks.resize(4);
    work.tasks[0] = {{"Busy", "忙"},  5,      10,    "partial", {{"The ACK is missing.", "缺少 ACK。"}},
                     &first.analysis, {"aa"}, judged};
    work.tasks[1] = {{"Register", ""}, 2.5, 10, "fail", {}, &second.analysis, {"bb"}, {}};
    work.tasks[2] = {{"Busy again", ""}, 0, 5, "fail", {}, &first.analysis, {"aa"}, judged};
    work.tasks[3] = {{"Nothing", ""}, 0, 5, "not_assessable", {}, nullptr, {}, {}};

    StringSink sink;
    write_graded_html(work, "1", {}, sink);
    const std::string& page = sink.text();
    const nlohmann::json settings = block(page, "settings");
    REQUIRE(settings["sources"].size() == 2);
    CHECK(settings["sources"][0]["sha256"][0] == "aa");
    CHECK(settings["sources"][1]["files"][0] == "lab.pcap");
    const nlohmann::json& graded = settings["graded"];
    CHECK(graded["student"] == "Eva Example");
    CHECK(graded["score"] == 7.5);
    CHECK(graded["tasks"][0]["source"] == 1);
    CHECK(graded["tasks"][0]["check"] == 1);
    CHECK(graded["tasks"][0]["reasons"][0]["zh_CN"] == "缺少 ACK。");
    CHECK(graded["tasks"][1]["source"] == 2);
    CHECK(graded["tasks"][1]["check"].is_null());
    CHECK(graded["tasks"][2]["source"] == 1);
    CHECK(graded["tasks"][2]["check"] == 2);
    CHECK(graded["tasks"][3]["source"].is_null());
    CHECK(block(page, "check")["checks"].size() == 2);
    CHECK(block(page, "check-2")["checks"].empty());
    CHECK(block(page, "analysis-2")["calls"].size() == 1);
    CHECK(block(page, "ladders")["ladders"][0]["rungs"].size() == 2);
    CHECK(page.find("<lab>") == std::string::npos);
    CHECK(page.find("<h3>Busy: 5 / 10</h3>\n<p>The ACK is missing.</p>") != std::string::npos);
}

TEST_CASE("a page of work without any capture can be written") {
    GradedWork work;
    work.tasks.push_back({{"Busy", ""}, 0, 10, "not_assessable", {}, nullptr, {}, {}});
    StringSink sink;
    write_graded_html(work, "1", {}, sink);
    CHECK(block(sink.text(), "settings")["sources"].empty());
}

TEST_CASE("a redacted page names no file and no digest") {
    const AnalysisBuilder lab = busy_call();
    Redactor redactor(lab.analysis);
    StringSink sink;
    write_html({&lab.analysis, {}, {"abcdef"}}, "1", {Language::en, &redactor, HtmlData::plain}, sink);
    const nlohmann::json settings = block(sink.text(), "settings");
    CHECK(settings["redacted"] == true);
    CHECK(settings["sources"][0]["sha256"].empty());
    CHECK(settings["sources"][0]["files"][0] != "lab.pcap");
    CHECK(sink.text().find("bob@") == std::string::npos);
}

TEST_CASE("the page's diagrams are those of the command") {
    const AnalysisBuilder lab = busy_call();
    StringSink sink;
    write_html({&lab.analysis, {}, {}}, "1", {}, sink);
    const std::string diagram = block(sink.text(), "mermaid")[0];
    CHECK(diagram.starts_with("## Call 1\n\n```mermaid\nsequenceDiagram\n"));
    CHECK(diagram.find("P2-->>P1: ✗ 486 Busy Here (INVITE)") != std::string::npos);
}

namespace {

/// `count` busy calls of two messages each; the frames of a call follow those of the one before.
AnalysisBuilder busy_calls(std::size_t count) {
    AnalysisBuilder lab;
    for (std::size_t i = 0; i < count; ++i) {
        lab.call(CallKind::call, CallOutcome::busy);
        lab.dialog("one");
        const double at = 10.0 * static_cast<double>(i);
        lab.message(at, "192.0.2.10:5060", "192.0.2.20:5060",
                    request("INVITE sip:bob@example.com", "1 INVITE"));
        lab.message(at + 1, "192.0.2.20:5060", "192.0.2.10:5060", response("486 Busy Here", "1 INVITE"));
    }
    return lab;
}

std::vector<std::size_t> messages_of(const std::vector<HtmlPart>& parts) {
    std::vector<std::size_t> counts;
    for (const HtmlPart& part : parts) counts.push_back(part.messages);
    return counts;
}

} // namespace

TEST_CASE("limits::html_whole_messages and limits::html_part_messages, on both sides") {
    const AnalysisBuilder lab = busy_calls(5);
    const auto counts = [&](std::size_t whole, std::size_t part) {
        return messages_of(parts_of(lab.analysis, {whole, part}));
    };
    CHECK(counts(10, 4) == std::vector<std::size_t>{10});
    CHECK(counts(9, 4) == std::vector<std::size_t>{4, 4, 2});
    CHECK(counts(9, 5) == std::vector<std::size_t>{4, 4, 2});
    CHECK(counts(9, 6) == std::vector<std::size_t>{6, 4});
    CHECK(counts(9, 1) == std::vector<std::size_t>{2, 2, 2, 2, 2}); // a call is never divided
    CHECK(parts_of(AnalysisBuilder().analysis, {}).size() == 1);
}

TEST_CASE("a large page has its calls in parts, with the numbers that they have everywhere") {
    AnalysisBuilder lab = busy_calls(3);
    lab.analysis.findings.push_back({"ack-missing", Severity::warning, "One.", {2}, 1, ""});
    lab.analysis.findings.push_back({"ack-missing", Severity::warning, "Three.", {6}, 3, ""});
    lab.analysis.findings.push_back({"limit-reached", Severity::note, "All.", {}, 0, ""});
    const check::Flow flow = busy_flow();
    const Check judged{&flow, check::judge(lab.analysis, 3, flow)};
    HtmlStyle style;
    style.data = HtmlData::plain;
    style.parts = {5, 4};
    StringSink sink;
    write_html({&lab.analysis, {judged}, {"ab"}}, "1", style, sink);
    const std::string& page = sink.text();

    const nlohmann::json sources = block(page, "settings")["sources"];
    REQUIRE(sources.size() == 2);
    CHECK(sources[0]["sha256"] == sources[1]["sha256"]);
    CHECK(sources[0]["part"]["first_call"] == 1);
    CHECK(sources[0]["part"]["last_call"] == 2);
    CHECK(sources[1]["part"]["first_call"] == 3);
    CHECK(sources[1]["part"]["messages"] == 2);
    CHECK(sources[1]["part"]["all_messages"] == 6);
    CHECK(sources[1]["part"]["first_frame"] == 5);
    CHECK(sources[1]["part"]["last_frame"] == 6);

    const nlohmann::json first = block(page, "analysis");
    const nlohmann::json second = block(page, "analysis-2");
    CHECK(first["schema"] == "rungs.analysis/1");
    CHECK(first["calls"].size() == 2);
    CHECK(first["messages"].size() == 4);
    CHECK(first["findings"].size() == 2); // also that of no call
    CHECK(second["captures"].size() == 1);
    REQUIRE(second["calls"].size() == 1);
    CHECK(second["calls"][0]["id"] == 3);
    CHECK(second["messages"][0]["id"] == 5);
    CHECK(second["findings"].size() == 1);
    CHECK(block(page, "ladders-2")["ladders"][0]["call"] == 3);
    CHECK(block(page, "mermaid").size() == 2);
    CHECK(std::string(block(page, "mermaid-2")[0]).starts_with("## Call 3\n"));
    CHECK(block(page, "check")["checks"].empty());
    CHECK(block(page, "check-2")["checks"].size() == 1);
    const std::string meaning = block(page, "settings")["meanings"]["ack-missing"];
    CHECK(meaning.find("ACK") != std::string::npos);
}

TEST_CASE("browsers without scripts show the first ladder in ASCII") {
    AnalysisBuilder lab = busy_call();
    StringSink sink;
    write_html({&lab.analysis, {}, {}}, "1", {}, sink);
    const std::string& page = sink.text();
    const std::size_t begin = page.find("<pre>");
    REQUIRE(begin != std::string::npos);
    const std::string drawing = page.substr(begin, page.find("</pre>") - begin);
    CHECK(drawing.find("|-- INVITE sip:bob@example.com -") != std::string::npos);
    CHECK(drawing.find("486 Busy Here (INVITE)") != std::string::npos);
    CHECK(drawing.find("-&gt;|") != std::string::npos);
    CHECK(std::ranges::all_of(drawing, [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
    for (std::size_t i = 0; i < limits::html_static_rows; ++i)
        lab.message(2, "192.0.2.10:5060", "192.0.2.20:5060", request("ACK sip:bob@example.com", "1 ACK"));
    StringSink longer;
    write_html({&lab.analysis, {}, {}}, "1", {}, longer);
    const std::string text = longer.text().substr(0, longer.text().find("</pre>"));
    std::size_t acks = 0;
    for (std::size_t at = text.find("-- ACK"); at != std::string::npos; at = text.find("-- ACK", at + 1))
        ++acks;
    CHECK(acks == limits::html_static_rows - 2);
}
