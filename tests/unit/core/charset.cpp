#include "core/charset.hpp"

#include <doctest/doctest.h>

using namespace rungs;

TEST_CASE("UTF-8 stays, anything else is GB18030") {
    CHECK(to_utf8("张三") == "张三");
    CHECK(to_utf8("plain") == "plain");
    // Unihan: 张 is kGB0 5337 and 三 is 4093, each plus A0A0 in EUC.
    CHECK(to_utf8("\xd5\xc5\xc8\xfd") == "张三");
    // GB 18030 four octets: U+00E9 is 81 30 86 ... only as é in two octets A8 A6; U+1F600 is 94 39 FC 36.
    CHECK(to_utf8("\xa8\xa6") == "é");
    CHECK(to_utf8("\x94\x39\xfc\x36") == "😀");
    CHECK(to_utf8("a\xff") == "a\\xFF");
    CHECK(to_gb18030("张三") == "\xd5\xc5\xc8\xfd");
    CHECK(to_gb18030("\xff") == "?");
}
