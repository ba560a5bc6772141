#include <array>

#include "cli/captures.hpp"
#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "reports/text.hpp"

namespace rungs::cli {
namespace {

constexpr std::array<std::string_view, 1> formats{"text"};

Action declare(CLI::App& app, Options& options) {
    add_capture_options(app, options);
    add_selection_options(app, options);
    add_password_option(app, options);
    add_output_options(app, options, formats);
    add_text_options(app, options);
    return [&options] {
        const auto captures = captures_of(options);
        const Analysis analysis = read_captures(options, captures);
        const auto selection = select_calls(analysis, options);
        Output output(options.output, captures);
        reports::write_calls(analysis, selection, text_style(options, output.descriptor()), output.sink());
        output.finish();
        return ExitStatus::done;
    };
}

constexpr std::array<Example, 3> examples{{
    {"rungs calls lab.pcapng", "a line a call"},
    {"rungs calls lab.pcapng -Y 'call.outcome == busy'", "those that met a busy callee"},
    {"rungs calls lab.pcapng -t ad", "with date and time of day, UTC"},
}};

} // namespace

extern const Command calls_command;
const Command calls_command{"calls", "FILE...", "List the calls, registrations and other exchanges", examples,
                            declare};

} // namespace rungs::cli
