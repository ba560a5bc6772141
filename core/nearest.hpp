#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// "Did you mean": which known words an unknown one could have been.
namespace rungs {

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal string
/// alignment), in octets, ASCII letters of any case being equal. Stops early: anything above `limit` is
/// `limit + 1`.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

/// The candidates that `word` begins or that are a third of its length or less away, best first, ties in the
/// order given; at most `most`. Views into the candidates.
std::vector<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates,
                                      std::size_t most = 3);

/// `did you mean A?`, `did you mean A, B or C?`; empty when there is none.
std::string did_you_mean(std::span<const std::string_view> words);

} // namespace rungs
