#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "core/text.hpp"

namespace rungs::cli {
namespace {

/// Empty when it is not set.
std::string_view environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string_view{} : value;
}

/// The locale of `category`, by the precedence that POSIX gives (XBD section 8.2).
std::string_view locale_of(const char* category) {
    for (const char* name : {"LC_ALL", category, "LANG"}) {
        if (const auto value = environment(name); !value.empty()) return value;
    }
    return "C";
}

bool wants_color(const Options& options, int descriptor) {
    if (options.color != When::automatic) return options.color == When::always;
    return ::isatty(descriptor) == 1 && environment("NO_COLOR").empty() && !environment("TERM").empty() &&
           environment("TERM") != "dumb";
}

unsigned width_of(int descriptor) {
    constexpr unsigned usual = 100;
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return parse_number<unsigned>(environment("COLUMNS")).value_or(usual);
}

} // namespace

bool locale_is_utf8() {
    std::string_view charset = locale_of("LC_CTYPE");
    take_until(charset, '.');
    const std::string_view name = take_until(charset, '@');
    return iequals(name, "UTF-8") || iequals(name, "utf8");
}

reports::Language locale_language() {
    const bool chinese = locale_of("LC_MESSAGES").starts_with("zh");
    return chinese && locale_is_utf8() ? reports::Language::zh_cn : reports::Language::en;
}

reports::TextStyle text_style(const Options& options, int descriptor) {
    reports::TextStyle style;
    style.color = wants_color(options, descriptor);
    style.ascii = options.ascii || !locale_is_utf8();
    style.width = width_of(descriptor);
    style.language = options.language ? *options.language : locale_language();
    style.time = options.time;
    return style;
}

bool wants_progress(const Options& options) {
    if (options.quiet) return false;
    if (options.progress != When::automatic) return options.progress == When::always;
    return ::isatty(STDERR_FILENO) == 1;
}

} // namespace rungs::cli
