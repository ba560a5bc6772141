#include "analyzer/capture/byte_source.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include <archive.h>
#include <archive_entry.h>

#include "tests/support/captures.hpp"

using namespace rungs;
using namespace rungs::test;

namespace {

/// pcap_header() and pcap_record(packet(24, i), 1'700'000'000 + i) for 0 and 1, as the usual tools compress
/// them.
constexpr std::string_view by_gzip =
    "1f8b0800000000000203bb7278d342260616060460616004511f83534194041433b0f389ca286b195ad8bbf9864427651694"
    "d7b5f64c9eb590114d1d2307bf98ac8ab691a583bb5f684c725661457d5bef94d98b0018a00af368000000";
constexpr std::string_view by_zstd =
    "28b52ffd0468a502008404d4c3b2a10200040004000100000000f15365000000001800070e151c232a31383f464d545b6269"
    "70777e858c939aa10101080f161d242b323940474e555c636a71787f868d949ba203002dd54737d70dc40104d4bfa0";
constexpr std::string_view by_lz4 =
    "04224d186440a75200000086d4c3b2a1020004000100300400010d0030f15365070013180400fb0a00070e151c232a31383f"
    "464d545b626970777e858c939aa1012800f00901080f161d242b323940474e555c636a71787f868d949ba200000000a075e1"
    "27";
constexpr std::string_view by_xz =
    "fd377a585a000004e6d6b4460200210116000000742fe5a3e00067004f5d006a30d1c87d8bf8099baf1fcc7908758a71fb47"
    "794c2e1b2d275a095be88e4540a644eb7d0cafd7704beaf069e8cb2711f97795918d3a9d7e6f0470c896806a65875115fbcc"
    "06d4dcdec0570887bf000000f4f277a93a5e507300016b682deee6e51fb6f37d010000000004595a";

std::string from_hex(std::string_view digits) {
    std::string octets;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        octets += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
    return octets;
}

std::string gzipped(std::string_view content) {
    std::string out(content.size() + 1'000'000, '\0');
    std::size_t used = 0;
    archive* writer = archive_write_new();
    archive_write_add_filter_gzip(writer);
    archive_write_set_format_raw(writer);
    archive_write_set_bytes_in_last_block(writer, 1);
    REQUIRE(archive_write_open_memory(writer, out.data(), out.size(), &used) == ARCHIVE_OK);
    archive_entry* entry = archive_entry_new();
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(writer, entry);
    archive_write_data(writer, content.data(), content.size());
    archive_entry_free(entry);
    archive_write_close(writer);
    archive_write_free(writer);
    out.resize(used);
    return out;
}

/// All that comes out of a file, asking for odd amounts.
std::string drain(capture::OpenedFile& file) {
    std::string all(file.head.begin(), file.head.end());
    std::vector<std::uint8_t> piece(1'237);
    while (const std::size_t count = file.rest->read(piece)) all += as_text(Bytes(piece).first(count));
    return all;
}

} // namespace

TEST_CASE("compressed captures") {
    struct Case {
        std::string_view hex;
        std::string format;
    };
    for (const Case& test : {Case{by_gzip, "pcap+gzip"}, Case{by_zstd, "pcap+zstd"}, Case{by_lz4, "pcap+lz4"},
                             Case{by_xz, "pcap+xz"}}) {
        CAPTURE(test.format);
        const Everything read = read_capture(from_hex(test.hex));
        REQUIRE(read.error == "");
        REQUIRE(read.frames.size() == 2);
        CHECK(read.frames[0].octets == packet(24));
        CHECK(read.frames[1].octets == packet(24, 1));
        CHECK(read.frames[1].frame.time.ns == 1'700'000'001'000'000'000);
        CHECK(read.frames[1].frame.file_offset == -1);
        CHECK(read.summary().format == test.format);
        CHECK_FALSE(read.summary().truncated);
    }
}

TEST_CASE("a compressed capture that is cut gives what came out before") {
    std::string content = pcap_header();
    unsigned state = 1;
    for (unsigned i = 0; i < 2'000; ++i) {
        std::string noise(400, '\0');
        for (char& octet : noise)
            octet = static_cast<char>((state = state * 1'103'515'245U + 12'345U) >> 16U & 0xffU);
        content += pcap_record(noise, i);
    }
    const std::string whole = gzipped(content);
    REQUIRE(read_capture(whole).frames.size() == 2'000);

    const Everything read = read_capture(whole.substr(0, whole.size() / 2));
    // libarchive hands out 64 KiB at a time, and keeps the last piece to itself: 158 records of 416 octets.
    CHECK(read.frames.size() > 1'000 - 2 * 158);
    CHECK(read.frames.size() <= 1'000);
    CHECK(read.summary().truncated);
    REQUIRE(read.summary().remarks.size() == 1);
    CHECK(read.summary().remarks[0].starts_with("Reading stopped at byte "));
    CHECK(read.summary().remarks[0].find(
              "of the uncompressed capture: the compressed data is cut or damaged") != std::string::npos);
}

TEST_CASE("compressed files with nothing to read in them") {
    for (const std::string_view hex : {by_gzip, by_zstd, by_xz}) {
        const TemporaryFile cut(from_hex(hex).substr(0, 30));
        const Everything read = read_files({cut.path()});
        CHECK(read.error.starts_with(cut.path() + ": nothing can be read of this "));
    }
    const TemporaryFile text(gzipped("hello"));
    CHECK(read_files({text.path()}).error ==
          text.path() + ": not a pcap or pcapng capture inside gzip, but a text that begins with \"hello\"");
    std::string tape(512, '\0');
    tape.replace(257, 5, "ustar");
    const TemporaryFile tar(gzipped(tape));
    CHECK(read_files({tar.path()}).error ==
          tar.path() + ": not a pcap or pcapng capture inside gzip, but a tar archive");
}

TEST_CASE("decompression stops past its limits, not at them") {
    const std::string zeros(4'000'000, '\0');
    const std::string compressed = gzipped(zeros);
    REQUIRE(compressed.size() * 200 < zeros.size());
    const TemporaryFile file(compressed);

    auto within = capture::open_bytes(file.path(), {.octets = zeros.size(), .ratio = 200});
    REQUIRE(within.has_value());
    CHECK(drain(*within).size() == zeros.size());
    CHECK(within->rest->problem() == "");
    CHECK(within->rest->consumed() == compressed.size());

    auto past = capture::open_bytes(file.path(), {.octets = 1'000'000, .ratio = 200});
    REQUIRE(past.has_value());
    const std::size_t size = drain(*past).size();
    CHECK(size <= 1'000'000);
    CHECK(size > 800'000);
    CHECK(past->rest->problem().starts_with("decompression stopped"));

    auto usual_ratio = capture::open_bytes(file.path(), {.octets = 1'000'000, .ratio = 2'000});
    REQUIRE(usual_ratio.has_value());
    CHECK(drain(*usual_ratio).size() == zeros.size());
}

TEST_CASE("compression is told by its first octets") {
    CHECK(capture::compression_of(as_bytes(from_hex(by_gzip))) == "gzip");
    CHECK(capture::compression_of(as_bytes(from_hex(by_zstd))) == "zstd");
    CHECK(capture::compression_of(as_bytes(from_hex(by_lz4))) == "lz4");
    CHECK(capture::compression_of(as_bytes(from_hex(by_xz))) == "xz");
    CHECK(capture::compression_of(as_bytes(from_hex(by_xz).substr(0, 5))).empty());
    CHECK(capture::compression_of(as_bytes(pcap_header())).empty());
    CHECK(capture::compression_of({}).empty());
}
