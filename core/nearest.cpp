#include "core/nearest.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace rungs {

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
    const std::size_t apart = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
    if (apart > limit) return limit + 1;

    // Three rows of the table: a swap looks two rows back.
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        std::size_t best = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const char x = ascii_lower(a[i - 1]);
            const char y = ascii_lower(b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (x == y ? 0U : 1U)});
            const bool swapped = i > 1 && j > 1 && x == ascii_lower(b[j - 2]) && ascii_lower(a[i - 2]) == y;
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
            best = std::min(best, row[j]);
        }
        if (best > limit) return limit + 1;
        std::swap(before, above);
        std::swap(above, row);
    }
    return std::min(above[b.size()], limit + 1);
}

std::vector<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates,
                                      std::size_t most) {
    struct Near {
        std::size_t distance;
        std::string_view name;
    };
    // One letter replaced by another is no likeness.
    const std::size_t limit = word.size() < 2 ? 0 : std::max<std::size_t>(1, word.size() / 3);
    std::vector<Near> found;
    for (const std::string_view candidate : candidates) {
        const std::size_t distance = edit_distance(word, candidate, limit);
        const bool begun = word.size() >= 2 && istarts_with(candidate, word);
        if (distance <= limit || begun) found.push_back({distance, candidate});
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Near& a, const Near& b) { return a.distance < b.distance; });
    std::vector<std::string_view> names;
    for (const Near& near : found) {
        if (names.size() == most) break;
        names.push_back(near.name);
    }
    return names;
}

std::string did_you_mean(std::span<const std::string_view> words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
        text += words[i];
    }
    return text.empty() ? text : "did you mean " + text + "?";
}

} // namespace rungs
