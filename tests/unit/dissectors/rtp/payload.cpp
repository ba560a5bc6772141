#include "dissectors/rtp/payload.hpp"

#include <vector>

#include <doctest/doctest.h>

using namespace rungs;

TEST_CASE("RED: one older block and the primary (RFC 2198 section 3)") {
    // 1 | PT 5 | offset 160 | length 2, then 0 | PT 0, then 2 + 3 octets.
    const std::vector<std::uint8_t> octets{0x85, 0x02, 0x80, 0x02, 0x00, 1, 2, 3, 4, 5};
    const auto red = rtp::parse_red(octets);
    REQUIRE(red);
    REQUIRE(red->count == 2);
    CHECK(red->blocks[0].payload_type == 5);
    CHECK(red->blocks[0].timestamp_offset == 160);
    CHECK(red->blocks[0].data.size() == 2);
    CHECK(red->primary().payload_type == 0);
    CHECK(red->primary().data.size() == 3);
}

TEST_CASE("RED without redundancy is one octet and the payload") {
    const auto red = rtp::parse_red(std::vector<std::uint8_t>{0x00, 7, 7});
    REQUIRE(red);
    CHECK(red->count == 1);
    CHECK(red->primary().data.size() == 2);
}

TEST_CASE("RED that lies") {
    CHECK_FALSE(rtp::parse_red({}));
    CHECK_FALSE(rtp::parse_red(std::vector<std::uint8_t>{0x80, 0, 3, 0xff, 0x00, 1}));
    CHECK_FALSE(rtp::parse_red(std::vector<std::uint8_t>(400, 0x80)));
}

TEST_CASE("telephone events (RFC 4733 section 2.3)") {
    const auto event = rtp::parse_telephone_event(std::vector<std::uint8_t>{11, 0x8a, 0x03, 0x20});
    REQUIRE(event);
    CHECK(rtp::key_name(event->event) == "#");
    CHECK(event->end);
    CHECK(event->volume_dbm0 == 10);
    CHECK(event->duration == 800);
    CHECK_FALSE(rtp::parse_telephone_event(std::vector<std::uint8_t>{11, 0x8a, 0x03}));
    CHECK(rtp::key_name(0) == "0");
    CHECK(rtp::key_name(10) == "*");
    CHECK(rtp::key_name(15) == "D");
    CHECK(rtp::key_name(16) == "flash");
    CHECK(rtp::key_name(17).empty());
}
