#include "analyzer/check/learn.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "analyzer/check/flow_file.hpp"
#include "analyzer/check/judge.hpp"
#include "analyzer/pipeline.hpp"

using namespace rungs;
using namespace rungs::check;

namespace {

Analysis read_sample(std::string_view name) {
    auto analysis = analyze({fmt::format("{}/samples/sip/{}", RUNGS_SOURCE_DIR, name)});
    REQUIRE(analysis);
    return std::move(*analysis);
}

} // namespace

TEST_CASE("what all examples have is a step, what some have is optional") {
    const Analysis challenged = read_sample("lab-busy-caller.pcap");
    const Analysis plain = read_sample("lab-busy-callee.pcap");
    const std::vector<Example> examples{{&challenged, 1}, {&plain, 1}};
    const auto yaml = learn_flow(examples, "mine");
    REQUIRE(yaml);
    CHECK(yaml->find("  - {step: \"proxy -> caller: 486 (INVITE)\", within: ") != std::string::npos);
    CHECK(yaml->find("  - {optional: {step: \"proxy -> caller: 407 (INVITE)\"") != std::string::npos);

    const auto flow = parse_flow(*yaml, "mine.yaml");
    REQUIRE(flow);
    CHECK(judge(challenged, 1, *flow).verdict == Verdict::pass);
    CHECK(judge(plain, 1, *flow).verdict == Verdict::pass);
    CHECK(judge(read_sample("lab-rejected-caller.pcap"), 1, *flow).verdict == Verdict::fail); // too late
    CHECK(judge(read_sample("lab-cancelled-caller.pcap"), 1, *flow).verdict == Verdict::fail);
    CHECK_FALSE(learn_flow({}, "none"));
}

TEST_CASE("a SIPp scenario becomes a flow") {
    const auto yaml = import_sipp(R"(<?xml version="1.0"?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name="busy">
  <send retrans="500"><![CDATA[
    INVITE sip:[service]@[remote_ip] SIP/2.0
    CSeq: 1 INVITE
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="486" rtd="true"></recv>
  <pause milliseconds="5"/>
  <send><![CDATA[
    ACK sip:[service]@[remote_ip] SIP/2.0
    CSeq: 1 ACK
  ]]></send>
</scenario>)",
                                  "busy.xml");
    REQUIRE(yaml);
    const auto flow = parse_flow(*yaml, "busy.yaml");
    REQUIRE(flow);
    REQUIRE(flow->steps.size() == 4);
    CHECK(flow->steps[0].text == "caller -> callee: INVITE");
    CHECK(flow->steps[1].points == Points{});
    CHECK(flow->steps[2].text == "callee -> caller: 486 (INVITE)");
    CHECK(flow->steps[3].text == "caller -> callee: ACK");
    CHECK(judge(read_sample("lab-busy-callee.pcap"), 1, *flow).verdict == Verdict::pass);
    CHECK(judge(read_sample("lab-cancelled-callee.pcap"), 1, *flow).verdict == Verdict::fail);
}

TEST_CASE("a scenario that answers is the callee's") {
    const auto yaml =
        import_sipp("<scenario><recv request='OPTIONS'/><send>SIP/2.0 200 OK\n[last_CSeq:]\n</send>"
                    "</scenario>",
                    "uas.xml");
    REQUIRE(yaml);
    CHECK(yaml->ends_with("  - \"caller -> callee: OPTIONS\"\n  - \"callee -> caller: 200 (OPTIONS)\"\n"));
}

TEST_CASE("what is no scenario is refused, and nothing of another file gets in") {
    CHECK_FALSE(import_sipp("", "x.xml"));
    CHECK_FALSE(import_sipp("<html/>", "x.xml"));
    CHECK_FALSE(import_sipp("<scenario><recv response='9999'/></scenario>", "x.xml"));
    const auto outside = import_sipp("<!DOCTYPE scenario [<!ENTITY x SYSTEM '/etc/passwd'>]>"
                                     "<scenario><send>&x;</send></scenario>",
                                     "x.xml");
    CHECK_FALSE(outside);
}
