#include "analyzer/capture/pcapng_reader.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "core/limits/capture.hpp"
#include "tests/support/captures.hpp"

using namespace rungs;
using namespace rungs::test;

namespace {

using Numbers = std::vector<std::uint64_t>;
using Texts = std::vector<std::string>;

std::string start() {
    return section() + interface_block();
} // 28 + 20 octets

} // namespace

TEST_CASE("pcapng: sections in both byte orders, each with its own interfaces") {
    const std::string file = section(true) + interface_block(1, {}, true) + interface_block(113, {}, true) +
                             enhanced(packet(61), 1'000'000, 1, true) + section(false) +
                             interface_block(101, {}, false) + enhanced(packet(62, 1), 2'000'000, 0, false);
    const Everything read = read_capture(file);
    REQUIRE(read.error == "");
    REQUIRE(read.frames.size() == 2);
    CHECK(read.numbers() == Numbers{1, 2});
    CHECK(read.frames[0].octets == packet(61));
    CHECK(read.frames[1].octets == packet(62, 1));
    CHECK(read.frames[0].frame.link_type == 113);
    CHECK(read.frames[1].frame.link_type == 101);
    CHECK(read.frames[0].frame.interface == 1);
    CHECK(read.frames[1].frame.interface == 2); // the third of the file
    CHECK(read.frames[0].frame.time.ns == 1'000'000'000);
    CHECK(read.frames[1].frame.time.ns == 2'000'000'000);
    CHECK(read.summary().format == "pcapng");
    CHECK(read.summary().link_types == std::vector<LinkType>{1, 113, 101});
    CHECK_FALSE(read.summary().truncated);
    CHECK(read.summary().blocks.empty());
}

TEST_CASE("pcapng: offsets in the file lead back to the octets of every kind of packet block") {
    const std::string old =
        block(2, Octets().u16(0).u16(7).u32(0).u32(5).u32(30).u32(44).text(packet(30, 3)).str());
    const std::string simple = block(3, Octets().u32(33).text(packet(33, 4)).str());
    const TemporaryFile file(start() + enhanced(packet(61), 1) + old + simple);
    const Everything read = read_files({file.path()});
    REQUIRE(read.frames.size() == 3);
    CHECK(read.frames[1].octets == packet(30, 3));
    CHECK(read.frames[1].frame.original_length == 44);
    CHECK(read.frames[1].frame.time.ns == 5'000);
    CHECK(read.frames[2].octets == packet(33, 4));
    for (const ReadFrame& frame : read.frames) {
        std::ifstream again(file.path(), std::ios::binary);
        again.seekg(frame.frame.file_offset);
        std::string octets(frame.octets.size(), '\0');
        again.read(octets.data(), static_cast<std::streamsize>(octets.size()));
        CHECK(octets == frame.octets);
    }
}

TEST_CASE("pcapng: resolution and offset of an interface") {
    const std::string nanoseconds = option(9, "\x09") + option(0, "");
    const std::string halves = option(2, "eth0") + option(9, "\x81") + option(14, Octets().u64(100).str());
    const std::string odd = option(9, "") + option(14, "\1\2"); // wrong lengths: as if they were not there
    const std::string file = section() + interface_block(1, nanoseconds) + interface_block(1, halves) +
                             interface_block(1, odd) + enhanced(packet(20), 1'700'000'000'000'000'001, 0) +
                             enhanced(packet(20), 3, 1) + enhanced(packet(20), 3, 2);
    const Everything read = read_capture(file);
    REQUIRE(read.frames.size() == 3);
    CHECK(read.frames[0].frame.time.ns == 1'700'000'000'000'000'001);
    CHECK(read.frames[1].frame.time.ns == 101'500'000'000);
    CHECK(read.frames[2].frame.time.ns == 3'000);
    CHECK(read.summary().remarks.empty());
}

TEST_CASE("pcapng: an option that reaches past its block is remarked and left out") {
    const std::string overrun = option(9, "\x09") + Octets().u16(2).u16(4000).text("eth0").str();
    const Everything read = read_capture(section() + interface_block(1, overrun) + enhanced(packet(20), 3));
    REQUIRE(read.frames.size() == 1);
    CHECK(read.frames[0].frame.time.ns == 3);
    CHECK(read.summary().remarks ==
          Texts{"An option in the block at byte 28 reaches past its end and was left out."});
}

TEST_CASE("pcapng: a simple packet is cut by the snapshot length and has no time") {
    const std::string file =
        section() + interface_block(1, {}, true, 16) + block(3, Octets().u32(60).text(packet(16)).str()) +
        block(3, Octets().u32(60).text(packet(60)).str()) + block(3, Octets().u32(5).text(packet(5)).str());
    const Everything read = read_capture(file);
    REQUIRE(read.frames.size() == 3);
    CHECK(read.frames[0].octets == packet(16));
    CHECK(read.frames[0].frame.original_length == 60);
    CHECK(read.frames[1].octets == packet(16));
    CHECK(read.frames[2].octets == packet(5));
    CHECK(read.frames[0].frame.time.ns == 0);
    CHECK(read.summary().remarks.size() == 1);
}

TEST_CASE("pcapng: blocks that are no packets are counted by name") {
    const std::string secrets = block(10, Octets().u32(0x544c534b).u32(5).text("abcde").str());
    const std::string file = start() + block(4, "names") + block(5, Octets().u32(0).u64(0).str()) + secrets +
                             block(0x7fffffff, packet(1000)) + block(0x80000001, "") +
                             enhanced(packet(20), 1) + block(4, "names");
    const Everything read = read_capture(file);
    CHECK(read.numbers() == Numbers{1});
    CHECK(read.count("name_resolution") == 2);
    CHECK(read.count("interface_statistics") == 1);
    CHECK(read.count("decryption_secrets") == 1);
    CHECK(read.count("unknown_block") == 2);
    CHECK(read.summary().blocks.size() == 4);
    CHECK(std::ranges::is_sorted(read.summary().blocks));
    CHECK(read.summary().has_decryption_secrets);
    CHECK_FALSE(read.summary().truncated);
}

// Measured with tshark 4.0.17: these blocks take a frame number there, others do not.
TEST_CASE("pcapng: custom, journal and sysdig blocks take a frame number") {
    const std::string custom = Octets().u32(37'244).text("anything").str();
    const std::string file = start() + enhanced(packet(20), 1) + block(0xbad, custom) +
                             enhanced(packet(20), 2) + block(0x40000bad, custom) +
                             block(9, "MESSAGE=hello\n") + block(0x204, packet(24)) +
                             block(0x216, packet(28)) + block(0x7fffffff, "") + enhanced(packet(20), 3);
    const Everything read = read_capture(file);
    CHECK(read.numbers() == Numbers{1, 3, 8});
    CHECK(read.summary().packets == 3);
    CHECK(read.count("custom") == 2);
    CHECK(read.count("systemd_journal") == 1);
    CHECK(read.count("sysdig_event") == 2);
}

TEST_CASE("pcapng: nonsense in a block of sane length is counted, remarked and skipped") {
    const std::string good = enhanced(packet(20), 9);
    const auto lying = [](std::uint32_t captured) {
        return block(6, Octets().u32(0).u32(0).u32(1).u32(captured).u32(60).text(packet(60)).str());
    };
    struct Case {
        std::string bad;
        std::string why;
    };
    for (const Case& test : {
             Case{lying(61), "the packet in it is longer than the block"},
             Case{lying(60'000), "the packet in it is longer than the block"},
             Case{lying(0xffffffff), "the packet in it is longer than the block"},
             Case{lying(0xfffffffd), "the packet in it is longer than the block"},
             Case{block(6, packet(16)), "the packet in it is longer than the block"},
             Case{block(2, packet(16)), "the packet in it is longer than the block"},
             Case{block(3, ""), "the packet in it is longer than the block"},
             Case{enhanced(packet(20), 1, 1), "there is no interface 1 in this section"},
             Case{enhanced(packet(20), 1, 0xffffffff), "there is no interface 4294967295 in this section"},
             Case{block(0xbad, ""), "a custom block without an enterprise number"},
             Case{block(10, Octets().u32(0x544c534b).u32(6).text("abcd").str()),
                  "the decryption secrets in it are longer than the block"},
             Case{block(1, "\1"), "the description of an interface is cut off"},
         }) {
        CAPTURE(test.why);
        const Everything read = read_capture(start() + test.bad + good);
        REQUIRE(read.frames.size() == 1);
        CHECK(read.numbers() == Numbers{1});
        CHECK(read.frames[0].frame.time.ns == 9'000);
        CHECK(read.count("bad_block") == 1);
        CHECK(read.summary().truncated);
        CHECK(read.summary().skipped_octets == test.bad.size());
        CHECK(read.summary().remarks == Texts{"The block at byte 48 was skipped: " + test.why + "."});
        CHECK_FALSE(read.summary().has_decryption_secrets);
    }
    // As long as the block to the octet is fine.
    CHECK(read_capture(start() + lying(60)).frames.front().octets == packet(60));
}

TEST_CASE("pcapng: packets before their interface is described are skipped") {
    const std::string simple = block(3, Octets().u32(20).text(packet(20)).str());
    const Everything read = read_capture(section() + enhanced(packet(20), 1) + simple + interface_block() +
                                         enhanced(packet(21), 2) + section() + enhanced(packet(22), 3));
    REQUIRE(read.frames.size() == 1);
    CHECK(read.frames[0].octets == packet(21));
    CHECK(read.count("bad_block") == 3);
}

TEST_CASE("pcapng: a cut-off description of an interface still takes its number") {
    const Everything read =
        read_capture(section() + block(1, "\1") + interface_block(113) + enhanced(packet(20), 1, 1));
    REQUIRE(read.frames.size() == 1);
    CHECK(read.frames[0].frame.link_type == 113);
}

TEST_CASE("pcapng: interfaces up to the limit of a section") {
    std::string file = section();
    for (std::size_t i = 0; i < limits::capture_interfaces; ++i) file += interface_block();
    const std::string last = enhanced(packet(20), 1, limits::capture_interfaces - 1);
    const Everything full = read_capture(file + last);
    REQUIRE(full.frames.size() == 1);
    CHECK(full.frames[0].frame.interface == 65'535);
    CHECK_FALSE(full.summary().truncated);

    const Everything over = read_capture(file + interface_block() + last + enhanced(packet(20), 1, 65'536));
    CHECK(over.frames.size() == 1);
    CHECK(over.count("bad_block") == 2);
}

TEST_CASE("pcapng: lengths that lead nowhere end the reading") {
    const std::string good = enhanced(packet(20), 9);
    for (const std::uint32_t length : {0U, 4U, 8U, 11U, 0x01000001U, 0xfffffffcU, 0xffffffffU}) {
        CAPTURE(length);
        const std::string bad = Octets().u32(6).u32(length).text(packet(60)).str();
        const Everything read = read_capture(start() + good + bad + good);
        CHECK(read.frames.size() == 1);
        CHECK(read.summary().truncated);
        CHECK(read.summary().skipped_octets == bad.size() + good.size());
        CHECK(read.summary().remarks ==
              Texts{"Reading stopped at byte 100: the block there claims a length of " +
                    std::to_string(length) + " octets."});
    }
    const Everything zeros = read_capture(start() + good + std::string(100'000, '\0'));
    CHECK(zeros.frames.size() == 1);
    CHECK(zeros.summary().skipped_octets == 100'000);
}

TEST_CASE("pcapng: the longest block that is read") {
    const std::string longest = packet(limits::capture_block_octets - 12);
    const Everything read = read_capture(start() + block(0x7fffffff, longest) + enhanced(packet(20), 1));
    CHECK(read.frames.size() == 1);
    CHECK(read.count("unknown_block") == 1);
    const Everything over =
        read_capture(start() + block(0x7fffffff, longest + "1234") + enhanced(packet(20), 1));
    CHECK(over.frames.empty());
    CHECK(over.summary().truncated);
}

TEST_CASE("pcapng: a length that does not count the padding") {
    const std::string body = packet(21);
    const std::string next = enhanced(packet(20), 1);
    const std::string unpadded = Octets().u32(77).u32(33).text(body).u32(33).str();
    const std::string padded = Octets().u32(77).u32(33).text(body).pad(4).u32(33).str();
    const std::string padded_later = Octets().u32(77).u32(33).text(body).pad(4).u32(36).str();
    for (const std::string& odd : {unpadded, padded, padded_later}) {
        const Everything read = read_capture(start() + odd + next);
        CHECK(read.frames.size() == 1);
        CHECK(read.count("unknown_block") == 1);
        CHECK(read.summary().remarks.empty());
    }
}

TEST_CASE("pcapng: a wrong length behind a block is remarked, the one before it counts") {
    std::string lying = enhanced(packet(20), 9);
    lying[lying.size() - 4] = 99;
    const Everything read = read_capture(start() + lying + enhanced(packet(21), 9));
    CHECK(read.frames.size() == 2);
    CHECK(read.count("bad_trailer") == 1);
    CHECK_FALSE(read.summary().truncated);
    CHECK(read.summary().remarks ==
          Texts{"The block at byte 48 repeats its length wrongly (52, then 99); the first was taken."});
}

TEST_CASE("pcapng: remarks are kept up to their limit, counts go on") {
    for (const std::size_t bad :
         {limits::capture_remarks - 1, limits::capture_remarks, limits::capture_remarks + 1}) {
        std::string file = start();
        for (std::size_t i = 0; i < bad; ++i) file += enhanced(packet(4), 1, 5);
        const Everything read = read_capture(file);
        CHECK(read.count("bad_block") == bad);
        CHECK(read.summary().remarks.size() == std::min(bad, limits::capture_remarks));
    }
}

TEST_CASE("pcapng: a cut anywhere gives the blocks before it") {
    const std::string whole = start() + enhanced(packet(61), 1) + enhanced(packet(62), 2) + section(false) +
                              interface_block(1, {}, false) + enhanced(packet(63), 3, 0, false);
    const std::vector<std::size_t> ends = {28, 48, 144, 240, 268, 288, 384};
    REQUIRE(whole.size() == 384);
    for (std::size_t size = 28; size <= whole.size(); ++size) {
        CAPTURE(size);
        const Everything read = read_capture(whole.substr(0, size));
        REQUIRE(read.error == "");
        CHECK(read.frames.size() == (size >= 144) + (size >= 240) + (size >= 384));
        CHECK(read.summary().truncated == (std::ranges::find(ends, size) == ends.end()));
    }
}

TEST_CASE("pcapng: a later section that cannot be read ends the reading") {
    const std::string good = start() + enhanced(packet(20), 1);
    for (const std::string& bad :
         {section(true, 2), block(0x0a0d0d0a, Octets().u32(0xdeadbeef).u64(0).u64(0).str()),
          block(0x0a0d0d0a, packet(16))}) {
        const Everything read = read_capture(good + bad + good);
        CHECK(read.frames.size() == 1);
        CHECK(read.summary().truncated);
        CHECK(read.summary().skipped_octets == bad.size() + good.size());
    }
}

TEST_CASE("pcapng: what stands against a first section") {
    CHECK(capture::pcapng_section_problem(as_bytes(section())).empty());
    CHECK(capture::pcapng_section_problem(as_bytes(section(false))).empty());
    CHECK(capture::pcapng_section_problem(as_bytes(section().substr(0, 27))) ==
          "the section header is cut off");
    CHECK(capture::pcapng_section_problem(as_bytes(section(true, 99))) ==
          "the version of the pcapng section is not 1");
    CHECK(capture::pcapng_section_problem(as_bytes(block(0x0a0d0d0a, packet(20)))) ==
          "the section header has no byte-order magic");
}
