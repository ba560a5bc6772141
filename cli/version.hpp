#pragma once

#include <string_view>

namespace rungs::cli {

/// "0.1.0".
std::string_view version();

} // namespace rungs::cli
