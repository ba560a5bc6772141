#include "reports/width.hpp"

#include <doctest/doctest.h>

using namespace rungs::reports;

TEST_CASE("columns are those of a terminal") {
    CHECK(columns("") == 0);
    CHECK(columns("INVITE") == 6);
    CHECK(columns("呼叫") == 4);
    CHECK(columns("e\xcc\x81") == 1);    // e and a combining acute accent
    CHECK(columns("\xed\x95\x9c") == 2); // a Hangul syllable
    CHECK(columns("👩‍💻") == 2);  // two emoji and a joiner: one picture
    CHECK(columns("🇨🇳") == 2);
    CHECK(columns("─►│") == 3);
    CHECK(columns("\xff") == 1); // shown as U+FFFD
}

TEST_CASE("padding fills columns, not octets") {
    CHECK(pad_right("张伟", 6) == "张伟  ");
    CHECK(pad_left("7", 3) == "  7");
    CHECK(center("ab", 5) == " ab  ");
    CHECK(pad_right("longer", 3) == "longer");
}

TEST_CASE("wrap breaks at blanks, then behind separators, then anywhere, and loses nothing") {
    using Lines = std::vector<std::string_view>;
    CHECK(wrap("", 10) == Lines{""});
    CHECK(wrap("180 Ringing", 20) == Lines{"180 Ringing"});
    CHECK(wrap("180 Ringing (INVITE)", 12) == Lines{"180 Ringing", "(INVITE)"});
    CHECK(wrap("sip:bob@example.com;transport=udp;ob", 24) ==
          Lines{"sip:bob@example.com;", "transport=udp;ob"});
    CHECK(wrap("abcdefgh", 3) == Lines{"abc", "def", "gh"});
    CHECK(wrap("张伟李娜", 5) == Lines{"张伟", "李娜"});
    CHECK(wrap("张", 1) == Lines{"张"}); // wider than the line: still shown
}
