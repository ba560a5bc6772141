#include "analyzer/grade/glob.hpp"

#include "core/text.hpp"

namespace rungs::grade {
namespace {

std::int32_t take(std::string_view& text) {
    const CodePoint point = next_code_point(text);
    const char first = text.front();
    text.remove_prefix(point.size);
    if (point.value < 0)
        return -1 - static_cast<unsigned char>(first); // an octet that is no UTF-8, as itself
    return point.value < 0x80 ? ascii_lower(static_cast<char>(point.value)) : point.value;
}

/// The set behind `[`, taken off `pattern`. False when the set has no end.
bool take_set(std::string_view& pattern, std::int32_t wanted, bool& fits) {
    const bool negated = !pattern.empty() && (pattern.front() == '!' || pattern.front() == '^');
    if (negated) pattern.remove_prefix(1);
    bool found = false;
    for (bool first = true; !pattern.empty(); first = false) {
        if (pattern.front() == ']' && !first) {
            pattern.remove_prefix(1);
            fits = found != negated;
            return true;
        }
        const std::int32_t low = take(pattern);
        std::int32_t high = low;
        if (pattern.size() > 1 && pattern[0] == '-' && pattern[1] != ']') {
            pattern.remove_prefix(1);
            high = take(pattern);
        }
        found = found || (wanted >= low && wanted <= high);
    }
    return false;
}

/// A character that fits the set at the front of `pattern`, which is taken off: its first, where that one is
/// none of those left out. "x" when nothing simple fits.
std::string take_set_example(std::string_view& pattern) {
    std::string_view behind = pattern.substr(1);
    bool fits = false;
    if (!take_set(behind, 0, fits)) behind = {};
    const std::string_view set = pattern.substr(1);
    std::string_view rest = set;
    if (!rest.empty()) take(rest);
    const std::string_view first = set.substr(0, set.size() - rest.size());
    pattern = behind;
    for (const std::string_view candidate : {first, std::string_view("x"), std::string_view("0"),
                                             std::string_view("_"), std::string_view("-")}) {
        std::string_view character = candidate, inside = set;
        if (character.empty()) continue;
        const std::int32_t wanted = take(character);
        if (take_set(inside, wanted, fits) && fits) return std::string(candidate);
    }
    return "x";
}

/// One character of `name` against the front of `pattern`, which is no star. Both are taken off when they
/// fit.
bool take_one(std::string_view& pattern, std::string_view& name) {
    if (pattern.empty() || name.empty()) return false;
    std::string_view rest = pattern;
    std::string_view behind = name;
    const std::int32_t character = take(behind);
    bool fits = false;
    if (rest.front() == '[') {
        rest.remove_prefix(1);
        if (!take_set(rest, character, fits)) return false;
    } else {
        const bool any = rest.front() == '?';
        fits = take(rest) == character || any;
    }
    if (!fits) return false;
    pattern = rest;
    name = behind;
    return true;
}

} // namespace

bool glob_matches(std::string_view pattern, std::string_view name) {
    // Only the last star may have to take more: what fitted before it stays as it is.
    std::optional<std::string_view> behind_star;
    std::string_view star_name;
    while (true) {
        if (!pattern.empty() && pattern.front() == '*') {
            pattern.remove_prefix(1);
            behind_star = pattern;
            star_name = name;
        } else if (pattern.empty() && name.empty()) {
            return true;
        } else if (!take_one(pattern, name)) {
            if (!behind_star || star_name.empty()) return false;
            take(star_name);
            pattern = *behind_star;
            name = star_name;
        }
    }
}

std::optional<std::size_t> glob_mistake(std::string_view pattern) {
    std::string_view rest = pattern;
    while (!rest.empty()) {
        const std::size_t at = pattern.size() - rest.size();
        if (rest.front() != '[') {
            take(rest);
            continue;
        }
        std::string_view set = rest.substr(1);
        bool ignored = false;
        if (!take_set(set, 0, ignored)) return at;
        for (std::string_view inside = rest.substr(1, rest.size() - set.size() - 2); inside.size() >= 3;) {
            const std::int32_t low = take(inside);
            if (inside.size() < 2 || inside.front() != '-') continue;
            inside.remove_prefix(1);
            if (take(inside) < low) return at;
        }
        rest = set;
    }
    return std::nullopt;
}

std::string glob_example(std::string_view pattern) {
    std::string example;
    while (!pattern.empty()) {
        const std::string_view before = pattern;
        if (pattern.front() == '[') {
            example += take_set_example(pattern);
            continue;
        }
        take(pattern);
        if (before.front() == '?') example += 'x';
        if (before.front() != '?' && before.front() != '*')
            example += before.substr(0, before.size() - pattern.size());
    }
    return example;
}

} // namespace rungs::grade
