#include "analyzer/check/step_syntax.hpp"

#include <doctest/doctest.h>

using namespace rungs;
using namespace rungs::check;
using Kind = MessagePattern::Kind;

namespace {
const std::vector<Role> roles{{"caller", {}, {}}, {"proxy", {}, {}}};
}

TEST_CASE("messages of a step") {
    const auto invite = parse_pattern("INVITE");
    REQUIRE(invite);
    CHECK(invite->kind == Kind::request);
    CHECK(invite->method == sip::Method::invite);

    const auto challenge = parse_pattern(" 401|407 ( REGISTER )");
    REQUIRE(challenge);
    CHECK(challenge->statuses == std::vector<StatusRange>{{401, 401}, {407, 407}});
    CHECK(challenge->method == sip::Method::register_);

    CHECK(parse_pattern("18x")->statuses == std::vector<StatusRange>{{180, 189}});
    CHECK(parse_pattern("4XX")->statuses == std::vector<StatusRange>{{400, 499}});
    CHECK(parse_pattern("180-183")->statuses == std::vector<StatusRange>{{180, 183}});
    CHECK(parse_pattern("180-183")->method == sip::Method::unknown);
    CHECK(parse_pattern("any")->kind == Kind::any);
    CHECK(parse_pattern("MSN ACCEPT")->command == "ACCEPT");
}

TEST_CASE("what is no message is refused with its place and what it could have been") {
    const auto wrong = parse_pattern("INVTE");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().offset == 0);
    CHECK(wrong.error().hint == "did you mean INVITE?");

    for (const char* text : {"", "invite", "99", "700", "18y", "183-180", "200 (INVITE", "200 INVITE", "1800",
                             "200 (BUY)", "401|", "MSN", "MSN HELLO"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_pattern(text));
    }
    CHECK(parse_pattern("200 (INVITE) x").error().offset == 13);
}

TEST_CASE("steps with roles and an arrow either way") {
    const auto step = parse_step("proxy -> caller: 180 (INVITE)", roles);
    REQUIRE(step);
    CHECK(step->from == 1);
    CHECK(step->to == 0);
    CHECK(*parse_step("caller <- proxy:180 (INVITE)", roles) == *step);
    CHECK(parse_step("any -> proxy: BYE", roles)->from == any_role);
    CHECK(to_string(*step, roles) == "proxy -> caller: 180 (INVITE)");

    const auto unknown = parse_step("caller -> prxy: INVITE", roles);
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().offset == 10);
    CHECK(unknown.error().hint == "did you mean proxy?");
    CHECK_FALSE(parse_step("caller proxy: INVITE", roles));
    CHECK_FALSE(parse_step("caller -> proxy INVITE", roles));
}

TEST_CASE("every pattern is written as it is read") {
    for (const char* text : {"INVITE", "180-183 (INVITE)", "401|407 (REGISTER)", "18x", "4xx (BYE)", "any",
                             "MSN REJECT", "200"}) {
        CAPTURE(text);
        CHECK(to_string(*parse_pattern(text)) == text);
    }
}

TEST_CASE("times") {
    using namespace std::chrono_literals;
    CHECK(*parse_duration("4s") == 4s);
    CHECK(*parse_duration("500ms") == 500ms);
    CHECK(*parse_duration("2 min") == 2min);
    CHECK(*parse_duration("1.25s") == 1250ms);
    CHECK(*parse_duration("64*T1") == 32s);
    CHECK(*parse_duration("1000000 min") == 1'000'000min);
    CHECK(*parse_duration("1000000000ms") == 1'000'000s);
    CHECK_FALSE(parse_duration("555515555 min"));
    CHECK_FALSE(parse_duration("99999999999999999999s"));
    CHECK_FALSE(parse_duration("4"));
    CHECK_FALSE(parse_duration("4h"));
    CHECK_FALSE(parse_duration("-4s"));

    const auto bound = parse_bound("2s..4s of 180 (INVITE)", true);
    REQUIRE(bound);
    CHECK(bound->at_least == 2s);
    CHECK(bound->at_most == 4s);
    CHECK(bound->of->statuses.front().first == 180);
    CHECK(parse_bound("4s", true)->at_most == 4s);
    CHECK(parse_bound("4s", false)->at_least == 4s);
}

TEST_CASE("predicates") {
    using Operator = Predicate::Operator;
    const auto header = parse_predicate("header \"Max-Forwards\" <= 70");
    REQUIRE(header);
    CHECK(header->subject == "header");
    CHECK(header->argument == "Max-Forwards");
    CHECK(header->comparison == Operator::at_most);
    CHECK(header->value == "70");
    CHECK(parse_predicate("to.tag present")->comparison == Operator::present);
    CHECK(parse_predicate("has not header Route")->comparison == Operator::absent);
    CHECK(parse_predicate("sdp.codecs contains PCMA")->comparison == Operator::contains);
    CHECK(parse_predicate("reason = \"Busy Here\"")->value == "Busy Here");
    CHECK(parse_predicate("sdp.direktion = x").error().hint == "did you mean sdp.direction?");
    CHECK_FALSE(parse_predicate("to.tag"));
    CHECK_FALSE(parse_predicate("header"));
}
