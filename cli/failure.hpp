#pragma once

#include "core/result.hpp"

namespace rungs::cli {

/// What the program answers with; scripts rely on it.
enum class ExitStatus : int {
    done = 0,
    negative = 1,      ///< an expectation failed, nothing matched
    could_not = 2,     ///< usage, unreadable input, no permission
    inconclusive = 3,  ///< `check`; `live` when packets were dropped or calls given up
    interrupted = 130, ///< SIGINT; what was read is written and marked
    broken_pipe = 141, ///< nobody reads the output any more; silent
};

/// Thrown in cli/ alone, caught in `run`: says why on standard error and ends with the status.
struct Failure {
    Error error;
    ExitStatus status = ExitStatus::could_not;
};

/// Thrown when a command needs a capture and none was given: `run` shows its short help.
struct NothingToRead {};

/// Thrown when the reader of the output went away.
struct BrokenPipe {};

} // namespace rungs::cli
