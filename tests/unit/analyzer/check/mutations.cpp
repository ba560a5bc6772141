#include <chrono>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "analyzer/check/builtin.hpp"
#include "tests/support/judging.hpp"

using namespace rungs;
using namespace rungs::check;
using namespace rungs::test;
using namespace std::chrono_literals;

namespace {

/// A passing capture for each flow that has one.
const std::vector<std::pair<const char*, const char*>> pairs{
    {"register", "flow-register.pcap"},
    {"register-challenge", "lab-register.pcap"},
    {"register-refused", "flow-register-refused.pcap"},
    {"unregister", "lab-register.pcap"},
    {"answered-caller-ends", "flow-prack.pcap"},
    {"answered-callee-ends", "flow-answered-direct.pcap"},
    {"answered-challenge", "flow-auth-stale.pcap"},
    {"b2bua", "b2bua-bridged-call.pcap"},
    {"busy", "lab-busy-caller.pcap"},
    {"rejected", "lab-rejected-caller.pcap"},
    {"cancelled", "lab-cancelled-caller.pcap"},
    {"cancelled", "lab-cancelled-callee.pcap"},
    {"no-answer", "lab-no-answer-caller.pcap"},
    {"no-answer-cancel", "lab-no-answer-cancel-caller.pcap"},
    {"self-call-busy", "lab-self-call.pcap"},
    {"unavailable", "flow-unavailable.pcap"},
    {"not-found", "flow-not-found.pcap"},
    {"redirected", "flow-redirected.pcap"},
    {"auth-good", "flow-auth-then-busy.pcap"},
    {"auth-wrong-password", "flow-auth-wrong-password.pcap"},
    {"auth-stale", "flow-auth-stale.pcap"},
    {"early-media", "b2bua-bridged-call.pcap"},
    {"hold-resume", "flow-hold-resume.pcap"},
    {"session-refresh", "flow-session-refresh.pcap"},
    {"prack", "flow-prack.pcap"},
    {"blind-transfer", "flow-blind-transfer.pcap"},
    {"attended-transfer", "flow-attended-transfer.pcap"},
    {"options", "flow-options.pcap"},
    {"message", "flow-message.pcap"},
    {"subscribe-notify", "flow-subscribe-notify.pcap"},
};
/// What is done to frame `i` (from 0).
void mutate(Packets& packets, const std::string& mutation, std::size_t i) {
    auto& records = packets.records;
    const auto here = records.begin() + static_cast<std::ptrdiff_t>(i);
    if (mutation == "drop") records.erase(here);
    if (mutation == "captured-twice") records.insert(here, std::string(records[i]));
    if (mutation == "sent-again") packets.repeat(i, 500ms);
    if (mutation == "late") packets.delay(i, 2s);
    if (mutation == "swap" && i + 1 < records.size()) packets.swap(i, i + 1);
    if (mutation == "end-after") records.resize(i + 1);
    if (mutation == "begin-at") records.erase(records.begin(), here);
}

char letter(Verdict verdict) {
    switch (verdict) {
    case Verdict::pass: return 'P';
    case Verdict::fail: return 'F';
    case Verdict::inconclusive: return '?';
    case Verdict::unusable: break;
    }
    return '-';
}

} // namespace

TEST_CASE("what becomes of the verdict when a capture is changed stands in a table") {
    std::ifstream table(std::string(RUNGS_SOURCE_DIR) + "/tests/mutations.txt");
    std::size_t rows = 0;
    for (std::string line; std::getline(table, line);) {
        if (line.empty() || line.front() == '#') continue;
        std::istringstream words(line);
        std::string flow, file, mutation, wanted;
        words >> flow >> file >> mutation >> wanted;
        CAPTURE(flow);
        CAPTURE(file);
        CAPTURE(mutation);
        REQUIRE(find_builtin(flow) != nullptr);
        const Packets whole(sample("sip/" + file + ".pcap"));
        std::string found;
        for (std::size_t i = 0; i < whole.size(); ++i) {
            Packets packets = whole;
            mutate(packets, mutation, i);
            found += letter(verdict_of(packets, *find_builtin(flow)));
        }
        CHECK(found == wanted);
        ++rows;
    }
    CHECK(rows > 0);
}

TEST_CASE("cutting the end never turns a pass into a fail") {
    for (const auto& [name, file] : pairs) {
        const std::string flow_name(name), file_name(file); // clang 14 captures no structured bindings
        CAPTURE(flow_name);
        CAPTURE(file_name);
        const Flow& flow = *find_builtin(name);
        Packets packets(sample(std::string("sip/") + file));
        REQUIRE(verdict_of(packets, flow) == Verdict::pass);
        while (packets.records.size() > 1) {
            // Of a run of media only the last packets say something new.
            const std::size_t count = packets.records.size();
            packets.records.resize(count > 80 ? count - count / 8 : count - 1);
            CAPTURE(packets.records.size());
            const Verdict verdict = verdict_of(packets, flow);
            CHECK((verdict == Verdict::pass || verdict == Verdict::inconclusive));
        }
    }
}

TEST_CASE("two calls in one capture: each is judged by itself") {
    const Analysis analysis =
        read({sample("sip/lab-cancelled-caller.pcap"), sample("sip/lab-busy-caller.pcap")});
    REQUIRE(analysis.calls.size() == 2);
    for (const char* name : {"cancelled", "busy"})
        CHECK(judge_best(analysis, all_calls(analysis), *find_builtin(name))->verdict == Verdict::pass);
    CHECK(judge_best(analysis, all_calls(analysis), *find_builtin("rejected"))->verdict == Verdict::fail);
}

TEST_CASE("the capture at the caller, at the callee and both together tell the same") {
    for (const auto& [flow, call] : {std::pair{"cancelled", "cancelled"}, std::pair{"rejected", "rejected"},
                                     std::pair{"answered-caller-ends", "answered-caller-hangs-up"}}) {
        const std::string caller = sample(fmt::format("sip/lab-{}-caller.pcap", call));
        const std::string callee = sample(fmt::format("sip/lab-{}-callee.pcap", call));
        const std::string call_name = call;
        CAPTURE(call_name);
        for (const auto& paths :
             std::vector<std::vector<std::string>>{{caller}, {callee}, {caller, callee}}) {
            const Analysis analysis = read(paths);
            CHECK(judge_best(analysis, all_calls(analysis), *find_builtin(flow))->verdict == Verdict::pass);
        }
    }
}
