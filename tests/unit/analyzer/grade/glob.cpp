#include "analyzer/grade/glob.hpp"

#include <doctest/doctest.h>

using namespace rungs::grade;

TEST_CASE("Patterns of file names: stars, single characters, sets, any case") {
    CHECK(glob_matches("*cancel*", "Lab1-CANCELLED.pcapng"));
    CHECK(glob_matches("*.pcap", "a.b.pcap"));
    CHECK_FALSE(glob_matches("*.pcap", "a.pcapng"));
    CHECK(glob_matches("busy?.pcap", "busy2.pcap"));
    CHECK_FALSE(glob_matches("busy?.pcap", "busy.pcap"));
    CHECK(glob_matches("task[1-3].pcap", "task2.pcap"));
    CHECK_FALSE(glob_matches("task[!1-3].pcap", "task2.pcap"));
    CHECK(glob_matches("[[]x]", "[x]"));
    CHECK(glob_matches("", ""));
    CHECK_FALSE(glob_matches("", "a"));
    CHECK(glob_matches("*", ""));
    CHECK(glob_matches("**a**", "bab"));
}

TEST_CASE("A question mark is one character, not one octet") {
    CHECK(glob_matches("忙?.pcap", "忙碌.pcap"));
    CHECK_FALSE(glob_matches("??????.pcap", "忙碌.pcap"));
    CHECK(glob_matches("*拒接*", "2026001_张三_拒接.pcap"));
    CHECK(glob_matches("?", "\xff")); // an octet that is no UTF-8 is one, too
}

TEST_CASE("Many stars take no exponential time") {
    CHECK_FALSE(glob_matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*b", std::string(5'000, 'a')));
}

TEST_CASE("What can match nothing is told with its place") {
    CHECK(glob_mistake("*busy[*") == 5);
    CHECK(glob_mistake("a[9-0]") == 1);
    CHECK(glob_mistake("[]") == 0);
    CHECK_FALSE(glob_mistake("*[0-9][a-z]*"));
    CHECK_FALSE(glob_mistake("[[]"));
}

TEST_CASE("An example fits its pattern") {
    for (const char* pattern :
         {"*busy*.pcap", "a?c", "[0-9]x", "[!a]b", "忙*", "*", "[忙闲]", "[!x]", "[!]a]z", "[]a]"}) {
        CHECK_MESSAGE(glob_matches(pattern, glob_example(pattern)), pattern);
    }
    CHECK(glob_example("*no-answer*.pcap") == "no-answer.pcap");
}
