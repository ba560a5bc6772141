#include "analyzer/grade/points.hpp"

#include <fmt/format.h>

#include "core/text.hpp"

namespace rungs::grade {

std::optional<check::Points> parse_points(std::string_view text) {
    constexpr std::int64_t most = 1'000'000'000;
    constexpr std::size_t decimals = 4;
    text = trim(text);
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const std::size_t point = text.find_first_of(".,");
    std::string digits(point == std::string_view::npos ? std::string_view() : text.substr(point + 1));
    if (point != std::string_view::npos && (digits.empty() || digits.size() > decimals)) return std::nullopt;
    digits.resize(decimals, '0');
    const auto whole = parse_number<std::int64_t>(text.substr(0, point));
    const auto part = parse_number<std::int64_t>(digits);
    if (!whole || !part || *whole > most) return std::nullopt;
    constexpr std::int64_t finest = 10'000 / check::Points::per_point;
    if (*part % finest != 0) return std::nullopt;
    const std::int64_t parts = *whole * check::Points::per_point + *part / finest;
    return check::Points{negative ? -parts : parts};
}

std::string to_decimal(check::Points points) {
    std::string text = fmt::format("{:.4f}", points.value());
    text.resize(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

} // namespace rungs::grade
