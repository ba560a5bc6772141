#include "analyzer/check/flow_file.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "analyzer/check/builtin.hpp"
#include "core/limits/input.hpp"

using namespace rungs;
using namespace rungs::check;

namespace {

std::string with_steps(std::string_view steps) {
    return fmt::format("flow: f\nroles: [caller, proxy]\nsteps:\n{}", steps);
}

Error error_of(std::string_view yaml) {
    const auto flow = parse_flow(yaml, "my.yaml");
    REQUIRE_FALSE(flow);
    return flow.error();
}

} // namespace

TEST_CASE("a flow as the documentation writes it") {
    const auto flow = parse_flow(R"yaml(
flow: cancelled
title: {en: Caller gives up while it rings, zh_CN: 主叫在振铃时挂断}
roles: [caller, proxy]
steps:
  - caller -> proxy: INVITE
  - up_to: 2
    steps: ["proxy -> caller: 401|407 (INVITE)", "caller -> proxy: ACK", "caller -> proxy: INVITE"]
  - optional: "proxy -> caller: 100 (INVITE)"
  - {step: "proxy -> caller: 180-183 (INVITE)", points: 1, within: 4s of INVITE}
  - {step: "caller -> proxy: CANCEL", points: 2.5, required: true}
  - all_of:
      - ["proxy -> caller: 200 (CANCEL)"]
      - [{step: "proxy -> caller: 487 (INVITE)", points: 2}, "caller -> proxy: ACK"]
  - quiet for 2s
never: ["proxy -> caller: 200 (INVITE)"]
extra: fail
)yaml",
                                 "my.yaml");
    REQUIRE(flow);
    CHECK(flow->name == "cancelled");
    CHECK(flow->title.zh_cn == "主叫在振铃时挂断");
    REQUIRE(flow->steps.size() == 11);
    CHECK(flow->steps[1].points == Points{}); // the challenge may be absent
    CHECK(flow->steps[5].times.front().at_most == std::chrono::seconds(4));
    CHECK(flow->steps[6].points->value() == 2.5);
    CHECK(flow->steps[6].required);
    CHECK(flow->steps[6].place.line == 11);
    CHECK(flow->steps[10].quiet == std::chrono::seconds(2));
    REQUIRE(flow->root.children.size() == 7);
    CHECK(flow->root.children[1].kind == Node::Kind::repeat);
    CHECK(flow->root.children[1].most == 2);
    CHECK(flow->root.children[5].kind == Node::Kind::all_of);
    CHECK(flow->never.size() == 1);
    CHECK(flow->extra == ExtraPolicy::fail);
}

TEST_CASE("JSON is read too") {
    CHECK(parse_flow(R"({"flow": "f", "roles": ["a", "b"], "steps": ["a -> b: INVITE"]})", "f.json"));
}

TEST_CASE("a mistake is told with its place, a caret and a proposal") {
    const Error role = error_of(with_steps("  - caller -> prxy: INVITE\n"));
    CHECK(role.message == "my.yaml:4:15: \"prxy\" is no role of this flow\n"
                          "    - caller -> prxy: INVITE\n"
                          "                ^");
    CHECK(role.hint == "did you mean proxy?");

    const Error quoted = error_of(with_steps("  - {step: \"caller -> proxy: INVTE\"}\n"));
    CHECK(quoted.message == "my.yaml:4:30: \"INVTE\" is no SIP method\n"
                            "    - {step: \"caller -> proxy: INVTE\"}\n"
                            "                               ^");

    const Error key = error_of("flow: f\nrole: [a]\nsteps: []\n");
    CHECK(key.message.starts_with("my.yaml:2:1: \"role\" is not known here"));
    CHECK(key.hint == "did you mean roles?");

    CHECK(error_of("flow: [unclosed\n").message.starts_with("my.yaml:2:1: "));
    CHECK(error_of("flow: f\nroles: [a]\n").message.starts_with("my.yaml:1:1: \"steps\" is missing"));
}

TEST_CASE("what makes no sense is refused") {
    for (const char* steps :
         {"  - {step: \"caller -> proxy: INVITE\", points: -1}\n",
          "  - {step: \"caller -> proxy: INVITE\", pionts: 1}\n",
          "  - {step: \"caller -> proxy: INVITE\", points: 1.0001}\n",
          "  - {up_to: 0, steps: [\"caller -> proxy: ACK\"]}\n",
          "  - {repeat: 3..2, steps: [\"caller -> proxy: ACK\"]}\n",
          "  - {repeat: 101, steps: [\"caller -> proxy: ACK\"]}\n",
          "  - {optional: \"caller -> proxy: ACK\", points: 2}\n", "  - one_of: \"caller -> proxy: ACK\"\n",
          "  - {points: 1}\n", "  - {step: \"caller -> proxy: ACK\", within: soon}\n",
          "  - {step: \"caller -> proxy: ACK\", where: colour = red}\n"}) {
        CAPTURE(steps);
        CHECK_FALSE(parse_flow(with_steps(steps), "my.yaml"));
    }
}

TEST_CASE("limits of a flow file, on both sides") {
    std::string steps;
    for (std::size_t i = 0; i < limits::flow_steps; ++i) steps += "  - caller -> proxy: INVITE\n";
    CHECK(parse_flow(with_steps(steps), "f"));
    CHECK_FALSE(parse_flow(with_steps(steps + "  - caller -> proxy: INVITE\n"), "f"));

    std::string deep = "\"caller -> proxy: INVITE\"";
    for (unsigned i = 0; i < limits::flow_depth - 1; ++i) deep = "[" + deep + "]";
    CHECK(parse_flow(with_steps("  - " + deep + "\n"), "f"));
    for (int i = 0; i < 5; ++i) deep = "[" + deep + "]";
    CHECK_FALSE(parse_flow(with_steps("  - " + deep + "\n"), "f"));

    // Each alias doubles what stands before: a thousand million nodes in forty lines.
    std::string bomb = "flow: f\nroles: [caller, proxy]\nsteps:\n  - &a0 [\"caller -> proxy: ACK\"]\n";
    for (int i = 1; i < 30; ++i) bomb += fmt::format("  - &a{} [*a{}, *a{}]\n", i, i - 1, i - 1);
    CHECK(error_of(bomb).message.find("flow_nodes") != std::string::npos);
    CHECK_FALSE(parse_flow("flow: f\nroles: [caller, proxy]\nsteps: &a [*a]\n", "f"));
    // The map, its values, the two roles and the list of steps: 6 nodes; then it is the steps that are too
    // many.
    const auto many = [](std::size_t nodes) {
        std::string wide = "flow: f\nroles: [caller, proxy]\nsteps:\n";
        for (std::size_t i = 6; i < nodes; ++i) wide += "- \"caller -> proxy: ACK\"\n";
        return wide;
    };
    CHECK(error_of(many(limits::flow_nodes)).message.find("flow_steps") != std::string::npos);
    CHECK(error_of(many(limits::flow_nodes + 1)).message.find("flow_nodes") != std::string::npos);

    const auto repeat = [](unsigned times) {
        return with_steps(fmt::format("  - {{repeat: {}, steps: [\"caller -> proxy: ACK\"]}}\n", times));
    };
    CHECK(parse_flow(repeat(limits::flow_repeats), "f"));
    CHECK(error_of(repeat(limits::flow_repeats + 1)).message.find("flow_repeats") != std::string::npos);

    std::string large = with_steps("  - caller -> proxy: INVITE\n");
    large.append(limits::flow_octets - large.size(), '\n');
    CHECK(parse_flow(large, "f"));
    CHECK_FALSE(parse_flow(large + "\n", "f"));
}

TEST_CASE("every built-in flow is right, has both titles and says where it comes from") {
    CHECK(builtin_sources().size() >= 33);
    for (const auto& [name, yaml] : builtin_sources()) {
        const std::string_view flow_name = name; // clang 14 captures no structured bindings
        CAPTURE(flow_name);
        const auto flow = parse_flow(yaml, name);
        if (!flow) FAIL(flow.error().message);
        CHECK(flow->name == name);
        CHECK_FALSE(flow->title.en.empty());
        CHECK_FALSE(flow->title.zh_cn.empty());
        CHECK_FALSE(flow->reference.empty());
    }
    CHECK(builtin_flows().size() == builtin_sources().size());
    CHECK(find_builtin("busy") != nullptr);
    CHECK(find_builtin("bussy") == nullptr);
}

TEST_CASE("parameters stand for counts") {
    const std::string yaml = "flow: f\nroles: [a, b]\nparameters: {challenge: 0..1}\nsteps:\n"
                             "  - repeat: $challenge\n    steps: [\"b -> a: 401\"]\n  - \"a -> b: BYE\"\n";
    const auto count = [&](const Parameters& set) {
        const auto flow = parse_flow(yaml, "f.yaml", set);
        REQUIRE(flow);
        const Node& node = flow->root.children.front();
        return std::pair(node.least, node.most);
    };
    CHECK(count({}) == std::pair(0U, 1U));
    CHECK(count({{"challenge", "1"}}) == std::pair(1U, 1U));
    CHECK(count({{"challenge", "0"}}) == std::pair(0U, 0U));
    CHECK_FALSE(parse_flow(yaml, "f.yaml", {{"challenge", "often"}}));
    const auto unknown = parse_flow(yaml, "f.yaml", {{"chalenge", "1"}});
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().hint.find("challenge") != std::string::npos);
    CHECK_FALSE(
        parse_flow("flow: f\nroles: [a, b]\nsteps: [{repeat: $n, steps: [\"a -> b: BYE\"]}]\n", "f.yaml"));
    CHECK_FALSE(
        parse_flow("flow: f\nroles: [a, b]\nsteps: [{repeat: 0, steps: [\"a -> b: BYE\"]}]\n", "f.yaml"));
}
