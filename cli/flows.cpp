#include <algorithm>
#include <array>
#include <fstream>

#include <fmt/format.h>

#include "analyzer/check/learn.hpp"
#include "cli/captures.hpp"
#include "cli/command.hpp"
#include "cli/flow_choice.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "core/limits/input.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"
#include "reports/check_words.hpp"
#include "reports/terminal.hpp"

namespace rungs::cli {
namespace {

constexpr std::array<std::string_view, 1> formats{"text"};
constexpr std::array<std::string_view, 4> verbs{"list", "show", "learn", "import"};

void list(const Options& options, Output& output) {
    const auto style = text_style(options, output.descriptor());
    reports::Table table;
    table.add({});
    for (const check::Flow& flow : check::builtin_flows()) {
        table.add({{flow.name, reports::Ink::bold},
                   {std::string(reports::choose(flow.title, style.language))},
                   {flow.reference, reports::Ink::dim}});
    }
    table.write(style, output.sink());
}

void show(const Options& options, Output& output) {
    if (options.words.size() != 2)
        throw Failure{{"show needs the name of one flow", "rungs flows show cancelled"}};
    const check::Flow flow = choose_flow(options.words[1]);
    for (const auto& [name, yaml] : check::builtin_sources()) {
        if (name == flow.name) output.sink().write(yaml);
    }
}

/// Each capture holds one example: its first call, or whatever its first messages began.
void learn(const Options& options, Output& output) {
    std::vector<Analysis> analyses;
    for (std::size_t i = 1; i < options.words.size(); ++i)
        analyses.push_back(read_captures(options, {options.words[i]}));
    std::vector<check::Example> examples;
    for (const Analysis& analysis : analyses) {
        if (analysis.calls.empty())
            throw Failure{
                {fmt::format("{}: no call to learn from", printable(options.words[examples.size() + 1])), {}},
                ExitStatus::negative};
        const auto call = std::ranges::find(analysis.calls, CallKind::call, &Call::kind);
        const auto at = call == analysis.calls.end() ? 0 : call - analysis.calls.begin();
        examples.push_back({&analysis, static_cast<Id>(at + 1)});
    }
    const auto yaml = check::learn_flow(examples, "learned");
    if (!yaml) throw Failure{yaml.error()};
    output.sink().write(*yaml);
}

void import(const Options& options, Output& output) {
    if (options.words.size() != 2)
        throw Failure{{"import needs one SIPp scenario", "rungs flows import uac.xml"}};
    std::ifstream file(options.words[1], std::ios::binary);
    if (!file) throw Failure{{fmt::format("{}: cannot be read", printable(options.words[1])), {}}};
    std::string xml(limits::flow_octets + 1, '\0');
    file.read(xml.data(), static_cast<std::streamsize>(xml.size()));
    xml.resize(static_cast<std::size_t>(file.gcount()));
    const auto yaml = check::import_sipp(xml, options.words[1]);
    if (!yaml) throw Failure{yaml.error()};
    output.sink().write(*yaml);
}

ExitStatus perform(const Options& options) {
    const std::string verb = options.words.empty() ? "list" : options.words.front();
    Output output(options.output, options.words);
    if (verb == "list") {
        list(options, output);
    } else if (verb == "show") {
        show(options, output);
    } else if (verb == "learn") {
        learn(options, output);
    } else if (verb == "import") {
        import(options, output);
    } else {
        throw Failure{
            {fmt::format("flows cannot \"{}\"", printable(verb)), did_you_mean(nearest(verb, verbs))}};
    }
    output.finish();
    return ExitStatus::done;
}

Action declare(CLI::App& app, Options& options) {
    app.add_option("WORD", options.words)->group("");
    add_output_options(app, options, formats);
    add_text_options(app, options);
    return [&options] { return perform(options); };
}

constexpr std::array<Example, 4> examples{{
    {"rungs flows list", "the built-in flows and where they come from"},
    {"rungs flows show cancelled > my.yaml", "a start for a flow of your own"},
    {"rungs flows learn good1.pcap good2.pcap", "a flow that these calls follow"},
    {"rungs flows import uac.xml", "a flow from a simple SIPp scenario"},
}};

} // namespace

extern const Command flows_command;
const Command flows_command{"flows", "list|show NAME|learn FILE...|import XML",
                            "List, show, learn and import expected flows", examples, declare};

} // namespace rungs::cli
