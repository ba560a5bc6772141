#pragma once

#include <string>
#include <vector>

#include "core/result.hpp"

namespace rungs::cli {

struct Confinement {
    std::string user;                 ///< to become when started as root; empty: who called sudo, else nobody
    std::vector<std::string> folders; ///< where files may be written, all that is in them
    bool serves = false;              ///< accepts connections on a socket that is open already
};

/// What was given up, for -v.
struct Confined {
    std::string user; ///< empty when it stayed the same
    bool landlock = false;
};

/// Gives up for good what parsing packets does not need: root, all capabilities, new privileges, every system
/// call that is not on a list (no new sockets, no other programs, no tracing), and by Landlock, where the
/// kernel has it, every file outside `folders`. Open files stay open. Call it before threads are started.
/// Error: unknown user, or the kernel refused.
Result<Confined> confine(const Confinement& wanted);

} // namespace rungs::cli
