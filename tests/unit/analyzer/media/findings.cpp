#include "analyzer/media/findings.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/analysis_builder.hpp"

using namespace rungs;

namespace {

/// An answered call of ten seconds, from 192.0.2.10 to 192.0.2.20: answer at 2 s, BYE at 12 s.
struct Lab {
    test::AnalysisBuilder builder;
    Lab() {
        Call& call = builder.call(CallKind::call, CallOutcome::answered);
        builder.analysis.make_details_of(call).talk = Duration(std::chrono::seconds(10));
        builder.dialog("one@example.com");
        builder.message(0, "192.0.2.10:5060", "192.0.2.20:5060",
                        test::request("INVITE sip:bob@example.com", "1 INVITE"));
        builder.message(2, "192.0.2.20:5060", "192.0.2.10:5060", test::response("200 OK", "1 INVITE"));
        builder.message(12, "192.0.2.10:5060", "192.0.2.20:5060",
                        test::request("BYE sip:bob@example.com", "2 BYE"));
    }

    media::Stream& stream(const char* from, const char* to, double start, double end) {
        Analysis& analysis = builder.analysis;
        media::Stream& made = analysis.streams.emplace_back();
        made.call = made.dialog = 1;
        made.source = parse_endpoint(from).value();
        made.destination = parse_endpoint(to).value();
        made.announced = true;
        made.packets = made.expected = 500;
        made.start = builder.at(start);
        made.end = builder.at(end);
        made.first_frame = 10;
        made.last_frame = 20;
        made.payload_types.push_back({0, "PCMU", 8000, 500, true, {}});
        analysis.call_streams.push_back(static_cast<Id>(analysis.streams.size()));
        ++analysis.make_details_of(analysis.calls.front()).streams.count;
        return made;
    }
    media::Stream& there(double start = 2.1, double end = 12) {
        return stream("192.0.2.10:4000", "192.0.2.20:5000", start, end);
    }
    void back(double start = 2.1, double end = 12) {
        stream("192.0.2.20:5000", "192.0.2.10:4000", start, end);
    }

    std::vector<std::string> codes() {
        media::find_in_media(builder.analysis);
        std::vector<std::string> found;
        for (const Finding& finding : builder.analysis.findings) found.emplace_back(finding.code);
        return found;
    }
};

using Codes = std::vector<std::string>;

} // namespace

TEST_CASE("a call as it should be has no findings of media") {
    Lab lab;
    lab.there();
    lab.back();
    CHECK(lab.codes().empty());
}

TEST_CASE("no media, and no media in the whole capture") {
    Lab lab;
    CHECK(lab.codes() == Codes{"media-none-in-capture"});
    Lab other;
    other.there().call = 0; // of another call
    other.builder.analysis.call_details.front().streams.count = 0;
    CHECK(other.codes() == Codes{"media-none"});
    CHECK(other.builder.analysis.findings.front().call == 1);
}

TEST_CASE("one way") {
    Lab lab;
    lab.there();
    CHECK(lab.codes() == Codes{"media-one-way"});
    CHECK(lab.builder.analysis.findings.front().text ==
          "500 packets went from 192.0.2.10:4000 to 192.0.2.20:5000, none came back.");
}

TEST_CASE("on one host the ports tell the ways apart") {
    Lab lab;
    lab.stream("127.0.0.1:4000", "127.0.0.1:5000", 2.1, 12);
    lab.stream("127.0.0.1:4002", "127.0.0.1:5000", 2.1, 12);
    CHECK(lab.codes() == Codes{"media-one-way"});
    Lab both;
    both.stream("127.0.0.1:4000", "127.0.0.1:5000", 2.1, 12);
    both.stream("127.0.0.1:5000", "127.0.0.1:4000", 2.1, 12);
    CHECK(both.codes().empty());
}

TEST_CASE("late, early, and after the BYE: both sides of each threshold") {
    Lab late;
    late.there(3.1);
    late.back(3.2);
    CHECK(late.codes() == Codes{"media-late"});
    Lab in_time;
    in_time.there(2.95);
    in_time.back(3.2);
    CHECK(in_time.codes().empty());
    Lab early;
    early.there();
    early.back(0.5);
    CHECK(early.codes() == Codes{"media-early"});
    Lab after;
    after.there(2.1, 12.6);
    after.back();
    CHECK(after.codes() == Codes{"media-after-bye"});
    CHECK(after.builder.analysis.findings.front().frames == std::vector<std::uint64_t>{3, 20});
    Lab under_way;
    under_way.there(2.1, 12.4);
    under_way.back();
    CHECK(under_way.codes().empty());
}

TEST_CASE("what one stream shows") {
    Lab lab;
    media::Stream& stream = lab.there();
    lab.back();
    media::Stream& judged = lab.builder.analysis.streams.front();
    judged.expected = 510;
    judged.lost = 10; // 1.96 %
    judged.jitter_ms_mean = 31;
    judged.jitter_ms_max = 80;
    judged.named_source = parse_endpoint("192.168.1.5:4000");
    judged.payload_types = {
        {97, "red", 8000, 400, true, 0}, {3, "GSM", 8000, 100, false, {}}, {13, "CN", 8000, 2, false, {}}};
    static_cast<void>(stream);
    CHECK(lab.codes() ==
          Codes{"media-nat", "media-red", "media-not-negotiated", "media-loss", "media-jitter"});
    const auto& findings = lab.builder.analysis.findings;
    CHECK(findings[0].text ==
          "The session description names 192.168.1.5:4000, but the media uses 192.0.2.10:4000.");
    CHECK(findings[1].text ==
          "Payload type 97 (red) from 192.0.2.10:4000 to 192.0.2.20:5000 is redundant audio around PCMU.");
}

TEST_CASE("T.38 is named") {
    Lab lab;
    media::Fax fax;
    fax.call = 1;
    fax.source = parse_endpoint("192.0.2.10:4000").value();
    fax.destination = parse_endpoint("192.0.2.20:5000").value();
    fax.packets = 12;
    fax.first_frame = fax.last_frame = 5;
    lab.builder.analysis.faxes.push_back(fax);
    CHECK(lab.codes() == Codes{"media-fax"});
}

namespace {

/// Media each second but those in which nothing was captured; `lost` sequence numbers are missing behind.
void with_hole(media::Stream& stream, std::uint32_t from, std::uint32_t to, std::uint16_t lost) {
    for (std::uint32_t second = 0; second < 10; ++second) {
        if (second >= from && second < to) continue;
        stream.seconds.push_back({second, 8000, 50, second == to ? lost : std::uint16_t{0}, 0, 0});
    }
    stream.lost = lost;
    stream.expected = stream.packets + lost;
}

} // namespace

TEST_CASE("a piece cut out of the capture is no loss") {
    Lab cut;
    with_hole(cut.there(), 2, 7, 250);
    cut.back();
    with_hole(cut.builder.analysis.streams.back(), 2, 7, 250);
    CHECK(cut.codes() == Codes{"capture-shortened", "capture-shortened"});

    Lab outage; // the other way went on
    with_hole(outage.there(), 2, 7, 250);
    outage.back();
    with_hole(outage.builder.analysis.streams.back(), 9, 9, 0);
    CHECK(outage.codes() == Codes{"media-loss"});

    Lab pause; // nothing is missing: the phones were silent
    with_hole(pause.there(), 2, 7, 0);
    pause.back();
    with_hole(pause.builder.analysis.streams.back(), 2, 7, 0);
    CHECK(pause.codes().empty());

    Lab moment; // too short to tell
    with_hole(moment.there(), 2, 5, 150);
    moment.back();
    with_hole(moment.builder.analysis.streams.back(), 2, 5, 150);
    CHECK(moment.codes() == Codes{"media-loss", "media-loss"});
}

TEST_CASE("a port at which nobody listens belongs to the stream or the call that it quotes") {
    Lab lab;
    lab.there();
    const auto end = [](const char* text) { return parse_endpoint(text).value(); };
    media::find_unreachable(lab.builder.analysis,
                            {{31, end("192.0.2.10:4000"), end("192.0.2.20:5000")},
                             {33, end("192.0.2.10:5060"), end("192.0.2.20:5060")},
                             {32, end("192.0.2.10:4000"), end("192.0.2.20:5000")},
                             {34, end("192.0.2.10:40000"), end("192.0.2.53:53")}}); // of nobody
    const auto& findings = lab.builder.analysis.findings;
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].code == "port-unreachable");
    CHECK(findings[0].call == 1);
    CHECK(findings[0].frames == std::vector<std::uint64_t>{31, 32});
    CHECK(
        findings[0].text ==
        "Nobody listens at 192.0.2.20:5000: media from 192.0.2.10:4000 came back as ICMP port unreachable.");
    CHECK(findings[1].frames == std::vector<std::uint64_t>{33});
    CHECK(findings[1].text.find("a message from") != std::string::npos);
}
