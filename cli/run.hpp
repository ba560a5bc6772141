#pragma once

namespace rungs::cli {

/// The whole program: parses the command line, does what it says, returns the exit status (ExitStatus in
/// failure.hpp). With `confined` the process first gives up for good what the command does not need (see
/// confinement.hpp).
int run(int argc, char** argv, bool confined = false);

} // namespace rungs::cli
