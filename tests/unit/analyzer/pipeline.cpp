#include "analyzer/pipeline.hpp"

#include <atomic>
#include <fstream>
#include <iterator>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/text.hpp"
#include "tests/support/captures.hpp"

/// The whole way, on captures of samples/ (what each holds: samples/README.md).
namespace rungs {
namespace {

std::string sample(const std::string& name) {
    return RUNGS_SOURCE_DIR "/samples/sip/" + name;
}

Analysis analyze_samples(std::initializer_list<const char*> names, const AnalysisOptions& options = {}) {
    std::vector<std::string> paths;
    for (const char* name : names) paths.push_back(sample(name));
    auto result = analyze(paths, options);
    REQUIRE(result);
    return std::move(*result);
}

std::uint64_t sum(const Accounting& accounting) {
    return std::accumulate(accounting.begin(), accounting.end(), std::uint64_t{0});
}

TEST_CASE("every sample: each packet in one bucket, each message in one dialog and call") {
    for (const char* name :
         {"b2bua-bridged-call.pcap", "b2bua-register.pcap", "chinese-name.pcap", "forked.pcap", "ipv6.pcap",
          "lab-self-call.pcap", "odd-messages.pcap", "tcp-segments.pcap", "two-proxies.pcapng"}) {
        CAPTURE(name);
        const Analysis analysis = analyze_samples({name});
        CHECK(analysis.complete);
        REQUIRE(analysis.captures.size() == 1);
        CHECK(sum(analysis.captures[0].accounting) == analysis.captures[0].file.packets);

        std::size_t in_dialogs = 0, in_calls = 0;
        for (const Dialog& dialog : analysis.dialogs) {
            std::uint32_t count = 0;
            for (Id id = dialog.first_message; id != 0; id = analysis.message(id).next_in_dialog) ++count;
            CHECK(count == dialog.message_count);
            CHECK(dialog.call != 0);
            in_dialogs += count;
        }
        for (const Call& call : analysis.calls) in_calls += call.dialog_count;
        CHECK(in_dialogs == analysis.messages.size());
        CHECK(in_calls == analysis.dialogs.size());

        for (const Message& message : analysis.messages) {
            std::vector<std::uint8_t> octets;
            REQUIRE(analysis.octets.read(message.location, octets));
            const bool starts_as_sip = as_text(octets).find("SIP/2.0") < octets.size();
            CHECK((starts_as_sip || message.truncated));
        }
    }
}

TEST_CASE("both sides of a call, their clocks seconds apart, are one call") {
    const Analysis analysis = analyze_samples(
        {"lab-answered-caller-hangs-up-caller.pcap", "lab-answered-caller-hangs-up-callee.pcap"});
    CHECK(analysis.captures.size() == 2);
    CHECK(analysis.calls.size() == 1);
    CHECK(analysis.call(1).outcome == CallOutcome::answered);
    CHECK(analysis.call(1).ended_by == EndedBy::caller);
}

TEST_CASE("the order in which files are named plays no part") {
    const auto facts = [](std::initializer_list<const char*> names) {
        const Analysis analysis = analyze_samples(names);
        std::string text;
        for (const Call& call : analysis.calls) text += std::string(to_string(call.outcome)) + "\n";
        text += std::to_string(analysis.dialogs.size()) + " " + std::to_string(analysis.messages.size());
        return text;
    };
    CHECK(facts({"lab-busy-caller.pcap", "lab-cancelled-callee.pcap", "lab-busy-callee.pcap"}) ==
          facts({"lab-busy-callee.pcap", "lab-cancelled-callee.pcap", "lab-busy-caller.pcap"}));
}

TEST_CASE("a packet limit ends it early, a filter selects") {
    AnalysisOptions options;
    options.packet_limit = 3;
    const Analysis limited = analyze_samples({"lab-busy-caller.pcap"}, options);
    CHECK(limited.captures[0].file.packets == 3);
    CHECK(limited.messages.size() == 3);

    AnalysisOptions filtered;
    filtered.capture_filter = "tcp";
    CHECK(analyze_samples({"lab-busy-caller.pcap"}, filtered).messages.empty());
}

TEST_CASE("stopped from outside it reports what was read, marked incomplete") {
    const std::atomic<bool> stop = true;
    AnalysisOptions options;
    options.stop = &stop;
    CHECK_FALSE(analyze_samples({"lab-busy-caller.pcap"}, options).complete);
}

TEST_CASE("progress ends at the size of the file") {
    std::uint64_t told = 0;
    AnalysisOptions options;
    options.progress = [&](std::uint64_t octets) { told = octets; };
    analyze_samples({"lab-busy-caller.pcap"}, options);
    std::ifstream file(sample("lab-busy-caller.pcap"), std::ios::binary | std::ios::ate);
    CHECK(told == static_cast<std::uint64_t>(file.tellg()));
}

TEST_CASE("a capture cut in the middle of a packet gives all packets before it") {
    std::ifstream file(sample("lab-busy-caller.pcap"), std::ios::binary);
    std::string octets{std::istreambuf_iterator<char>(file), {}};
    octets.pop_back();
    const test::TemporaryFile cut(octets);
    const auto whole = analyze_samples({"lab-busy-caller.pcap"});
    const auto result = analyze({cut.path()});
    REQUIRE(result);
    CHECK(result->messages.size() == whole.messages.size() - 1);
    CHECK(result->captures[0].file.truncated);
}

TEST_CASE("what cannot be read is an error that names the file") {
    const auto missing = analyze({"/nonexistent/lab.pcap"});
    REQUIRE_FALSE(missing);
    CHECK(missing.error().message.find("/nonexistent/lab.pcap") != std::string::npos);
    const test::TemporaryFile text("this is no capture, whatever its name says");
    CHECK_FALSE(analyze({text.path()}));
    const test::TemporaryFile empty("");
    CHECK_FALSE(analyze({empty.path()}));
}

} // namespace
} // namespace rungs
