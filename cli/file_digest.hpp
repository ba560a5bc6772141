#pragma once

#include <string>
#include <vector>

namespace rungs::cli {

/// SHA-256 in hex of each file as it lies on the disk; "" for what cannot be read twice (a pipe).
std::vector<std::string> sha256_of(const std::vector<std::string>& paths);

} // namespace rungs::cli
