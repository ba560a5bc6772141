#include "cli/options.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/failure.hpp"
#include "core/limits/threads.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace rungs::cli {
namespace {

constexpr const char* captures_group = "Captures";
constexpr const char* selection_group = "Selection";
constexpr const char* output_group = "Output";
constexpr const char* messages_group = "Messages";

template <typename T>
struct Choice {
    std::string_view name;
    T value;
};

constexpr std::array<Choice<When>, 3> when_choices{
    {{"auto", When::automatic}, {"always", When::always}, {"never", When::never}}};

constexpr std::array<Choice<reports::TimeFormat>, 5> time_choices{{
    {"a", reports::TimeFormat::absolute},
    {"ad", reports::TimeFormat::absolute_date},
    {"d", reports::TimeFormat::delta},
    {"e", reports::TimeFormat::epoch},
    {"r", reports::TimeFormat::relative},
}};

constexpr std::array<Choice<reports::Language>, 2> language_choices{
    {{"en", reports::Language::en}, {"zh_CN", reports::Language::zh_cn}}};

constexpr std::array<Choice<findings::Profile>, 3> profile_choices{{{"auto", findings::Profile::automatic},
                                                                    {"skeleton", findings::Profile::skeleton},
                                                                    {"full", findings::Profile::full}}};

[[noreturn]] void refuse_word(std::string_view option, std::string_view word,
                              std::span<const std::string_view> known) {
    std::string hint = did_you_mean(nearest(word, known));
    if (hint.empty()) hint = fmt::format("it is one of {}", fmt::join(known, ", "));
    throw Failure{{fmt::format("{} does not know \"{}\"", option, printable(word)), std::move(hint)}};
}

/// An option whose value is taken by `take`; given twice, the last one counts.
template <typename Take>
CLI::Option* add_value(CLI::App& app, const char* names, Take take, std::string description,
                       const char* value) {
    return app.add_option_function<std::string>(names, take, std::move(description))
        ->type_name(value)
        ->take_last();
}

/// An option with one of a few words as its value.
template <typename T, std::size_t N, typename Set>
CLI::Option* add_choice(CLI::App& app, const char* name, const std::array<Choice<T>, N>& choices, Set set,
                        std::string description) {
    std::array<std::string_view, N> words;
    std::ranges::transform(choices, words.begin(), &Choice<T>::name);
    const auto take = [name, &choices, words, set](const std::string& word) {
        const auto* const found = std::ranges::find(choices, std::string_view(word), &Choice<T>::name);
        if (found == choices.end()) refuse_word(name, word, words);
        set(found->value);
    };
    return add_value(app, name, take, std::move(description), "WORD")
        ->type_name(fmt::format("{}", fmt::join(words, "|")));
}

/// Spelled with their dashes, without hidden ones.
std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_group().empty()) continue;
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
        for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    }
    return names;
}

} // namespace

std::vector<std::string> captures_of(const Options& options) {
    std::vector<std::string> captures = options.read;
    captures.insert(captures.end(), options.words.begin(), options.words.end());
    return captures;
}

unsigned thread_count(const Options& options) {
    if (options.threads != 0) return options.threads;
    return std::clamp(std::thread::hardware_concurrency(), 1U, limits::default_threads);
}

void add_capture_options(CLI::App& app, Options& options) {
    app.add_option("FILE", options.words)->group("");
    app.add_option("-r,--read", options.read,
                   "a capture to read; several are merged by time, - is standard input")
        ->type_name("FILE")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all()
        ->group(captures_group);
    add_value(
        app, "-f", [&options](const std::string& text) { options.capture_filter = text; },
        "only packets that this pcap-filter(7) expression selects", "BPF")
        ->group(captures_group);
    add_value(
        app, "-c",
        [&options](const std::string& text) {
            const auto number = parse_number<std::uint64_t>(text);
            if (!number || *number == 0) {
                throw Failure{{fmt::format("-c needs a number of packets, not \"{}\"", printable(text)),
                               "-c 1000 stops after 1000 packets"}};
            }
            options.packet_limit = *number;
        },
        "stop after so many packets", "N")
        ->group(captures_group);
    add_value(
        app, "--threads",
        [&options](const std::string& text) {
            const auto number = parse_number<unsigned>(text);
            if (!number || *number == 0 || *number > limits::threads) {
                throw Failure{{fmt::format("--threads needs a number from 1 to {}, not \"{}\"",
                                           limits::threads, printable(text)),
                               "without it rungs takes as many as there are processors, up to four"}};
            }
            options.threads = *number;
        },
        "work with so many threads; what comes out is the same", "N")
        ->group(captures_group);
    add_choice(
        app, "--profile", profile_choices,
        [&options](findings::Profile profile) { options.profile = profile; },
        "skeleton: say once for each kind of message which mandatory headers are missing; auto: where most "
        "have none")
        ->group(captures_group);
    app.add_flag("-n")
        ->description("accepted, and always so: names are never looked up")
        ->group(captures_group);
    app.add_option_function<std::string>(
           "-I",
           [](const std::string& text) {
               throw Failure{{"there is no option -I",
                              fmt::format("sngrep's -I is rungs -r: rungs -r {}", printable(text))}};
           })
        ->group("");
}

void add_selection_options(CLI::App& app, Options& options) {
    app.add_option("--call", options.calls, "only this call: its number or a Call-ID; may be repeated")
        ->type_name("N|CALL-ID")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all()
        ->group(selection_group);
    add_value(
        app, "-Y",
        [&options](const std::string& text) {
            auto filter = filter::DisplayFilter::parse(text);
            if (!filter) throw Failure{filter.error()};
            options.filter = std::move(*filter);
        },
        "only calls with a message that fits: sip.Method == \"BYE\" && ip.src == 192.0.2.1", "FILTER")
        ->group(selection_group);
}

void add_password_option(CLI::App& app, Options& options) {
    add_value(
        app, "--password-file", [&options](const std::string& path) { options.password_file = path; },
        "verify digest responses: lines user:password, user@realm:password or a password alone; - is "
        "standard "
        "input",
        "FILE")
        ->group(selection_group);
}

void add_output_options(CLI::App& app, Options& options, std::span<const std::string_view> formats) {
    options.format = formats.front();
    add_value(
        app, "--to",
        [&options, formats](const std::string& word) {
            const auto found = std::ranges::find(formats, std::string_view(word));
            if (found == formats.end()) refuse_word("--to", word, formats);
            options.format = *found;
        },
        fmt::format("what to write: {}; else {}", fmt::join(formats, ", "), formats.front()), "FORMAT")
        ->group(output_group);
    add_value(
        app, "-o,--output", [&options](const std::string& path) { options.output = path; },
        "where to write it, - is standard output; a file appears whole or not at all", "FILE")
        ->group(output_group);
}

void add_text_options(CLI::App& app, Options& options) {
    add_choice(
        app, "-t", time_choices, [&options](reports::TimeFormat time) { options.time = time; },
        "times: of day, with date, since the line before, since 1970, since the start")
        ->group(output_group);
    add_choice(
        app, "--color", when_choices, [&options](When when) { options.color = when; },
        "auto: on a terminal, unless NO_COLOR is set")
        ->group(output_group);
    app.add_flag("--ascii", options.ascii, "draw with ASCII only; so by itself when the locale is not UTF-8")
        ->group(output_group);
    add_choice(
        app, "--lang", language_choices,
        [&options](reports::Language language) { options.language = language; },
        "language of the report; else what the locale says")
        ->group(output_group);
}

void add_message_options(CLI::App& app, Options& options) {
    app.add_flag("-q,--quiet", options.quiet, "no warnings and no progress")->group(messages_group);
    app.add_flag("-v,--verbose", options.verbose, "say more about what was read")->group(messages_group);
    add_choice(
        app, "--progress", when_choices, [&options](When when) { options.progress = when; },
        "how far reading is; auto: on a terminal")
        ->group(messages_group);
}

void parse(CLI::App& app, std::vector<std::string> arguments, std::string_view command) {
    app.allow_extras();
    const std::string help = fmt::format("{} --help lists the options", command);
    try {
        std::ranges::reverse(arguments); // as CLI11 wants them
        app.parse(std::move(arguments));
    } catch (const CLI::ArgumentMismatch& mismatch) {
        std::string_view what = mismatch.what();
        throw Failure{{fmt::format("{} needs a value", take_until(what, ':')), help}};
    } catch (const CLI::ParseError& error) {
        throw Failure{{error.what(), help}};
    }
    const std::vector<std::string> unknown = app.remaining();
    if (unknown.empty()) return;
    const std::vector<std::string> names = option_names(app);
    const std::vector<std::string_view> known(names.begin(), names.end());
    std::string hint = did_you_mean(nearest(unknown.front(), known));
    throw Failure{{fmt::format("{} has no option {}", command, printable(unknown.front())),
                   hint.empty() ? help : hint}};
}

} // namespace rungs::cli
