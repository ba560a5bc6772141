#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/failure.hpp"
#include "cli/options.hpp"

namespace rungs::cli {

struct Example {
    std::string_view command;
    std::string_view what;
};

/// What a command does once the command line is read.
using Action = std::function<ExitStatus()>;

/// What it does with what it was given, which decides what is given up before (see cli/confinement.hpp).
enum class Access : std::uint8_t {
    files,     ///< reads and writes files
    processes, ///< that, in processes of its own
    device,    ///< reads a network interface, and confines itself when it is open
};

/// One command, defined in the file of its name.
struct Command {
    std::string_view name;      ///< empty for the overview, which is what `rungs FILE` does
    std::string_view arguments; ///< as the usage line shows them
    std::string_view summary;   ///< one line, no full stop
    std::span<const Example> examples;
    /// Adds its options; the action refers to `options`, which the caller keeps alive until it has run.
    Action (*declare)(CLI::App& app, Options& options);
    Access access = Access::files;
};

/// The overview first.
std::span<const Command* const> commands();
/// By its name; nullptr when there is none.
const Command* find_command(std::string_view name);

/// "rungs calls".
std::string full_name(const Command& command);

} // namespace rungs::cli
