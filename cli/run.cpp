#include "cli/run.hpp"

#include <unistd.h>

#include <filesystem>
#include <new>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/confinement.hpp"
#include "cli/file_sink.hpp"
#include "cli/help.hpp"
#include "cli/interrupt.hpp"
#include "cli/say.hpp"
#include "cli/version.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace rungs::cli {
namespace {

struct Asked {
    bool short_help = false;
    bool full_help = false;
    bool version = false;
};

void add_common_options(CLI::App& app, Asked& asked) {
    constexpr const char* group = "Help";
    app.add_flag("-h", asked.short_help, "short help")->group(group);
    app.add_flag("--help", asked.full_help, "this help")->group(group);
    app.add_flag("-V,--version", asked.version, "the version")->group(group);
}

void print(std::string_view text) {
    FileSink sink(STDOUT_FILENO, "standard output");
    sink.write(text);
    sink.flush();
}

/// A first word that is neither a command nor a file was probably meant to be a command.
void check_first_word(const std::string& word) {
    std::error_code ignored;
    if (word.empty() || word.front() == '-' || std::filesystem::exists(word, ignored)) return;
    std::vector<std::string_view> names;
    for (const Command* command : commands()) {
        if (!command->name.empty()) names.push_back(command->name);
    }
    const auto near = nearest(word, names);
    if (near.empty()) return;
    throw Failure{
        {fmt::format("there is no command and no file \"{}\"", printable(word)), did_you_mean(near)}};
}

/// A command behind the options would be taken for a file.
void check_words(const Options& options) {
    for (const std::string& word : options.words) {
        std::error_code ignored;
        if (find_command(word) == nullptr || word.empty() || std::filesystem::exists(word, ignored)) continue;
        throw Failure{{fmt::format("the command {} comes first", word),
                       fmt::format("rungs {} [OPTION...] FILE...", word)}};
    }
}

/// The folder in which `path` will be made: the nearest one that is there.
std::string existing_folder(const std::string& path) {
    std::error_code ignored;
    std::filesystem::path folder =
        std::filesystem::weakly_canonical(std::filesystem::absolute(path, ignored), ignored);
    while (!folder.empty() && !std::filesystem::is_directory(folder, ignored) && folder.has_relative_path())
        folder = folder.parent_path();
    return folder.string();
}

/// From here on octets are read that somebody else may have chosen.
void confine(const Command& command, const Options& options) {
    if (command.access == Access::device) return;
    FileConfinement wanted;
    wanted.makes_processes = command.access == Access::processes;
    if (options.output != "-") wanted.folders.push_back(existing_folder(options.output));
    if (!options.audio.empty()) wanted.folders.push_back(existing_folder(options.audio));
    const Confined confined = confine_to_files(wanted);
    if (options.verbose > 0 && !(confined.calls && confined.landlock))
        say_note(fmt::format("this kernel has no {}: captures are read without that protection",
                             confined.calls ? "Landlock" : "seccomp"));
}

ExitStatus perform(const Command& command, std::vector<std::string> arguments, bool confined) {
    Options options;
    Asked asked;
    CLI::App app;
    app.set_help_flag(); // our own is longer
    const Action action = command.declare(app, options);
    add_message_options(app, options);
    add_common_options(app, asked);
    try {
        parse(app, std::move(arguments), full_name(command));
        if (asked.full_help) {
            print(full_help(command, app));
        } else if (asked.short_help) {
            print(short_help(command));
        } else if (asked.version) {
            print(fmt::format("rungs {}\n", version()));
        } else {
            check_words(options);
            if (confined) confine(command, options);
            return action();
        }
    } catch (const NothingToRead&) {
        say(short_help(command));
        return ExitStatus::could_not;
    }
    return ExitStatus::done;
}

ExitStatus dispatch(std::vector<std::string> arguments, bool confined) {
    const Command* command = nullptr;
    if (!arguments.empty() && !arguments.front().empty()) command = find_command(arguments.front());
    if (command != nullptr) {
        arguments.erase(arguments.begin());
    } else {
        command = commands().front();
        if (!arguments.empty()) check_first_word(arguments.front());
    }
    return perform(*command, std::move(arguments), confined);
}

ExitStatus guarded(std::vector<std::string> arguments, bool confined) {
    try {
        return dispatch(std::move(arguments), confined);
    } catch (const Failure& failure) {
        say_error(failure.error);
        return failure.status;
    } catch (const BrokenPipe&) {
        return ExitStatus::broken_pipe;
    } catch (const std::bad_alloc&) {
        say_error({"out of memory", "-c N or -f BPF reads less of the capture"});
        return ExitStatus::could_not;
    }
}

} // namespace

int run(int argc, char** argv, bool confined) {
    const Interrupts interrupts;
    const ExitStatus status =
        guarded(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc), confined);
    if (interrupted() && status != ExitStatus::broken_pipe) return static_cast<int>(ExitStatus::interrupted);
    return static_cast<int>(status);
}

} // namespace rungs::cli
