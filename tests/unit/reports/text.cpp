#include "reports/text.hpp"

#include <doctest/doctest.h>

#include "core/text.hpp"
#include "reports/width.hpp"
#include "tests/support/analysis_builder.hpp"

using namespace rungs;
using namespace rungs::reports;
using rungs::test::AnalysisBuilder;
using rungs::test::request;
using rungs::test::response;
using rungs::test::session;

namespace {

/// Ana calls Bob through a proxy that challenges her; the INVITE is sent twice, Bob is busy.
AnalysisBuilder busy_call() {
    AnalysisBuilder lab;
    Call& call = lab.call(CallKind::call, CallOutcome::busy);
    lab.analysis.make_details_of(call).parties = {lab.party("sip:ana@example.com", "Ana", "192.0.2.10:5060"),
                                                  lab.party("sip:bob@example.com", "", "192.0.2.20:5060")};
    call.final_status = 486;
    call.challenged = true;
    lab.dialog("one@example.com");
    const std::string invite =
        request("INVITE sip:bob@example.com", "2 INVITE", session("192.0.2.10", "4000"));
    const std::string busy = response("486 Busy Here", "2 INVITE");
    lab.message(0, "192.0.2.10:5060", "192.0.2.1:5060", request("INVITE sip:bob@example.com", "1 INVITE"));
    lab.message(0.02, "192.0.2.1:5060", "192.0.2.10:5060",
                response("407 Proxy Authentication Required", "1 INVITE"));
    lab.message(0.021, "192.0.2.10:5060", "192.0.2.1:5060", request("ACK sip:bob@example.com", "1 ACK"));
    lab.message(0.1, "192.0.2.10:5060", "192.0.2.1:5060", invite);
    Message& again = lab.message(0.6, "192.0.2.10:5060", "192.0.2.1:5060", invite);
    again.relation = Relation::retransmission;
    again.relates_to = 4;
    Message& hop = lab.message(0.61, "192.0.2.1:5060", "192.0.2.20:5060", invite);
    hop.relation = Relation::hop;
    hop.relates_to = 4;
    lab.message(3.61, "192.0.2.20:5060", "192.0.2.1:5060", busy);
    Message& back = lab.message(3.62, "192.0.2.1:5060", "192.0.2.10:5060", busy);
    back.relation = Relation::hop;
    back.relates_to = 7;
    return lab;
}

std::string ladder_text(const Analysis& analysis, const TextStyle& style) {
    StringSink sink;
    write_ladder(analysis, {}, style, sink);
    return sink.text();
}

std::string overview_text(const Analysis& analysis, const TextStyle& style) {
    StringSink sink;
    write_overview(analysis, style, sink);
    return sink.text();
}

} // namespace

TEST_CASE("a ladder as text") {
    const AnalysisBuilder lab = busy_call();
    TextStyle style;
    style.width = 130;
    CHECK(ladder_text(lab.analysis, style) ==
          R"(Call 1  busy (486), challenged  ana → bob  2026-11-20 08:15:00 UTC

                                  ana                                            proxy                                   bob
frame      time      delta  192.0.2.10:5060                                 192.0.2.1:5060                         192.0.2.20:5060
    1  0.000000  +0.000000         │── INVITE sip:bob@example.com ────────────────►│                                      │
    2  0.020000  +0.020000         │◄─ 407 Proxy Authentication Required ──────────│                                      │
                                   │   (INVITE)                                    │                                      │
    3  0.021000  +0.001000         │── ACK sip:bob@example.com ───────────────────►│                                      │
    4  0.100000  +0.079000         │── INVITE sip:bob@example.com ────────────────►│                                      │
                                   │   PCMA PCMU telephone-event 192.0.2.10:4000   │                                      │
                                   │   sendrecv                                    │                                      │
    5  0.600000  +0.500000         │── INVITE sip:bob@example.com ×2 ─────────────►│                                      │
    6  0.610000  +0.010000         │                                               │── INVITE sip:bob@example.com (hop) ─►│
                                   ⋮                                               ⋮                                      ⋮
    7  3.610000  +3.000000         │                                               │◄─ 486 Busy Here (INVITE) ────────────│
    8  3.620000  +0.010000         │◄─ 486 Busy Here (INVITE) (hop) ───────────────│                                      │
)");
}

TEST_CASE("a ladder in ASCII says the same in the same places") {
    const AnalysisBuilder lab = busy_call();
    TextStyle style;
    style.ascii = true;
    style.width = 130;
    const std::string text = ladder_text(lab.analysis, style);
    for (const char c : text) CHECK(static_cast<unsigned char>(c) < 0x80);
    CHECK(text.find("-- INVITE sip:bob@example.com") != std::string::npos);
    CHECK(text.find("486 Busy Here (INVITE) (hop)") != std::string::npos);
}

TEST_CASE("labels that do not fit the terminal go on in the next line, whole") {
    const AnalysisBuilder lab = busy_call();
    TextStyle style;
    style.width = 60;
    const std::string text = ladder_text(lab.analysis, style);
    CHECK(text.find("◄─ 407 Proxy ") != std::string::npos);
    CHECK(text.find("│   Authentication ") != std::string::npos);
}

TEST_CASE("lines stay straight whatever the width of names and labels") {
    AnalysisBuilder lab = busy_call();
    lab.analysis.call_details[0].parties->caller.uri =
        lab.analysis.texts.keep("sip:%E5%BC%A0%E4%BC%9F@example.com");
    const std::string text = ladder_text(lab.analysis, {});
    CHECK(text.find("张伟") != std::string::npos);
    // Every line of the drawing has the caller's vertical line in the same column.
    std::string_view rest = text;
    std::size_t column = 0;
    while (!rest.empty()) {
        const std::string_view line = take_until(rest, '\n');
        const auto place = line.find("│");
        if (place == std::string_view::npos) continue;
        const std::size_t here = columns(line.substr(0, place));
        if (column == 0) column = here;
        CHECK(here == column);
    }
    CHECK(column > 0);
}

TEST_CASE("colour is only a wrapping: without it the text is the same") {
    const AnalysisBuilder lab = busy_call();
    TextStyle style;
    const std::string plain = ladder_text(lab.analysis, style);
    style.color = true;
    std::string colored = ladder_text(lab.analysis, style);
    CHECK(colored.find("\x1b[31m") != std::string::npos); // 486
    CHECK(colored.find("\x1b[2m") != std::string::npos);  // sent again
    for (auto start = colored.find('\x1b'); start != std::string::npos; start = colored.find('\x1b')) {
        colored.erase(start, colored.find('m', start) - start + 1);
    }
    CHECK(colored == plain);
}

TEST_CASE("captured text cannot drive the terminal") {
    AnalysisBuilder lab;
    Call& call = lab.call(CallKind::call, CallOutcome::failed);
    lab.analysis.make_details_of(call).parties = {
        lab.party("sip:\x1b]0;owned\x07@example.com", "\x1b[2J", "192.0.2.10:5060"),
        lab.party("sip:%1b%5b31m@example.com", "\xe2\x80\xae", "192.0.2.20:5060")};
    call.reason = lab.analysis.texts.keep("\xc2\x9b"
                                          "2J");
    lab.analysis.captures[0].file.path = "a\x1b[31m.pcap";
    lab.analysis.captures[0].file.remarks = {"odd \x1b[1m"};
    lab.dialog("one");
    lab.message(0, "192.0.2.10:5060", "192.0.2.20:5060",
                request("INVITE sip:\x1b[5m\xff@example.com", "1 INVITE", session("\x1b[7m", "4000")));
    lab.message(0, "192.0.2.20:5060", "192.0.2.10:5060", response("500 \x1b[31m\x9b\x7f", "1 INVITE"));
    lab.analysis.findings.push_back({"x", Severity::error, "bad \x1b[0m", {1}, 1, ""});

    StringSink sink;
    write_overview(lab.analysis, {}, sink);
    write_calls(lab.analysis, {}, {}, sink);
    write_ladder(lab.analysis, {}, {}, sink);
    CHECK(write_message(lab.analysis, 1, {}, sink));
    CHECK(write_message(lab.analysis, 2, {}, sink));
    CHECK_FALSE(write_message(lab.analysis, 3, {}, sink));

    std::string_view rest = sink.text();
    REQUIRE(is_utf8(rest));
    while (!rest.empty()) {
        const CodePoint point = next_code_point(rest);
        const bool harmless = point.value == '\n' || !is_control(point.value);
        CHECK(harmless);
        rest.remove_prefix(point.size);
    }
}

TEST_CASE("an overview says how the capture is, what is in it and what to type next") {
    const AnalysisBuilder lab = busy_call();
    CHECK(overview_text(lab.analysis, {}) == R"(lab.pcap  pcap  8 packets  2026-11-20 08:15:00 UTC  3.620 s
  sip 8

Calls (1)
  #     start  from       to   outcome     messages  frame
  1  0.000000  Ana (ana)  bob  busy (486)         8      1

Next
  rungs ladder lab.pcap --call 1   one call as a ladder
  rungs message lab.pcap 1         one message, raw and parsed
  rungs export lab.pcap --to json  everything, for other programs
)");
}

TEST_CASE("an overview in Chinese") {
    const AnalysisBuilder lab = busy_call();
    TextStyle style;
    style.language = Language::zh_cn;
    const std::string text = overview_text(lab.analysis, style);
    CHECK(text.find("8 个数据包") != std::string::npos);
    CHECK(text.find("呼叫 (1)") != std::string::npos);
    CHECK(text.find("忙 (486)") != std::string::npos);
}

TEST_CASE("times as asked for") {
    const AnalysisBuilder lab = busy_call();
    TextStyle style;
    style.time = TimeFormat::absolute;
    CHECK(ladder_text(lab.analysis, style).find("08:15:00.020000") != std::string::npos);
    style.time = TimeFormat::absolute_date;
    CHECK(ladder_text(lab.analysis, style).find("2026-11-20 08:15:00.020000") != std::string::npos);
    style.time = TimeFormat::epoch;
    CHECK(ladder_text(lab.analysis, style).find("1795162500.020000") != std::string::npos);
    style.time = TimeFormat::delta;
    CHECK(ladder_text(lab.analysis, style).find("    7  3.000000 ") != std::string::npos);
}

TEST_CASE("a message as captured and as read") {
    const AnalysisBuilder lab = busy_call();
    StringSink sink;
    CHECK(write_message(lab.analysis, 4, {}, sink));
    const std::string& text = sink.text();
    CHECK(text.find("  INVITE sip:bob@example.com SIP/2.0\n") != std::string::npos);
    CHECK(text.find("192.0.2.10:5060 → 192.0.2.1:5060") != std::string::npos);
    CHECK(text.find("101 telephone-event/8000") != std::string::npos);
}
