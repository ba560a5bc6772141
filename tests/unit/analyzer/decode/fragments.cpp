#include "analyzer/decode/fragments.hpp"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "core/limits/decode.hpp"
#include "core/limits/messages.hpp"
#include "tests/support/packet_builder.hpp"

using namespace rungs;
using namespace rungs::build;
using rungs::decode::FragmentReassembler;
using rungs::decode::Packet;
using rungs::decode::Status;
using rungs::decode::Transport;

namespace {

/// Feeds frames, numbered from 1, and keeps what came out as text and numbers.
struct Feeder {
    FragmentReassembler reassembler;
    std::uint64_t number = 0;
    std::int64_t now = 0;

    struct Datagram {
        Status status;
        Transport transport;
        std::string payload;
        std::vector<std::uint64_t> frames;
    };
    std::vector<Datagram> whole;

    void feed(const Octets& octets) {
        const OwnedFrame frame(octets, 1, ++number, now);
        const Packet packet = decode::decode(frame.get());
        REQUIRE(packet.status == Status::fragment);
        if (const auto done = reassembler.add(packet, frame.get())) {
            whole.push_back({done->packet.status, done->packet.transport,
                             std::string(as_text(done->packet.payload)), done->frames});
        }
    }
};

Octets part(const Octets& octets, std::size_t begin, std::size_t end) {
    end = std::min(end, octets.size());
    return {octets.begin() + static_cast<std::ptrdiff_t>(begin),
            octets.begin() + static_cast<std::ptrdiff_t>(end)};
}

Octets fragment_v4(const Octets& octets, std::size_t begin, std::size_t end, std::uint16_t id = 7,
                   std::string_view source = "192.0.2.1") {
    const bool more = end < octets.size();
    const auto field = static_cast<std::uint16_t>(begin / 8 | (more ? 0x2000U : 0U));
    return ethernet(0x0800, ipv4({.source = source, .id = id, .fragment = field}, part(octets, begin, end)));
}

Octets fragment_v6(const Octets& octets, std::size_t begin, std::size_t end) {
    const bool more = end < octets.size();
    return ethernet(0x86dd, ipv6({.next = 44}, Octets{17, 0} + u16(begin | (more ? 1U : 0U)) + u32(0xabcd) +
                                                   part(octets, begin, end)));
}

std::string long_text(std::size_t size) {
    std::string text;
    while (text.size() < size) text += std::to_string(text.size()) + ' ';
    text.resize(size);
    return text;
}

const std::string message = long_text(1000);
const Octets datagram = udp(5060, 5060, text(message));

} // namespace

TEST_CASE("fragments in any order make their datagram") {
    std::vector<std::size_t> order{0, 1, 2, 3};
    do {
        Feeder v4, v6;
        for (const std::size_t index : order) {
            v4.feed(fragment_v4(datagram, index * 256, index * 256 + 256));
            v6.feed(fragment_v6(datagram, index * 256, index * 256 + 256));
        }
        for (const Feeder* feeder : {&v4, &v6}) {
            REQUIRE(feeder->whole.size() == 1);
            CHECK(feeder->whole[0].transport == Transport::udp);
            CHECK(feeder->whole[0].payload == message);
            CHECK(feeder->whole[0].frames == std::vector<std::uint64_t>{1, 2, 3, 4});
            CHECK(feeder->reassembler.counters().datagrams == 1);
            CHECK(feeder->reassembler.counters().waiting == 0);
        }
    } while (std::ranges::next_permutation(order).found);
}

TEST_CASE("datagrams that differ in id, address or enclosure are not mixed") {
    Feeder feeder;
    feeder.feed(fragment_v4(datagram, 0, 512, 1));
    feeder.feed(fragment_v4(datagram, 512, 2000, 2));
    feeder.feed(fragment_v4(datagram, 512, 2000, 1, "192.0.2.9"));
    Octets tagged = fragment_v4(datagram, 512, 2000, 1);
    const Octets tag = u16(0x8100) + u16(5);
    tagged.insert(tagged.begin() + 12, tag.begin(), tag.end());
    feeder.feed(tagged);
    CHECK(feeder.whole.empty());
    CHECK(feeder.reassembler.counters().waiting == 4);
    feeder.feed(fragment_v4(datagram, 512, 2000, 1));
    REQUIRE(feeder.whole.size() == 1);
    CHECK(feeder.whole[0].frames == std::vector<std::uint64_t>{1, 5});
}

TEST_CASE("IPv4 overlaps: what came first stays") {
    Feeder feeder;
    const Octets other = udp(5060, 5060, text(std::string(1000, 'x')));
    feeder.feed(fragment_v4(datagram, 256, 512));
    feeder.feed(fragment_v4(other, 128, 640));
    feeder.feed(fragment_v4(datagram, 0, 256));
    feeder.feed(fragment_v4(datagram, 512, 2000));
    REQUIRE(feeder.whole.size() == 1);
    std::string wanted = message;
    // Octets 128..256 and 512..640 of the datagram came with the second frame; 8 of them are the UDP
    // header's.
    wanted.replace(120, 128, 128, 'x');
    wanted.replace(504, 128, 128, 'x');
    CHECK(feeder.whole[0].payload == wanted);
    CHECK(feeder.reassembler.counters().overlaps == 3);
}

TEST_CASE("IPv6: an overlap discards the datagram, an exact copy does not") {
    Feeder feeder;
    feeder.feed(fragment_v6(datagram, 0, 512));
    feeder.feed(fragment_v6(datagram, 0, 512));
    feeder.feed(fragment_v6(datagram, 512, 2000));
    REQUIRE(feeder.whole.size() == 1);
    CHECK(feeder.whole[0].payload == message);
    CHECK(feeder.reassembler.counters().overlaps == 0);

    feeder.feed(fragment_v6(datagram, 0, 512));
    feeder.feed(fragment_v6(datagram, 504, 768));
    feeder.feed(fragment_v6(datagram, 512, 2000));
    CHECK(feeder.whole.size() == 1);
    CHECK(feeder.reassembler.counters().overlaps == 1);
}

TEST_CASE("a datagram waits 60 s and no longer") {
    Feeder feeder;
    feeder.feed(fragment_v4(datagram, 0, 512));
    feeder.now = limits::fragment_timeout_ns;
    feeder.feed(fragment_v4(datagram, 512, 2000));
    CHECK(feeder.whole.size() == 1);

    feeder.feed(fragment_v4(datagram, 0, 512));
    feeder.now += limits::fragment_timeout_ns + 1;
    feeder.feed(fragment_v4(datagram, 512, 2000));
    CHECK(feeder.whole.size() == 1);
    CHECK(feeder.reassembler.counters().timed_out == 1);
    CHECK(feeder.reassembler.counters().waiting == 1);
}

TEST_CASE("what waits is bounded, the oldest goes first") {
    Feeder feeder;
    const Octets big = zeros(60'008);
    const std::size_t enough = limits::fragment_octets / 60'000 + 10;
    for (std::size_t i = 0; i < enough; ++i) {
        feeder.feed(fragment_v4(big, 0, 60'000, static_cast<std::uint16_t>(i)));
    }
    const auto& counters = feeder.reassembler.counters();
    CHECK(counters.evicted > 0);
    CHECK(counters.evicted + counters.waiting == enough);
    CHECK(counters.waiting * 60'000 <= limits::fragment_octets + 60'000);
    feeder.feed(fragment_v4(big, 60'000, 60'008, static_cast<std::uint16_t>(enough - 1)));
    CHECK(feeder.whole.size() == 1);
}

TEST_CASE("extension headers behind the fragment header are read when the datagram is whole") {
    const Octets with_options = Octets{17, 0, 1, 4, 0, 0, 0, 0} + datagram;
    Feeder feeder;
    for (const bool last : {false, true}) {
        const Octets body = last ? part(with_options, 512, 2000) : part(with_options, 0, 512);
        feeder.feed(
            ethernet(0x86dd, ipv6({.next = 44}, Octets{60, 0} + u16(last ? 512 : 1) + u32(1) + body)));
    }
    REQUIRE(feeder.whole.size() == 1);
    CHECK(feeder.whole[0].payload == message);
}

TEST_CASE("a fragmented tunnel carries a fragment that can be added in turn") {
    const Octets inner = part(fragment_v4(datagram, 0, 512), 14, 2000);
    const Octets outer_start =
        ethernet(0x0800, ipv4({.protocol = 4, .id = 9, .fragment = 0x2000}, part(inner, 0, 256)));
    const Octets outer_end =
        ethernet(0x0800, ipv4({.protocol = 4, .id = 9, .fragment = 32}, part(inner, 256, 2000)));
    FragmentReassembler reassembler;
    const OwnedFrame first(outer_start, 1, 1), second_frame(outer_end, 1, 2);
    CHECK_FALSE(reassembler.add(decode::decode(first.get()), first.get()));
    const auto whole = reassembler.add(decode::decode(second_frame.get()), second_frame.get());
    REQUIRE(whole);
    REQUIRE(whole->packet.status == Status::fragment);
    CHECK(whole->packet.tunnelled);
    CHECK_FALSE(reassembler.add(whole->packet, second_frame.get()));
    CHECK(reassembler.counters().waiting == 1);
}
