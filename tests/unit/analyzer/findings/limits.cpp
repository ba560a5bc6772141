#include <fmt/format.h>

#include <doctest/doctest.h>

#include "analyzer/check/builtin.hpp"
#include "analyzer/check/events.hpp"
#include "analyzer/findings/find.hpp"
#include "core/limits/correlation.hpp"
#include "core/limits/decode.hpp"
#include "core/limits/input.hpp"
#include "core/limits/media.hpp"
#include "core/limits/messages.hpp"
#include "tests/support/tape.hpp"

// Limits that a whole capture can reach: at the limit nothing is said, one further the report names it.
using namespace rungs;
using namespace rungs::test;

namespace {

constexpr const char* ana = "192.0.2.1:5060";
constexpr const char* ben = "192.0.2.2:5060";

/// Findings that name `limit` as docs/limits.md does.
std::size_t said(const Analysis& analysis, std::string_view limit) {
    const std::string name = fmt::format("(limit {}: ", limit);
    std::size_t count = 0;
    for (const Finding& finding : findings_of(analysis, "limit-reached"))
        if (finding.text.find(name) != std::string::npos) ++count;
    return count;
}

std::string rtp(std::uint16_t sequence, std::uint32_t ssrc) {
    return Octets(false).u8(0x80).u8(0).u16(sequence).u32(sequence * 160U).u32(ssrc).text(packet(160)).str();
}

Tape many_sources(std::size_t count) {
    Tape tape;
    tape.send(0, ana, ben, request("INVITE", 1, {.sdp = audio_at("192.0.2.1", 4000)}));
    tape.send(1, ben, ana, response(200, "INVITE", 1, {.to_tag = "b", .sdp = audio_at("192.0.2.2", 6000)}));
    for (std::size_t i = 0; i < count; ++i)
        tape.send(2 + static_cast<double>(i) * 0.02, "192.0.2.1:4000", "192.0.2.2:6000",
                  rtp(1, static_cast<std::uint32_t>(i + 1)));
    return tape;
}

Tape many_keys(std::size_t count) {
    Tape tape;
    tape.send(0, ana, ben, request("INVITE", 1));
    for (std::size_t i = 0; i < count; ++i) {
        const auto cseq = static_cast<unsigned>(i + 2);
        std::string text = request("INFO", cseq, {.branch = fmt::format("z9hG4bK{}", cseq), .to_tag = "b"});
        const std::string length = "Content-Length: 0\r\n\r\n";
        text.replace(text.size() - length.size(), length.size(),
                     "Content-Type: application/dtmf\r\nContent-Length: 1\r\n\r\n5");
        tape.send(1 + static_cast<double>(i) * 0.1, ana, ben, text);
    }
    return tape;
}

/// The same request on so many links.
Tape many_links(std::size_t count) {
    Tape tape;
    for (std::size_t i = 0; i < count; ++i)
        tape.send(static_cast<double>(i) * 0.001, fmt::format("10.0.{}.1:5060", i),
                  fmt::format("10.0.{}.1:5060", i + 1), request("INVITE", 1));
    return tape;
}

Analysis analyze_frame(const build::Octets& octets) {
    const TemporaryFile file(pcap_header(true, 0xa1b2c3d4, 101) +
                             pcap_record(std::string(octets.begin(), octets.end()), 1'790'000'000));
    return analyze({file.path()}).value();
}

/// A datagram below `count` IP headers in all.
build::Octets nested(unsigned count) {
    build::Octets octets = build::ipv4({}, build::udp(4000, 4000, build::text("x")));
    build::Ipv4 outer;
    outer.protocol = 4;
    for (unsigned i = 1; i < count; ++i) octets = build::ipv4(outer, octets);
    return octets;
}

} // namespace

TEST_CASE("a limit that is reached is named with how often and what became of it") {
    Analysis analysis;
    analysis.limits_reached = {{"tcp_flows", 3}, {"hops", 1}, {"legs", 0}};
    findings::Collector out(analysis);
    findings::report_limits(analysis, out);
    REQUIRE(analysis.findings.size() == 2);
    CHECK(analysis.findings[0].code == "limit-reached");
    CHECK(analysis.findings[0].text == "1 message not compared with later ones (limit hops: 64).");
    CHECK(analysis.findings[1].text ==
          "3 TCP connections given up to make room for others (limit tcp_flows: 65536).");
}

TEST_CASE("limits::flow_streams, on both sides") {
    CHECK(said(many_sources(limits::flow_streams).analyze(), "flow_streams") == 0);
    const Analysis beyond = many_sources(limits::flow_streams + 1).analyze();
    CHECK(said(beyond, "flow_streams") == 1);
    CHECK(beyond.streams.size() == limits::flow_streams);
}

TEST_CASE("limits::dtmf_events of INFO, on both sides") {
    CHECK(said(many_keys(limits::dtmf_events).analyze(), "dtmf_events") == 0);
    const Analysis beyond = many_keys(limits::dtmf_events + 1).analyze();
    CHECK(said(beyond, "dtmf_events") == 1);
    CHECK(beyond.key_presses.size() == limits::dtmf_events);
}

TEST_CASE("limits::hops, on both sides") {
    CHECK(said(many_links(limits::hops).analyze(), "hops") == 0);
    const Analysis beyond = many_links(limits::hops + 1).analyze();
    CHECK(said(beyond, "hops") == 1);
    CHECK(beyond.messages.size() == limits::hops + 1); // compared no more, kept all the same
}

TEST_CASE("limits::nested_layers, on both sides") {
    // The link layer is one of them.
    CHECK(said(analyze_frame(nested(limits::nested_layers - 1)), "nested_layers") == 0);
    CHECK(said(analyze_frame(nested(limits::nested_layers)), "nested_layers") == 1);
}

TEST_CASE("limits::flow_events, on both sides") {
    const check::Flow& flow = *check::find_builtin("answered-challenge");
    const auto course = [&](std::size_t events) {
        const Analysis analysis = many_keys(events - 1).analyze();
        return check::course_of(analysis, 1, flow);
    };
    CHECK_FALSE(course(limits::flow_events).capped);
    const check::Course beyond = course(limits::flow_events + 1);
    CHECK(beyond.capped);
    CHECK(beyond.events.size() == limits::flow_events);
}

TEST_CASE("limits::multipart_parts and multipart_depth, on both sides") {
    const auto with_body = [](const std::string& boundary, const std::string& body) {
        Tape tape;
        std::string text =
            request("INVITE", 1, {.more = "Content-Type: multipart/mixed;boundary=" + boundary + "\r\n"});
        const std::string length = "Content-Length: 0\r\n\r\n";
        text.replace(text.size() - length.size(), length.size(),
                     fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body));
        tape.send(0, ana, ben, text);
        return tape.analyze();
    };
    const auto parts = [&](std::size_t count) {
        std::string body;
        for (std::size_t i = 0; i < count; ++i) body += "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n";
        return with_body("b", body + "--b--\r\n");
    };
    CHECK(said(parts(limits::multipart_parts), "multipart_parts") == 0);
    CHECK(said(parts(limits::multipart_parts + 1), "multipart_parts") == 1);
    const auto nested = [&](std::size_t depth) {
        std::string body;
        for (std::size_t i = 1; i < depth; ++i)
            body += fmt::format("--b{}\r\nContent-Type: multipart/mixed;boundary=b{}\r\n\r\n", i, i + 1);
        return with_body("b1", body + fmt::format("--b{}\r\nContent-Type: text/plain\r\n\r\nx", depth));
    };
    CHECK(said(nested(limits::multipart_depth), "multipart_depth") == 0);
    CHECK(said(nested(limits::multipart_depth + 1), "multipart_depth") == 1);
}

TEST_CASE("limits::issues, on both sides: a message that has as many may have more") {
    const auto with_issues = [](std::size_t count) {
        std::string more; // a line without a colon is an issue
        for (std::size_t i = 0; i < count; ++i) more += fmt::format("line{}\r\n", i);
        Tape tape;
        tape.send(0, ana, ben, request("OPTIONS", 1, {.more = more}));
        return tape.analyze();
    };
    CHECK(said(with_issues(limits::issues - 1), "issues") == 0);
    CHECK(said(with_issues(limits::issues), "issues") == 1);
    CHECK(said(with_issues(limits::issues + 9), "issues") == 1);
}

TEST_CASE("limits::finding_frames, on both sides") {
    for (const std::size_t count : {limits::finding_frames, limits::finding_frames + 1}) {
        Tape tape;
        for (std::size_t i = 0; i < count; ++i)
            tape.send(static_cast<double>(i), ana, ben,
                      request("OPTIONS", static_cast<unsigned>(i + 1), {.branch = ""}));
        const Finding finding = first_of(tape.analyze(), "sip-branch-missing");
        CHECK(finding.frames.size() == limits::finding_frames);
        CHECK(finding.text.find(fmt::format("({} messages)", count)) != std::string::npos);
    }
}
