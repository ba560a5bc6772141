#include "analyzer/capture/pcap_reader.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "core/limits/capture.hpp"
#include "tests/support/captures.hpp"

using namespace rungs;
using namespace rungs::test;

namespace {

using Numbers = std::vector<std::uint64_t>;

std::string two_records(bool little, std::uint32_t magic) {
    return pcap_header(little, magic) + pcap_record(packet(60), 1'700'000'000, 123'456, little) +
           pcap_record(packet(61, 1), 1'700'000'001, 999'999, little);
}

} // namespace

TEST_CASE("pcap: microseconds and nanoseconds, both byte orders") {
    struct Case {
        bool little;
        std::uint32_t magic;
        std::int64_t ns_per_unit;
        const char* format;
    };
    for (const Case& variant :
         {Case{true, 0xa1b2c3d4, 1000, "pcap"}, Case{false, 0xa1b2c3d4, 1000, "pcap"},
          Case{true, 0xa1b23c4d, 1, "pcap-ns"}, Case{false, 0xa1b23c4d, 1, "pcap-ns"}}) {
        CAPTURE(variant.format);
        CAPTURE(variant.little);
        const Everything read = read_capture(two_records(variant.little, variant.magic));
        REQUIRE(read.error == "");
        REQUIRE(read.frames.size() == 2);
        CHECK(read.numbers() == Numbers{1, 2});
        CHECK(read.frames[0].octets == packet(60));
        CHECK(read.frames[1].octets == packet(61, 1));
        CHECK(read.frames[0].frame.time.ns == 1'700'000'000'000'000'000 + 123'456 * variant.ns_per_unit);
        CHECK(read.frames[1].frame.original_length == 61);
        CHECK(read.frames[1].frame.link_type == 1);
        const capture::Summary& summary = read.summary();
        CHECK(summary.format == variant.format);
        CHECK(summary.packets == 2);
        CHECK(summary.octets == 121);
        CHECK(summary.first == read.frames[0].frame.time);
        CHECK(summary.last == read.frames[1].frame.time);
        CHECK(summary.link_types == std::vector<LinkType>{1});
        CHECK_FALSE(summary.truncated);
        CHECK(summary.remarks.empty());
        CHECK(summary.blocks.empty());
    }
}

TEST_CASE("pcap: Kuznetzov's variant has eight more octets in each record header") {
    for (const bool little : {true, false}) {
        std::string file = pcap_header(little, 0xa1b2cd34, 113);
        for (unsigned i = 0; i < 3; ++i)
            file += Octets(little)
                        .u32(5)
                        .u32(i)
                        .u32(30)
                        .u32(40)
                        .u32(2)
                        .u16(0x800)
                        .u16(0)
                        .text(packet(30, i))
                        .str();
        const Everything read = read_capture(file);
        REQUIRE(read.frames.size() == 3);
        CHECK(read.summary().format == "pcap-modified");
        CHECK(read.frames[2].octets == packet(30, 2));
        CHECK(read.frames[2].frame.original_length == 40);
        CHECK(read.frames[2].frame.time.ns == 5'000'002'000);
        CHECK(read.frames[2].frame.link_type == 113);
    }
}

TEST_CASE("pcap: the link type is the lower half of its field, the upper tells of the frame check sequence") {
    CHECK(read_capture(pcap_header(true, 0xa1b2c3d4, 0x24000001)).summary().link_types ==
          std::vector<LinkType>{1});
    CHECK(read_capture(pcap_header(true, 0xa1b2c3d4, 65'535)).summary().link_types ==
          std::vector<LinkType>{65'535});
}

TEST_CASE("pcap: offsets in the file lead back to the octets") {
    const TemporaryFile file(two_records(true, 0xa1b2c3d4));
    const Everything read = read_files({file.path()});
    REQUIRE(read.frames.size() == 2);
    CHECK(read.frames[0].frame.file_offset == 24 + 16);
    for (const ReadFrame& frame : read.frames) {
        std::ifstream again(file.path(), std::ios::binary);
        again.seekg(frame.frame.file_offset);
        std::string octets(frame.octets.size(), '\0');
        again.read(octets.data(), static_cast<std::streamsize>(octets.size()));
        CHECK(octets == frame.octets);
    }
}

TEST_CASE("pcap: a cut anywhere gives the records before it") {
    const std::string whole = two_records(true, 0xa1b2c3d4);
    const std::size_t first_end = 24 + 16 + 60;
    for (std::size_t size = 24; size < whole.size(); ++size) {
        CAPTURE(size);
        const Everything read = read_capture(whole.substr(0, size));
        REQUIRE(read.error == "");
        CHECK(read.frames.size() == (size < first_end ? 0 : 1));
        const bool between_records = size == 24 || size == first_end;
        CHECK(read.summary().truncated != between_records);
        CHECK(read.summary().remarks.size() == (between_records ? 0 : 1));
        CHECK(read.summary().skipped_octets == (size < first_end ? size - 24 : size - first_end));
    }
    const Everything read = read_capture(whole.substr(0, first_end + 20));
    CHECK(read.summary().remarks.front() ==
          "The file ends inside a record that begins at byte 100 (20 octets of it are "
          "there); everything before it was read.");
}

TEST_CASE("pcap: a record as long as the limit is read, a longer one ends the reading") {
    const std::string good = pcap_record(packet(60), 1);
    const std::string longest = packet(limits::capture_block_octets);
    const Everything fits = read_capture(pcap_header() + good + pcap_record(longest, 2) + good);
    REQUIRE(fits.frames.size() == 3);
    CHECK(fits.frames[1].octets == longest);
    CHECK_FALSE(fits.summary().truncated);

    for (const std::uint64_t claimed : {std::uint64_t{limits::capture_block_octets} + 1,
                                        std::uint64_t{0x80000000}, std::uint64_t{0xfffffff0}}) {
        const std::string lie = Octets().u32(1).u32(0).u32(claimed).u32(60).text(packet(100)).str();
        const Everything read = read_capture(pcap_header() + good + lie);
        CHECK(read.frames.size() == 1);
        CHECK(read.summary().truncated);
        CHECK(read.summary().skipped_octets == 116);
        CHECK(read.summary().remarks.front() ==
              "Reading stopped at byte 100: the record there claims " + std::to_string(claimed) + " octets.");
    }
}

TEST_CASE("pcap: captured lengths past the original and the snapshot length are kept") {
    const std::string file = pcap_header(true, 0xa1b2c3d4, 1, 16) +
                             Octets().u32(1).u32(0).u32(60).u32(40).text(packet(60)).str() +
                             pcap_record(packet(61), 2);
    const Everything read = read_capture(file);
    REQUIRE(read.frames.size() == 2);
    CHECK(read.frames[0].octets == packet(60));
    CHECK(read.frames[0].frame.original_length == 40);
    CHECK(read.frames[1].octets == packet(61));
    CHECK_FALSE(read.summary().truncated);
}

TEST_CASE("pcap: odd times") {
    const std::string file = pcap_header() + pcap_record(packet(20), 0xffffffff, 1) +
                             pcap_record(packet(20), 10, 0) + pcap_record(packet(20), 10, 4'000'000'000U);
    const Everything read = read_capture(file);
    REQUIRE(read.frames.size() == 3);
    CHECK(read.frames[0].frame.time.ns == 4'294'967'295'000'001'000); // seconds have no sign: the year 2106
    CHECK(read.frames[1].frame.time.ns == 10'000'000'000);            // backwards stays backwards
    CHECK(read.frames[2].frame.time.ns == 4'010'000'000'000);         // too many microseconds are carried
    CHECK(read.summary().first.ns == 10'000'000'000);
    CHECK(read.summary().last.ns == 4'294'967'295'000'001'000);
}

TEST_CASE("pcap: records of zeros are packets, but say nothing about time") {
    const Everything read =
        read_capture(pcap_header() + pcap_record(packet(20), 7) + std::string(1600, '\0'));
    CHECK(read.summary().packets == 101);
    CHECK(read.summary().first.ns == 7'000'000'000);
    CHECK(read.summary().last.ns == 7'000'000'000);
}

TEST_CASE("pcap: a strange version is remarked, the records are read") {
    std::string file = pcap_header() + pcap_record(packet(20), 7);
    file[4] = 3;
    const Everything read = read_capture(file);
    CHECK(read.frames.size() == 1);
    CHECK(read.summary().remarks ==
          std::vector<std::string>{"The file header has version 3, read as if it were 2."});
}

TEST_CASE("pcap: records across the borders of buffers") {
    // Packets of 1000 and more octets: a buffer ends somewhere inside a record, again and again.
    std::string file = pcap_header();
    for (unsigned i = 0; i < 4000; ++i) file += pcap_record(packet(1000 + i % 7, i), i);
    const Everything read = read_capture(file);
    REQUIRE(read.frames.size() == 4000);
    bool all_equal = true;
    for (unsigned i = 0; i < 4000; ++i)
        all_equal = all_equal && read.frames[i].octets == packet(1000 + i % 7, i) &&
                    read.frames[i].frame.number == i + 1;
    CHECK(all_equal);
}
