#include "reports/sequence_text.hpp"

#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/limits/reports.hpp"
#include "reports/diagrams.hpp"
#include "tests/support/analysis_builder.hpp"

using namespace rungs;
using namespace rungs::reports;
using rungs::test::AnalysisBuilder;
using rungs::test::request;

namespace {

/// One call with `count` requests to `uri`, a second apart.
Analysis call_of(std::size_t count, const std::string& uri = "sip:bob@example.com") {
    AnalysisBuilder lab;
    lab.call(CallKind::call, CallOutcome::in_progress);
    lab.dialog("one");
    for (std::size_t i = 0; i < count; ++i) {
        lab.message(static_cast<double>(i), "192.0.2.10:5060", "192.0.2.20:5060",
                    request("INFO " + uri, fmt::format("{} INFO", i + 1)));
    }
    return std::move(lab.analysis);
}

/// Arrows of each diagram.
std::vector<std::size_t> arrows_of(const std::string& text, std::string_view begin, std::string_view arrow) {
    std::vector<std::size_t> counts;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line == begin) counts.push_back(0);
        if (line.find(arrow) != std::string::npos) ++counts.back();
    }
    return counts;
}

std::vector<std::size_t> mermaid(const Analysis& analysis) {
    StringSink sink;
    write_mermaid(analysis, {}, Language::en, sink);
    return arrows_of(sink.text(), "sequenceDiagram", "P1->>P2");
}

std::vector<std::size_t> plantuml(const Analysis& analysis) {
    StringSink sink;
    write_plantuml(analysis, {}, Language::en, sink);
    CHECK(sink.text().ends_with("@enduml\n"));
    return arrows_of(sink.text(), "@startuml", "P1 -> P2");
}

using Counts = std::vector<std::size_t>;

} // namespace

TEST_CASE("a ladder goes on in the next diagram where the program would draw no more") {
    CHECK(mermaid(call_of(limits::mermaid_arrows)) == Counts{450});
    CHECK(mermaid(call_of(limits::mermaid_arrows + 1)) == Counts{450, 1});
    CHECK(plantuml(call_of(limits::plantuml_arrows)) == Counts{450});
    CHECK(plantuml(call_of(limits::plantuml_arrows + 1)) == Counts{450, 1});
    CHECK(plantuml(call_of(2 * limits::plantuml_arrows + 5)) == Counts{450, 450, 5});
}

TEST_CASE("a Mermaid diagram keeps to its octets") {
    const Analysis analysis = call_of(100, "sip:" + std::string(900, 'b') + "@example.com");
    StringSink sink;
    write_mermaid(analysis, {}, Language::en, sink);
    const Counts counts = arrows_of(sink.text(), "sequenceDiagram", "P1->>P2");
    CHECK(counts.size() == 3); // 100 arrows of about 940 octets
    CHECK(std::accumulate(counts.begin(), counts.end(), std::size_t{0}) == 100);
    std::size_t begin = 0;
    for (std::size_t end = sink.text().find("```\n\n"); end != std::string::npos;
         begin = end, end = sink.text().find("```\n\n", end + 1))
        CHECK(end - begin <= limits::mermaid_octets);
}

TEST_CASE("signs that mean something are written as numbers") {
    AnalysisBuilder lab;
    lab.call(CallKind::call, CallOutcome::in_progress);
    lab.dialog("one");
    lab.message(0, "192.0.2.10:5060", "192.0.2.20:5060", request("INVITE sip:a;end%x#\"<b>", "1 INVITE"));
    StringSink sink;
    write_mermaid(lab.analysis, {}, Language::en, sink);
    CHECK(sink.text().find("INVITE sip#58;a#59;#101;nd#37;x#35;#34;#60;b#62;") != std::string::npos);
    StringSink uml;
    write_plantuml(lab.analysis, {}, Language::en, uml);
    CHECK(uml.text().find("INVITE sip:a&#59;end&#37;x&#35;&#34;&#60;b&#62;") != std::string::npos);
}
