#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "analyzer/filter/display_filter.hpp"
#include "analyzer/findings/skeleton.hpp"
#include "reports/report.hpp"

namespace rungs::cli {

enum class When : std::uint8_t { automatic, always, never };

/// What the command line said, checked. A command adds the groups that it understands.
struct Options {
    std::vector<std::string> read;  ///< -r
    std::vector<std::string> words; ///< positional: capture files, unless a command takes some of them
    std::string capture_filter;
    std::uint64_t packet_limit = 0;
    unsigned threads = 0; ///< 0: as many as there are processors, see `thread_count`
    findings::Profile profile = findings::Profile::automatic;

    std::vector<std::string> calls; ///< --call, numbers or Call-IDs
    std::optional<filter::DisplayFilter> filter;

    std::string password_file; ///< empty for none

    std::string_view format; ///< --to, out of the command's list
    std::string output = "-";
    std::string audio; ///< --audio, a folder; empty for no audio
    bool overwrite = false;

    reports::TimeFormat time = reports::TimeFormat::relative;
    When color = When::automatic;
    bool ascii = false;
    std::optional<reports::Language> language;

    When progress = When::automatic;
    bool quiet = false;
    int verbose = 0;
};

/// The captures to read, in the order given: -r first.
std::vector<std::string> captures_of(const Options& options);

/// How many threads to work with, at least 1.
unsigned thread_count(const Options& options);

/// -r, positional files, -f, -c, -n, --threads, --profile.
void add_capture_options(CLI::App& app, Options& options);
/// --call, -Y.
void add_selection_options(CLI::App& app, Options& options);
/// --password-file.
void add_password_option(CLI::App& app, Options& options);
/// --to with `formats` (the first is the default) and -o. `formats` has static storage.
void add_output_options(CLI::App& app, Options& options, std::span<const std::string_view> formats);
/// -t, --color, --ascii, --lang.
void add_text_options(CLI::App& app, Options& options);
/// -q, -v, --progress.
void add_message_options(CLI::App& app, Options& options);

/// Fills `options` from the arguments behind the command. Throws Failure for everything that is not
/// understood, with the nearest option as hint; `command` is how the user calls it ("rungs calls").
void parse(CLI::App& app, std::vector<std::string> arguments, std::string_view command);

} // namespace rungs::cli
