#include "cli/say.hpp"

#include <unistd.h>

#include <string>

#include "core/text.hpp"

namespace rungs::cli {
namespace {

/// Every line of `text` on its own, made printable: messages quote what users and captures contain.
std::string lines(std::string_view label, std::string_view text) {
    std::string out(label);
    while (!text.empty()) out += printable(take_until(text, '\n')) + "\n";
    return out;
}

} // namespace

void say(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return; // nobody listens: the exit status still tells
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

void say_error(const Error& error) {
    std::string text = lines("error: ", error.message);
    if (!error.hint.empty()) text += lines("hint: ", error.hint);
    say(text);
}

void say_warning(std::string_view text) {
    say(lines("warning: ", text));
}

void say_note(std::string_view text) {
    say(lines("note: ", text));
}

} // namespace rungs::cli
