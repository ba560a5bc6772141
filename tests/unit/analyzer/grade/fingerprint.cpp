#include "analyzer/grade/fingerprint.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "analyzer/grade/frame_lines.hpp"
#include "core/limits/similarity.hpp"
#include "tests/support/captures.hpp"
#include "tests/support/recording.hpp"

using namespace rungs;
using namespace rungs::grade;
using namespace rungs::test;

namespace {

const Salt salt = salt_from("lab 3");

Fingerprint fingerprint_of(const Recording& recording) {
    RecordingSource source(recording);
    return fingerprint(source, {}, salt);
}

std::size_t count(const Fingerprint& fingerprint, TraceKind kind) {
    return static_cast<std::size_t>(std::ranges::count(fingerprint.traces, kind, &Trace::kind));
}

Datagram message(const std::string& text, std::int64_t time_us = 0) {
    return {RecordedCall::start_ns + time_us * 1000, "192.0.2.1", "192.0.2.2", 5060, 5060, text};
}

using build::operator+;

Datagram media(std::uint32_t ssrc, unsigned sequence, std::uint32_t timestamp) {
    const build::Octets octets = build::u16(0x8000) + build::u16(sequence) + build::u32(timestamp) +
                                 build::u32(ssrc) + build::zeros(20);
    return {RecordedCall::start_ns + sequence * 20'000'137, "192.0.2.1", "192.0.2.2", 4000, 4008,
            std::string(octets.begin(), octets.end())};
}

} // namespace

TEST_CASE("Addresses and lengths are taken out of texts") {
    CHECK(without_addresses("Via: SIP/2.0/UDP 192.168.1.20:5060;received=10.0.0.1;branch=z9hG4bK1") ==
          "Via: SIP/2.0/UDP @:5060;received=@;branch=z9hG4bK1");
    CHECK(without_addresses("o=- 1 1 IN IP6 2001:db8::1\r\nc=IN IP6 2001:db8::1\r\n") ==
          "o=- 1 1 IN IP6 @\r\nc=IN IP6 @\r\n");
    CHECK(without_addresses("<sip:[2001:db8::1]:5060>") == "<sip:@:5060>");
    CHECK(without_addresses("To: x\r\nContent-Length: 123\r\n\r\nv=0") == "To: x\r\n\r\nv=0");
    CHECK(without_addresses("l: 99\r\nx") == "x");
    // No addresses.
    for (const char* text :
         {"Date: 12:30:45", "version 1.2.3.4.5", "1.2.3", "a1.2.3.4", "CSeq: 102 INVITE", "[x]", ""})
        CHECK(without_addresses(text) == text);
}

TEST_CASE("A fingerprint is written on one line and read again") {
    const Fingerprint made = fingerprint_of(RecordedCall(1).datagrams);
    const std::string text = to_text(made);
    CHECK(std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f' && c != '\t'; }));
    CHECK(fingerprint_from(text) == made);
    CHECK(text.find("192.168") == std::string::npos);
    CHECK(text.find("1001") == std::string::npos);

    for (const char* damaged : {"", "fp2 1 1 1 0", "fp1 1 1 1", "fp1 1 1 1 2", "fp1 1 1 1 0 0:0:1:1",
                                "fp1 1 1 1 0 ff:0:1:1:1", "fp1 1 1 1 0 1:3:1:1:1", "fp1 1 1 1 0 1:0:1:1:x",
                                "fp1 1 1 7fffffffffffffff 0", "fp1 1 1 1 0 1:0:1:1:1:1"})
        CHECK_MESSAGE(!fingerprint_from(damaged), damaged);
    CHECK(fingerprint_from("fp1 1 1 1 0"));
    CHECK(fingerprint_from("fp1 1 1 1 0 1:0:1:1:-1"));
}

TEST_CASE("Hashes are salted") {
    const Recording call = RecordedCall(1).datagrams;
    RecordingSource first(call), second(call);
    const Fingerprint here = fingerprint(first, "x", salt),
                      there = fingerprint(second, "x", salt_from("other"));
    CHECK(here.salt_mark != there.salt_mark);
    for (const Trace& trace : here.traces)
        CHECK(std::ranges::find(there.traces, trace.hash, &Trace::hash) == there.traces.end());
}

TEST_CASE("Short words, counters and fixed values identify nothing") {
    const auto identifiers = [](const std::string& call_id, const std::string& tag) {
        const Fingerprint made =
            fingerprint_of({message("OPTIONS sip:b@example.com SIP/2.0\r\nCall-ID: " + call_id +
                                    "\r\nFrom: <sip:a@example.com>;tag=" + tag + "\r\n\r\n")});
        return std::pair(count(made, TraceKind::call_id), count(made, TraceKind::tag));
    };
    CHECK(identifiers("1", "2") == std::pair<std::size_t, std::size_t>(0, 0));
    CHECK(identifiers("000017", "abc") == std::pair<std::size_t, std::size_t>(0, 0));
    CHECK(identifiers("999999", "12345") == std::pair<std::size_t, std::size_t>(0, 0));
    CHECK(identifiers("1000000", "abcdef") == std::pair<std::size_t, std::size_t>(1, 1));

    CHECK(count(fingerprint_of({media(7, 0, 400'000)}), TraceKind::media_source) == 0);
    CHECK(count(fingerprint_of({media(0x4f1a22c9, 0, 0)}), TraceKind::media_source) == 0);
    CHECK(count(fingerprint_of({media(0x4f1a22c9, 1, 400'000), media(0x4f1a22c9, 2, 400'160)}),
                TraceKind::media_source) == 1);
}

TEST_CASE("Nonces and session ids are among the traces") {
    const Fingerprint made = fingerprint_of(
        {message(
             "SIP/2.0 407 No\r\nProxy-Authenticate: Digest realm=\"x\", nonce=\"84f1c1ae6cbe5ua9\"\r\n\r\n"),
         message(
             "INVITE sip:b@example.com SIP/2.0\r\nProxy-Authorization: Digest nonce=\"84f1c1ae6cbe5ua9\", "
             "cnonce=\"0a4f113b\"\r\nContent-Type: application/sdp\r\n\r\nv=0\r\no=- 3900000001 1 IN IP4 "
             "192.0.2.1\r\ns=-\r\nt=0 0\r\n")});
    CHECK(count(made, TraceKind::nonce) == 2);
    CHECK(count(made, TraceKind::session_id) == 1);
}

TEST_CASE("Frames that repeat, keep-alives, STUN and what goes to all are left out") {
    const std::string text = "OPTIONS sip:b@example.com SIP/2.0\r\n\r\n";
    CHECK(count(fingerprint_of({message(text), message(text, 500'000)}), TraceKind::signalling) == 0);
    CHECK(count(fingerprint_of({message(text)}), TraceKind::signalling) == 1);
    CHECK(count(fingerprint_of({message("\r\n\r\n")}), TraceKind::signalling) == 0);
    const std::string stun = std::string("\0\x01\0\x08\x21\x12\xa4\x42", 8) + std::string(20, 'x');
    CHECK(count(fingerprint_of({message(stun)}), TraceKind::signalling) == 0);
    Datagram multicast = message(text);
    multicast.destination = "224.0.0.251";
    CHECK(count(fingerprint_of({multicast}), TraceKind::signalling) == 0);
}

TEST_CASE("A fingerprint has as many traces of a kind as its limit, the same ones of a part") {
    const auto calls = [](std::size_t count) {
        Recording recording;
        for (std::size_t n = 0; n < count; ++n)
            recording.push_back(
                message("OPTIONS sip:b@example.com SIP/2.0\r\nSubject: " + std::to_string(n) + "\r\n\r\n",
                        static_cast<std::int64_t>(n * 1'234'567)));
        return recording;
    };
    CHECK(count(fingerprint_of(calls(limits::similar_traces)), TraceKind::signalling) ==
          limits::similar_traces);
    const Recording many = calls(limits::similar_traces * 4);
    const Fingerprint whole = fingerprint_of(many);
    CHECK(count(whole, TraceKind::signalling) == limits::similar_traces);
    const Fingerprint half =
        fingerprint_of(Recording(many.begin(), many.begin() + limits::similar_traces * 2));
    std::size_t shared = 0;
    for (const Trace& trace : half.traces)
        if (trace.kind == TraceKind::signalling &&
            std::ranges::find(whole.traces, trace.hash, &Trace::hash) != whole.traces.end())
            ++shared;
    CHECK(shared > limits::similar_traces / 3); // about a half
}

TEST_CASE("A capture is read up to the limit of frames") {
    // The same keep-alive again and again, and a message as frame `at`.
    const auto signalling_of_message_at = [](std::uint64_t at) {
        class Long final : public capture::FrameSource {
          public:
            explicit Long(std::uint64_t at) : m_at(at) {}
            bool next(capture::FrameBatch& batch) override {
                batch.clear();
                if (m_done) return false;
                m_done = true;
                for (std::uint64_t number = 1; number <= limits::similar_frames_read + 1; ++number) {
                    Frame frame = number == m_at ? m_message.frame() : m_keep_alive.frame();
                    frame.number = number;
                    batch.frames.push_back(frame);
                }
                return true;
            }
            [[nodiscard]] const std::vector<capture::Summary>& captures() const override {
                return m_captures;
            }
            [[nodiscard]] std::uint64_t octets_read() const override { return 0; }

          private:
            struct One {
                explicit One(const Datagram& datagram) : source({datagram}) { source.next(batch); }
                [[nodiscard]] const Frame& frame() const { return batch.frames.front(); }
                RecordingSource source;
                capture::FrameBatch batch;
            };
            std::uint64_t m_at;
            One m_message{message("OPTIONS sip:b@example.com SIP/2.0\r\n\r\n")},
                m_keep_alive{message("\r\n")};
            std::vector<capture::Summary> m_captures{1};
            bool m_done = false;
        };
        Long source(at);
        return count(fingerprint(source, {}, salt), TraceKind::signalling);
    };
    CHECK(signalling_of_message_at(limits::similar_frames_read) == 1);
    CHECK(signalling_of_message_at(limits::similar_frames_read + 1) == 0);
}

TEST_CASE("A file is read by its path") {
    const TemporaryFile nothing("not a capture");
    CHECK_FALSE(fingerprint(nothing.path(), {}, salt).has_value());
    const TemporaryFile empty(pcap_header());
    const auto made = fingerprint(empty.path(), "octets", salt);
    REQUIRE(made.has_value());
    CHECK(made->frames == 0);
    CHECK(made->traces.empty());
}

TEST_CASE("Frames are described on one line") {
    const Recording recording{message("OPTIONS sip:b@example.com SIP/2.0\r\nTo: x\r\n\r\n"),
                              media(0x4f1a22c9, 41, 400'000), message("something\x1b")};
    RecordingSource source(recording);
    const auto lines = read_frame_lines(source, std::vector<std::uint64_t>{3, 2, 1, 2, 9});
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].text == "OPTIONS sip:b@example.com SIP/2.0");
    CHECK(lines[0].source == "192.0.2.1:5060");
    CHECK(lines[1].text == "RTP 0 SSRC 4f1a22c9 sequence 41 timestamp 400000");
    CHECK(lines[2].text == "10 octets");
}
