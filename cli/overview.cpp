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
    add_password_option(app, options);
    add_output_options(app, options, formats);
    add_text_options(app, options);
    return [&options] {
        const auto captures = captures_of(options);
        const Analysis analysis = read_captures(options, captures);
        Output output(options.output, captures);
        reports::write_overview(analysis, text_style(options, output.descriptor()), output.sink());
        output.finish();
        return ExitStatus::done;
    };
}

constexpr std::array<Example, 3> examples{{
    {"rungs lab.pcapng", "what is in it, and what to type next"},
    {"rungs caller.pcap callee.pcap", "both sides, merged by time"},
    {"tcpdump -w - udp | rungs -", "what another program captures"},
}};

} // namespace

extern const Command overview_command;
const Command overview_command{"", "FILE...", "Captures of calls: which there were and how each one went",
                               examples, declare};

} // namespace rungs::cli
