#include "analyzer/decode/tcp.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "core/limits/decode.hpp"
#include "tests/support/packet_builder.hpp"

using namespace rungs;
using namespace rungs::build;
using rungs::decode::Packet;
using rungs::decode::SegmentKind;
using rungs::decode::StreamChunk;
using rungs::decode::StreamId;
using rungs::decode::TcpReassembler;

namespace {

constexpr std::uint8_t fin = 0x01, syn = 0x02, rst = 0x04, ack = 0x10;

/// A connection between a client and a server, and what the reassembler says about it.
class Wire {
  public:
    struct Chunk {
        StreamId stream, reverse;
        std::string text;
        std::uint64_t frame, gap;
        bool midway;
    };

    TcpReassembler reassembler{[this](const StreamChunk& chunk) { note(chunk); },
                               [this](StreamId stream) { ended.push_back(stream); }};
    std::vector<Chunk> chunks;
    std::map<StreamId, std::string> text; ///< with "[n]" for a gap of n octets
    std::vector<StreamId> ended;

    TcpReassembler::Added client(std::uint32_t sequence, std::string_view data, std::uint8_t flags = ack,
                                 std::uint32_t acknowledgement = 0, std::uint16_t port = 40000) {
        return add({.source = port,
                    .destination = 5060,
                    .sequence = sequence,
                    .acknowledgement = acknowledgement,
                    .flags = acknowledgement == 0 ? static_cast<std::uint8_t>(flags & ~ack) : flags},
                   "192.0.2.1", "192.0.2.2", data);
    }
    TcpReassembler::Added server(std::uint32_t sequence, std::string_view data, std::uint8_t flags = ack,
                                 std::uint32_t acknowledgement = 0, std::uint16_t port = 40000) {
        return add({.source = 5060,
                    .destination = port,
                    .sequence = sequence,
                    .acknowledgement = acknowledgement,
                    .flags = acknowledgement == 0 ? static_cast<std::uint8_t>(flags & ~ack) : flags},
                   "192.0.2.2", "192.0.2.1", data);
    }
    /// As `client`, with octets behind `data` that the snapshot length cut off.
    TcpReassembler::Added client_cut(std::uint32_t sequence, std::string_view data, std::size_t missing) {
        m_missing = missing;
        const auto added = client(sequence, data);
        m_missing = 0;
        return added;
    }
    void handshake(std::uint32_t client_start = 99, std::uint32_t server_start = 499) {
        client(client_start, "", syn);
        server(server_start, "", syn | ack, client_start + 1);
        client(client_start + 1, "", ack, server_start + 1);
    }

  private:
    TcpReassembler::Added add(const Tcp& header, std::string_view source, std::string_view destination,
                              std::string_view data) {
        const Octets segment = tcp(header, rungs::build::text(data) + zeros(m_missing));
        OwnedFrame frame(ipv4({.source = source, .destination = destination, .protocol = 6}, segment), 101,
                         ++m_number);
        frame.cut(40 + data.size());
        const Packet packet = decode::decode(frame.get());
        REQUIRE(packet.status == decode::Status::transport);
        return reassembler.add(packet, frame.get());
    }

    void note(const StreamChunk& chunk) {
        const std::string octets(as_text(chunk.bytes));
        chunks.push_back(
            {chunk.stream, chunk.reverse, octets, chunk.frame, chunk.gap_before, chunk.begins_midway});
        if (chunk.gap_before > 0) text[chunk.stream] += '[' + std::to_string(chunk.gap_before) + ']';
        text[chunk.stream] += octets;
    }

    std::uint64_t m_number = 0;
    std::size_t m_missing = 0;
};

std::string noise(std::mt19937& random, std::size_t size) {
    std::string octets(size, ' ');
    for (char& octet : octets) octet = static_cast<char>(random() & 0xffU);
    return octets;
}

} // namespace

TEST_CASE("a connection: handshake, data both ways, close") {
    Wire wire;
    wire.handshake();
    CHECK(wire.client(100, "INVITE").kind == SegmentKind::data);
    CHECK(wire.server(500, "100", ack, 106).kind == SegmentKind::data);
    CHECK(wire.client(106, "", fin | ack, 503).kind == SegmentKind::control);
    CHECK(wire.ended == std::vector<StreamId>{0});
    wire.server(503, "200", fin | ack, 107);
    CHECK(wire.ended == std::vector<StreamId>{0, 1});
    CHECK(wire.text == std::map<StreamId, std::string>{{0, "INVITE"}, {1, "100200"}});
    REQUIRE(wire.chunks.size() == 3);
    CHECK(wire.chunks[0].reverse == 1);
    CHECK(wire.chunks[0].frame == 4);
    CHECK_FALSE(wire.chunks[0].midway);
    CHECK(wire.chunks[1].reverse == 0);
    CHECK(wire.reassembler.counters().streams == 2);
    CHECK(wire.client(107, "", ack, 507).kind == SegmentKind::control);
    CHECK(wire.reassembler.counters().streams == 2);
}

TEST_CASE("data on SYN and FIN, sequence wrap") {
    Wire wire;
    wire.client(0xfffffffd, "ab", syn); // a, b at 0xfffffffe and 0xffffffff
    wire.client(0, "cd");
    wire.client(2, "ef", fin);
    CHECK(wire.text[0] == "abcdef");
    CHECK(wire.ended == std::vector<StreamId>{0});
}

TEST_CASE("out of order: waits, then comes in order with its own frame") {
    Wire wire;
    wire.handshake();
    CHECK(wire.client(103, "def").kind == SegmentKind::data);
    CHECK(wire.client(106, "ghi").kind == SegmentKind::data);
    CHECK(wire.chunks.empty());
    wire.client(100, "abc");
    CHECK(wire.text[0] == "abcdefghi");
    REQUIRE(wire.chunks.size() == 3);
    CHECK(wire.chunks[0].frame == 6);
    CHECK(wire.chunks[1].frame == 4);
    CHECK(wire.chunks[2].frame == 5);
    CHECK(wire.reassembler.counters().out_of_order_segments == 2);
}

TEST_CASE("retransmissions, keep-alives and overlaps: what came first stays") {
    Wire wire;
    wire.handshake();
    wire.client(100, "abcdef");
    CHECK(wire.client(100, "XXXXXX").kind == SegmentKind::retransmission);
    CHECK(wire.client(102, "XX").kind == SegmentKind::retransmission);
    CHECK(wire.client(105, "f").kind == SegmentKind::control);
    CHECK(wire.client(105, "").kind == SegmentKind::control);
    CHECK(wire.client(104, "XXgh").kind == SegmentKind::data);
    CHECK(wire.text[0] == "abcdefgh");
    // Over a segment that waits: only the octets around it are taken.
    wire.client(110, "kl");
    CHECK(wire.client(110, "XX").kind == SegmentKind::retransmission);
    CHECK(wire.client(108, "ijXXmn").kind == SegmentKind::data);
    CHECK(wire.text[0] == "abcdefghijklmn");
    CHECK(wire.reassembler.counters().retransmitted_segments == 3);
    CHECK(wire.reassembler.counters().overlaps == 2);
}

TEST_CASE("a gap is given up when the other side acknowledges past it") {
    Wire wire;
    wire.handshake();
    wire.client(100, "abc");
    wire.client(113, "xyz");
    wire.server(500, "", ack, 103);
    CHECK(wire.text[0] == "abc");
    wire.server(500, "", ack, 116);
    CHECK(wire.text[0] == "abc[10]xyz");
    CHECK(wire.client(103, "too late!!").kind == SegmentKind::retransmission);
    CHECK(wire.reassembler.counters().gaps == 1);
    CHECK(wire.reassembler.counters().gap_octets == 10);
}

TEST_CASE("an acknowledgement into a gap gives up what it passes") {
    Wire wire;
    wire.handshake();
    wire.client(110, "xyz");
    wire.server(500, "", ack, 104);
    CHECK(wire.chunks.empty());
    wire.client(104, "efghij");
    CHECK(wire.text[0] == "[4]efghijxyz");
}

TEST_CASE("an acknowledgement seen before its data loses nothing") {
    Wire wire;
    wire.handshake();
    wire.server(500, "", ack, 106);
    wire.client(100, "abc");
    wire.client(103, "def");
    CHECK(wire.text[0] == "abcdef");
}

TEST_CASE("a gap is told at the end of the capture, of the connection, and at a reset") {
    SUBCASE("flush") {
        Wire wire;
        wire.handshake();
        wire.client(105, "x");
        wire.reassembler.flush();
        CHECK(wire.text[0] == "[5]x");
        CHECK(wire.ended.size() == 2);
        wire.reassembler.flush();
        CHECK(wire.ended.size() == 2);
    }
    SUBCASE("reset") {
        Wire wire;
        wire.handshake();
        wire.client(105, "x");
        wire.server(500, "", rst);
        CHECK(wire.text[0] == "[5]x");
        CHECK(wire.ended.size() == 2);
    }
    SUBCASE("FIN acknowledged") {
        Wire wire;
        wire.handshake();
        wire.client(105, "x", fin);
        CHECK(wire.ended.empty());
        wire.server(500, "", ack, 107);
        CHECK(wire.text[0] == "[5]x");
        CHECK(wire.ended == std::vector<StreamId>{0});
    }
    SUBCASE("a reset far off is noise") {
        Wire wire;
        wire.handshake();
        wire.client(0x7000'0000, "", rst);
        CHECK(wire.ended.empty());
    }
}

TEST_CASE("octets that the snapshot length cut off are a gap") {
    Wire wire;
    wire.handshake();
    wire.client_cut(100, "abc", 7);
    wire.client(110, "xyz");
    CHECK(wire.text[0] == "abc[7]xyz");
}

TEST_CASE("a stream joined in the middle begins with its first data") {
    Wire wire;
    CHECK(wire.client(1000, "", ack, 7000).kind == SegmentKind::control);
    wire.client(1000, "abc");
    wire.client(1003, "def");
    CHECK(wire.text[0] == "abcdef");
    REQUIRE(wire.chunks.size() == 2);
    CHECK(wire.chunks[0].midway);
    CHECK_FALSE(wire.chunks[1].midway);
    CHECK(wire.client(990, "earlier").kind == SegmentKind::retransmission);
    SUBCASE("but the other side's acknowledgement tells what still has to come before it") {
        wire.server(7003, "yz");
        CHECK(wire.text[1].empty());
        wire.server(7000, "vwx");
        CHECK(wire.text[1] == "vwxyz");
        CHECK(wire.chunks[2].midway);
    }
}

TEST_CASE("ports used again have new streams") {
    const auto second_connection = [](Wire& wire) {
        wire.client(9000, "", syn);
        wire.server(4000, "", syn | ack, 9001);
        wire.client(9001, "second", ack, 4001);
        CHECK(wire.text[2] == "second");
        CHECK(wire.ended == std::vector<StreamId>{0, 1});
        CHECK(wire.reassembler.counters().streams == 4);
    };
    SUBCASE("after FIN") {
        Wire wire;
        wire.handshake();
        wire.client(100, "", fin);
        wire.server(500, "", fin | ack, 101);
        second_connection(wire);
    }
    SUBCASE("after RST") {
        Wire wire;
        wire.handshake();
        wire.client(100, "", rst);
        second_connection(wire);
    }
    SUBCASE("after nothing but a new SYN") {
        Wire wire;
        wire.handshake();
        wire.client(100, "first");
        second_connection(wire);
        CHECK(wire.text[0] == "first");
    }
    SUBCASE("a repeated SYN or SYN with ACK is no new connection") {
        Wire wire;
        wire.handshake();
        wire.handshake();
        wire.client(100, "abc");
        wire.server(499, "", syn | ack, 100);
        CHECK(wire.reassembler.counters().streams == 2);
        CHECK(wire.text[0] == "abc");
    }
    SUBCASE("a SYN captured after its answer is no new connection") {
        Wire wire;
        wire.server(499, "", syn | ack, 100);
        wire.client(99, "", syn);
        wire.client(100, "abc");
        CHECK(wire.text == std::map<StreamId, std::string>{{1, "abc"}});
    }
    SUBCASE("a retransmission after the end is none, more data is") {
        Wire wire;
        wire.handshake();
        wire.client(100, "abc", fin);
        CHECK(wire.client(100, "abc").kind == SegmentKind::retransmission);
        CHECK(wire.reassembler.counters().streams == 2);
        CHECK(wire.client(200, "more").stream == 2);
        CHECK(wire.text[2] == "more");
    }
}

TEST_CASE("connections on other ports are other streams") {
    Wire wire;
    CHECK(wire.client(100, "a", ack, 0, 40000).stream == 0);
    CHECK(wire.client(100, "b", ack, 0, 40001).stream == 2);
    CHECK(wire.server(100, "c", ack, 0, 40001).stream == 3);
    CHECK(wire.text == std::map<StreamId, std::string>{{0, "a"}, {2, "b"}, {3, "c"}});
}

TEST_CASE("what waits behind gaps is bounded, by octets and by pieces") {
    SUBCASE("a lost segment before a long transfer") {
        Wire wire;
        wire.handshake();
        const std::string block(60'000, 'x');
        std::uint32_t sequence = 110;
        std::size_t sent = 0;
        while (wire.chunks.empty()) {
            wire.client(sequence, block);
            sequence += 60'000;
            sent += block.size();
            REQUIRE(sent <= 2 * limits::tcp_flow_gap_octets);
        }
        CHECK(sent > limits::tcp_flow_gap_octets - 2 * block.size());
        CHECK(wire.chunks[0].gap == 10);
        CHECK(wire.text[0].size() == sent + 4); // "[10]"
    }
    SUBCASE("islands of one octet") {
        Wire wire;
        wire.handshake();
        constexpr std::uint32_t islands = 20'000;
        for (std::uint32_t i = 0; i < islands; ++i) wire.client(101 + 2 * i, "x");
        CHECK(wire.chunks.size() > islands / 2);
        wire.reassembler.flush();
        CHECK(wire.chunks.size() == islands);
        CHECK(wire.reassembler.counters().gap_octets == islands);
    }
    SUBCASE("gaps of two gigabytes") {
        Wire wire;
        wire.handshake(0);
        wire.client(1, "abc");
        wire.client(0x7fff'ffff, "def");
        wire.reassembler.flush();
        CHECK(wire.text[0] == "abc[2147483643]def");
    }
    SUBCASE("all directions together: those who waited longest are given up first") {
        Wire wire;
        const std::string block(60'000, 'x');
        const std::size_t enough = limits::tcp_gap_octets / block.size() + 1;
        for (std::size_t i = 0; i < enough; ++i) {
            const auto port = static_cast<std::uint16_t>(10'000 + i);
            wire.client(99, "", syn, 0, port);
            wire.client(110, block, ack, 0, port);
        }
        REQUIRE_FALSE(wire.chunks.empty());
        CHECK(wire.chunks.size() < 5);
        CHECK(wire.chunks[0].stream == 0);
        CHECK(wire.chunks[0].gap == 10);
    }
}

TEST_CASE("the least recently used connection makes room") {
    Wire wire;
    const auto connect = [&](std::size_t i) {
        const OwnedFrame frame(
            ipv4({.protocol = 6}, tcp({.source = static_cast<std::uint16_t>(i & 0xffffU),
                                       .destination = static_cast<std::uint16_t>(5060 + (i >> 16U)),
                                       .sequence = 1,
                                       .flags = syn},
                                      {})),
            101);
        return wire.reassembler.add(decode::decode(frame.get()), frame.get()).stream;
    };
    for (std::size_t i = 0; i < limits::tcp_flows; ++i) connect(i);
    CHECK(wire.reassembler.counters().evicted == 0);
    CHECK(connect(0) == 0); // used again: the second is the oldest now
    connect(limits::tcp_flows);
    CHECK(wire.reassembler.counters().evicted == 1);
    CHECK(wire.ended == std::vector<StreamId>{2, 3});
    CHECK(connect(0) == 0);
}

TEST_CASE("any segmentation, order, duplication and overlap delivers the same octets") {
    std::mt19937 random(20261121);
    for (int round = 0; round < 300; ++round) {
        const std::string stream = noise(random, 1 + random() % 5000);
        const auto start = static_cast<std::uint32_t>(round % 3 == 0 ? 0xffffff00U : random());
        // Pieces that cover everything, then random others, all true to the stream.
        std::vector<std::pair<std::size_t, std::size_t>> pieces;
        const auto length = [&] { return 1 + random() % (round % 2 == 0 ? 300 : 20); };
        for (std::size_t at = 0; at < stream.size();) {
            const std::size_t size = std::min<std::size_t>(length(), stream.size() - at);
            pieces.emplace_back(at, size);
            at += size;
        }
        for (std::size_t extra = pieces.size() / 2; extra > 0; --extra) {
            const std::size_t at = random() % stream.size();
            pieces.emplace_back(at, std::min<std::size_t>(length(), stream.size() - at));
        }
        if (round % 4 != 0) std::shuffle(pieces.begin(), pieces.end(), random);

        Wire wire;
        wire.client(start - 1, "", syn);
        for (const auto& [at, size] : pieces) {
            const bool last = at + size == stream.size();
            wire.client(start + static_cast<std::uint32_t>(at), std::string_view(stream).substr(at, size),
                        last ? fin : ack);
        }
        CHECK(wire.text[0] == stream);
        CHECK(wire.ended == std::vector<StreamId>{0});
        CHECK(wire.reassembler.counters().gaps == 0);
    }
}

TEST_CASE("any stream with any segments missing: what came is delivered in order with exact gaps") {
    std::mt19937 random(4);
    for (int round = 0; round < 200; ++round) {
        const std::string stream = noise(random, 200 + random() % 2000);
        Wire wire;
        wire.client(99, "", syn);
        std::vector<std::pair<std::size_t, std::size_t>> pieces;
        for (std::size_t at = 0; at < stream.size();) {
            const std::size_t size = std::min<std::size_t>(1 + random() % 100, stream.size() - at);
            if (random() % 4 != 0) pieces.emplace_back(at, size);
            at += size;
        }
        auto shuffled = pieces;
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        for (const auto& [at, size] : shuffled) {
            wire.client(100 + static_cast<std::uint32_t>(at), std::string_view(stream).substr(at, size));
        }
        wire.reassembler.flush();
        REQUIRE(wire.chunks.size() == pieces.size());
        std::size_t position = 0;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            CHECK(position + wire.chunks[i].gap == pieces[i].first);
            CHECK(wire.chunks[i].text == std::string_view(stream).substr(pieces[i].first, pieces[i].second));
            position = pieces[i].first + pieces[i].second;
        }
    }
}
