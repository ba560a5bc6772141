#pragma once

#include <string>

#include "dissectors/msn/message.hpp"

namespace rungs::msn {

/// One line for ladders and lists: `MSG invitation INVITE audio cookie 23939640`, `CAL 39 bob@example.net`.
/// Secrets are `***`; captured text is cut at a readable length and printable on any terminal.
std::string describe(const Message& message);

} // namespace rungs::msn
