#pragma once

#include <string_view>
#include <vector>

#include "analyzer/check/flow.hpp"

/// The flows that come with the program: samples/flows/*.yaml, compiled in.
namespace rungs::check {

struct BuiltinSource {
    std::string_view name; ///< file name without its ending
    std::string_view yaml;
};
/// In the order of their names.
std::vector<BuiltinSource> builtin_sources();

/// All of them, read once. They are right: a test reads each.
const std::vector<Flow>& builtin_flows();
/// nullptr when there is none of that name.
const Flow* find_builtin(std::string_view name);

} // namespace rungs::check
