#include "dissectors/sip/multipart.hpp"

#include <doctest/doctest.h>

#include "core/limits/messages.hpp"
#include "tests/unit/dissectors/sip/support.hpp"

using namespace rungs;
using namespace rungs::sip;

TEST_CASE("preamble, parts, folded headers and epilogue (RFC 2046 section 5.1.1)") {
    const auto parts =
        parse_multipart("multipart/mixed; boundary=\"simple boundary\"",
                        "preamble\r\n--simple boundary\r\n\r\nno headers\r\n--simple boundary \r\n"
                        "Content-Disposition: render\r\nc: text/plain;\r\n charset=utf-8\r\n\r\n"
                        "two\r\nlines\r\n\r\n--simple boundary--\r\nepilogue");
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].headers.empty());
    CHECK(parts[0].body == "no headers");
    CHECK(parts[1].content_type == "text/plain;\r\n charset=utf-8");
    CHECK(parts[1].body == "two\r\nlines\r\n");
}

TEST_CASE("SDP is found in a nested part") {
    const std::string body = "--a\r\nContent-Type: multipart/alternative;boundary=b\r\n\r\n"
                             "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
                             "--b\r\nContent-Type: Application/SDP; x=y\r\n\r\nv=0\r\n--b--\r\n--a--\r\n";
    const Sample sample(request("Content-Type: multipart/mixed;boundary=a\r\n", body));
    CHECK(find_body(sample.message, "application/sdp") == "v=0");
    CHECK(find_body(sample.message, "application/pidf+xml").empty());
}

TEST_CASE("a single body is its own part; without a type it is what is asked for") {
    const Sample typed(request("c: application/sdp;charset=x\r\n", "v=0\r\n"));
    CHECK(find_body(typed.message, "application/sdp") == "v=0\r\n");
    const Sample untyped(request({}, "v=0\r\n"));
    CHECK(find_body(untyped.message, "application/sdp") == "v=0\r\n");
}

TEST_CASE("boundaries that are none, and parts that never end") {
    CHECK(parse_multipart("multipart/mixed", "--\r\n\r\nx").empty());
    CHECK(parse_multipart("multipart/mixed;boundary=\"\"", "--\r\n\r\nx").empty());
    CHECK(parse_multipart("multipart/mixed;boundary=" + std::string(71, 'a'), "x").empty());
    CHECK(parse_multipart("text/plain;boundary=a", "--a\r\n\r\nx").empty());
    const auto open = parse_multipart("multipart/mixed;boundary=a", "--a\r\n\r\nrest\r\n");
    REQUIRE(open.size() == 1);
    CHECK(open[0].body == "rest\r\n");
}

TEST_CASE("parts and depth are limited") {
    std::string many;
    for (std::size_t i = 0; i <= limits::multipart_parts; ++i) many += "--b\r\n\r\nx\r\n";
    CHECK(parse_multipart("multipart/mixed;boundary=b", many).size() == limits::multipart_parts);

    const auto nested = [](std::size_t depth) {
        std::string body;
        for (std::size_t i = 0; i < depth; ++i) {
            const std::string name = "b" + std::to_string(i);
            body += "--" + name + "\r\nContent-Type: multipart/mixed;boundary=b" + std::to_string(i + 1) +
                    "\r\n\r\n";
        }
        body += "--b" + std::to_string(depth) + "\r\nContent-Type: application/sdp\r\n\r\nv=0";
        const Sample sample(request("Content-Type: multipart/mixed;boundary=b0\r\n", body));
        return std::string(find_body(sample.message, "application/sdp"));
    };
    CHECK(nested(limits::multipart_depth - 1) == "v=0");
    CHECK(nested(limits::multipart_depth).empty());
}

TEST_CASE("types that SIP messages carry are known, in any case and with parameters; others are not") {
    for (const char* type :
         {"application/sdp", "Application/SDP;charset=x", "text/plain", "message/sipfrag;version=2.0",
          "multipart/mixed;boundary=a", "application/pidf+xml", "application/dtmf-relay",
          "application/vnd.3gpp.ussd", "application/ISUP;version=nxv3"})
        CHECK_MESSAGE(is_known_media_type(type), type);
    for (const char* type : {"application/unknownformat", "sdp", "", "application/", "chemical/x-pdb"})
        CHECK_MESSAGE(!is_known_media_type(type), type);
}
