#pragma once

#include <string_view>

#include "cli/options.hpp"
#include "reports/report.hpp"

namespace rungs::cli {

/// What the environment says, as far as it matters here.
bool locale_is_utf8();
/// Chinese when the locale is (and can show it), else English.
reports::Language locale_language();

/// How to write text to `descriptor`: options first, then the terminal and the environment.
reports::TextStyle text_style(const Options& options, int descriptor);

/// Whether --progress lets a progress line be drawn on standard error.
bool wants_progress(const Options& options);

} // namespace rungs::cli
