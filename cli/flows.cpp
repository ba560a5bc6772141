#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "analyzer/check/flow_file.hpp"
#include "cli/captures.hpp"
#include "cli/command.hpp"
#include "cli/flow_choice.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"
#include "reports/check_words.hpp"
#include "reports/terminal.hpp"

namespace rungs::cli {
namespace {

constexpr std::array<std::string_view, 1> formats{"text"};
constexpr std::array<std::string_view, 2> verbs{"list", "show"};

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
    if (options.words.size() != 2) throw Failure{{"show needs the name of one flow", "rungs flows show cancelled"}};
    const check::Flow flow = choose_flow(options.words[1]);
    for (const auto& [name, yaml] : check::builtin_sources()) {
        if (name == flow.name) output.sink().write(yaml);
    }
}

ExitStatus perform(const Options& options) {
    const std::string verb = options.words.empty() ? "list" : options.words.front();
    Output output(options.output, {});
    if (verb == "list") {
        list(options, output);
    } else if (verb == "show") {
        show(options, output);
    } else {
        throw Failure{{fmt::format("flows cannot \"{}\"", printable(verb)), did_you_mean(nearest(verb, verbs))}};
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

constexpr std::array<Example, 2> examples{{
    {"rungs flows list", "the built-in flows and where they come from"},
    {"rungs flows show cancelled > my.yaml", "a start for a flow of your own"},
}};

} // namespace

extern const Command flows_command;
const Command flows_command{"flows", "list|show NAME", "List and show the built-in expected flows", examples,
                            declare};

} // namespace rungs::cli
