#include "analyzer/media/glance.hpp"

#include <deque>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "analyzer/media/stream_table.hpp"
#include "analyzer/media/tracker.hpp"
#include "dissectors/rtp/packet.hpp"
#include "tests/support/packet_builder.hpp"

using namespace rungs;
using namespace rungs::build;
using media::Glance;

namespace {

Octets rtp_packet(std::uint8_t first, std::uint8_t type, std::uint16_t sequence, std::uint32_t timestamp,
                  std::uint32_t ssrc, const Octets& rest) {
    return u8(first) + u8(type) + u16(sequence) + u32(timestamp) + u32(ssrc) + rest;
}

Octets random_octets(std::mt19937& random, std::size_t most) {
    Octets octets(random() % (most + 1));
    for (std::uint8_t& octet : octets) octet = static_cast<std::uint8_t>(random());
    return octets;
}

} // namespace

TEST_CASE("a glance at a frame sees what stands in it") {
    const OwnedFrame frame(ethernet(
        0x0800,
        ipv4({.source = "192.0.2.1", .destination = "192.0.2.2"},
             udp(4000, 5000, rtp_packet(0x80, 0x88, 0x0102, 0x03040506, 0x0708090a, {1, 2, 3, 4, 5, 6})))));
    Glance glance;
    REQUIRE(media::glance_at(frame.get(), glance));
    CHECK(glance.key.addresses == 0xc0000201'c0000202);
    CHECK(glance.key.ports_and_ssrc == 0x0fa01388'0708090a);
    CHECK(glance.key == media::stream_key(parse_endpoint("192.0.2.1:4000").value(),
                                          parse_endpoint("192.0.2.2:5000").value(), 0x0708090a));
    CHECK(glance.seen.sequence == 0x0102);
    CHECK(glance.seen.timestamp == 0x03040506);
    CHECK(glance.seen.payload_type == 8);
    CHECK(glance.seen.marker);
    CHECK(glance.seen.payload_octets == 6);
    CHECK(glance.seen.datagram_octets == 18);
    CHECK(glance.seen.dscp == 46);
    CHECK(glance.seen.first_octets == std::array<std::uint8_t, 5>{1, 2, 3, 4, 5});
}

TEST_CASE("what is no RTP over IPv4 is not looked at") {
    const auto sees = [](const Octets& octets) {
        const OwnedFrame frame(octets);
        Glance glance;
        const bool decoded = media::glance_at(frame.get(), decode::decode(frame.get()), glance);
        if (media::glance_at(frame.get(), glance)) CHECK(decoded);
        return decoded;
    };
    const auto over_udp = [](const Octets& datagram) {
        return ethernet(0x0800, ipv4({}, udp(4000, 5000, datagram)));
    };
    CHECK(sees(over_udp(rtp_packet(0x80, 0, 1, 2, 3, {}))));
    CHECK_FALSE(sees(over_udp(rtp_packet(0x40, 0, 1, 2, 3, {}))));          // version 1
    CHECK_FALSE(sees(over_udp(rtp_packet(0x80, 200, 1, 2, 3, zeros(20))))); // RTCP
    CHECK_FALSE(sees(over_udp(zeros(11))));
    CHECK_FALSE(sees(over_udp(rtp_packet(0x81, 0, 1, 2, 3, {})))); // a contributing source that is not there
    CHECK_FALSE(sees(ethernet(0x86dd, ipv6({}, udp(4000, 5000, rtp_packet(0x80, 0, 1, 2, 3, {}))))));
}

TEST_CASE("the straight line sees what decoding and parsing see, whatever the headers say") {
    std::mt19937 random(7); // NOLINT(cert-msc*): the same frames each time
    std::size_t seen = 0;
    for (int round = 0; round < 20'000; ++round) {
        const auto first = static_cast<std::uint8_t>(random() % 4 == 0 ? random() : 0x80);
        Octets octets = ethernet(0x0800, ipv4({}, udp(4000, 5000,
                                                      rtp_packet(first, static_cast<std::uint8_t>(random()),
                                                                 static_cast<std::uint16_t>(random()),
                                                                 static_cast<std::uint32_t>(random()), 9,
                                                                 random_octets(random, 24)))));
        if (random() % 2 == 0) octets[random() % 42] ^= static_cast<std::uint8_t>(1U << random() % 8);
        if (random() % 8 == 0) octets.resize(random() % octets.size());
        const OwnedFrame frame(octets);
        const decode::Packet packet = decode::decode(frame.get());
        Glance at_frame, at_packet;
        if (!media::glance_at(frame.get(), at_frame)) continue;
        ++seen;
        REQUIRE(media::glance_at(frame.get(), packet, at_packet));
        REQUIRE(at_frame == at_packet);
        const auto parsed = rtp::parse(packet.payload, packet.payload_missing);
        REQUIRE(parsed);
        CHECK(at_frame.key == media::stream_key(packet.source, packet.destination, parsed->ssrc));
        CHECK(at_frame.seen.sequence == parsed->sequence);
        CHECK(at_frame.seen.timestamp == parsed->timestamp);
        CHECK(at_frame.seen.payload_type == parsed->payload_type);
        CHECK(at_frame.seen.marker == parsed->marker);
        CHECK(at_frame.seen.payload_octets == parsed->payload_octets);
    }
    CHECK(seen > 5'000);
}

TEST_CASE("the table finds what was put in, and nothing else") {
    std::vector<int> values(5'000);
    media::StreamTable<int> table;
    const auto key = [](std::size_t number) { return media::StreamKey{number % 3, number}; };
    for (std::size_t i = 0; i < values.size(); ++i) table.insert(key(i), values[i]);
    for (std::size_t i = 0; i < values.size(); ++i) CHECK(table.find(key(i)) == &values[i]);
    CHECK(table.find(key(values.size())) == nullptr);
    table.clear();
    CHECK(table.find(key(0)) == nullptr);
}

TEST_CASE("measuring what is known and offering the rest is the same as offering all") {
    std::mt19937 random(11); // NOLINT(cert-msc*): the same packets each time
    const auto ignore = [](std::uint16_t, media::Verdict, std::uint64_t) {};
    media::Tracker offered(ignore), measured(ignore);
    std::deque<OwnedFrame> frames; // they do not move
    std::vector<std::uint16_t> sequences(12, 65'500);
    for (int round = 0; round < 6'000; ++round) {
        const auto stream = static_cast<unsigned>(random() % sequences.size());
        const auto step = static_cast<std::uint16_t>(random() % 50 == 0 ? random() % 5 : 1);
        const std::uint16_t sequence = sequences[stream] =
            static_cast<std::uint16_t>(sequences[stream] + step);
        const auto type = static_cast<std::uint8_t>(random() % 200 == 0 ? 101 : 0);
        const auto port = static_cast<std::uint16_t>(4000 + stream / 2 * 2); // two SSRCs share a port
        frames.emplace_back(ethernet(
            0x0800,
            ipv4({.source = "192.0.2.1", .destination = "192.0.2.2"},
                 udp(port, 5000, rtp_packet(0x80, type, sequence, sequence * 160U, stream, zeros(160))))));
    }
    std::vector<Glance> glances(frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) {
        Frame frame = frames[i].get();
        frame.number = i + 1;
        frame.time.ns = static_cast<std::int64_t>(i) * 1'700'000;
        glances[i].is_rtp = media::glance_at(frame, glances[i]);
        offered.offer(decode::decode(frame), frame);
    }
    std::size_t by_glance = 0;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const std::size_t known = measured.measure_known(std::span(glances).subspan(i));
        by_glance += known;
        i += known;
        if (i == frames.size()) break;
        Frame frame = frames[i].get();
        frame.number = i + 1;
        frame.time.ns = static_cast<std::int64_t>(i) * 1'700'000;
        measured.offer(decode::decode(frame), frame);
    }
    CHECK(by_glance > 5'000);
    const auto expected = offered.finish(), streams = measured.finish();
    REQUIRE(expected.size() == sequences.size());
    REQUIRE(streams.size() == expected.size());
    for (std::size_t i = 0; i < streams.size(); ++i) {
        CHECK(streams[i].ssrc == expected[i].ssrc);
        CHECK(streams[i].first_frame == expected[i].first_frame);
        CHECK(streams[i].last_frame == expected[i].last_frame);
        CHECK(streams[i].packets == expected[i].packets);
        CHECK(streams[i].expected == expected[i].expected);
        CHECK(streams[i].lost == expected[i].lost);
        CHECK(streams[i].duplicates == expected[i].duplicates);
        CHECK(streams[i].octets == expected[i].octets);
        CHECK(streams[i].jitter_ms_max == expected[i].jitter_ms_max);
        CHECK(streams[i].delta_ms_mean == expected[i].delta_ms_mean);
        CHECK(streams[i].seconds.size() == expected[i].seconds.size());
        CHECK(streams[i].payload_types.size() == expected[i].payload_types.size());
    }
}
