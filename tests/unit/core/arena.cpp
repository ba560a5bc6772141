#include "core/arena.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace rungs {

TEST_CASE("texts come back as they were, and stay where they are") {
    TextArena arena;
    const TextRef first = arena.keep("first");
    const std::string_view before = arena.view(first);
    std::vector<TextRef> kept;
    for (unsigned i = 0; i < 300'000; ++i) kept.push_back(arena.keep(std::to_string(i))); // several blocks
    CHECK(arena.view(first) == "first");
    CHECK(arena.view(first).data() == before.data());
    for (const unsigned i : {0U, 99'999U, 187'245U, 187'246U, 299'999U})
        CHECK(arena.view(kept[i]) == std::to_string(i));
}

TEST_CASE("an empty text takes no room") {
    TextArena arena;
    CHECK(arena.keep("").empty());
    CHECK(arena.view(arena.keep("")).empty());
    CHECK(arena.view({}).empty());
    CHECK(arena.refused() == 0);
}

TEST_CASE("a text as long as a block fits, a longer one is refused and counted") {
    TextArena arena;
    const std::string block(1U << 20U, 'b');
    const TextRef small = arena.keep("small");
    const TextRef whole = arena.keep(block);
    CHECK(arena.view(whole) == block);
    CHECK(arena.keep(block + "!").empty());
    CHECK(arena.refused() == 1);
    CHECK(arena.view(arena.keep("next")) == "next");
    CHECK(arena.view(small) == "small");
}

} // namespace rungs
