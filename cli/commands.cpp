#include <algorithm>
#include <array>

#include "cli/command.hpp"

namespace rungs::cli {

// A command is a file and a line in both lists.
extern const Command overview_command;
extern const Command calls_command;
extern const Command ladder_command;
extern const Command streams_command;
extern const Command message_command;
extern const Command check_command;
extern const Command grade_command;
extern const Command flows_command;
extern const Command report_command;
extern const Command export_command;
extern const Command live_command;
extern const Command explain_command;

namespace {
constexpr auto table = std::to_array<const Command*>({
    &overview_command, //
    &calls_command,    //
    &ladder_command,   //
    &streams_command,  //
    &message_command,  //
    &check_command,    //
    &grade_command,    //
    &flows_command,    //
    &report_command,   //
    &export_command,   //
    &live_command,     //
    &explain_command,  //
});
} // namespace

std::span<const Command* const> commands() {
    return table;
}

const Command* find_command(std::string_view name) {
    const auto* const found = std::ranges::find(table, name, &Command::name);
    return found == table.end() ? nullptr : *found;
}

std::string full_name(const Command& command) {
    return command.name.empty() ? "rungs" : "rungs " + std::string(command.name);
}

} // namespace rungs::cli
