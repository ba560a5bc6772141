#include "dissectors/msn/mime.hpp"

#include <string>

#include <doctest/doctest.h>

#include "core/limits/messages.hpp"
#include "dissectors/msn/issues.hpp"

using namespace rungs;

namespace {

msn::Mime parse(std::string_view payload) {
    msn::Mime out;
    msn::parse_mime(payload, out);
    return out;
}

} // namespace

TEST_CASE("mime: headers, charset and body") {
    constexpr std::string_view payload =
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nhello\r\n";
    const auto mime = parse(payload);
    REQUIRE(mime.headers.size() == 2);
    CHECK(mime.headers[0].name == "MIME-Version");
    CHECK(mime.headers[0].value == "1.0");
    CHECK(mime.headers[1].offset == 19);
    CHECK(mime.content_type == "text/plain");
    CHECK(mime.charset == "UTF-8");
    CHECK(mime.body == "hello\r\n");
    CHECK(payload.substr(mime.body_offset) == mime.body);
    CHECK(mime.issues.empty());
    CHECK(msn::find_field(mime.headers, "content-type") == "text/plain; charset=UTF-8");
}

TEST_CASE("mime: LF alone ends lines, too") {
    const auto mime = parse("Content-Type: text/plain\n\nhello\n");
    CHECK(mime.content_type == "text/plain");
    CHECK(mime.body == "hello\n");
}

TEST_CASE("mime: a missing blank line loses nothing") {
    const auto mime = parse("Content-Type: text/plain\r\nhello there: you\r\n");
    CHECK(mime.content_type == "text/plain");
    CHECK(mime.body == "hello there: you\r\n");
    REQUIRE(mime.issues.size() == 1);
    CHECK(mime.issues[0].code == msn::issue::mime_blank_line_missing);
    CHECK(mime.issues[0].offset == 26);
}

TEST_CASE("mime: stray blank lines before Content-Type do not end the block") {
    for (const auto* payload : {"\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhi",
                                "MIME-Version: 1.0\r\n\r\nContent-Type: text/plain\r\n\r\nhi"}) {
        CAPTURE(payload);
        const auto mime = parse(payload);
        CHECK(mime.content_type == "text/plain");
        CHECK(mime.body == "hi");
        REQUIRE(mime.issues.size() == 1);
        CHECK(mime.issues[0].code == msn::issue::mime_stray_blank_line);
    }
}

TEST_CASE("mime: truncated and empty payloads") {
    CHECK(parse("").issues.size() == 2);
    const auto cut = parse("MIME-Version: 1.0\r\nContent-Ty");
    CHECK(cut.body == "Content-Ty");
    CHECK(cut.content_type.empty());
    const auto untyped = parse("MIME-Version: 1.0\r\n\r\nhello: you");
    CHECK(untyped.body == "hello: you");
    REQUIRE(untyped.issues.size() == 1);
    CHECK(untyped.issues[0].code == msn::issue::mime_content_type_missing);
}

TEST_CASE("mime: limits::headers, both sides") {
    std::string payload = "Content-Type: text/plain\r\n";
    for (std::size_t i = 1; i < limits::headers; ++i) payload += "X: y\r\n";
    CHECK(parse(payload + "\r\nhi").issues.empty());
    const auto longer = payload + "X: y\r\nX: y\r\n\r\nhi";
    const auto past = parse(longer);
    CHECK(past.headers.size() == limits::headers);
    CHECK(past.body == "hi");
    REQUIRE(past.issues.size() == 1);
    CHECK(past.issues[0].code == msn::issue::mime_headers_too_many);
}

TEST_CASE("mime: body kinds") {
    using K = msn::BodyKind;
    CHECK(msn::body_kind("text/plain") == K::text);
    CHECK(msn::body_kind("TEXT/X-MSMSGSCONTROL") == K::typing);
    CHECK(msn::body_kind("text/x-msmsgsprofile") == K::profile);
    CHECK(msn::body_kind("text/x-msmsgsinvite") == K::invitation);
    CHECK(msn::body_kind("text/x-msmsgsinvoke") == K::invitation);
    CHECK(msn::body_kind("application/x-msnmsgrp2p") == K::p2p);
    CHECK(msn::body_kind("text/html") == K::unknown);
}
