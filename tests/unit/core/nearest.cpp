#include "core/nearest.hpp"

#include <array>

#include <doctest/doctest.h>

using namespace rungs;

TEST_CASE("edit distance counts insertions, deletions, replacements and swaps") {
    CHECK(edit_distance("", "", 9) == 0);
    CHECK(edit_distance("", "abc", 9) == 3);
    CHECK(edit_distance("kitten", "sitting", 9) == 3); // the textbook pair
    CHECK(edit_distance("lader", "ladder", 9) == 1);
    CHECK(edit_distance("clals", "calls", 9) == 1); // a swap is one edit
    CHECK(edit_distance("ca", "abc", 9) == 3);      // optimal string alignment, where Damerau's is 2
    CHECK(edit_distance("INVITE", "invite", 9) == 0);
}

TEST_CASE("edit distance stops at its limit") {
    CHECK(edit_distance("kitten", "sitting", 3) == 3);
    CHECK(edit_distance("kitten", "sitting", 2) == 3);
    CHECK(edit_distance("a", "abcdefgh", 2) == 3);
}

TEST_CASE("nearest words come best first and unlike ones not at all") {
    constexpr std::array<std::string_view, 4> words{"calls", "ladder", "message", "export"};
    CHECK(nearest("lader", words) == std::vector<std::string_view>{"ladder"});
    CHECK(nearest("call", words) == std::vector<std::string_view>{"calls"});
    CHECK(nearest("mess", words) == std::vector<std::string_view>{"message"}); // begun, though three away
    CHECK(nearest("tcpdump", words).empty());
    CHECK(nearest("", words).empty());

    constexpr std::array<std::string_view, 3> letters{"a", "d", "ad"};
    CHECK(nearest("q", letters).empty());

    constexpr std::array<std::string_view, 4> codes{"json", "jsan", "son", "ndjson"};
    CHECK(nearest("json", codes) == std::vector<std::string_view>{"json", "jsan", "son"});
    CHECK(nearest("json", codes, 1) == std::vector<std::string_view>{"json"});
}

TEST_CASE("did you mean reads as a sentence") {
    constexpr std::array<std::string_view, 3> words{"a", "b", "c"};
    CHECK(did_you_mean({}).empty());
    CHECK(did_you_mean(std::span(words).first(1)) == "did you mean a?");
    CHECK(did_you_mean(std::span(words).first(2)) == "did you mean a or b?");
    CHECK(did_you_mean(words) == "did you mean a, b or c?");
}
