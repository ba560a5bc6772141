#include "analyzer/filter/keep_calls.hpp"

#include <doctest/doctest.h>

#include "tests/support/analysis_builder.hpp"

using namespace rungs;
using rungs::test::AnalysisBuilder;
using rungs::test::request;

TEST_CASE("where parties listen and what keys they pressed goes and stays with their calls") {
    AnalysisBuilder lab;
    for (const char* const name : {"one", "two", "three"}) {
        lab.call(CallKind::call, CallOutcome::answered);
        lab.dialog(name);
        lab.message(0, "127.0.0.1:6001", "127.0.0.1:6002", request("INVITE sip:bob@example.com", "1 INVITE"));
        Listening& known = lab.analysis.listening.emplace_back();
        known.dialog = static_cast<Id>(lab.analysis.dialogs.size());
        KeyPress& key = lab.analysis.key_presses.emplace_back();
        key.call = static_cast<Id>(lab.analysis.calls.size());
        key.key = name;
        lab.analysis.make_details_of(lab.analysis.calls.back()).key_presses = {key.call - 1, 1};
    }
    filter::keep_calls(lab.analysis, {2});
    REQUIRE(lab.analysis.calls.size() == 1);
    REQUIRE(lab.analysis.listening.size() == 1);
    CHECK(lab.analysis.listening[0].dialog == 1);
    REQUIRE(lab.analysis.key_presses.size() == 1);
    CHECK(lab.analysis.key_presses[0].call == 1);
    const auto keys = lab.analysis.key_presses_of(lab.analysis.call(1));
    REQUIRE(keys.size() == 1);
    CHECK(keys[0].key == "two");
}
