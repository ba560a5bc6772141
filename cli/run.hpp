#pragma once

namespace rungs::cli {

/// The whole program: parses the command line, does what it says, returns the exit status (ExitStatus in
/// failure.hpp).
int run(int argc, char** argv);

} // namespace rungs::cli
