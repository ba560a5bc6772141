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
    bool calls = false; ///< a list of system calls
};

/// Gives up for good what parsing packets does not need: root, all capabilities, new privileges, every system
/// call that is not on a list (no new sockets, no other programs, no tracing), and by Landlock, where the
/// kernel has it, every file outside `folders`. Open files stay open. Call it before threads are started.
/// Error: unknown user, or the kernel refused.
Result<Confined> confine(const Confinement& wanted);

/// What a command that reads files keeps beside reading.
struct FileConfinement {
    std::vector<std::string> folders; ///< where files may be made and replaced, those of them that exist
    bool makes_processes = false;     ///< copies of itself, which can confine themselves further
};

/// Gives up for good what reading captures and writing reports does not need: new privileges, every system
/// call that is not on a list (no sockets, no other programs, no tracing), and by Landlock writing outside
/// `folders` and the folder for temporary files. As far as this kernel goes: what it does not have is no
/// error, since captures are read without any rights of their own. Call it before threads are started.
Confined confine_to_files(const FileConfinement& wanted);

} // namespace rungs::cli
