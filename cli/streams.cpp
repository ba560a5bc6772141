#include "reports/streams.hpp"

#include <array>

#include "cli/captures.hpp"
#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"

namespace rungs::cli {
namespace {

constexpr std::array<std::string_view, 3> formats{"text", "json", "csv"};

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
            reports::write_streams_json(analysis, selection, output.sink());
        } else if (options.format == "csv") {
            reports::write_streams_csv(analysis, selection, output.sink());
        } else {
            reports::write_streams(analysis, selection, text_style(options, output.descriptor()),
                                   output.sink());
        }
        output.finish();
        return ExitStatus::done;
    };
}

constexpr std::array<Example, 3> examples{{
    {"rungs streams lab.pcapng", "packets, loss, jitter and quality of each RTP stream"},
    {"rungs streams lab.pcapng --call 2", "the media of one call"},
    {"rungs streams lab.pcapng --to csv -o streams.csv", "for a spreadsheet"},
}};

} // namespace

extern const Command streams_command;
const Command streams_command{"streams", "FILE...", "List the RTP streams: loss, jitter, quality", examples,
                              declare};

} // namespace rungs::cli
