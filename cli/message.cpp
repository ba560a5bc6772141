#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "cli/captures.hpp"
#include "cli/command.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "core/text.hpp"
#include "reports/text.hpp"

namespace rungs::cli {
namespace {

constexpr std::array<std::string_view, 1> formats{"text"};

/// The frame number is the last word; what stands before it are files.
std::uint64_t take_frame(Options& options) {
    if (options.words.empty()) throw Failure{{"message needs a frame number", "rungs message FILE FRAME"}};
    const std::string word = options.words.back();
    options.words.pop_back();
    const auto frame = parse_number<std::uint64_t>(word);
    if (!frame) {
        throw Failure{{fmt::format("\"{}\" is no frame number", printable(word)),
                       "the number stands last: rungs message FILE FRAME; rungs ladder shows the numbers"}};
    }
    return *frame;
}

/// The frames with a message around one that has none.
std::string neighbours(const Analysis& analysis, std::uint64_t frame) {
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    for (const Message& message : analysis.messages) {
        if (message.frame < frame) before = std::max(before, message.frame);
        if (message.frame > frame && (after == 0 || message.frame < after)) after = message.frame;
    }
    if (before == 0 && after == 0) return "no frame here carries a message";
    if (before == 0) return fmt::format("the first message is in frame {}", after);
    if (after == 0) return fmt::format("the last message is in frame {}", before);
    return fmt::format("the nearest messages are in frames {} and {}", before, after);
}

Action declare(CLI::App& app, Options& options) {
    add_capture_options(app, options);
    add_output_options(app, options, formats);
    add_text_options(app, options);
    return [&options] {
        if (captures_of(options).empty()) throw NothingToRead{};
        const std::uint64_t frame = take_frame(options);
        const auto captures = captures_of(options);
        const Analysis analysis = read_captures(options, captures);
        Output output(options.output, captures);
        const auto style = text_style(options, output.descriptor());
        if (!reports::write_message(analysis, frame, style, output.sink())) {
            throw Failure{{fmt::format("frame {} carries no message", frame), neighbours(analysis, frame)},
                          ExitStatus::negative};
        }
        output.finish();
        return ExitStatus::done;
    };
}

constexpr std::array<Example, 2> examples{{
    {"rungs message lab.pcapng 17", "frame 17, as sent and field by field"},
    {"rungs message -r a.pcap -r b.pcap 17", "frame 17 of both captures merged"},
}};

} // namespace

extern const Command message_command;
const Command message_command{"message", "FILE... FRAME", "Show the messages of one frame, raw and parsed",
                              examples, declare};

} // namespace rungs::cli
