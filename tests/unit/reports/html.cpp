#include "reports/html.hpp"

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
    call.caller = lab.party("sip:ana@example.com", "", "192.0.2.10:5060");
    call.callee = lab.party("sip:bob@example.com", "", "192.0.2.20:5060");
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
