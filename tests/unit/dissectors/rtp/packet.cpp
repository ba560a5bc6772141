#include "dissectors/rtp/packet.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include <doctest/doctest.h>

using namespace rungs;

namespace {

/// Marker, type 0, sequence 0xfffe, timestamp 160, SSRC 0x0000a11c.
std::vector<std::uint8_t> header(std::uint8_t flags) {
    return {flags, 0x80, 0xff, 0xfe, 0, 0, 0, 160, 0, 0, 0xa1, 0x1c};
}

void append(std::vector<std::uint8_t>& octets, std::initializer_list<std::uint8_t> more) {
    octets.insert(octets.end(), more);
}

} // namespace

TEST_CASE("the fixed header") {
    auto octets = header(0x80);
    append(octets, {1, 2, 3});
    const auto packet = rtp::parse(octets);
    REQUIRE(packet);
    CHECK(packet->marker);
    CHECK(packet->payload_type == 0);
    CHECK(packet->sequence == 0xfffe);
    CHECK(packet->timestamp == 160);
    CHECK(packet->ssrc == 0xa11c);
    CHECK(packet->payload.size() == 3);
    CHECK(packet->payload_octets == 3);
    CHECK(rtp::parse(octets, 100)->payload_octets == 103);
}

TEST_CASE("CSRCs, extension and padding are no payload") {
    auto octets = header(0x80 | 0x20 | 0x10 | 2);
    append(octets, {0, 0, 0, 1, 0, 0, 0, 2});             // CSRCs
    append(octets, {0xbe, 0xde, 0, 1, 0x10, 0xff, 0, 0}); // extension of one word
    append(octets, {9, 8, 7, 0, 0, 3});                   // payload and padding
    const auto packet = rtp::parse(octets);
    REQUIRE(packet);
    CHECK(packet->csrcs.size() == 8);
    CHECK(packet->has_extension);
    CHECK(packet->extension_profile == 0xbede);
    CHECK(packet->extension.size() == 4);
    CHECK(packet->padding_octets == 3);
    REQUIRE(packet->payload.size() == 3);
    CHECK(packet->payload[0] == 9);
    CHECK(packet->issue.empty());
    // The last octet is not there when the capture was cut, so nothing is taken off.
    CHECK(rtp::parse(octets, 1)->payload_octets == 7);
}

TEST_CASE("padding that lies is said and kept") {
    auto octets = header(0x80 | 0x20);
    CHECK(rtp::parse(octets)->issue == "rtp-padding");
    append(octets, {1, 200});
    CHECK(rtp::parse(octets)->issue == "rtp-padding");
    CHECK(rtp::parse(octets)->payload.size() == 2);
    octets.back() = 0;
    CHECK(rtp::parse(octets)->issue == "rtp-padding");
}

TEST_CASE("what does not fit is not RTP") {
    auto octets = header(0x80 | 0x10 | 15);
    CHECK_FALSE(rtp::parse(octets));
    CHECK_FALSE(rtp::parse(header(0x40)));
    CHECK_FALSE(rtp::parse({}));
    octets = header(0x80 | 0x10);
    append(octets, {0xbe, 0xde, 0xff, 0xff, 1});
    CHECK_FALSE(rtp::parse(octets));
    CHECK(rtp::probe(header(0x80)) == Probe::maybe);
    CHECK(rtp::probe({}) == Probe::no);
    auto report = header(0x80);
    report[1] = 200;
    CHECK(rtp::probe(report) == Probe::no);
}

TEST_CASE("RFC 5761: RTCP by the second octet") {
    const auto is_rtcp = [](std::uint8_t second) {
        return rtp::is_rtcp(std::vector<std::uint8_t>{0x80, second});
    };
    CHECK_FALSE(is_rtcp(191));
    CHECK(is_rtcp(192));
    CHECK(is_rtcp(223));
    CHECK_FALSE(is_rtcp(224));
    CHECK_FALSE(is_rtcp(8));
}

TEST_CASE("no prefix is read past its end") {
    auto octets = header(0x80 | 0x10 | 15);
    octets.resize(12 + 60 + 4 + 8, 0);
    octets[12 + 60 + 3] = 2; // an extension of two words
    for (std::size_t size = 0; size <= octets.size(); ++size) {
        const auto block = std::make_unique<std::uint8_t[]>(size);
        std::copy_n(octets.begin(), size, block.get());
        CHECK(rtp::parse({block.get(), size}).has_value() == (size == octets.size()));
    }
}
