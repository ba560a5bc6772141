#pragma once

#include <string>
#include <string_view>

#include "analyzer/grade/contents.hpp"
#include "analyzer/grade/intake_rules.hpp"

namespace rungs::grade {

inline Item remark_at(const Path& place, const findings::Rule& rule, std::string en, std::string zh_cn) {
    return {place, {}, {}, Remark{std::string(rule.code), std::move(en), std::move(zh_cn)}};
}

/// The limit that was reached, by its name in docs/limits.md.
Item limit_at(const Path& place, std::string_view limit, std::string_view where);

} // namespace rungs::grade
