#include "analyzer/media/tracker.hpp"

#include <cmath>
#include <map>
#include <vector>

#include <doctest/doctest.h>

using namespace rungs;
using media::Verdict;
using Octets = std::vector<std::uint8_t>;

namespace {

Endpoint endpoint(const char* text) {
    return parse_endpoint(text).value();
}

/// A tracker with a clock, and the accounting that a pipeline would do.
struct Bench {
    std::map<Verdict, std::uint64_t> buckets;
    media::Tracker tracker{[this](std::uint16_t, Verdict verdict, std::uint64_t packets) {
        buckets[Verdict::pending] -= packets;
        buckets[verdict] += packets;
    }};
    Frame frame;
    Endpoint source = endpoint("192.0.2.1:4000"), destination = endpoint("192.0.2.2:5000");

    Verdict offer(const Octets& octets, std::int64_t after_ms = 20) {
        ++frame.number;
        frame.time = frame.time + std::chrono::milliseconds(after_ms);
        decode::Packet packet;
        packet.status = decode::Status::transport;
        packet.transport = decode::Transport::udp;
        packet.source = source;
        packet.destination = destination;
        packet.payload = octets;
        const Verdict verdict = tracker.offer(packet, frame);
        ++buckets[verdict];
        return verdict;
    }

    void announce(const char* at, std::uint32_t dialog = 1, std::vector<media::PayloadMapping> types = {},
                  const char* sender = nullptr) {
        media::Hint hint;
        if (sender != nullptr) hint.sender = IpAddress::parse(sender).value();
        hint.dialog = dialog;
        hint.media = endpoint(at);
        hint.payload_types = std::move(types);
        tracker.announce(hint);
    }
};

Octets rtp(std::uint16_t sequence, std::uint32_t timestamp, std::uint8_t type = 0, std::size_t octets = 160,
           std::uint8_t ssrc = 1) {
    Octets packet{0x80,
                  type,
                  static_cast<std::uint8_t>(sequence >> 8U),
                  static_cast<std::uint8_t>(sequence),
                  static_cast<std::uint8_t>(timestamp >> 24U),
                  static_cast<std::uint8_t>(timestamp >> 16U),
                  static_cast<std::uint8_t>(timestamp >> 8U),
                  static_cast<std::uint8_t>(timestamp),
                  0,
                  0,
                  0,
                  ssrc};
    packet.resize(packet.size() + octets);
    return packet;
}

Octets key(std::uint16_t sequence, std::uint32_t timestamp, std::uint8_t event, std::uint16_t duration,
           bool end) {
    auto packet = rtp(sequence, timestamp, 101, 4);
    packet[12] = event;
    packet[13] = end ? 0x8a : 0x0a;
    packet[14] = static_cast<std::uint8_t>(duration >> 8U);
    packet[15] = static_cast<std::uint8_t>(duration);
    return packet;
}

const Octets stun{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

} // namespace

TEST_CASE("without SDP five packets of G.711 decide, and the ones before them count") {
    Bench bench;
    for (std::uint16_t i = 0; i < 4; ++i) CHECK(bench.offer(rtp(i, i * 160U)) == Verdict::pending);
    CHECK(bench.offer(rtp(4, 4 * 160)) == Verdict::rtp);
    CHECK(bench.buckets[Verdict::pending] == 0);
    CHECK(bench.buckets[Verdict::rtp] == 5);
    const auto streams = bench.tracker.finish();
    REQUIRE(streams.size() == 1);
    CHECK(streams[0].packets == 5);
    CHECK(streams[0].lost == 0);
    CHECK(streams[0].first_frame == 1);
    CHECK(streams[0].last_frame == 5);
    CHECK_FALSE(streams[0].announced);
    CHECK(streams[0].jitter_ms_max.value() == doctest::Approx(0));
    CHECK(streams[0].delta_ms_mean == doctest::Approx(20));
    REQUIRE(streams[0].rating);
    CHECK(streams[0].rating->r_factor == doctest::Approx(93.2));
}

TEST_CASE("octets that do not match the time between timestamps are no G.711") {
    Bench bench;
    for (std::uint16_t i = 0; i < 15; ++i) bench.offer(rtp(i, i * 1000U));
    CHECK(bench.buckets[Verdict::rtp] == 0);
    CHECK(bench.tracker.finish().empty());
    CHECK(bench.buckets[Verdict::pending] == 0);
    CHECK(bench.buckets[Verdict::none] == 15);
}

TEST_CASE("what begins like RTP but goes nowhere ends in one bucket") {
    Bench bench;
    for (std::uint16_t i = 0; i < 200; ++i)
        bench.offer(rtp(static_cast<std::uint16_t>(i * 7919), i * 12345U, static_cast<std::uint8_t>(i % 128),
                        50, static_cast<std::uint8_t>(i)));
    CHECK(bench.tracker.finish().empty());
    CHECK(bench.buckets[Verdict::pending] == 0);
    std::uint64_t sum = 0;
    for (const auto& [verdict, packets] : bench.buckets) sum += packets;
    CHECK(sum == 200);
}

TEST_CASE("a port pair that spoke STUN is left alone, unless SDP announced it") {
    Bench bench;
    CHECK(bench.offer(stun) == Verdict::stun);
    for (std::uint16_t i = 0; i < 10; ++i) CHECK(bench.offer(rtp(i, i * 160U)) == Verdict::none);
    bench.announce("192.0.2.2:5000");
    CHECK(bench.offer(rtp(10, 1600)) == Verdict::rtp);
    CHECK(bench.tracker.finish().size() == 1);
}

TEST_CASE("announced media is believed at once, with its codec and dialog") {
    Bench bench;
    bench.announce("192.0.2.2:5000", 7, {{111, 48000, "opus"}});
    CHECK(bench.offer(rtp(1, 0, 111, 80)) == Verdict::rtp);
    CHECK(bench.offer(rtp(3, 1920, 111, 80), 40) == Verdict::rtp);
    const auto streams = bench.tracker.finish();
    REQUIRE(streams.size() == 1);
    CHECK(streams[0].dialog == 7);
    CHECK(streams[0].announced);
    CHECK(streams[0].payload_types[0].encoding == "opus");
    CHECK(streams[0].payload_types[0].announced);
    CHECK(streams[0].lost == 1);
    CHECK(streams[0].jitter_ms_max.value() == doctest::Approx(0));
    CHECK_FALSE(streams[0].rating);  // no values are published
    CHECK_FALSE(streams[0].latched); // the other side's SDP is not known
}

TEST_CASE("media from an address that neither side named is latched") {
    Bench bench;
    bench.announce("192.0.2.2:5000");
    bench.announce("10.0.0.1:4000");
    bench.offer(rtp(1, 0));
    const auto streams = bench.tracker.finish();
    REQUIRE(streams.size() == 1);
    CHECK(streams[0].latched);
}

TEST_CASE("NAT: the announced port at the address that the message came from") {
    Bench bench;
    // As seen inside: the switch at 10.0.0.5 names its public address, the phone its private one.
    bench.announce("192.168.1.11:16400", 3, {}, "198.51.100.21");
    bench.announce("203.0.113.9:24700", 3, {}, "10.0.0.5");
    bench.source = endpoint("198.51.100.21:52400");
    bench.destination = endpoint("10.0.0.5:24700");
    CHECK(bench.offer(rtp(1, 160)) == Verdict::rtp);
    std::swap(bench.source, bench.destination);
    CHECK(bench.offer(rtp(1, 160)) == Verdict::rtp);
    const auto streams = bench.tracker.finish();
    REQUIRE(streams.size() == 2);
    for (const auto& stream : streams) {
        CHECK(stream.announced);
        CHECK(stream.latched);
        CHECK(stream.dialog == 3);
    }
    CHECK(streams[0].named_source == endpoint("192.168.1.11:16400"));
    CHECK(streams[0].named_destination == endpoint("203.0.113.9:24700"));
}

TEST_CASE("between public addresses a port proves nothing") {
    Bench bench;
    bench.announce("192.0.2.7:5000", 3, {}, "192.0.2.2");
    CHECK(bench.offer(rtp(1, 160)) == Verdict::pending);
}

TEST_CASE("an address that was announced exactly is not latched, whatever stands beside it") {
    Bench bench;
    bench.announce("192.0.2.2:5000", 1);
    bench.announce("10.0.0.9:5000", 2, {}, "192.0.2.2"); // its port at the same address, by NAT
    bench.offer(rtp(1, 160));
    const auto streams = bench.tracker.finish();
    REQUIRE(streams.size() == 1);
    CHECK(streams[0].dialog == 1);
    CHECK_FALSE(streams[0].latched);
}

TEST_CASE("a jump in RTP time is neither jitter nor skew, and no silence") {
    Bench bench;
    bench.announce("192.0.2.2:5000");
    for (std::uint16_t i = 0; i < 600; ++i) bench.offer(rtp(i, i * 160U));
    for (std::uint16_t i = 600; i < 1200; ++i) bench.offer(rtp(i, 900'000'000U + i * 160U));
    const auto streams = bench.tracker.finish();
    REQUIRE(streams.size() == 1);
    CHECK(streams[0].jitter_ms_max.value() == doctest::Approx(0));
    CHECK(std::abs(streams[0].clock_skew_ppm.value()) < 1);
    CHECK(streams[0].lost == 0);
    CHECK(streams[0].silence == Duration{});
}

TEST_CASE("silence: RTP time goes on, sequence numbers do not") {
    Bench bench;
    bench.announce("192.0.2.2:5000");
    std::uint32_t timestamp = 0;
    for (std::uint16_t i = 0; i < 20; ++i, timestamp += 160) bench.offer(rtp(i, timestamp));
    timestamp += 8000; // a second in which nothing is sent
    bench.offer(rtp(20, timestamp), 1020);
    bench.offer(rtp(21, timestamp + 160));
    const auto streams = bench.tracker.finish();
    REQUIRE(streams.size() == 1);
    CHECK(streams[0].lost == 0);
    CHECK(to_seconds(streams[0].silence) == doctest::Approx(1).epsilon(0.001));
    CHECK(streams[0].jitter_ms_max.value() == doctest::Approx(0));
}

TEST_CASE("clock skew: 160 ticks every 19 ms are 20 ms of a clock that is 5.26 % fast") {
    Bench bench;
    bench.announce("192.0.2.2:5000");
    for (std::uint16_t i = 0; i < 1500; ++i) bench.offer(rtp(i, i * 160U), 19);
    const auto streams = bench.tracker.finish();
    REQUIRE(streams[0].clock_skew_ppm);
    CHECK(*streams[0].clock_skew_ppm == doctest::Approx(1e6 / 19).epsilon(0.01));
}

TEST_CASE("SDP that comes last still claims what was pending") {
    Bench bench;
    CHECK(bench.offer(rtp(1, 0)) == Verdict::pending);
    bench.announce("192.0.2.2:5000");
    const auto streams = bench.tracker.finish();
    REQUIRE(streams.size() == 1);
    CHECK(streams[0].packets == 1);
    CHECK(bench.buckets[Verdict::rtp] == 1);
    CHECK(bench.buckets[Verdict::pending] == 0);
}

TEST_CASE("one SSRC both ways is two streams; a new SSRC is another one") {
    Bench bench;
    bench.announce("192.0.2.2:5000");
    bench.offer(rtp(1, 0));
    std::swap(bench.source, bench.destination);
    bench.offer(rtp(1, 0));
    bench.offer(rtp(9, 0, 8, 160, 2));
    const auto streams = bench.tracker.finish();
    REQUIRE(streams.size() == 3);
    CHECK(streams[0].source == streams[1].destination);
    CHECK(streams[2].ssrc == 2);
    CHECK(streams[2].payload_types[0].encoding == "PCMA");
}

TEST_CASE("a key press is one event, whatever the repeats (RFC 4733)") {
    Bench bench;
    bench.announce("192.0.2.2:5000", 1, {{0, 8000, "PCMU"}, {101, 8000, "telephone-event"}});
    bench.offer(rtp(1, 0));
    for (std::uint16_t i = 0; i < 4; ++i)
        bench.offer(
            key(static_cast<std::uint16_t>(2 + i), 160, 5, static_cast<std::uint16_t>(160 * (i + 1)), false));
    for (std::uint16_t i = 0; i < 3; ++i)
        bench.offer(key(static_cast<std::uint16_t>(6 + i), 160, 5, 800, true));
    bench.offer(key(9, 1600, 5, 400, true)); // the same key again
    bench.offer(rtp(10, 1760));
    const auto streams = bench.tracker.finish();
    REQUIRE(streams.size() == 1);
    REQUIRE(streams[0].dtmf.size() == 2);
    CHECK(streams[0].dtmf[0].event == 5);
    CHECK(streams[0].dtmf[0].packets == 7);
    CHECK(streams[0].dtmf[0].ended);
    CHECK(streams[0].dtmf[0].frame == 2);
    CHECK(to_milliseconds(streams[0].dtmf[0].duration) == doctest::Approx(100));
    CHECK(to_milliseconds(streams[0].dtmf[1].duration) == doctest::Approx(50));
}

TEST_CASE("RED names what it carries") {
    Bench bench;
    bench.announce("192.0.2.2:5000", 1, {{97, 8000, "red"}});
    auto packet = rtp(1, 0, 97, 165);
    packet[12] = 0x80; // one older block of PCMU, then the primary
    packet[16] = 0x00;
    bench.offer(packet);
    const auto streams = bench.tracker.finish();
    CHECK(streams.at(0).payload_types.at(0).red_primary == 0);
    CHECK(streams.at(0).rating.value().codec == "G.711 with PLC");
}

TEST_CASE("RTCP: told apart, and the round trip from LSR and DLSR") {
    Bench bench;
    bench.announce("192.0.2.2:5000");
    bench.offer(rtp(1, 0));
    bench.source.port = 4001;
    bench.destination.port = 5001;
    // A sender report with the NTP time 0x0001.0002 in the middle, then a receiver report 150 ms later: DLSR
    // 50 ms.
    CHECK(bench.offer({0x80, 200, 0, 6, 0, 0, 0, 1, 0, 0, 0, 1, 0, 2,
                       0,    0,   0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0}) == Verdict::rtcp);
    std::swap(bench.source, bench.destination);
    CHECK(bench.offer({0x81, 201, 0, 7, 0, 0, 0, 2,  0, 0, 0, 1, 0x80, 0, 0,    3,
                       0,    0,   0, 1, 0, 0, 0, 80, 0, 1, 0, 2, 0,    0, 0x0c, 0xcd},
                      150) == Verdict::rtcp);
    const auto streams = bench.tracker.finish();
    REQUIRE(streams.size() == 1);
    REQUIRE(streams[0].rtcp);
    CHECK(streams[0].rtcp->sender_reports == 1);
    CHECK(streams[0].rtcp->reported_packets == 9);
    CHECK(streams[0].rtcp->reported_lost == 3);
    CHECK(streams[0].rtcp->reported_loss_percent_max == doctest::Approx(50));
    CHECK(streams[0].rtcp->reported_jitter_ms_max == doctest::Approx(10));
    CHECK(streams[0].rtcp->round_trip_ms_mean.value() == doctest::Approx(100).epsilon(0.001));
}

TEST_CASE("T.38 only where it was announced") {
    Bench bench;
    const Octets fax{0, 1, 1, 2, 0, 0};
    CHECK(bench.offer(fax) == Verdict::none);
    media::Hint hint;
    hint.media = bench.destination;
    hint.t38 = true;
    bench.tracker.announce(hint);
    CHECK(bench.offer(fax) == Verdict::t38);
    CHECK(bench.offer(fax) == Verdict::t38);
    CHECK(bench.tracker.finish().empty());
    REQUIRE(bench.tracker.faxes().size() == 1);
    CHECK(bench.tracker.faxes()[0].packets == 2);
    CHECK(bench.tracker.faxes()[0].first_frame == 2);
    CHECK(bench.tracker.faxes()[0].destination == bench.destination);
}

TEST_CASE("limits::media_flows, on both sides") {
    Bench bench;
    for (std::size_t i = 0; i < limits::media_flows; ++i) {
        bench.source.port = static_cast<std::uint16_t>(i & 0xffffU);
        bench.destination.port = static_cast<std::uint16_t>(i >> 16U);
        bench.offer(stun, 0);
    }
    CHECK(bench.tracker.counters().beyond_flows == 0);
    bench.offer(stun, 0); // a port pair that is known
    CHECK(bench.tracker.counters().beyond_flows == 0);
    bench.destination.port = 9;
    bench.offer(stun, 0);
    CHECK(bench.tracker.counters().beyond_flows == 1);
}

TEST_CASE("limits::rtp_streams, on both sides") {
    Bench bench;
    bench.announce("192.0.2.2:5000");
    const auto begin_stream = [&](std::size_t number) {
        bench.source.port = static_cast<std::uint16_t>(10'000 + number / limits::flow_streams);
        bench.offer(rtp(1, 0, 0, 160, static_cast<std::uint8_t>(number % limits::flow_streams)), 0);
    };
    for (std::size_t i = 0; i < limits::rtp_streams; ++i) begin_stream(i);
    CHECK(bench.tracker.counters().beyond_streams == 0);
    begin_stream(limits::rtp_streams);
    CHECK(bench.tracker.counters().beyond_streams == 1);
    CHECK(bench.tracker.finish().size() == limits::rtp_streams);
}

TEST_CASE("limits::rtcp_sources, on both sides") {
    const auto beyond = [](std::size_t sources) {
        Bench bench;
        for (std::size_t ssrc = 0; ssrc < sources; ++ssrc) {
            Octets report{0x80,
                          200,
                          0,
                          6,
                          0,
                          static_cast<std::uint8_t>(ssrc >> 16U),
                          static_cast<std::uint8_t>(ssrc >> 8U),
                          static_cast<std::uint8_t>(ssrc)};
            report.resize(28);
            REQUIRE(bench.offer(report, 0) == Verdict::rtcp);
        }
        bench.tracker.finish();
        return bench.tracker.counters().beyond_rtcp;
    };
    CHECK(beyond(limits::rtcp_sources) == 0);
    CHECK(beyond(limits::rtcp_sources + 1) == 1);
}

TEST_CASE("limits::stream_seconds, on both sides") {
    Bench bench;
    bench.announce("192.0.2.2:5000");
    const auto seconds = [&](std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            bench.offer(rtp(static_cast<std::uint16_t>(i), static_cast<std::uint32_t>(i * 8000)), 1000);
        return bench.tracker.finish().at(0);
    };
    SUBCASE("at the limit") {
        CHECK(seconds(limits::stream_seconds).seconds.size() == limits::stream_seconds);
    }
    SUBCASE("past it, further seconds are counted in the last entry") {
        const media::Stream stream = seconds(limits::stream_seconds + 5);
        REQUIRE(stream.seconds.size() == limits::stream_seconds);
        CHECK(stream.seconds.back().packets == 6);
        CHECK(stream.seconds.front().sequence == 0);
        CHECK(stream.seconds.back().sequence == limits::stream_seconds + 4); // that of the last packet
        CHECK(stream.packets == limits::stream_seconds + 5);
    }
}

TEST_CASE("hints of a description") {
    sdp::Description description;
    REQUIRE(sdp::parse("v=0\no=ana@lab.example 127.0.0.1\nm=audio 23032 RTP\nm=audio 0 RTP/AVP 0\n",
                       description));
    auto hints = media::hints_of(description, media::HintSource{});
    REQUIRE(hints.size() == 1);
    CHECK(to_string(hints[0].media) == "127.0.0.1:23032");
    REQUIRE(
        sdp::parse("v=0\nc=IN IP4 0.0.0.0\nm=audio 4 RTP/AVP 0\nm=image 6 udptl t38\nc=IN IP4 192.0.2.1\n",
                   description));
    hints = media::hints_of(description, media::HintSource{});
    REQUIRE(hints.size() == 1);
    CHECK(hints[0].t38);
}

TEST_CASE("tracker: a look at the streams changes nothing") {
    Bench bench;
    bench.announce("192.0.2.2:5000");
    for (std::uint16_t i = 0; i < 10; ++i) bench.offer(rtp(i, i * 160U));
    const auto early = bench.tracker.peek();
    REQUIRE(early.size() == 1);
    CHECK(early[0].packets == 10);
    for (std::uint16_t i = 10; i < 20; ++i) bench.offer(rtp(i, i * 160U));
    const auto streams = bench.tracker.finish();
    REQUIRE(streams.size() == 1);
    CHECK(streams[0].packets == 20);
    CHECK(streams[0].lost == 0);
}

TEST_CASE("tracker: streams stay and go with their dialogs") {
    Bench bench;
    bench.announce("192.0.2.2:5000", 1);
    bench.announce("192.0.2.2:6000", 2);
    for (std::uint16_t i = 0; i < 10; ++i) {
        bench.destination = endpoint("192.0.2.2:5000");
        bench.offer(rtp(i, i * 160U));
        bench.destination = endpoint("192.0.2.2:6000");
        bench.offer(rtp(i, i * 160U, 0, 160, 2));
    }
    CHECK(bench.tracker.stream_count() == 2);
    CHECK(bench.tracker.flow_count() == 2);
    const std::vector<std::uint32_t> renamed{
        0, 1}; // the first dialog is given up, the second one is the first now
    const auto gone = bench.tracker.retain(renamed, bench.frame.time);
    CHECK(gone.streams == 1);
    CHECK(gone.flows == 1);

    for (std::uint16_t i = 10; i < 15; ++i) bench.offer(rtp(i, i * 160U, 0, 160, 2));
    const auto streams = bench.tracker.finish();
    REQUIRE(streams.size() == 1);
    CHECK(streams[0].dialog == 1);
    CHECK(streams[0].packets == 15);
    CHECK(streams[0].announced);
    CHECK(streams[0].destination == endpoint("192.0.2.2:6000"));
}

TEST_CASE("tracker: media without a dialog makes room when it is idle") {
    for (const std::int64_t silence_ms : {100, 5000}) {
        Bench bench;
        for (std::uint16_t i = 0; i < 50; ++i) bench.offer(rtp(i, i * 160U));
        REQUIRE(bench.tracker.stream_count() == 1);
        const Timestamp now = bench.frame.time + std::chrono::milliseconds(silence_ms);
        const auto gone = bench.tracker.retain({}, now + std::chrono::milliseconds(-1000));
        CHECK(gone.streams == (silence_ms > 1000 ? 1 : 0));
        CHECK(bench.tracker.flow_count() == (silence_ms > 1000 ? 0 : 1));
    }
}

TEST_CASE("tracker: its limits can be smaller, and what is beyond is counted") {
    media::Tracker tracker([](std::uint16_t, Verdict, std::uint64_t) {}, {2, 1, 5});
    decode::Packet packet;
    packet.status = decode::Status::transport;
    packet.transport = decode::Transport::udp;
    Frame frame;
    for (std::uint16_t port = 1; port <= 3; ++port) {
        media::Hint hint;
        hint.media = Endpoint{IpAddress::parse("192.0.2.2").value(), port};
        hint.dialog = 1;
        tracker.announce(hint);
        packet.source = endpoint("192.0.2.1:4000");
        packet.destination = hint.media;
        const Octets octets = rtp(1, 160);
        packet.payload = octets;
        tracker.offer(packet, frame);
    }
    CHECK(tracker.stream_count() == 1);
    CHECK(tracker.flow_count() == 2);
    CHECK(tracker.counters().beyond_streams == 1);
    CHECK(tracker.counters().beyond_flows == 1);
}
