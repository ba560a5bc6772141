#pragma once

namespace rungs::cli {

/// The whole program: parses the command line, does what it says, returns the exit status (0 done and met, 1 negative
/// answer, 2 could not do it, 3 inconclusive, 130 interrupted).
int run(int argc, char** argv);

} // namespace rungs::cli
