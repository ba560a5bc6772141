#include "analyzer/dissect/dissector.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "analyzer/decode/packet.hpp"
#include "core/limits/media.hpp"
#include "core/limits/messages.hpp"
#include "core/text.hpp"
#include "tests/support/packet_builder.hpp"

/// From frames to messages, and every packet in one bucket.
namespace rungs::dissect {
namespace {

namespace tcp_flag = decode::tcp_flag;
using Numbers = std::vector<std::uint64_t>;

std::string options(unsigned cseq, std::string_view body = {}) {
    return fmt::format(
        "OPTIONS sip:ben@example.com SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK{}\r\n"
        "From: <sip:ana@example.com>;tag=1\r\nTo: <sip:ben@example.com>\r\nCall-ID: c@example.com\r\n"
        "CSeq: {} OPTIONS\r\nContent-Length: {}\r\n\r\n{}",
        cseq, cseq, body.size(), body);
}

/// Feeds frames and notes what comes out.
class Wire final : public Handler, public DatagramProbe {
  public:
    struct Seen {
        unsigned cseq;
        Numbers frames;
        bool truncated;
        bool in_frame; ///< its octets stand whole in the last frame
        std::string octets;
    };
    std::vector<Seen> seen;
    unsigned msn_messages = 0;
    Numbers offered; ///< lengths of the datagrams that media was asked about

    void udp(std::string_view payload, std::uint16_t source = 5060) {
        take(build::ipv4({}, build::udp(source, 5060, build::text(payload))));
    }
    /// `sequence` counts from the first octet behind the SYN.
    void tcp(std::uint32_t sequence, std::string_view payload, std::uint8_t flags = tcp_flag::ack) {
        take(build::ipv4({.protocol = 6},
                         build::tcp({.sequence = 1001 + sequence, .flags = flags}, build::text(payload))));
    }
    void syn() { tcp(0xffffffff, "", tcp_flag::syn); }
    void take(const build::Octets& ip) {
        ++m_frame;
        const build::OwnedFrame frame(ip, 101, m_frame, static_cast<std::int64_t>(m_frame) * 1'000'000);
        m_dissector.take(frame.get(), decode::decode(frame.get()));
    }
    void end() { m_dissector.flush(); }
    [[nodiscard]] std::uint64_t times_reached(std::string_view limit) const {
        return m_dissector.limits_reached().at(limit);
    }
    [[nodiscard]] std::size_t unreachable_ports() const { return m_dissector.unreachable().size(); }

    [[nodiscard]] std::uint64_t count(Bucket bucket) const {
        return m_dissector.accounting().at(0)[static_cast<std::size_t>(bucket)];
    }
    /// "1 2 3": the CSeq numbers of the messages seen.
    [[nodiscard]] std::string order() const {
        std::string text;
        for (const Seen& one : seen) text += fmt::format("{}{}", text.empty() ? "" : " ", one.cseq);
        return text;
    }

    void on_sip(const sip::Message& message, const Origin& origin) override {
        seen.push_back({message.identity.cseq_number.value_or(0),
                        {origin.frames.begin(), origin.frames.end()},
                        origin.truncated,
                        origin.last_frame != nullptr,
                        std::string(as_text(message.bytes))});
    }
    void on_msn(const msn::Message&, const Origin&) override { ++msn_messages; }
    Bucket offer(const decode::Packet& packet, const Frame&) override {
        offered.push_back(packet.payload.size());
        return (packet.payload[0] >> 6U) == 2 ? Bucket::rtp : Bucket::other;
    }

  private:
    std::uint64_t m_frame = 0;
    Dissector m_dissector{*this, *this};
};

TEST_CASE("a datagram is a message; where it stands and in which frame is told") {
    Wire wire;
    wire.udp(options(1));
    REQUIRE(wire.seen.size() == 1);
    CHECK(wire.seen[0].frames == Numbers{1});
    CHECK(wire.seen[0].in_frame);
    CHECK(wire.seen[0].octets == options(1));
    CHECK(wire.count(Bucket::sip) == 1);
    CHECK(wire.offered.empty());
}

TEST_CASE("SIP is found on any port") {
    Wire wire;
    wire.take(build::ipv4({}, build::udp(40000, 31337, build::text(options(1)))));
    CHECK(wire.count(Bucket::sip) == 1);
}

TEST_CASE("keep-alives count where SIP is spoken, else they may be anything (RFC 5626 section 3.5.1)") {
    Wire wire;
    wire.udp("\r\n\r\n");
    wire.udp(options(1));
    wire.udp("\r\n\r\n");
    wire.udp(std::string_view("\0\0\0\0", 4));
    CHECK(wire.count(Bucket::keep_alive) == 2);
    CHECK(wire.count(Bucket::other) == 1);
    CHECK(wire.offered == Numbers{4});
}

TEST_CASE("RTP goes to media before anybody looks for text; so does what is no SIP") {
    Wire wire;
    wire.udp("\x80 rest of a packet of RTP");
    wire.udp("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
    wire.udp("");
    CHECK(wire.count(Bucket::rtp) == 1);
    CHECK(wire.count(Bucket::other) == 2);
    CHECK(wire.seen.empty());
}

TEST_CASE("a message that the snapshot length has cut is kept and marked") {
    Wire wire;
    const std::string message = options(1, "a body that is not all there");
    const build::Octets ip = build::ipv4({}, build::udp(5060, 5060, build::text(message)));
    build::OwnedFrame frame(ip, 101);
    frame.cut(ip.size() - 10);
    Dissector dissector(wire, wire);
    dissector.take(frame.get(), decode::decode(frame.get()));
    REQUIRE(wire.seen.size() == 1);
    CHECK(wire.seen[0].truncated);
    CHECK(wire.seen[0].octets == message.substr(0, message.size() - 10));
}

TEST_CASE("several messages in one segment, in order") {
    Wire wire;
    wire.syn();
    wire.tcp(0, options(1) + options(2, "body") + options(3));
    CHECK(wire.order() == "1 2 3");
    CHECK(wire.seen[1].octets == options(2, "body"));
    CHECK(wire.seen[1].in_frame);
    CHECK(wire.count(Bucket::sip) == 1);
    CHECK(wire.count(Bucket::tcp_control) == 1);
}

TEST_CASE("one message in segments of many sizes") {
    const std::string text = options(1, "a body") + options(2);
    for (std::size_t size = 1; size < text.size(); size += size < 8 ? 1 : 7) {
        CAPTURE(size);
        Wire wire;
        wire.syn();
        for (std::size_t at = 0; at < text.size(); at += size) {
            wire.tcp(static_cast<std::uint32_t>(at), std::string_view(text).substr(at, size));
        }
        CHECK(wire.order() == "1 2");
        REQUIRE(wire.seen.size() == 2);
        CHECK(wire.seen[0].octets == options(1, "a body"));
        CHECK(wire.seen[1].octets == options(2));
        CHECK(wire.seen[0].frames.front() == 2);
        // Every segment belongs to SIP, also those that came before one could tell.
        CHECK(wire.count(Bucket::other) == 0);
    }
}

TEST_CASE("a message names the frames that carried it, in whatever order they came") {
    Wire wire;
    const std::string text = options(1);
    wire.syn();                                         // frame 1
    wire.tcp(100, std::string_view(text).substr(100));  // 2: the end comes first
    wire.tcp(0, std::string_view(text).substr(0, 100)); // 3
    wire.tcp(0, std::string_view(text).substr(0, 100)); // 4: once more
    REQUIRE(wire.seen.size() == 1);
    CHECK(wire.seen[0].frames == Numbers{2, 3});
    CHECK_FALSE(wire.seen[0].in_frame);
    CHECK(wire.seen[0].octets == text);
    CHECK(wire.count(Bucket::tcp_repeated) == 1);
}

TEST_CASE("keep-alives between the messages of a stream") {
    Wire wire;
    const std::string text = "\r\n\r\n" + options(1) + "\r\n" + options(2) + "\r\n\r\n";
    wire.syn();
    wire.tcp(0, text);
    wire.tcp(static_cast<std::uint32_t>(text.size()), "\r\n\r\n");
    wire.tcp(static_cast<std::uint32_t>(text.size()) + 4, options(3));
    CHECK(wire.order() == "1 2 3");
    CHECK(wire.seen[0].octets == options(1));
    CHECK(wire.seen[2].octets == options(3));
}

TEST_CASE("joined in the middle of a message: the next one is found") {
    Wire wire;
    const std::string text = options(1, "INVITE is only a word here\r\n") + options(2);
    wire.tcp(60, std::string_view(text).substr(60)); // no SYN was seen
    CHECK(wire.order() == "2");
    CHECK(wire.seen.at(0).octets == options(2));
}

TEST_CASE("after a gap: what was waiting is handed over as it is, then the next message") {
    Wire wire;
    const std::string text = options(1, "a body of some length") + options(2) + options(3);
    const auto cut = static_cast<std::uint32_t>(options(1).size() + 5);
    const auto again = static_cast<std::uint32_t>(options(1, "a body of some length").size() + 10);
    wire.syn();
    wire.tcp(0, std::string_view(text).substr(0, cut));
    wire.tcp(again, std::string_view(text).substr(again)); // what stands between them was lost
    wire.end();
    CHECK(wire.order() == "1 3");
    CHECK(wire.seen.at(0).truncated);
    CHECK_FALSE(wire.seen.at(1).truncated);
    CHECK(wire.seen.at(1).octets == options(3));
}

TEST_CASE("a stream that ends in the middle of a message") {
    Wire wire;
    wire.syn();
    wire.tcp(0, std::string_view(options(1)).substr(0, 200));
    CHECK(wire.seen.empty());
    wire.end();
    REQUIRE(wire.seen.size() == 1);
    CHECK(wire.seen[0].truncated);
}

TEST_CASE("a stream of something else is not looked at any more") {
    Wire wire;
    wire.syn();
    wire.tcp(0, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
    wire.tcp(37, options(1));
    wire.end();
    CHECK(wire.seen.empty());
    CHECK(wire.count(Bucket::other) == 2);
}

/// The pieces of an IP payload, each with as many octets (a multiple of 8) but the last.
std::vector<build::Octets> fragments(const build::Octets& payload, std::size_t size, build::Ipv4 header) {
    std::vector<build::Octets> pieces;
    for (std::size_t at = 0; at < payload.size(); at += size) {
        const std::size_t end = std::min(at + size, payload.size());
        header.fragment = static_cast<std::uint16_t>((end < payload.size() ? 0x2000U : 0U) | at / 8);
        pieces.push_back(build::ipv4(header, {payload.begin() + static_cast<std::ptrdiff_t>(at),
                                              payload.begin() + static_cast<std::ptrdiff_t>(end)}));
    }
    return pieces;
}

TEST_CASE("fragments: the one that completes the datagram counts as what it completed") {
    Wire wire;
    for (const auto& piece : fragments(build::udp(5060, 5060, build::text(options(1))), 96, {}))
        wire.take(piece);
    REQUIRE(wire.seen.size() == 1);
    CHECK(wire.seen[0].frames == Numbers{1, 2, 3});
    CHECK(wire.seen[0].octets == options(1));
    CHECK(wire.count(Bucket::fragment) == 2);
    CHECK(wire.count(Bucket::sip) == 1);
}

TEST_CASE("fragments inside fragments: a tunnel that is fragmented itself") {
    Wire wire;
    const build::Octets datagram = build::udp(5060, 5060, build::text(options(1)));
    std::uint16_t id = 100;
    for (const auto& inner : fragments(datagram, 128, {.id = 7})) {
        // IP in IP (RFC 2003): protocol 4; each outer datagram in pieces of its own.
        for (const auto& outer : fragments(
                 inner, 64,
                 {.source = "198.51.100.1", .destination = "198.51.100.2", .protocol = 4, .id = ++id})) {
            wire.take(outer);
        }
    }
    REQUIRE(wire.seen.size() == 1);
    CHECK(wire.seen[0].octets == options(1));
    CHECK(wire.count(Bucket::sip) == 1);
}

TEST_CASE("every packet ends in exactly one bucket") {
    Wire wire;
    wire.udp(options(1));
    wire.syn();
    wire.tcp(0, "x");
    wire.take(build::ipv4({.protocol = 1}, build::Octets{8, 0, 0, 0, 0, 0, 0, 0})); // ICMP echo
    wire.take(build::ipv4({.protocol = 50}, build::zeros(16)));                     // ESP
    wire.take(build::ipv4({.protocol = 17}, build::zeros(3)));                      // no whole UDP header
    wire.end();
    std::uint64_t sum = 0;
    for (std::size_t bucket = 0; bucket < bucket_count; ++bucket)
        sum += wire.count(static_cast<Bucket>(bucket));
    CHECK(sum == 6);
    CHECK(wire.count(Bucket::icmp) == 1);
    CHECK(wire.count(Bucket::other_ip) == 1);
    CHECK(wire.count(Bucket::malformed) == 1);
}

TEST_CASE("limits::bare_sip_ends, on both sides: each message without a Call-ID has a source of its own") {
    Wire wire;
    const auto bare = [&wire](std::size_t number) {
        const std::string source = fmt::format("10.0.{}.{}", number / 256, number % 256);
        wire.take(
            build::ipv4({.source = source},
                        build::udp(5060, 5060, build::text("OPTIONS sip:ben@example.com SIP/2.0\r\n\r\n"))));
    };
    for (std::size_t i = 1; i < limits::bare_sip_ends; ++i) bare(i); // and one destination
    CHECK(wire.times_reached("bare_sip_ends") == 0);
    bare(0);
    CHECK(wire.times_reached("bare_sip_ends") == 1);
    CHECK(wire.seen.size() == limits::bare_sip_ends); // kept all the same
}

TEST_CASE("limits::unreachable_ports, on both sides") {
    Wire wire;
    // RFC 792: type 3, code 3, then the header and eight octets of what could not be delivered.
    build::Octets message{3, 3, 0, 0, 0, 0, 0, 0};
    const build::Octets quoted = build::ipv4({}, build::udp(5060, 5060, build::text("x")));
    message.insert(message.end(), quoted.begin(), quoted.end());
    const build::Octets packet = build::ipv4({.protocol = 1}, message);
    for (std::size_t i = 0; i < limits::unreachable_ports; ++i) wire.take(packet);
    CHECK(wire.unreachable_ports() == limits::unreachable_ports);
    CHECK(wire.times_reached("unreachable_ports") == 0);
    wire.take(packet);
    CHECK(wire.unreachable_ports() == limits::unreachable_ports);
    CHECK(wire.times_reached("unreachable_ports") == 1);
}

} // namespace
} // namespace rungs::dissect
