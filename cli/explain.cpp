#include <array>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"
#include "reports/explain/catalogue.hpp"

namespace rungs::cli {
namespace {

namespace explain = reports::explain;

constexpr std::array<std::string_view, 2> formats{"text", "markdown"};

struct ExplainOptions {
    bool list = false;
};

const explain::Entry& find_code(const std::string& code) {
    if (const explain::Entry* entry = explain::find(code)) return *entry;
    std::vector<std::string_view> known;
    for (const explain::Entry& entry : explain::catalogue()) known.push_back(entry.code);
    const auto near = nearest(code, known);
    throw Failure{{fmt::format("there is no finding \"{}\"", printable(code)),
                   near.empty() ? "rungs explain --list names all of them" : did_you_mean(near)}};
}

void write(const Options& options, bool list, const reports::TextStyle& style, reports::Sink& sink) {
    if (options.format == "markdown") {
        explain::write_markdown(sink);
    } else if (list) {
        explain::write_list(style, sink);
    } else {
        for (std::size_t i = 0; i < options.words.size(); ++i) {
            if (i != 0) sink.write("\n");
            explain::write_entry(find_code(options.words[i]), style, sink);
        }
    }
}

Action declare(CLI::App& app, Options& options) {
    auto explaining = std::make_shared<ExplainOptions>();
    app.add_option("CODE", options.words)->group("");
    app.add_flag("--list", explaining->list, "a line for every code there is")->group("Selection");
    add_output_options(app, options, formats);
    add_text_options(app, options);
    return [&options, explaining] {
        if (options.words.empty() && !explaining->list)
            throw Failure{{"explain needs a code", "rungs explain ack-missing; rungs explain --list"}};
        for (const std::string& code : options.words) find_code(code);
        Output output(options.output, {});
        write(options, explaining->list, text_style(options, output.descriptor()), output.sink());
        output.finish();
        return ExitStatus::done;
    };
}

constexpr std::array<Example, 3> examples{{
    {"rungs explain ack-missing", "what the finding means, with a good and a bad example"},
    {"rungs explain --list", "every code in one line"},
    {"rungs explain nat-sdp --lang zh_CN", "in Chinese"},
}};

} // namespace

extern const Command explain_command;
const Command explain_command{"explain", "CODE...", "Say what a finding means and why it matters", examples,
                              declare};

} // namespace rungs::cli
