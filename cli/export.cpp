#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "analyzer/filter/keep_calls.hpp"
#include "analyzer/media/audio.hpp"
#include "cli/captures.hpp"
#include "cli/command.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/version.hpp"
#include "core/text.hpp"
#include "reports/json.hpp"

namespace rungs::cli {
namespace {

constexpr std::array<std::string_view, 2> formats{"json", "ndjson"};

ExitStatus export_audio(const Analysis& analysis, const reports::Selection& selection, const Options& options,
                        const std::vector<std::string>& captures) {
    if (captures.empty() || std::ranges::find(captures, "-") != captures.end())
        throw Failure{{"--audio reads the capture twice, which standard input does not allow",
                       "save it to a file first"}};
    media::AudioOptions audio;
    audio.paths = captures;
    audio.capture_filter = options.capture_filter;
    audio.packet_limit = options.packet_limit;
    audio.directory = options.audio;
    audio.overwrite = options.overwrite;
    audio.calls = selection.calls;
    audio.stop = &interrupted();
    const auto files = media::write_audio(analysis, audio);
    if (!files) throw Failure{files.error()};
    Output output(options.output, captures);
    bool any = false;
    for (const media::AudioFile& file : *files) {
        any = any || !file.path.empty();
        output.sink().write(file.path.empty() ? fmt::format("stream {}: {}\n", file.stream, file.reason)
                                              : fmt::format("{}  {:.3f} s{}{}\n", printable(file.path),
                                                            to_seconds(file.length),
                                                            file.reason.empty() ? "" : ", ", file.reason));
    }
    output.finish();
    return any ? ExitStatus::done : ExitStatus::negative;
}

Action declare(CLI::App& app, Options& options) {
    add_capture_options(app, options);
    add_selection_options(app, options);
    add_password_option(app, options);
    add_output_options(app, options, formats);
    app.add_option("--audio", options.audio,
                   "write the sound of streams and calls into this folder instead, as WAV")
        ->type_name("DIR")
        ->group("Output");
    app.add_flag("--overwrite", options.overwrite, "with --audio: replace files that are there")
        ->group("Output");
    return [&options] {
        const auto captures = captures_of(options);
        Analysis analysis = read_captures(options, captures);
        const auto selection = select_calls(analysis, options);
        if (!options.audio.empty()) return export_audio(analysis, selection, options, captures);
        if (!selection.all()) filter::keep_calls(analysis, selection.calls);
        Output output(options.output, captures);
        const auto write = options.format == "ndjson" ? reports::write_ndjson : reports::write_json;
        write(analysis, version(), output.sink(), nullptr, thread_count(options));
        output.finish();
        return ExitStatus::done;
    };
}

constexpr std::array<Example, 4> examples{{
    {"rungs export lab.pcapng -o lab.json", "all that was found, schema rungs.analysis/1"},
    {"rungs export lab.pcapng --to ndjson | grep '\"type\":\"call\"'", "an object a line"},
    {"rungs export lab.pcapng --call 2", "one call, numbered anew"},
    {"rungs export lab.pcapng --audio sound", "a WAV file a stream, a stereo one a call"},
}};

} // namespace

extern const Command export_command;
const Command export_command{"export", "FILE...", "Write the analysis for programs", examples, declare};

} // namespace rungs::cli
