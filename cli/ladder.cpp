#include <array>

#include "analyzer/filter/keep_calls.hpp"
#include "cli/captures.hpp"
#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "cli/version.hpp"
#include "reports/diagrams.hpp"
#include "reports/html.hpp"
#include "reports/json.hpp"
#include "reports/text.hpp"

namespace rungs::cli {
namespace {

constexpr std::array<std::string_view, 6> formats{"text", "json", "svg", "mermaid", "plantuml", "html"};

void write(Analysis& analysis, const reports::Selection& selection, const Options& options, Output& output) {
    const reports::TextStyle style = text_style(options, output.descriptor());
    if (options.format == "json") {
        reports::write_ladder_json(analysis, selection, output.sink());
    } else if (options.format == "svg") {
        reports::write_svg(analysis, selection, style.language, output.sink());
    } else if (options.format == "mermaid") {
        reports::write_mermaid(analysis, selection, style.language, output.sink());
    } else if (options.format == "plantuml") {
        reports::write_plantuml(analysis, selection, style.language, output.sink());
    } else if (options.format == "html") {
        if (!selection.all()) filter::keep_calls(analysis, selection.calls);
        const reports::HtmlStyle page{style.language, nullptr, reports::HtmlData::automatic};
        reports::write_html({&analysis, {}, {}}, version(), page, output.sink());
    } else {
        reports::write_ladder(analysis, selection, style, output.sink());
    }
}

Action declare(CLI::App& app, Options& options) {
    add_capture_options(app, options);
    add_selection_options(app, options);
    add_output_options(app, options, formats);
    add_text_options(app, options);
    return [&options] {
        const auto captures = captures_of(options);
        Analysis analysis = read_captures(options, captures);
        const auto selection = select_calls(analysis, options);
        Output output(options.output, captures);
        write(analysis, selection, options, output);
        output.finish();
        return ExitStatus::done;
    };
}

constexpr std::array<Example, 5> examples{{
    {"rungs ladder lab.pcapng --call 2", "who sent what to whom, for the second call"},
    {"rungs ladder lab.pcapng --ascii -o ladder.txt", "all ladders, for a plain text file"},
    {"rungs ladder lab.pcapng --call 2 --to svg -o call.svg", "a picture for a paper or a slide"},
    {"rungs ladder lab.pcapng --call 2 --to mermaid", "text that becomes a picture in Markdown"},
    {"rungs ladder lab.pcapng --to json", "participants and rungs for a program"},
}};

} // namespace

extern const Command ladder_command;
const Command ladder_command{"ladder", "FILE...", "Draw each call as a ladder of messages", examples,
                             declare};

} // namespace rungs::cli
