#include "core/base64.hpp"

#include <doctest/doctest.h>

using rungs::base64_decode;

TEST_CASE("base64: RFC 4648 section 10 test vectors") {
    CHECK(base64_decode("") == "");
    CHECK(base64_decode("Zg==") == "f");
    CHECK(base64_decode("Zm8=") == "fo");
    CHECK(base64_decode("Zm9v") == "foo");
    CHECK(base64_decode("Zm9vYg==") == "foob");
    CHECK(base64_decode("Zm9vYmE=") == "fooba");
    CHECK(base64_decode("Zm9vYmFy") == "foobar");
    CHECK(base64_decode("//79") == "\xff\xfe\xfd");
}

TEST_CASE("base64: what is none gives nothing") {
    for (const auto* text :
         {"Q", "QQ", "QUJDQ", "====", "Q===", "QQ=A", "QUJD=QUJ", "!!!!", "QU JD", "QUJ\n"}) {
        CAPTURE(text);
        CHECK_FALSE(base64_decode(text).has_value());
    }
}
