#include "reports/width.hpp"

#include <algorithm>

#include <utf8proc.h>

#include "core/text.hpp"

namespace rungs::reports {
namespace {

struct Cluster {
    std::size_t octets = 0;
    std::size_t columns = 0;
};

bool is_regional_indicator(std::int32_t code_point) {
    return code_point >= 0x1f1e6 && code_point <= 0x1f1ff;
}

/// The cluster at the front of `text`, which is not empty.
Cluster next_cluster(std::string_view text) {
    constexpr std::int32_t emoji_presentation = 0xfe0f;
    Cluster cluster;
    std::int32_t before = 0;
    utf8proc_int32_t state = 0;
    while (cluster.octets < text.size()) {
        const CodePoint point = next_code_point(text.substr(cluster.octets));
        const std::int32_t value = point.value < 0 ? 0xfffd : point.value;
        if (cluster.octets > 0 && utf8proc_grapheme_break_stateful(before, value, &state)) break;
        cluster.octets += point.size;
        // The widest code point is the picture; what joins it adds nothing.
        auto width = static_cast<std::size_t>(std::max(0, utf8proc_charwidth(value)));
        if (value == emoji_presentation || is_regional_indicator(value)) width = 2;
        cluster.columns = std::max(cluster.columns, width);
        before = value;
    }
    return cluster;
}

/// True where a line may end behind `c` although no blank follows.
bool breaks_after(char c) {
    return c == ';' || c == ',' || c == '?' || c == '@';
}

/// Octets of `text` that make the next line.
std::size_t line_octets(std::string_view text, std::size_t width) {
    std::size_t fits = 0;
    std::size_t used = 0;
    while (fits < text.size()) {
        const Cluster cluster = next_cluster(text.substr(fits));
        if (used + cluster.columns > width && fits > 0) break;
        fits += cluster.octets;
        used += cluster.columns;
    }
    if (fits == text.size() || text[fits] == ' ') return fits;
    if (const auto blank = text.rfind(' ', fits - 1); blank != std::string_view::npos && blank > 0)
        return blank;
    for (std::size_t end = fits; end > 1; --end) {
        if (breaks_after(text[end - 1])) return end;
    }
    return fits;
}

} // namespace

std::size_t columns(std::string_view text) {
    std::size_t total = 0;
    while (!text.empty()) {
        const Cluster cluster = next_cluster(text);
        total += cluster.columns;
        text.remove_prefix(cluster.octets);
    }
    return total;
}

std::string pad_right(std::string_view text, std::size_t width) {
    std::string padded(text);
    padded.append(width - std::min(width, columns(text)), ' ');
    return padded;
}

std::string pad_left(std::string_view text, std::size_t width) {
    std::string padded(width - std::min(width, columns(text)), ' ');
    return padded += text;
}

std::string center(std::string_view text, std::size_t width) {
    const std::size_t room = width - std::min(width, columns(text));
    std::string centered(room / 2, ' ');
    centered += text;
    return centered.append(room - room / 2, ' ');
}

std::vector<std::string_view> wrap(std::string_view text, std::size_t width) {
    std::vector<std::string_view> lines;
    do {
        const std::size_t end = line_octets(text, width);
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    } while (!text.empty());
    return lines;
}

} // namespace rungs::reports
