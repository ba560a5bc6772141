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

TEST_CASE("lengths of one, two and three octets") {
    TextArena arena;
    for (const std::size_t length : {1U, 127U, 128U, 16'383U, 16'384U, 100'000U}) {
        const std::string text(length, 't');
        CHECK(arena.view(arena.keep(text)) == text);
    }
}

TEST_CASE("a text kept a moment ago is not kept again") {
    TextArena arena;
    const TextRef once = arena.keep("sip:ana@example.com");
    arena.keep("sip:ben@example.com");
    CHECK(arena.keep("sip:ana@example.com") == once);
    CHECK(arena.view(once) == "sip:ana@example.com");
    CHECK_FALSE(arena.keep("sip:ana@example.co") == once);
}

TEST_CASE("an empty text takes no room") {
    TextArena arena;
    CHECK(arena.keep("").empty());
    CHECK(arena.view(arena.keep("")).empty());
    CHECK(arena.view({}).empty());
    CHECK(arena.refused() == 0);
}

TEST_CASE("the longest text fits, a longer one is refused and counted") {
    TextArena arena;
    const std::string longest(TextArena::longest, 'b');
    CHECK(arena.view(arena.keep(longest)) == longest);
    const TextRef small = arena.keep("small");
    CHECK(arena.view(arena.keep(longest)) == longest);
    CHECK(arena.keep(longest + "!").empty());
    CHECK(arena.refused() == 1);
    CHECK(arena.view(arena.keep("next")) == "next");
    CHECK(arena.view(small) == "small");
}

} // namespace rungs
