#include "analyzer/media/audio.hpp"

#include <stdlib.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <string>

#include <doctest/doctest.h>

#include "analyzer/pipeline.hpp"
#include "core/limits/media.hpp"
#include "tests/support/captures.hpp"
#include "tests/support/packet_builder.hpp"

using namespace rungs;

namespace {

namespace fs = std::filesystem;
constexpr double amplitude = 8000, frequency_hz = 400;

struct Folder {
    fs::path path;
    Folder() {
        std::string name = (fs::temp_directory_path() / "rungs-test-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

/// G.711 mu-law as its clause 3 describes it: bias, segment, four bits of the interval.
std::uint8_t mu_law(int sample) {
    const bool negative = sample < 0;
    const int biased = std::min(std::abs(sample), 32635) + 132;
    int segment = 7;
    while (segment > 0 && biased < (132 << segment)) --segment;
    const int interval = biased >> (segment + 3) & 0x0f;
    return static_cast<std::uint8_t>(~((negative ? 0x80 : 0) | segment << 4 | interval));
}

struct Tone {
    std::string_view from = "192.0.2.1", to = "192.0.2.2";
    std::uint16_t source = 4000, destination = 5000;
    std::uint32_t first_timestamp = 1'000'000, ssrc = 7;
    std::vector<unsigned> lost = {}; ///< packets left out
    double amplitude = ::amplitude;
};

/// A tone in packets of 20 ms of PCMU, one every 20 ms from `start_ms`.
std::string packets(const Tone& tone, unsigned count, unsigned start_ms = 0) {
    using namespace build;
    std::string records;
    for (unsigned n = 0; n < count; ++n) {
        if (std::find(tone.lost.begin(), tone.lost.end(), n) != tone.lost.end()) continue;
        Octets rtp = u8(0x80) + u8(0) + u16(n) + u32(tone.first_timestamp + n * 160) + u32(tone.ssrc);
        for (unsigned i = 0; i < 160; ++i) {
            const double angle = 2 * std::numbers::pi * frequency_hz * (n * 160 + i) / 8000;
            rtp.push_back(mu_law(static_cast<int>(tone.amplitude * std::sin(angle))));
        }
        Ipv4 header;
        header.source = tone.from;
        header.destination = tone.to;
        const Octets frame = ethernet(0x0800, ipv4(header, udp(tone.source, tone.destination, rtp)));
        const unsigned ms = start_ms + n * 20;
        records += test::pcap_record({reinterpret_cast<const char*>(frame.data()), frame.size()},
                                     1'795'000'000 + ms / 1000, ms % 1000 * 1000);
    }
    return records;
}

std::vector<std::int16_t> samples_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::int16_t> samples;
    for (std::size_t i = 44; i + 1 < content.size(); i += 2)
        samples.push_back(static_cast<std::int16_t>(static_cast<unsigned char>(content[i]) |
                                                    static_cast<unsigned char>(content[i + 1]) << 8));
    return samples;
}

double level(std::span<const std::int16_t> samples) {
    double sum = 0;
    for (const double sample : samples) sum += sample * sample;
    return std::sqrt(sum / static_cast<double>(samples.size()));
}

/// What `sox FILE -n stat` says behind `name`, or nothing without sox.
std::optional<double> sox(const std::string& path, std::string_view name) {
    std::FILE* pipe = ::popen(("sox '" + path + "' -n stat 2>&1").c_str(), "r");
    if (pipe == nullptr) return std::nullopt;
    std::string said;
    for (std::array<char, 256> buffer{}; std::fgets(buffer.data(), buffer.size(), pipe) != nullptr;)
        said += buffer.data();
    ::pclose(pipe);
    const auto at = said.find(name);
    if (at == said.npos) return std::nullopt;
    return std::stod(said.substr(said.find(':', at) + 1));
}

struct Exported {
    Analysis analysis;
    Result<std::vector<media::AudioFile>> files;
};

Exported write(const std::string& capture, const fs::path& folder, bool overwrite = false) {
    media::AudioOptions options;
    options.paths = {capture};
    options.directory = (folder / "sound").string();
    options.overwrite = overwrite;
    Analysis analysis = analyze(options.paths).value();
    auto files = media::write_audio(analysis, options);
    return {std::move(analysis), std::move(files)};
}

} // namespace

TEST_CASE("a tone keeps its length and level") {
    const Folder folder;
    const test::TemporaryFile capture(test::pcap_header() + packets({}, 100));
    const auto [analysis, files] = write(capture.path(), folder.path);
    REQUIRE(files);
    REQUIRE(files->size() == 1);
    const std::string& path = files->front().path;
    CHECK(fs::path(path).filename() == "stream-1.wav");
    CHECK(files->front().length == std::chrono::seconds(2));

    const auto samples = samples_of(path);
    CHECK(samples.size() == 16'000);
    CHECK(level(samples) == doctest::Approx(amplitude / std::sqrt(2)).epsilon(0.01));
    if (const auto length = sox(path, "Length (seconds)")) CHECK(*length == doctest::Approx(2));
    if (const auto rms = sox(path, "RMS     amplitude"))
        CHECK(*rms == doctest::Approx(amplitude / std::sqrt(2) / 32768).epsilon(0.01));
    if (const auto frequency = sox(path, "Rough   frequency"))
        CHECK(*frequency == doctest::Approx(frequency_hz).epsilon(0.02));
}

TEST_CASE("what was lost is silence, and nothing moves") {
    const Folder folder;
    Tone tone;
    tone.lost = {50, 51};
    tone.first_timestamp = 0xffffffff - 4000; // RTP time wraps on the way
    const test::TemporaryFile capture(test::pcap_header() + packets(tone, 100));
    const auto [analysis, files] = write(capture.path(), folder.path);
    REQUIRE(files);
    const auto samples = samples_of(files->front().path);
    REQUIRE(samples.size() == 16'000);
    CHECK(level(std::span(samples).subspan(8'000, 320)) == 0);
    CHECK(level(std::span(samples).subspan(8'320, 320)) ==
          doctest::Approx(amplitude / std::sqrt(2)).epsilon(0.01));
}

TEST_CASE("a file that is there is not replaced unasked") {
    const Folder folder;
    const test::TemporaryFile capture(test::pcap_header() + packets({}, 10));
    REQUIRE(write(capture.path(), folder.path).files);
    const auto again = write(capture.path(), folder.path);
    REQUIRE_FALSE(again.files);
    CHECK(again.files.error().message.find("stream-1.wav exists already") != std::string::npos);
    CHECK(write(capture.path(), folder.path, true).files);
    CHECK(std::distance(fs::directory_iterator(folder.path / "sound"), fs::directory_iterator{}) == 1);
}

TEST_CASE("a call in stereo: the caller left, the callee right, each at its time") {
    const auto sip = [](std::string_view from, std::string_view to, const std::string& text, unsigned ms) {
        using namespace build;
        Ipv4 header;
        header.source = from;
        header.destination = to;
        const Octets frame = ethernet(0x0800, ipv4(header, udp(5060, 5060, build::text(text))));
        return test::pcap_record({reinterpret_cast<const char*>(frame.data()), frame.size()}, 1'795'000'000,
                                 ms * 1000);
    };
    const auto body = [](std::string_view address, std::string_view port) {
        return "v=0\r\no=- 1 1 IN IP4 " + std::string(address) + "\r\ns=-\r\nc=IN IP4 " +
               std::string(address) + "\r\nt=0 0\r\nm=audio " + std::string(port) + " RTP/AVP 0\r\n";
    };
    const auto message = [](std::string start, std::string_view tag, const std::string& sdp) {
        return start +
               "\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:ana@example.com>;tag=a\r\n"
               "To: <sip:bob@example.com>" +
               std::string(tag) +
               "\r\nCall-ID: 1@example.com\r\nCSeq: 1 INVITE\r\nContact: <sip:x@192.0.2.9>\r\n"
               "Content-Type: application/sdp\r\nContent-Length: " +
               std::to_string(sdp.size()) + "\r\n\r\n" + sdp;
    };
    Tone caller, callee;
    callee.from = "192.0.2.2";
    callee.to = "192.0.2.1";
    callee.source = 5000;
    callee.destination = 4000;
    callee.amplitude = 2000;
    const Folder folder;
    const test::TemporaryFile capture(
        test::pcap_header() +
        sip("192.0.2.1", "192.0.2.2",
            message("INVITE sip:bob@example.com SIP/2.0", "", body("192.0.2.1", "4000")), 0) +
        sip("192.0.2.2", "192.0.2.1", message("SIP/2.0 200 OK", ";tag=b", body("192.0.2.2", "5000")), 10) +
        packets(callee, 50, 20) + packets(caller, 50, 520));
    const auto [analysis, files] = write(capture.path(), folder.path);
    REQUIRE(files);
    REQUIRE(files->size() == 3);
    CHECK(fs::path(files->back().path).filename() == "call-1.wav");
    CHECK(files->back().length == std::chrono::milliseconds(1500));
    const auto samples = samples_of(files->back().path);
    std::vector<std::int16_t> left, right;
    for (std::size_t i = 0; i < samples.size(); i += 2) {
        left.push_back(samples[i]);
        right.push_back(samples[i + 1]);
    }
    REQUIRE(left.size() == 12'000);
    CHECK(level(std::span(left).first(4'000)) == 0); // the caller speaks half a second later
    CHECK(level(std::span(left).last(8'000)) == doctest::Approx(amplitude / std::sqrt(2)).epsilon(0.01));
    CHECK(level(std::span(right).first(8'000)) == doctest::Approx(2000 / std::sqrt(2)).epsilon(0.02));
    CHECK(level(std::span(right).last(4'000)) == 0);
}

TEST_CASE("limits::audio_streams, on both sides: one stream too many is told and not written") {
    const Folder folder;
    Analysis analysis;
    analysis.streams.resize(limits::audio_streams + 1);
    for (std::size_t i = 0; i < analysis.streams.size(); ++i) {
        media::Stream& stream = analysis.streams[i];
        stream.ssrc = static_cast<std::uint32_t>(i);
        stream.payload_types.emplace_back();
        stream.payload_types[0].encoding = "PCMU";
        stream.payload_types[0].clock_rate_hz = 8'000;
    }
    const test::TemporaryFile capture(test::pcap_header());
    media::AudioOptions options;
    options.paths = {capture.path()};
    options.directory = (folder.path / "sound").string();
    const auto files = media::write_audio(analysis, options);
    REQUIRE(files);
    REQUIRE(files->size() == analysis.streams.size());
    CHECK(std::ranges::count(*files, "beyond limit", &media::AudioFile::reason) == 1);
    CHECK(files->at(limits::audio_streams - 1).reason.empty());
    CHECK(files->at(limits::audio_streams).path.empty());
}

TEST_CASE("limits::audio_stream_seconds, on both sides: what is past it is left out, and told") {
    const Folder folder;
    Analysis analysis;
    analysis.streams.resize(1);
    media::Stream& stream = analysis.streams[0];
    stream.ssrc = 7;
    stream.source = parse_endpoint("192.0.2.1:4000").value();
    stream.destination = parse_endpoint("192.0.2.2:5000").value();
    stream.payload_types.emplace_back();
    stream.payload_types[0].encoding = "PCMU";
    stream.payload_types[0].clock_rate_hz = 8'000;
    const auto write_until = [&](std::uint64_t last_packet) {
        std::string octets = test::pcap_header();
        for (const std::uint64_t n : {std::uint64_t{0}, last_packet}) {
            using namespace build;
            const Octets rtp = u8(0x80) + u8(0) + u16(n % 65'536) + u32(n * 160) + u32(7) + Octets(160, 0x55);
            const Octets frame = ethernet(
                0x0800, ipv4({.source = "192.0.2.1", .destination = "192.0.2.2"}, udp(4000, 5000, rtp)));
            octets += test::pcap_record({reinterpret_cast<const char*>(frame.data()), frame.size()},
                                        static_cast<std::uint32_t>(1'795'000'000 + n / 50),
                                        static_cast<std::uint32_t>(n % 50 * 20'000));
        }
        const test::TemporaryFile capture(octets);
        media::AudioOptions options;
        options.paths = {capture.path()};
        options.directory = (folder.path / std::to_string(last_packet)).string();
        const auto files = media::write_audio(analysis, options);
        REQUIRE(files);
        return files->at(0);
    };
    constexpr std::uint64_t most = limits::audio_stream_seconds * 50; // packets of 20 ms
    const media::AudioFile within = write_until(most - 1);
    CHECK(within.reason.empty());
    CHECK(within.length == std::chrono::seconds(limits::audio_stream_seconds));
    const media::AudioFile beyond = write_until(most);
    CHECK(beyond.reason == "cut at limit");
    CHECK(beyond.length == std::chrono::milliseconds(20));
}
