#include "analyzer/dissect/stream.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/limits/messages.hpp"

using namespace rungs;
using namespace rungs::dissect;

namespace {

/// What was handed over, a line each: "MSN 3+4 PNG", "SIP 7 OPTIONS WS".
class Notes final : public Handler {
  public:
    void on_sip(const sip::Message& message, const Origin& origin) override {
        note("SIP", origin, message.is_request ? message.method_text : "response");
    }
    void on_msn(const msn::Message& message, const Origin& origin) override {
        note("MSN", origin, message.name);
    }
    std::vector<std::string> lines;

  private:
    void note(std::string_view protocol, const Origin& origin, std::string_view what) {
        std::string frames;
        for (const std::uint64_t frame : origin.frames)
            frames += (frames.empty() ? "" : "+") + std::to_string(frame);
        std::string line = std::string(protocol) + " " + frames + " " + std::string(what);
        if (origin.carrier == Carrier::websocket) line += " WS";
        if (origin.truncated) line += " cut";
        lines.push_back(line);
    }
};

/// One direction of a connection, a chunk a frame.
struct Direction {
    explicit Direction(const StreamHints& known = {}) : hints(known) {}

    Direction& take(std::string_view octets, std::uint64_t gap = 0, bool midway = false) {
        const std::vector<std::uint8_t> exact(octets.begin(), octets.end());
        decode::StreamChunk chunk;
        chunk.bytes = exact;
        chunk.frame = ++frame;
        chunk.gap_before = gap;
        chunk.begins_midway = midway;
        reader.take(chunk, nullptr, 0, hints, notes);
        return *this;
    }
    std::vector<std::string> finish() {
        reader.finish(hints, notes);
        return notes.lines;
    }

    StreamHints hints;
    StreamProtocols protocols;
    StreamReader reader{protocols};
    Notes notes;
    std::uint64_t frame = 0;
};

using Lines = std::vector<std::string>;

StreamHints msn_port() {
    StreamHints hints;
    hints.msn_port = true;
    return hints;
}

constexpr std::string_view options = "OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TCP "
                                     "a.example.com;branch=z9hG4bK1\r\nFrom: <sip:a@example.com>;tag=1\r\n"
                                     "To: <sip:bob@example.com>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n"
                                     "Content-Length: 0\r\n\r\n";

/// RFC 6455 section 5.2, masked with the key 01 02 03 04.
std::string masked_frame(std::string_view payload, std::uint8_t first = 0x81) {
    std::string frame;
    frame += static_cast<char>(first);
    frame += static_cast<char>(0x80U | 126U);
    frame += static_cast<char>(payload.size() >> 8U);
    frame += static_cast<char>(payload.size() & 0xffU);
    frame += "\x01\x02\x03\x04";
    for (std::size_t i = 0; i < payload.size(); ++i)
        frame += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ (i % 4 + 1));
    return frame;
}

} // namespace

TEST_CASE("stream: MSN is known by its content, on any port") {
    Direction direction;
    direction.take("VER 1 MSNP8 CVR0\r\nPNG\r\n");
    CHECK(direction.reader.bucket() == Bucket::msn);
    CHECK(direction.finish() == Lines{"MSN 1 VER", "MSN 1 PNG"});
}

TEST_CASE("stream: a message in several segments names the frames that carried it") {
    Direction direction;
    direction.take("MSG 4 A 1").take("0\r\n0123").take("456789PNG\r\n");
    CHECK(direction.finish() == Lines{"MSN 1+2+3 MSG", "MSN 3 PNG"});
}

TEST_CASE("stream: a line that may be a command is one on MSN's port, or when the other side speaks MSN") {
    CHECK(Direction().take("QNG 43\r\n").finish().empty());
    CHECK(Direction(msn_port()).take("QNG 43\r\n").finish() == Lines{"MSN 1 QNG"});
    StreamHints hints;
    hints.other_way = StreamKind::msn;
    CHECK(Direction(hints).take("QNG 43\r\n").finish() == Lines{"MSN 1 QNG"});
}

TEST_CASE("stream: what is left of MSN at the end is read as it is") {
    Direction direction(msn_port());
    direction.take("PNG\r\nMSG 4 A 100\r\nhalf");
    CHECK(direction.finish() == Lines{"MSN 1 PNG", "MSN 1 MSG cut"});
}

TEST_CASE("stream: joined in the middle of a payload, MSN's port waits for the next command") {
    Direction direction(msn_port());
    direction.take("rest of a payload\r\n", 0, true).take("more\r\nMSG 4 A 2\r\nok");
    CHECK(direction.finish() == Lines{"MSN 2 MSG"});
}

TEST_CASE("stream: something else is not looked at any more") {
    Direction direction;
    direction.take("GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n");
    CHECK(direction.reader.is_something_else());
    CHECK_FALSE(direction.reader.bucket().has_value());
    CHECK(direction.finish().empty());
}

TEST_CASE("stream: commands in bodies of a gateway's HTTP messages, cut anywhere") {
    const auto post = [](std::string_view body) {
        return "POST /gateway/gateway.dll?SessionID=1.2 HTTP/1.1\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
    };
    Direction direction;
    direction.take(post("VER 1 MSNP8\r\nUSR 2 TWN")).take(post(" I a@example.com\r\n"));
    CHECK(direction.reader.kind() == StreamKind::msn_gateway);
    CHECK(direction.finish() == Lines{"MSN 1 VER", "MSN 1+2 USR"});

    StreamHints hints;
    hints.other_way = StreamKind::msn_gateway;
    Direction answers(hints);
    answers.take("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nVER 1 MSNP8\r\n");
    CHECK(answers.finish() == Lines{"MSN 1 VER"});
}

TEST_CASE("stream: SIP in WebSocket, from the upgrade or from a frame in the middle (RFC 7118)") {
    const std::string upgrade = "GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: sip\r\n\r\n";
    Direction direction;
    direction.take(upgrade);
    CHECK_FALSE(direction.reader.bucket().has_value()); // no SIP yet
    direction.take(masked_frame(options));
    CHECK(direction.reader.bucket() == Bucket::sip);
    CHECK(direction.finish() == Lines{"SIP 2 OPTIONS WS"});

    Direction midway;
    midway.take(masked_frame(options), 0, true);
    CHECK(midway.finish() == Lines{"SIP 1 OPTIONS WS"});
}

TEST_CASE("stream: a WebSocket message in two frames (RFC 6455 section 5.4)") {
    Direction direction;
    direction.take("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n");
    direction.take(masked_frame(options.substr(0, 50), 0x01)).take(masked_frame(options.substr(50), 0x80));
    CHECK(direction.finish() == Lines{"SIP 2+3 OPTIONS WS"});
}

TEST_CASE("stream: after a gap the next SIP message is found") {
    Direction direction;
    direction.take(options).take("of a lost message\r\n\r\n" + std::string(options), 100);
    CHECK(direction.finish() == Lines{"SIP 1 OPTIONS", "SIP 2 OPTIONS"});
}

TEST_CASE("a join in the middle of a message loses no later one") {
    Direction tail;
    tail.take("a=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n", 0, true).take(options);
    CHECK(tail.finish() == Lines{"SIP 2 OPTIONS"});
}

TEST_CASE("a message in many small segments is there when its last octet is") {
    const std::string body(40'000, 'b');
    const std::string text =
        "MESSAGE sip:b@example.com SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\nContent-Type: "
        "text/plain\r\nContent-Length: 40000\r\n\r\n" +
        body;
    Direction direction;
    for (std::size_t at = 0; at < text.size(); at += 7) direction.take(text.substr(at, 7));
    REQUIRE(direction.notes.lines.size() == 1); // before the end of the stream
    CHECK(direction.finish().size() == 1);
}

TEST_CASE("headers without end are given up at limits::message_octets and counted") {
    Direction direction;
    direction.take("MESSAGE sip:b@example.com SIP/2.0\r\nCall-ID: 1\r\n");
    const std::string line = "X-Filler: " + std::string(500, 'x') + "\r\n";
    for (std::size_t octets = 0; octets < limits::message_octets; octets += line.size()) direction.take(line);
    CHECK(direction.reader.too_long() == 1);
}

TEST_CASE("wherever a segment is cut, the same messages come out") {
    const std::string text(options);
    const std::string handshake =
        "GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: sip\r\n\r\n";
    std::string chinese = text; // octets above 0x7f in a start line
    chinese.replace(chinese.find("bob"), 3, "\xe5\xbc\xa0\xe4\xb8\x89");
    const std::vector<std::string> streams{
        chinese + text,
        "junk in front\r\n" + text,
        text + "no start line\r\n" + text,
        handshake + masked_frame(text) + "\r\n" + handshake + masked_frame(text),
        text.substr(40) + text,
        "OUT\r\n" + chinese,
    };
    for (const std::string& stream : streams) {
        for (const bool midway : {false, true}) {
            const auto octets_of = [&](const StreamHints& hints, std::size_t cut) {
                Direction direction(hints);
                direction.take(stream.substr(0, cut), 0, midway).take(stream.substr(cut));
                Lines lines = direction.finish();
                for (std::string& line : lines) line.erase(4, line.find(' ', 4) - 4); // the frames
                return lines;
            };
            for (const StreamHints& hints : {StreamHints{}, msn_port()}) {
                const Lines whole = octets_of(hints, stream.size());
                for (std::size_t cut = 1; cut < stream.size(); ++cut) CHECK(octets_of(hints, cut) == whole);
            }
        }
    }
}

TEST_CASE("a long first line, and a long message before the next after a join, are no reason to give up") {
    std::string text(options);
    text.insert(text.find("sip:bob") + 4, 3'000, 'x');
    Direction direction;
    for (std::size_t at = 0; at < text.size(); at += 1'000) direction.take(text.substr(at, 1'000));
    CHECK(direction.finish() == Lines{"SIP 1+2+3+4 OPTIONS"});

    Direction midway;
    midway.take(std::string(5'000, 'b') + "\r\n", 0, true).take(options);
    CHECK(midway.finish() == Lines{"SIP 2 OPTIONS"});
}
