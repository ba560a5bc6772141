#pragma once

#include <string_view>

#include "core/result.hpp"

/// Messages for people: standard error, whole lines, nothing a terminal could act on.
namespace rungs::cli {

/// `error: ...` and `hint: ...`; further lines of the message (a place with its caret) stand between.
void say_error(const Error& error);
void say_warning(std::string_view text);
void say_note(std::string_view text);

/// Writes as it is.
void say(std::string_view text);

} // namespace rungs::cli
