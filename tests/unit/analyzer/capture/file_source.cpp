#include "analyzer/capture/file_source.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <set>
#include <unistd.h>

#include "tests/support/captures.hpp"

using namespace rungs;
using namespace rungs::test;
using namespace std::string_view_literals;

namespace {

using Numbers = std::vector<std::uint64_t>;

std::string pcap_at(std::initializer_list<std::uint32_t> seconds) {
    std::string file = pcap_header();
    for (const std::uint32_t second : seconds) file += pcap_record(packet(20, second), second);
    return file;
}

/// Standard input comes from a pipe with this content while the object lives.
class PipedInput {
  public:
    explicit PipedInput(std::string_view content) : m_before(::dup(STDIN_FILENO)) {
        std::array<int, 2> ends{};
        REQUIRE(::pipe(ends.data()) == 0);
        REQUIRE(::write(ends[1], content.data(), content.size()) == static_cast<ssize_t>(content.size()));
        ::close(ends[1]);
        ::dup2(ends[0], STDIN_FILENO);
        ::close(ends[0]);
    }
    PipedInput(const PipedInput&) = delete;
    PipedInput& operator=(const PipedInput&) = delete;
    ~PipedInput() {
        ::dup2(m_before, STDIN_FILENO);
        ::close(m_before);
    }

  private:
    int m_before;
};

} // namespace

TEST_CASE("one capture keeps its order, whatever its times say") {
    const Everything read = read_capture(pcap_at({50, 10, 30}));
    REQUIRE(read.frames.size() == 3);
    CHECK(read.numbers() == Numbers{1, 2, 3});
    CHECK(read.frames[0].frame.time.ns == 50'000'000'000);
    CHECK(read.frames[1].frame.time.ns == 10'000'000'000);
}

TEST_CASE("several captures are merged by time and numbered after that") {
    const TemporaryFile a(pcap_at({10, 30, 30, 50}));
    const TemporaryFile b(section() + interface_block(113) + enhanced(packet(33), 20'000'000) +
                          enhanced(packet(33), 30'000'000) + enhanced(packet(33), 60'000'000));
    const TemporaryFile backwards(pcap_at({40, 5}));
    const TemporaryFile none(pcap_header());
    const Everything read = read_files({a.path(), b.path(), none.path(), backwards.path()});
    REQUIRE(read.frames.size() == 9);
    CHECK(read.numbers() == Numbers{1, 2, 3, 4, 5, 6, 7, 8, 9});
    std::vector<std::pair<std::int64_t, unsigned>> order;
    for (const ReadFrame& frame : read.frames)
        order.emplace_back(frame.frame.time.ns / 1'000'000'000, frame.frame.capture);
    // Ties in the order given; a file that goes back in time is not sorted.
    CHECK(order == std::vector<std::pair<std::int64_t, unsigned>>{
                       {10, 0}, {20, 1}, {30, 0}, {30, 0}, {30, 1}, {40, 3}, {5, 3}, {50, 0}, {60, 1}});
    REQUIRE(read.captures.size() == 4);
    CHECK(read.captures[0].packets == 4);
    CHECK(read.captures[1].packets == 3);
    CHECK(read.captures[2].packets == 0);
    CHECK(read.captures[3].first.ns == 5'000'000'000);
    CHECK(read.frames[1].octets == packet(33));
}

TEST_CASE("merging long captures loses nothing and keeps every octet alive") {
    std::string even = pcap_header(), odd = pcap_header();
    for (unsigned i = 0; i < 4000; ++i) (i % 2 == 0 ? even : odd) += pcap_record(packet(1000 + i % 5, i), i);
    const TemporaryFile a(even), b(odd);
    const Everything read = read_files({a.path(), b.path()});
    REQUIRE(read.frames.size() == 4000);
    bool right = true;
    for (unsigned i = 0; i < 4000; ++i)
        right = right && read.frames[i].octets == packet(1000 + i % 5, i) &&
                read.frames[i].frame.capture == i % 2;
    CHECK(right);
}

TEST_CASE("a packet limit ends the capture, in one file and in several") {
    const TemporaryFile a(pcap_at({10, 30, 50})), b(pcap_at({20, 40}));
    for (const std::uint64_t limit : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}}) {
        CHECK(
            read_files({a.path()}, {.filter = "", .packet_limit = limit, .time_shifts = {}}).frames.size() ==
            limit);
        const Everything merged =
            read_files({a.path(), b.path()}, {.filter = "", .packet_limit = limit, .time_shifts = {}});
        CHECK(merged.frames.size() == limit);
        CHECK(merged.captures[0].packets + merged.captures[1].packets == limit);
    }
    CHECK(read_files({a.path()}, {.filter = "", .packet_limit = 4, .time_shifts = {}}).frames.size() == 3);
}

TEST_CASE("buffers are used again when nobody holds them, and not before") {
    std::string file = pcap_header();
    for (unsigned i = 0; i < 20'000; ++i) file += pcap_record(packet(1000, i), i);
    const TemporaryFile stored(file);
    std::set<const void*> buffers;
    capture::FrameBatch batch;
    auto source = capture::open({stored.path()});
    REQUIRE(source.has_value());
    std::size_t batches = 0;
    while ((*source)->next(batch)) {
        ++batches;
        REQUIRE(batch.buffers.size() == 1);
        buffers.insert(batch.buffers.front().get());
    }
    CHECK(batches >= 19);
    CHECK(buffers.size() <= 3);
    CHECK((*source)->octets_read() == file.size());

    source = capture::open({stored.path()});
    std::vector<capture::FrameBatch> held;
    while ((*source)->next(batch)) held.push_back(batch);
    source->reset(); // batches outlive the source
    bool right = true;
    unsigned number = 0;
    for (const capture::FrameBatch& kept : held)
        for (const Frame& frame : kept.frames)
            right = right && as_text(frame.bytes) == packet(1000, number++);
    CHECK(right);
    CHECK(number == 20'000);
}

TEST_CASE("standard input is read as a stream") {
    for (const std::string& content :
         {pcap_at({10, 20}),
          section() + interface_block() + enhanced(packet(20), 1) + enhanced(packet(20), 2)}) {
        const PipedInput input(content);
        const Everything read = read_files({"-"});
        REQUIRE(read.frames.size() == 2);
        CHECK(read.frames[0].frame.file_offset == -1);
        CHECK(read.summary().path == "-");
    }
    CHECK(read_files({"-", "-"}).error == "-: standard input can be read only once");
}

TEST_CASE("what cannot be opened is named in one line that begins with the path") {
    const auto error_of = [](std::string_view content) {
        const TemporaryFile file(content, ".cap");
        const Everything read = read_files({file.path()});
        CHECK(read.error.starts_with(file.path() + ": "));
        CHECK(read.error.find('\n') == std::string::npos);
        return read.error.substr(file.path().size() + 2);
    };
    CHECK(error_of("") == "the file is empty");
    CHECK(error_of("GMBU\0\2\1\0"sv) ==
          "not a pcap or pcapng capture, but a Microsoft Network Monitor 2 capture");
    CHECK(error_of("RTSS\0\1"sv) ==
          "not a pcap or pcapng capture, but a Microsoft Network Monitor 1 capture");
    CHECK(error_of("snoop\0\0\0\0\0\0\2"sv) == "not a pcap or pcapng capture, but a Solaris snoop capture");
    CHECK(error_of("PK\3\4\24\0"sv) == "not a pcap or pcapng capture, but a zip archive");
    CHECK(error_of(packet(257) + "ustar") == "not a pcap or pcapng capture, but a tar archive");
    CHECK(error_of("INVITE sip:bob@example.com SIP/2.0\r\n\r\n") ==
          "not a pcap or pcapng capture, but a text that begins with \"INVITE sip:bob@example.c\"");
    CHECK(error_of("\x1b[31m") ==
          "not a pcap or pcapng capture, but something that begins with the octets 1b 5b 33 31 6d");
    CHECK(error_of("\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6"
                   "\x96\x87\xe4") == "not a pcap or pcapng capture, but a text that begins with "
                                      "\"\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96"
                                      "\x87\xe4\xb8\xad\xe6\x96\x87\"");
    CHECK(error_of("\xd4\xc3\xb2\xa1") == "the pcap file header is cut off (4 octets of 24)");
    CHECK(error_of(pcap_header().substr(0, 23)) == "the pcap file header is cut off (23 octets of 24)");
    CHECK(error_of(section().substr(0, 20)) ==
          "not a pcapng file that can be read: the section header is cut off");
    CHECK(error_of(section(true, 99)) ==
          "not a pcapng file that can be read: the version of the pcapng section is not 1");

    const std::string folder = std::filesystem::temp_directory_path().string();
    CHECK(read_files({folder}).error == folder + ": is a directory, not a capture file");
    CHECK_FALSE(read_files({folder}).hint.empty());
    CHECK(read_files({folder + "/no-such-rungs-file"}).error ==
          folder + "/no-such-rungs-file: there is no such file");
    CHECK(read_files({"a\x1b[2Jb.pcap"}).error == "a\\x1B[2Jb.pcap: there is no such file");
    CHECK(read_files({}).error == "no capture file was given");
}

TEST_CASE("one file that cannot be opened is enough") {
    const TemporaryFile good(pcap_at({1})), bad("text");
    CHECK(read_files({good.path(), bad.path()}).error.starts_with(bad.path()));
}

TEST_CASE("a capture without packets is a capture") {
    const Everything read = read_capture(pcap_header());
    CHECK(read.error == "");
    CHECK(read.frames.empty());
    CHECK(read.summary().packets == 0);
    CHECK(read.summary().first.ns == 0);
    CHECK_FALSE(read.summary().truncated);
}
