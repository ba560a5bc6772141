#pragma once

#include <string>

#include "cli/command.hpp"

namespace rungs::cli {

/// -h: what it does, how it is called, what else there is. A screen at most.
std::string short_help(const Command& command);

/// --help: examples first, then every option of `app`.
std::string full_help(const Command& command, const CLI::App& app);

} // namespace rungs::cli
