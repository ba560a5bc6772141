#include "cli/help.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace rungs::cli {
namespace {

constexpr std::size_t option_column = 28;

std::string usage(const Command& command) {
    std::string text = fmt::format("{}\n\nusage: {} [OPTION...] {}\n", command.summary, full_name(command),
                                   command.arguments);
    if (command.name.empty()) text += "       rungs COMMAND [OPTION...] FILE...\n";
    return text;
}

std::string examples_of(const Command& command) {
    std::size_t width = 0;
    for (const Example& example : command.examples) width = std::max(width, example.command.size());
    std::string text = "\nExamples:\n";
    for (const Example& example : command.examples) {
        text += fmt::format("  {:{}}   {}\n", example.command, width, example.what);
    }
    return text;
}

std::string list_of_commands() {
    std::string text = "\nCommands:\n";
    for (const Command* command : commands()) {
        if (!command->name.empty()) text += fmt::format("  {:10} {}\n", command->name, command->summary);
    }
    return text;
}

/// "-o, --output FILE".
std::string option_left(const CLI::Option& option) {
    std::string names;
    for (const std::string& name : option.get_snames())
        names += fmt::format("{}-{}", names.empty() ? "" : ", ", name);
    for (const std::string& name : option.get_lnames())
        names += fmt::format("{}--{}", names.empty() ? "" : ", ", name);
    const std::string value = option.get_type_size() == 0 ? "" : option.get_type_name();
    return value.empty() ? names : names + " " + value;
}

std::string option_line(const CLI::Option& option) {
    const std::string left = option_left(option);
    const bool fits = left.size() < option_column - 2;
    return fits ? fmt::format("  {:{}}{}\n", left, option_column - 2, option.get_description())
                : fmt::format("  {}\n{:{}}{}\n", left, "", option_column, option.get_description());
}

std::string list_of_options(const CLI::App& app) {
    std::string text;
    for (const std::string& group : app.get_groups()) {
        if (group.empty()) continue;
        text += fmt::format("\n{}:\n", group);
        const auto options =
            app.get_options([&](const CLI::Option* option) { return option->get_group() == group; });
        for (const CLI::Option* option : options) text += option_line(*option);
    }
    return text;
}

} // namespace

std::string short_help(const Command& command) {
    std::string text = usage(command) + examples_of(command);
    if (command.name.empty()) text += list_of_commands();
    return text + fmt::format("\n{} --help lists the options.\n", full_name(command));
}

std::string full_help(const Command& command, const CLI::App& app) {
    std::string text = usage(command) + examples_of(command);
    if (command.name.empty()) text += list_of_commands();
    text += list_of_options(app);
    text += "\nExit status: 0 done, 1 negative answer, 2 could not do it, 130 interrupted.\n";
    return text;
}

} // namespace rungs::cli
