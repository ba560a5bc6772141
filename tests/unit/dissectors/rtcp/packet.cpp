#include "dissectors/rtcp/packet.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include <doctest/doctest.h>

using namespace rungs;
using Octets = std::vector<std::uint8_t>;

namespace {

const Octets report_block = {0, 0, 0xa1, 0x1c, 0x40, 0xff, 0xff, 0xfe, 0, 1, 0, 5,
                             0, 0, 0,    80,   0x11, 0x22, 0x33, 0x44, 0, 1, 0, 0};

Octets sender_report() {
    Octets octets{0x81, 200, 0, 12, 0,    0,  0xb0, 0xb0, 0xe0, 0,  0, 1, 0x80, 0,
                  0,    0,   0, 0,  0x1f, 64, 0,    0,    0,    50, 0, 0, 0x1f, 0x40};
    octets.insert(octets.end(), report_block.begin(), report_block.end());
    return octets;
}

Octets operator+(Octets left, const Octets& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

rtcp::Packet only(const Octets& octets) {
    const auto packet = rtcp::CompoundReader(octets).next();
    REQUIRE(packet);
    return *packet;
}

// SSRC, CNAME "ab", end, padding to the word; a second chunk.
const Octets sdes = {0x82, 202, 0, 6, 0, 0, 0xb0, 0xb0, 1,   2,   'a', 'b', 0, 0,
                     0,    0,   0, 0, 0, 7, 2,    2,    'c', 'd', 0,   0,   0, 0};
const Octets bye = {0x81, 203, 0, 3, 0, 0, 0xb0, 0xb0, 5, 'l', 'a', 't', 'e', 'r', 0, 0};

} // namespace

TEST_CASE("a compound of sender report, description and BYE") {
    const Octets octets = sender_report() + sdes + bye;
    CHECK(rtcp::probe(octets) == Probe::certain);
    rtcp::CompoundReader reader(octets);
    const auto first = reader.next();
    REQUIRE(first);
    const auto info = rtcp::sender_info(*first);
    REQUIRE(info);
    CHECK(info->ssrc == 0xb0b0);
    CHECK(info->ntp == 0xe000000180000000U);
    CHECK(info->rtp_timestamp == 8000);
    CHECK(info->packets == 50);
    CHECK(info->octets == 8000);
    const auto block = rtcp::report_block(*first, 0);
    REQUIRE(block);
    CHECK(block->ssrc == 0xa11c);
    CHECK(block->fraction_lost == 0x40);
    CHECK(block->cumulative_lost == -2);
    CHECK(block->highest_sequence == 0x10005);
    CHECK(block->jitter == 80);
    CHECK(block->last_sr == 0x11223344);
    CHECK(block->delay_since_last_sr == 65536);
    CHECK_FALSE(rtcp::report_block(*first, 1));

    const auto second = reader.next();
    REQUIRE(second);
    rtcp::SdesReader items(*second);
    const auto cname = items.next();
    REQUIRE(cname);
    CHECK(cname->ssrc == 0xb0b0);
    CHECK(cname->type == 1);
    CHECK(cname->text == "ab");
    const auto name = items.next();
    REQUIRE(name);
    CHECK(name->ssrc == 7);
    CHECK(name->text == "cd");
    CHECK_FALSE(items.next());

    const auto third = reader.next();
    REQUIRE(third);
    CHECK(rtcp::bye_source(*third, 0) == 0xb0b0);
    CHECK_FALSE(rtcp::bye_source(*third, 1));
    CHECK(rtcp::bye_reason(*third) == "later");
    CHECK_FALSE(reader.next());
    CHECK(reader.trailing() == 0);
}

TEST_CASE("a receiver report without blocks, and reduced size feedback") {
    const Octets empty{0x80, 201, 0, 1, 0, 0, 0, 1};
    CHECK(rtcp::probe(empty) == Probe::certain);
    CHECK(rtcp::sender_ssrc(only(empty)) == 1);
    const Octets pli{0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};
    CHECK(rtcp::probe(pli) == Probe::maybe);
    const auto feedback = rtcp::feedback(only(pli));
    REQUIRE(feedback);
    CHECK(feedback->media_ssrc == 2);
    CHECK(feedback->control_information.empty());
    CHECK_FALSE(rtcp::feedback(only(empty)));
}

TEST_CASE("APP") {
    const Octets octets{0x83, 204, 0, 3, 0, 0, 0, 1, 'n', 'a', 'm', 'e', 1, 2, 3, 4};
    const auto app = rtcp::application(only(octets));
    REQUIRE(app);
    CHECK(app->name == "name");
    CHECK(app->data.size() == 4);
}

TEST_CASE("extended report with VoIP metrics (RFC 3611 section 4.7)") {
    const Octets octets{0x80, 207, 0,  10,  0,  0,  0,    1, 7,   0,  0,  8,  0,  0,    0xa1,
                        0x1c, 10,  20, 30,  40, 0,  100,  0, 200, 0,  50, 0,  70, 0xec, 0xc4,
                        60,   16,  80, 127, 41, 38, 0x30, 0, 0,   40, 0,  80, 0,  160};
    const auto packet = only(octets);
    rtcp::XrReader blocks(packet);
    const auto block = blocks.next();
    REQUIRE(block);
    const auto metrics = rtcp::voip_metrics(*block);
    REQUIRE(metrics);
    CHECK(metrics->ssrc == 0xa11c);
    CHECK(metrics->loss_rate == 10);
    CHECK(metrics->burst_ms == 100);
    CHECK(metrics->round_trip_ms == 50);
    CHECK(metrics->signal_dbm == -20);
    CHECK(metrics->noise_dbm == -60);
    CHECK(metrics->r_factor == 80);
    CHECK(metrics->external_r_factor == rtcp::VoipMetrics::unavailable);
    CHECK(metrics->mos_lq_tenths == 41);
    CHECK(metrics->jitter_buffer_absolute_max_ms == 160);
    CHECK_FALSE(blocks.next());
}

TEST_CASE("lengths and counts that lie") {
    auto octets = sender_report();
    octets[0] = 0x9f; // 31 blocks
    CHECK(rtcp::report_block(only(octets), 0));
    CHECK_FALSE(rtcp::report_block(only(octets), 1));
    octets[2] = 0xff; // 262 KiB
    CHECK(only(octets).issue == "rtcp-length");
    CHECK(only(octets).body.size() == 48);
    CHECK(rtcp::probe(octets) == Probe::no);
    octets = sender_report();
    octets[0] |= 0x20;
    octets.back() = 49;
    CHECK(only(octets).issue == "rtcp-padding");
    octets.back() = 4;
    CHECK(only(octets).body.size() == 44);
    CHECK_FALSE(rtcp::sender_info(only({0x80, 200, 0, 0})));
    CHECK(rtcp::bye_reason(only({0x9f, 203, 0, 1, 0, 0, 0, 1})).empty());
    CHECK(rtcp::probe(Octets{0x80, 199}) == Probe::no);
}

TEST_CASE("a description whose item goes past the end, and a zero length packet") {
    const Octets octets{0x81, 202, 0, 2, 0, 0, 0, 1, 1, 200, 'a', 'b'};
    const auto packet = only(octets);
    CHECK_FALSE(rtcp::SdesReader(packet).next());
    rtcp::CompoundReader reader(Octets{});
    CHECK_FALSE(reader.next());
}

TEST_CASE("no prefix is read past its end") {
    const Octets octets = sender_report() + sdes + bye;
    for (std::size_t size = 0; size <= octets.size(); ++size) {
        const auto block = std::make_unique<std::uint8_t[]>(size);
        std::copy_n(octets.begin(), size, block.get());
        rtcp::CompoundReader reader({block.get(), size});
        while (const auto packet = reader.next()) {
            rtcp::sender_info(*packet);
            rtcp::report_block(*packet, 0);
            rtcp::bye_reason(*packet);
            if (packet->type == rtcp::Type::source_description)
                for (rtcp::SdesReader items(*packet); items.next();) {
                }
        }
        CHECK(reader.trailing() < 4);
    }
}
