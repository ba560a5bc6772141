#include "reports/json_writer.hpp"

#include <limits>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/text.hpp"

using namespace rungs;
using namespace rungs::reports;

namespace {

template <typename Write>
std::string written(Write write) {
    StringSink sink;
    {
        JsonWriter json(sink);
        write(json);
    }
    return sink.text();
}

std::string as_json(std::string_view text) {
    return written([&](JsonWriter& json) { json.value(text); });
}

} // namespace

TEST_CASE("objects and arrays get their commas") {
    CHECK(written([](JsonWriter& json) {
              json.begin_object();
              json.member("a", 1);
              json.key("b");
              json.begin_array();
              json.value(true);
              json.null();
              json.begin_array();
              json.end_array();
              json.end_array();
              json.member("c", "x");
              json.member("d", std::optional<unsigned>());
              json.text_or_null("e", "");
              json.id_or_null("f", 0);
              json.id_or_null("g", 7);
              json.end_object();
              json.end_document();
          }) == "{\"a\":1,\"b\":[true,null,[]],\"c\":\"x\",\"d\":null,\"e\":null,\"f\":null,\"g\":7}\n");
}

TEST_CASE("an array by lines has an element a line") {
    CHECK(written([](JsonWriter& json) {
              json.begin_lines();
              json.value(1);
              json.begin_array();
              json.value(2);
              json.value(3);
              json.end_array();
              json.end_lines();
          }) == "[\n1,\n[2,3]\n]");
    CHECK(written([](JsonWriter& json) {
              json.begin_lines();
              json.end_lines();
          }) == "[]");
}

TEST_CASE("every code point comes back from a parser as it went in") {
    std::string all;
    for (std::uint32_t c = 0; c < 0x20000; c += c < 0x3000 ? 1 : 61) {
        if (c >= 0xd800 && c < 0xe000) continue;
        nlohmann::json point;
        if (c < 0x80) {
            all += static_cast<char>(c);
        } else if (c < 0x800) {
            all += {static_cast<char>(0xc0U | c >> 6U), static_cast<char>(0x80U | (c & 0x3fU))};
        } else if (c < 0x10000) {
            all += {static_cast<char>(0xe0U | c >> 12U), static_cast<char>(0x80U | (c >> 6U & 0x3fU)),
                    static_cast<char>(0x80U | (c & 0x3fU))};
        } else {
            all += {static_cast<char>(0xf0U | c >> 18U), static_cast<char>(0x80U | (c >> 12U & 0x3fU)),
                    static_cast<char>(0x80U | (c >> 6U & 0x3fU)), static_cast<char>(0x80U | (c & 0x3fU))};
        }
    }
    REQUIRE(is_utf8(all));
    CHECK(nlohmann::json::parse(as_json(all)).get<std::string>() == all);
}

TEST_CASE("an octet that needs an escape is found wherever it stands") {
    for (std::size_t length = 1; length < 50; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            for (const char special : {'"', '\\', '\n', '\x1f', '\x7f'}) {
                std::string text(length, 'x');
                text[at] = special;
                REQUIRE(nlohmann::json::parse(as_json(text)).get<std::string>() == text);
                text[length - 1 - at] = '\r';
                REQUIRE(nlohmann::json::parse(as_json(text)).get<std::string>() == text);
            }
        }
    }
}

TEST_CASE("nothing that a terminal obeys is left in JSON text") {
    CHECK(as_json("\x1b[31m\a") == R"("\u001b[31m\u0007")");
    CHECK(as_json("\x7f\xc2\x9b") == R"("\u007f\u009b")"); // DEL and C1 CSI
    CHECK(as_json("\xe2\x80\xae\xe2\x80\xa8\xe2\x80\xa9") ==
          R"("\u202e\u2028\u2029")");                          // bidi, line separators
    CHECK(as_json("\xf3\xa0\x80\x81") == R"("\udb40\udc01")"); // U+E0001, a format control
    CHECK(as_json("\"\\\r\n\t") == R"("\"\\\r\n\t")");
    CHECK(as_json("张伟 <sip:a@example.com>") == "\"张伟 <sip:a@example.com>\"");
}

TEST_CASE("octets that are not UTF-8 become U+FFFD, one each") {
    CHECK(as_json("a\xff\xc3(") == "\"a\xef\xbf\xbd\xef\xbf\xbd(\"");
    CHECK(as_json("\xed\xa0\x80") == "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""); // a surrogate
    CHECK(as_json("\xe4\xbd") == "\"\xef\xbf\xbd\xef\xbf\xbd\"");                 // cut off
}

TEST_CASE("numbers are exact") {
    const auto ms = [](std::int64_t ns) {
        return written([&](JsonWriter& json) { json.milliseconds(Duration(ns)); });
    };
    CHECK(ms(0) == "0");
    CHECK(ms(1) == "0.000001");
    CHECK(ms(1'500'000) == "1.5");
    CHECK(ms(-20'000'001) == "-20.000001");
    CHECK(ms(3'000'000'000) == "3000");
    CHECK(ms(std::numeric_limits<std::int64_t>::min()) == "-9223372036854.775808");
    CHECK(written([](JsonWriter& json) { json.seconds(Duration(12'340'000'000)); }) == "12.34");
    CHECK(written([](JsonWriter& json) { json.real(2.0 / 3, 3); }) == "0.667");
    CHECK(written([](JsonWriter& json) { json.real(std::numeric_limits<double>::quiet_NaN(), 3); }) ==
          "null");
    CHECK(written([](JsonWriter& json) { json.value(std::numeric_limits<std::uint64_t>::max()); }) ==
          "18446744073709551615");
    CHECK(written([](JsonWriter& json) { json.value(Timestamp{1}); }) ==
          "\"1970-01-01T00:00:00.000000001Z\"");
}

TEST_CASE("base64 as in RFC 4648 section 10") {
    const auto encoded = [](std::string_view text) {
        return written([&](JsonWriter& json) { json.base64(as_bytes(text)); });
    };
    CHECK(encoded("") == "\"\"");
    CHECK(encoded("f") == "\"Zg==\"");
    CHECK(encoded("fo") == "\"Zm8=\"");
    CHECK(encoded("foo") == "\"Zm9v\"");
    CHECK(encoded("foobar") == "\"Zm9vYmFy\"");
    CHECK(encoded("\xff\xfe") == "\"//4=\"");
}

TEST_CASE("elements that other writers wrote stand between lines as if this one had written them") {
    const auto elements = [](JsonWriter& json, int first, int end) {
        for (int i = first; i < end; ++i) {
            json.begin_object();
            json.member("i", i);
            json.end_object();
        }
    };
    const auto fragment = [&](int first, int end) {
        return written([&](JsonWriter& json) {
            json.begin_fragment();
            elements(json, first, end);
        });
    };
    const std::string whole = written([&](JsonWriter& json) {
        json.begin_lines();
        elements(json, 0, 5);
        json.end_lines();
    });
    CHECK(whole == "[\n{\"i\":0},\n{\"i\":1},\n{\"i\":2},\n{\"i\":3},\n{\"i\":4}\n]");
    CHECK(written([&](JsonWriter& json) {
              json.begin_lines();
              json.fragment(fragment(0, 2));
              json.fragment(fragment(2, 3));
              json.fragment(fragment(3, 5));
              json.end_lines();
          }) == whole);
}
