#include <sys/mman.h>
#include <unistd.h>

#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "analyzer/check/builtin.hpp"
#include "analyzer/check/flow_file.hpp"
#include "analyzer/check/judge.hpp"
#include "analyzer/check/learn.hpp"
#include "analyzer/pipeline.hpp"
#include "core/text.hpp"
#include "reports/check.hpp"
#include "reports/diagrams.hpp"
#include "reports/html.hpp"
#include "reports/json.hpp"
#include "reports/redact.hpp"
#include "reports/stream_json.hpp"
#include "reports/streams.hpp"
#include "reports/text.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace rungs;
using namespace rungs::fuzz;
using namespace rungs::reports;

namespace {

/// A file without a folder.
class MemoryFile {
  public:
    explicit MemoryFile(Bytes content) : m_descriptor(memfd_create("fuzz", MFD_CLOEXEC)) {
        require(m_descriptor >= 0 &&
                    write(m_descriptor, content.data(), content.size()) == std::ssize(content),
                "the input can be written to memory");
    }
    ~MemoryFile() { close(m_descriptor); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(m_descriptor); }

  private:
    int m_descriptor;
};

template <typename Write>
std::string written(const Write& write) {
    StringSink sink;
    write(sink);
    return sink.text();
}

/// No terminal and no editor obeys anything in it, save that lines end (those of CSV in CRLF).
void check_text(std::string_view text) {
    while (!text.empty()) {
        std::string_view line = take_until(text, '\n');
        if (line.ends_with('\r')) line.remove_suffix(1);
        require(printable(line) == line, "reports are printable");
    }
}

void check_json(const std::string& text, std::string_view schema) {
    const auto document = nlohmann::json::parse(text, nullptr, false);
    require(document.is_object(), "JSON reports are JSON");
    require(document.value("schema", "") == schema, "JSON reports name their schema");
    check_text(text);
}

void check_accounting(const Analysis& analysis) {
    for (const Capture& capture : analysis.captures) {
        std::uint64_t sum = 0;
        for (const std::uint64_t count : capture.accounting) sum += count;
        require(sum == capture.file.packets, "every packet is in exactly one bucket");
    }
    for (const Message& message : analysis.messages)
        require(message.frame != 0 && !analysis.frames_of(message).empty(), "messages have frames");
    for (const Call& call : analysis.calls)
        require(call.first_dialog <= analysis.dialogs.size(), "ids lead somewhere");
}

void check_text_reports(const Analysis& analysis) {
    check_text(written([&](Sink& sink) { write_overview(analysis, {}, sink); }));
    check_text(written([&](Sink& sink) { write_calls(analysis, {}, {}, sink); }));
    check_text(written([&](Sink& sink) { write_ladder(analysis, {}, {}, sink); }));
    check_text(written([&](Sink& sink) { write_streams(analysis, {}, {}, sink); }));
    check_text(written([&](Sink& sink) { write_streams_csv(analysis, {}, sink); }));
    if (!analysis.messages.empty())
        check_text(
            written([&](Sink& sink) { write_message(analysis, analysis.messages.front().frame, {}, sink); }));
}

void check_documents(const Analysis& analysis) {
    check_text(written([&](Sink& sink) { write_mermaid(analysis, {}, Language::en, sink); }));
    check_text(written([&](Sink& sink) { write_plantuml(analysis, {}, Language::en, sink); }));
    const std::string svg = written([&](Sink& sink) { write_svg(analysis, {}, Language::zh_cn, sink); });
    check_text(svg);
    for (const std::string_view forbidden : {"<script", "<a ", "<image", "<foreignObject", "onload"})
        require(svg.find(forbidden) == std::string::npos, "pictures hold nothing active");
    Redactor redactor(analysis);
    HtmlStyle style;
    style.filter = &redactor;
    written([&](Sink& sink) { write_html({&analysis, {}, {}}, "0", style, sink); });
}

void check_json_reports(const Analysis& analysis) {
    const auto json = [&](Sink& sink) { write_json(analysis, "0", sink); };
    const std::string document = written(json);
    check_json(document, "rungs.analysis/1");
    require(written(json) == document, "the same analysis gives the same octets");
    check_json(written([&](Sink& sink) { write_ladder_json(analysis, {}, sink); }), "rungs.ladder/1");
    check_json(written([&](Sink& sink) { write_streams_json(analysis, {}, sink); }), "rungs.streams/1");
    const std::string lines = written([&](Sink& sink) { write_ndjson(analysis, "0", sink); });
    for (std::string_view rest = lines; !rest.empty();)
        require(nlohmann::json::accept(take_until(rest, '\n')), "each line is JSON");
}

void check_flows(const Analysis& analysis) {
    if (analysis.calls.empty()) return;
    std::vector<Check> checks;
    for (const std::string_view name : {"answered-challenge", "student-call", "b2bua"}) {
        const check::Flow* flow = check::find_builtin(name);
        require(flow != nullptr, "the flow is built in");
        checks.push_back({flow, check::judge(analysis, 1, *flow)});
        check_text(written([&](Sink& sink) { write_check(analysis, checks.back(), {}, sink); }));
    }
    check_text(written([&](Sink& sink) { write_checks_junit(analysis, checks, sink); }));
    check_json(written([&](Sink& sink) { write_checks_json(analysis, checks, check::Verdict::fail, sink); }),
               "rungs.check/1");
    const check::Example example{&analysis, 1};
    const auto learned = check::learn_flow(std::span(&example, 1), "learned");
    if (learned) require(check::parse_flow(*learned, "learned").has_value(), "what is learned is a flow");
}

} // namespace

/// From a file's octets to every report.
FUZZ_TARGET(file) {
    const MemoryFile file(input);
    const auto analysis = analyze({file.path()});
    if (!analysis) return require(!analysis.error().message.empty(), "a refusal says why");
    check_accounting(*analysis);
    check_json_reports(*analysis);
    check_text_reports(*analysis);
    check_documents(*analysis);
    check_flows(*analysis);
}
