#include <array>
#include <deque>
#include <memory>
#include <optional>

#include "analyzer/filter/keep_calls.hpp"
#include "cli/captures.hpp"
#include "cli/command.hpp"
#include "cli/file_digest.hpp"
#include "cli/flow_choice.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/terminal.hpp"
#include "cli/version.hpp"
#include "reports/html.hpp"
#include "reports/ladder.hpp"
#include "reports/redact.hpp"

namespace rungs::cli {
namespace {

constexpr std::array<std::string_view, 1> formats{"html"};

struct ReportOptions {
    std::vector<std::string> flows; ///< --flow
    bool redact = false;
    reports::HtmlData data = reports::HtmlData::automatic;
};

/// Shows how much of a page is written: large ones take seconds.
class WatchedSink final : public reports::Sink {
  public:
    WatchedSink(reports::Sink& sink, const Options& options) : m_sink(sink) {
        if (wants_progress(options)) m_progress.emplace(0);
    }
    void write(std::string_view text) override {
        m_sink.write(text);
        m_octets += text.size();
        if (m_progress) m_progress->show("writing " + progress_text(m_octets, 0));
    }

  private:
    reports::Sink& m_sink;
    std::optional<Progress> m_progress;
    std::uint64_t m_octets = 0;
};

/// For each flow the call that follows it best.
std::vector<reports::Check> check_calls(const Analysis& analysis, const std::deque<check::Flow>& flows) {
    std::vector<reports::Check> checks;
    const std::vector<Id> calls = reports::selected_calls(analysis, {});
    for (const check::Flow& flow : flows) {
        if (auto best = check::judge_best(analysis, calls, flow)) checks.push_back({&flow, std::move(*best)});
    }
    return checks;
}

reports::HtmlData data_from(std::string_view name) {
    if (name == "plain") return reports::HtmlData::plain;
    return name == "gzip" ? reports::HtmlData::gzip : reports::HtmlData::automatic;
}

ExitStatus write_report(const Options& options, const ReportOptions& wanted) {
    const auto captures = captures_of(options);
    std::deque<check::Flow> flows; // read before the captures, so that a mistake in one is told at once
    for (const std::string& name : wanted.flows) flows.push_back(choose_flow(name));
    Analysis analysis = read_captures(options, captures);
    const auto selection = select_calls(analysis, options);
    if (!selection.all()) filter::keep_calls(analysis, selection.calls);
    Output output(options.output, captures);
    std::optional<reports::Redactor> redactor;
    reports::HtmlStyle style;
    style.language = text_style(options, output.descriptor()).language;
    if (wanted.redact) style.filter = &redactor.emplace(analysis);
    style.data = wanted.data;
    const reports::HtmlSource source{&analysis, check_calls(analysis, flows), sha256_of(captures)};
    {
        WatchedSink sink(output.sink(), options); // the line goes before anything else is said
        reports::write_html(source, version(), style, sink);
    }
    output.finish();
    return ExitStatus::done;
}

Action declare(CLI::App& app, Options& options) {
    add_capture_options(app, options);
    add_selection_options(app, options);
    add_output_options(app, options, formats);
    add_text_options(app, options);
    const auto wanted = std::make_shared<ReportOptions>();
    app.add_option("--flow", wanted->flows, "compare with this flow, built in or a file; may be repeated")
        ->type_name("NAME|FILE")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all()
        ->group("Flow");
    app.add_flag("--redact", wanted->redact,
                 "pseudonyms for people, numbers, addresses and credentials, the same throughout");
    app.add_option_function<std::string>(
           "--html-data", [wanted](const std::string& name) { wanted->data = data_from(name); },
           "the data in the page: auto (gzip when it is large), plain, gzip")
        ->type_name("HOW")
        ->check(CLI::IsMember({"auto", "plain", "gzip"}));
    return [&options, wanted] { return write_report(options, *wanted); };
}

constexpr std::array<Example, 3> examples{{
    {"rungs report lab.pcapng -o lab.html", "everything in one page that opens without a network"},
    {"rungs report lab.pcapng --redact -o lab.html", "the same without names, numbers, addresses"},
    {"rungs report lab.pcapng --flow cancelled -o lab.html", "with the flow it should follow beside it"},
}};

} // namespace

extern const Command report_command;
const Command report_command{"report", "FILE...", "Write a page for the browser", examples, declare};

} // namespace rungs::cli
