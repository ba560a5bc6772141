#include "dissectors/sip/start_line.hpp"

#include <doctest/doctest.h>

#include "core/bytes.hpp"
#include "dissectors/sip/message.hpp"

using namespace rungs;
using namespace rungs::sip;

namespace {

Probe probe_text(std::string_view text) {
    return probe(as_bytes(text));
}

} // namespace

TEST_CASE("a start line is certain for any method, version and status") {
    for (const std::string_view line :
         {"INVITE sip:bob@example.com SIP/2.0\r\n", "NEWMETHOD sip:x SIP/7.0\r\n", "invite sip:x sip/2.0\r\n",
          "SIP/2.0 200 OK\r\n", "SIP/2.0 4294967301 x\r\n", "SIP/2.0 100 \r\n", "\r\n\r\nSIP/3.0 999\r\n",
          "OPTIONS any:thing SIP/2.0", "INVITE sip:u@example.com; lr SIP/2.0\n",
          "INVITE  sip:x  SIP/2.0  \r\n"}) {
        CAPTURE(line);
        CHECK(probe_text(line) == Probe::certain);
    }
}

TEST_CASE("what could be meant as SIP is only maybe") {
    for (const std::string_view line :
         {"INVITE", "INVITE sip:bob@exa", "invite sip:x", "REGISTER sip:xSIP/2.0\r\n", "SIP /2.0 200 OK\r\n",
          "SIP/2.0", "SIP/2.0 OK\r\n", "SIP/2.0200 OK\r\n", "INVITE SIP/2.0\r\n",
          "\tINVITE sip:x SIP/2.0\r\n"}) {
        CAPTURE(line);
        CHECK(probe_text(line) == Probe::maybe);
    }
}

TEST_CASE("other protocols are not SIP") {
    for (const std::string_view text :
         {std::string_view("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"),
          std::string_view("OPTIONS * HTTP/1.1\r\n"), std::string_view("HTTP/1.1 200 OK\r\n"),
          std::string_view("OPTIONS rtsp://example.com/ RTSP/1.0\r\n"),
          std::string_view("RTSP/1.0 200 OK\r\n"),
          std::string_view("GET / HTTP/1.1\r\nINVITE sip:x SIP/2.0\r\n"),
          std::string_view("\x80\x00\x12\x34\nINVITE sip:x SIP/2.0\r\n", 27),
          std::string_view("\x00\x01\x00\x08\x21\x12\xa4\x42\nINVITE sip:x SIP/2.0\r\n", 31),
          std::string_view("\x16\x03\x01\x00\x10"), std::string_view("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n"),
          std::string_view("To: sip:bob@example.com\r\n"),
          std::string_view("MSG alice@example.com Alice 133\r\n"), std::string_view("")}) {
        CAPTURE(text);
        CHECK(probe_text(text) == Probe::no);
    }
}

TEST_CASE("the parts of a start line") {
    const StartLine request = read_start_line("INVITE sip:bob@example.com SIP/2.0");
    CHECK(request.method == "INVITE");
    CHECK(request.uri == "sip:bob@example.com");
    CHECK(request.version == "SIP/2.0");
    CHECK_FALSE(request.bad_spacing);
    CHECK(read_start_line("INVITE sip:bob@example.com SIP/2.0 ").bad_spacing);
    CHECK(read_start_line("INVITE\tsip:bob@example.com SIP/2.0").bad_spacing);

    const StartLine glued = read_start_line("REGISTER sip:bob@example.comSIP/2.0");
    CHECK(glued.uri == "sip:bob@example.com");
    CHECK(glued.version == "SIP/2.0");

    const StartLine status = read_start_line("SIP/2.0 486 Busy Here");
    CHECK(status.status == "486");
    CHECK(status.reason == "Busy Here");
    CHECK_FALSE(read_start_line("SIP/2.0 100 ").bad_spacing);
}
