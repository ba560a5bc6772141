#include "analyzer/grade/similarity.hpp"

#include <algorithm>
#include <chrono>

#include <doctest/doctest.h>

#include "core/limits/similarity.hpp"
#include "tests/support/recording.hpp"

using namespace rungs;
using namespace rungs::grade;
using namespace rungs::test;
using namespace std::chrono_literals;

namespace {

const Salt salt = salt_from("lab 3");

Fingerprint fingerprint_of(const Recording& recording, std::string_view octets = {}) {
    RecordingSource source(recording);
    return fingerprint(source, octets, salt);
}

Fingerprinted handed_in(std::string student, const Recording& recording, std::string_view octets = {}) {
    return {std::move(student), {}, "call.pcap", fingerprint_of(recording, octets), false};
}

std::vector<SimilarPair> compare_two(const Recording& first, const Recording& second) {
    return compare(std::vector{handed_in("ana", first), handed_in("ben", second)});
}

/// Signals in order, each once.
std::string codes_of(const SimilarPair& pair) {
    std::string codes;
    for (const SimilarPair::Signal& signal : pair.signals) codes += (codes.empty() ? "" : " ") + signal.code;
    return codes;
}

bool has(const SimilarPair& pair, std::string_view code) {
    return std::ranges::find(pair.signals, code, &SimilarPair::Signal::code) != pair.signals.end();
}

bool is_signalling(const Datagram& datagram) {
    return datagram.payload.find("SIP/2.0") != std::string::npos;
}

Recording shifted(const Recording& recording, Duration by) {
    return with_each(recording, [&](Datagram& datagram) { datagram.time_ns += by.count(); });
}

Recording on_grid(const Recording& recording, Duration grid) {
    return with_each(recording,
                     [&](Datagram& datagram) { datagram.time_ns -= datagram.time_ns % grid.count(); });
}

/// Programs made from one template: the same octets from everybody, sent when each machine gets to it.
Recording template_run(unsigned seed) {
    std::mt19937_64 random(seed);
    std::int64_t now = RecordedCall::start_ns + static_cast<std::int64_t>(seed) * 7'000'000'000;
    const auto wait = [&](std::int64_t least_us, std::int64_t most_us) {
        now += std::uniform_int_distribution<std::int64_t>(least_us * 1000, most_us * 1000)(random);
    };
    Recording run;
    for (const char* text :
         {"REGISTER sip:ana@lab.example SIP/2.0\r\n\r\n", "SIP/2.0 401 Unauthorized\r\n\r\n",
          "INVITE sip:ben@lab.example SIP/2.0\r\n\r\n", "SIP/2.0 100 Trying\r\n\r\n",
          "SIP/2.0 180 Ringing\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n", "ACK sip:ben@lab.example SIP/2.0\r\n\r\n",
          "BYE sip:ben@lab.example SIP/2.0\r\n\r\n"}) {
        wait(300, 900);
        run.push_back({now, "127.0.0.1", "127.0.0.1", 9001, 6001, text});
    }
    for (unsigned n = 0; n < 300; ++n) {
        wait(26'100, 26'160);
        std::string octets = {'\x80',
                              '\x0e',
                              static_cast<char>(n >> 8U),
                              static_cast<char>(n),
                              0,
                              0,
                              static_cast<char>(n >> 8U),
                              static_cast<char>(n),
                              'S',
                              'S',
                              'R',
                              'C'};
        run.push_back({now, "127.0.0.1", "127.0.0.1", 41000, 23032, octets + std::string(100, '\0')});
    }
    return run;
}

} // namespace

TEST_CASE("A copy is found whatever was done to it") {
    const Recording call = RecordedCall(1).datagrams;
    Recording copy;
    SUBCASE("nothing") {
        copy = call;
    }
    SUBCASE("shifted") {
        copy = shifted(call, 3600s + 123us);
    }
    SUBCASE("shifted back, by less than a microsecond, too") {
        copy = shifted(call, -5s - 300ns);
    }
    SUBCASE("saved with microseconds") {
        copy = on_grid(call, 1us);
    }
    SUBCASE("cut at the front") {
        copy = Recording(call.begin() + 30, call.end());
    }
    SUBCASE("cut to its beginning") {
        copy = Recording(call.begin(), call.begin() + 7);
    }
    SUBCASE("only signalling left") {
        copy = only(call, is_signalling);
    }
    SUBCASE("only media left") {
        copy = only(call, [](const Datagram& datagram) { return !is_signalling(datagram); });
    }
    SUBCASE("other addresses, in messages, too") {
        copy = readdressed(readdressed(call, "192.168.1.20", "10.0.100.200"), "203.0.113.5", "198.51.100.1");
    }
    SUBCASE("merged with a call of the own") {
        copy = merged(call, shifted(RecordedCall(2).datagrams, -600s));
    }
    SUBCASE("all at once") {
        copy = merged(shifted(readdressed(only(call, is_signalling), "192.168.1.20", "10.7.7.7"), 86'400s),
                      RecordedCall(3).datagrams);
    }
    const auto pairs = compare_two(call, copy);
    REQUIRE(pairs.size() == 1);
    CHECK(pairs[0].a == "ana");
    CHECK(pairs[0].b == "ben");
    CHECK(pairs[0].strength >= 0.8);
    CHECK(has(pairs[0], "same-frames"));
}

TEST_CASE("A pair says what is the same, with the frames of both sides and the shift") {
    const Recording call = RecordedCall(1).datagrams;
    const auto pairs = compare_two(call, shifted(Recording(call.begin() + 2, call.end()), 3600s));
    REQUIRE(pairs.size() == 1);
    CHECK(codes_of(pairs[0]) ==
          "same-frames same-times same-call-id same-branch same-tag same-media-source same-host");
    const SimilarPair::Signal& frames = pairs[0].signals.front();
    CHECK(frames.code == "same-frames");
    CHECK(frames.text == "127 frames carry the same octets, all of them exactly 3600.000000 s later");
    REQUIRE(frames.frames_a.size() == limits::similar_frames_shown);
    for (std::size_t n = 0; n < frames.frames_a.size(); ++n)
        CHECK(frames.frames_a[n] == frames.frames_b[n] + 2);
    CHECK(pairs[0].strength == doctest::Approx(1));
}

TEST_CASE("Edited contents leave the intervals as they were") {
    const Recording call = RecordedCall(1).datagrams;
    unsigned count = 0;
    const Recording edited = with_each(call, [&](Datagram& datagram) {
        datagram.payload = is_signalling(datagram) ? "OPTIONS sip:other@example.org SIP/2.0\r\nSubject: " +
                                                         std::to_string(++count)
                                                   : datagram.payload.substr(0, 8) + std::string(44, 'z');
    });
    const auto pairs = compare_two(call, edited);
    REQUIRE(pairs.size() == 1);
    CHECK(codes_of(pairs[0]) == "same-times same-host");
    CHECK(pairs[0].strength == doctest::Approx(0.8));
}

TEST_CASE("Two files that are the same are one, even when their clock is coarse") {
    const Recording call = on_grid(RecordedCall(1).datagrams, 1ms);
    const auto pairs =
        compare(std::vector{handed_in("ana", call, "octets"), handed_in("ben", call, "octets")});
    REQUIRE(pairs.size() == 1);
    CHECK(pairs[0].strength == doctest::Approx(1));
    CHECK(has(pairs[0], "same-file"));
    CHECK(has(pairs[0], "same-call-id"));

    SUBCASE("but not when they hold next to nothing") {
        const Recording empty(call.begin(), call.begin() + 4);
        CHECK(compare(std::vector{handed_in("ana", empty, "octets"), handed_in("ben", empty, "octets")})
                  .empty());
    }
}

TEST_CASE("Partners who captured one call at its two ends are not accused") {
    const Recording call = only(RecordedCall(1).datagrams, [](const Datagram& datagram) {
        return datagram.source != "203.0.113.5" && datagram.destination != "203.0.113.5";
    });
    Recording other;
    SUBCASE("over a wireless network") {
        other = seen_at("192.168.1.30", call, 2ms, 3ms);
    }
    SUBCASE("over a cable") {
        other = seen_at("192.168.1.30", call, 150us, 60us);
    }
    SUBCASE("on one machine, between two namespaces") {
        other = seen_at("192.168.1.30", call, 3us, 4us);
    }
    SUBCASE("with a clock that differs") {
        other = shifted(seen_at("192.168.1.30", call, 150us, 60us), 2s);
    }
    REQUIRE(other.size() == call.size());
    CHECK(compare_two(call, other).empty());
}

TEST_CASE("A simulated network delays every frame alike: the two ends tell partners apart") {
    const Recording call = RecordedCall(1).datagrams;
    // The callee's computer has traffic of its own, so that it is known which host it is.
    const Recording own = readdressed(RecordedCall(9).datagrams, "192.168.1.20", "192.168.1.30");
    const Recording other = merged(seen_at("192.168.1.30", call, 500us, 0ns), own);
    CHECK(compare_two(call, other).empty());
}

TEST_CASE("A clock of milliseconds decides nothing") {
    const Recording call = RecordedCall(1).datagrams;
    CHECK(compare_two(on_grid(call, 1ms), on_grid(seen_at("192.168.1.30", call, 20us, 20us), 1ms)).empty());
    CHECK(fingerprint_of(on_grid(call, 1ms)).coarse_times);
    CHECK(fingerprint_of(on_grid(call, 10us)).coarse_times);
    CHECK_FALSE(fingerprint_of(on_grid(call, 1us)).coarse_times);
}

TEST_CASE("Programs made from one template are not accused") {
    CHECK(compare_two(template_run(1), template_run(2)).empty());
    std::vector<Fingerprinted> all;
    for (unsigned n = 0; n < 40; ++n)
        all.push_back(handed_in("student " + std::to_string(n), template_run(n)));
    CHECK(compare(all).empty());

    SUBCASE("a copy among them is") {
        all.push_back(handed_in("zoe", shifted(template_run(7), 20min)));
        const auto pairs = compare(all);
        REQUIRE(pairs.size() == 1);
        CHECK(pairs[0].a == "student 7");
        CHECK(pairs[0].b == "zoe");
    }
}

TEST_CASE("Teams, samples and the own files are no copies") {
    const Recording call = RecordedCall(1).datagrams;
    std::vector<Fingerprinted> two{handed_in("ana", call), handed_in("ben", shifted(call, 1s))};
    REQUIRE(compare(two).size() == 1);
    SUBCASE("a team") {
        two[0].team = two[1].team = "red";
        CHECK(compare(two).empty());
        two[1].team = "blue";
        CHECK(compare(two).size() == 1);
    }
    SUBCASE("a sample that was given out") {
        CHECK(compare(two, std::vector{fingerprint_of(shifted(call, -900s))}).empty());
        CHECK(compare(two, std::vector{fingerprint_of(RecordedCall(2).datagrams)}).size() == 1);
    }
    SUBCASE("one student") {
        two[1].student = "ana";
        CHECK(compare(two).empty());
    }
    SUBCASE("earlier classes") {
        two[0].previous = true;
        CHECK(compare(two).size() == 1);
        two[1].previous = true;
        CHECK(compare(two).empty());
    }
}

TEST_CASE("Who copied from whom is a group, however many there are") {
    std::vector<Fingerprinted> all;
    const Recording call = RecordedCall(1).datagrams;
    for (unsigned n = 0; n < limits::similar_owners + 8; ++n)
        all.push_back(handed_in("copy " + std::to_string(100 + n), shifted(call, n * 61s)));
    all.push_back(handed_in("one", RecordedCall(2).datagrams));
    all.push_back(handed_in("two", shifted(RecordedCall(2).datagrams, 5s)));
    all.push_back(handed_in("alone", RecordedCall(3).datagrams));
    const auto groups = clusters(compare(all));
    REQUIRE(groups.size() == 2);
    CHECK(groups[0].size() == limits::similar_owners + 8);
    CHECK(groups[1] == std::vector<std::string>{"one", "two"});
}

TEST_CASE("What as many captures as the limit share still counts, and one more does not") {
    std::vector<Fingerprinted> all;
    const Recording call = RecordedCall(1).datagrams;
    for (unsigned n = 0; n < limits::similar_owners; ++n)
        all.push_back(handed_in("copy " + std::to_string(n), shifted(call, n * 61s)));
    CHECK(compare(all).size() == limits::similar_owners * (limits::similar_owners - 1) / 2);
    all.push_back(handed_in("one more", call));
    for (const SimilarPair& pair : compare(all)) CHECK_FALSE(has(pair, "same-call-id"));
}

TEST_CASE("The result does not depend on the order, and is sorted") {
    const Recording call = RecordedCall(1).datagrams;
    std::vector<Fingerprinted> all{handed_in("c", call), handed_in("a", only(call, is_signalling)),
                                   handed_in("b", shifted(Recording(call.begin() + 2, call.end()), 9s))};
    const auto pairs = compare(all);
    REQUIRE(pairs.size() == 3);
    CHECK(pairs[0].strength >= pairs[1].strength);
    CHECK(pairs[1].strength >= pairs[2].strength);
}

TEST_CASE("An index is read again for the next class") {
    const Recording call = RecordedCall(1).datagrams;
    const std::string index = to_index(std::vector{handed_in("ana", call), handed_in("ben\tx", call)});
    const auto read = from_index(index, "2025/", salt);
    REQUIRE(read.has_value());
    REQUIRE(read->size() == 2);
    CHECK(read->at(0).student == "2025/ana");
    CHECK(read->at(1).student == "2025/ben\\tx");
    CHECK(read->at(0).capture == "call.pcap");
    CHECK(read->at(0).previous);
    CHECK(read->at(0).fingerprint == fingerprint_of(call));

    std::vector<Fingerprinted> all = *read;
    all.push_back(handed_in("zoe", shifted(call, 365 * 24h)));
    CHECK(compare(all).size() == 2);

    CHECK(from_index("something else\n", "", salt).error().message.find("first line") != std::string::npos);
    CHECK(from_index(index, "", salt_from("lab 4")).error().message.find("line 2: made with another salt") ==
          0);
    CHECK(from_index(index + "ana\tx.pcap\tfp1 zz\n", "", salt).error().message ==
          "line 4: this is no fingerprint");
}
