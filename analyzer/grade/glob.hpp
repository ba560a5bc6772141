#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rungs::grade {

/// Whether `name` fits `pattern`: `*` is any text, `?` one character, `[a-z]` and `[!a-z]` one of a set.
/// ASCII letters of any case are equal. Both UTF-8.
bool glob_matches(std::string_view pattern, std::string_view name);

/// Where `pattern` can match nothing at all: a `[` without its `]`, an empty set, a range that runs
/// backwards; as offset. Nothing when it is in order.
std::optional<std::size_t> glob_mistake(std::string_view pattern);

/// The shortest name that fits `pattern`, such as "no-answer-.pcap" for "*no-answer-*.pcap".
std::string glob_example(std::string_view pattern);

} // namespace rungs::grade
