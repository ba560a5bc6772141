#include <array>

#include "analyzer/filter/keep_calls.hpp"
#include "cli/captures.hpp"
#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/version.hpp"
#include "reports/json.hpp"

namespace rungs::cli {
namespace {

constexpr std::array<std::string_view, 2> formats{"json", "ndjson"};

Action declare(CLI::App& app, Options& options) {
    add_capture_options(app, options);
    add_selection_options(app, options);
    add_output_options(app, options, formats);
    return [&options] {
        const auto captures = captures_of(options);
        Analysis analysis = read_captures(options, captures);
        const auto selection = select_calls(analysis, options);
        if (!selection.all()) filter::keep_calls(analysis, selection.calls);
        Output output(options.output, captures);
        const auto write = options.format == "ndjson" ? reports::write_ndjson : reports::write_json;
        write(analysis, version(), output.sink(), nullptr);
        output.finish();
        return ExitStatus::done;
    };
}

constexpr std::array<Example, 3> examples{{
    {"rungs export lab.pcapng -o lab.json", "all that was found, schema rungs.analysis/1"},
    {"rungs export lab.pcapng --to ndjson | grep '\"type\":\"call\"'", "an object a line"},
    {"rungs export lab.pcapng --call 2", "one call, numbered anew"},
}};

} // namespace

extern const Command export_command;
const Command export_command{"export", "FILE...", "Write the analysis for programs", examples, declare};

} // namespace rungs::cli
