#include "dissectors/websocket/frame.hpp"

#include <string>

#include <doctest/doctest.h>

#include "core/limits/messages.hpp"

using namespace rungs;
using namespace rungs::websocket;

namespace {

struct Read {
    std::vector<std::uint8_t> octets, buffer;
    Frame frame;
    Parsed parsed;
    explicit Read(std::vector<std::uint8_t> given) : octets(std::move(given)) {
        octets.shrink_to_fit();
        parsed = read_frame(octets, buffer, frame);
    }
    [[nodiscard]] std::string text() const { return std::string(as_text(frame.payload)); }
};

} // namespace

TEST_CASE("the example frames of RFC 6455 section 5.7") {
    const Read plain({0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f});
    CHECK(plain.parsed.outcome == Outcome::complete);
    CHECK(plain.frame.final);
    CHECK(plain.frame.opcode == Opcode::text);
    CHECK(plain.text() == "Hello");

    const Read masked({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58});
    CHECK(masked.frame.masked);
    CHECK(masked.text() == "Hello");

    const Read first({0x01, 0x03, 0x48, 0x65, 0x6c});
    CHECK_FALSE(first.frame.final);
    CHECK(first.text() == "Hel");
    const Read second({0x80, 0x02, 0x6c, 0x6f});
    CHECK(second.frame.final);
    CHECK(second.frame.opcode == Opcode::continuation);

    CHECK(Read({0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}).frame.opcode == Opcode::ping);
}

TEST_CASE("both extended lengths, and frames that follow each other") {
    std::vector<std::uint8_t> octets{0x82, 0x7e, 0x01, 0x00};
    octets.resize(4 + 256 + 10, 'x');
    const Read medium(octets);
    CHECK(medium.frame.payload.size() == 256);
    CHECK(medium.parsed.consumed == 260);

    std::vector<std::uint8_t> large{0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0};
    large.resize(10 + 65536, 'x');
    CHECK(Read(large).frame.payload.size() == 65536);
}

TEST_CASE("every shorter piece of a frame needs more") {
    const std::vector<std::uint8_t> whole{0x81, 0xfe, 0x00, 0x02, 1, 2, 3, 4, 0x49, 0x6b};
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Read part({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
        CHECK(part.parsed.outcome == Outcome::need_more);
        CHECK(part.parsed.consumed == 0);
    }
    CHECK(Read(whole).text() == "Hi");
}

TEST_CASE("frames that break the rules") {
    CHECK(Read({0xa1, 0x00}).parsed.reason == "websocket-reserved");            // RSV2
    CHECK(Read({0x83, 0x00}).parsed.reason == "websocket-reserved");            // opcode 3
    CHECK(Read({0x09, 0x00}).parsed.reason == "websocket-control");             // fragmented ping
    CHECK(Read({0x88, 0x7e, 0x00, 0x7e}).parsed.reason == "websocket-control"); // 126 octets
    CHECK(Read({0x82, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}).parsed.reason ==
          "websocket-length");
    CHECK(Read({0xc1, 0x00}).frame.compressed);
    static_assert(limits::message_octets == 0x100000);
    CHECK(Read({0x82, 0x7f, 0, 0, 0, 0, 0, 0x10, 0, 0}).parsed.outcome == Outcome::need_more);
    CHECK(Read({0x82, 0x7f, 0, 0, 0, 0, 0, 0x10, 0, 1}).parsed.outcome == Outcome::malformed);
}

TEST_CASE("the handshake is recognised by its Upgrade header") {
    const std::string request = "GET /chat HTTP/1.1\r\nHost: example.com\r\nupgrade: WebSocket\r\n\r\n";
    const Upgrade upgrade = find_upgrade(as_bytes(request + "rest"));
    CHECK(upgrade.kind == Handshake::request);
    CHECK(upgrade.octets == request.size());
    const std::string response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
    CHECK(find_upgrade(as_bytes(response)).kind == Handshake::response);
    CHECK(find_upgrade(as_bytes(request.substr(0, request.size() - 1))).kind == Handshake::none);
    CHECK(find_upgrade(as_bytes("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")).kind == Handshake::none);
    CHECK(find_upgrade(as_bytes("HTTP/1.1 200 OK\r\nUpgrade: websocket\r\n\r\n")).kind == Handshake::none);
}
