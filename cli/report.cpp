#include <array>
#include <optional>

#include "analyzer/filter/keep_calls.hpp"
#include "cli/captures.hpp"
#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "cli/version.hpp"
#include "reports/html.hpp"
#include "reports/redact.hpp"

namespace rungs::cli {
namespace {

constexpr std::array<std::string_view, 1> formats{"html"};

Action declare(CLI::App& app, Options& options) {
    add_capture_options(app, options);
    add_selection_options(app, options);
    add_output_options(app, options, formats);
    add_text_options(app, options);
    app.add_flag("--redact", options.redact,
                 "pseudonyms for people, numbers, addresses and credentials, the same throughout");
    return [&options] {
        const auto captures = captures_of(options);
        Analysis analysis = read_captures(options, captures);
        const auto selection = select_calls(analysis, options);
        if (!selection.all()) filter::keep_calls(analysis, selection.calls);
        Output output(options.output, captures);
        std::optional<reports::Redactor> redactor;
        reports::HtmlStyle style;
        style.language = text_style(options, output.descriptor()).language;
        if (options.redact) style.filter = &redactor.emplace(analysis);
        reports::write_html(analysis, version(), style, output.sink());
        output.finish();
        return ExitStatus::done;
    };
}

constexpr std::array<Example, 3> examples{{
    {"rungs report lab.pcapng -o lab.html", "everything in one page that opens without a network"},
    {"rungs report lab.pcapng --redact -o lab.html", "the same without names, numbers, addresses"},
    {"rungs report lab.pcapng --call 2 -o call.html", "one call"},
}};

} // namespace

extern const Command report_command;
const Command report_command{"report", "FILE...", "Write a page for the browser", examples, declare};

} // namespace rungs::cli
