#include <array>

#include "cli/captures.hpp"
#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "reports/json.hpp"
#include "reports/text.hpp"

namespace rungs::cli {
namespace {

constexpr std::array<std::string_view, 2> formats{"text", "json"};

Action declare(CLI::App& app, Options& options) {
    add_capture_options(app, options);
    add_selection_options(app, options);
    add_output_options(app, options, formats);
    add_text_options(app, options);
    return [&options] {
        const auto captures = captures_of(options);
        const Analysis analysis = read_captures(options, captures);
        const auto selection = select_calls(analysis, options);
        Output output(options.output, captures);
        if (options.format == "json") {
            reports::write_ladder_json(analysis, selection, output.sink());
        } else {
            reports::write_ladder(analysis, selection, text_style(options, output.descriptor()),
                                  output.sink());
        }
        output.finish();
        return ExitStatus::done;
    };
}

constexpr std::array<Example, 3> examples{{
    {"rungs ladder lab.pcapng --call 2", "who sent what to whom, for the second call"},
    {"rungs ladder lab.pcapng --ascii -o ladder.txt", "all ladders, for a plain text file"},
    {"rungs ladder lab.pcapng --to json", "participants and rungs for a program"},
}};

} // namespace

extern const Command ladder_command;
const Command ladder_command{"ladder", "FILE...", "Draw each call as a ladder of messages", examples,
                             declare};

} // namespace rungs::cli
