#include "analyzer/check/facts.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "analyzer/check/events.hpp"
#include "analyzer/check/step_syntax.hpp"
#include "analyzer/pipeline.hpp"
#include "tests/support/analysis_builder.hpp"

using namespace rungs;
using namespace rungs::check;
using namespace std::chrono_literals;
using test::AnalysisBuilder;

namespace {

/// One call, answered and ended, between 192.0.2.1 and 192.0.2.2.
struct Talk {
    Talk() {
        Call& call = builder.call(CallKind::call, CallOutcome::answered);
        call.final_status = 200;
        call.ended_by = EndedBy::caller;
    }
    [[nodiscard]] Call& call() { return builder.analysis.calls.front(); }

    media::Stream& stream(std::string_view source, std::string_view destination, Id call = 1) {
        Analysis& analysis = builder.analysis;
        media::Stream& stream = analysis.streams.emplace_back();
        stream.source = parse_endpoint(source).value();
        stream.destination = parse_endpoint(destination).value();
        stream.packets = stream.expected = 100;
        stream.end = stream.start + 2s;
        if (call == 0) return stream;
        ++analysis.make_details_of(analysis.calls[call - 1]).streams.count;
        analysis.call_streams.push_back(static_cast<Id>(analysis.streams.size()));
        return stream;
    }
    void key(std::string_view name, double seconds, Id stream, Id message = 0) {
        Analysis& analysis = builder.analysis;
        analysis.key_presses.push_back(
            {std::string(name), AnalysisBuilder::at(seconds), {}, 1, 1, stream, message});
        ++analysis.make_details_of(call()).key_presses.count;
    }

    Truth ask(std::string_view predicate) {
        return Facts(builder.analysis, 1).holds(parse_predicate(predicate).value(), 0, {}).truth;
    }
    Doubt doubt(std::string_view predicate) {
        return Facts(builder.analysis, 1).holds(parse_predicate(predicate).value(), 0, {}).doubt;
    }

    AnalysisBuilder builder;
};

constexpr std::string_view ana = "192.0.2.1:4000", ben = "192.0.2.2:5000";

/// What `predicate` is of message `id` of a capture.
Judgement ask_file(const std::string& file, Id id, std::string_view predicate, const char* passwords) {
    const auto analysis = analyze({std::string(RUNGS_SOURCE_DIR) + "/samples/" + file});
    REQUIRE(analysis);
    std::optional<Passwords> known;
    if (passwords != nullptr) known = Passwords::parse(passwords).value();
    Facts facts(*analysis, 1, known ? &*known : nullptr);
    return facts.holds(parse_predicate(predicate).value(), id, {});
}

} // namespace

TEST_CASE("digests are valid, wrong, or cannot be told without the password") {
    // Messages: INVITE, 407, ACK, INVITE with credentials made with "lab", ...
    const std::string busy = "sip/lab-busy-caller.pcap";
    CHECK(ask_file(busy, 4, "auth.valid", "1001:lab").truth == Truth::yes);
    CHECK(ask_file(busy, 4, "auth.valid = no", "1001:lab").truth == Truth::no);
    const Judgement wrong = ask_file(busy, 4, "auth.valid", "1001:other");
    CHECK(wrong.truth == Truth::no);
    CHECK(wrong.found == "wrong_password");
    CHECK(ask_file(busy, 4, "auth.valid", "1001@elsewhere.example:lab").found == "wrong_realm");
    CHECK(ask_file(busy, 1, "auth.valid", "1001:lab").truth == Truth::no); // there are none
    CHECK(ask_file(busy, 4, "auth.valid", "1002:lab").doubt == Doubt::no_password);
    CHECK(ask_file(busy, 4, "auth.valid", nullptr).doubt == Doubt::no_password);
    CHECK(ask_file(busy, 1, "auth.valid", nullptr).truth == Truth::no);
}

TEST_CASE("a right answer to an old nonce is right, a guess is not") {
    // REGISTER, 401, REGISTER with another password, 401
    CHECK(ask_file("sip/flow-register-refused.pcap", 3, "auth.valid", "lab").found == "wrong_password");
    // INVITE with an old nonce, 407 stale, ACK, INVITE
    CHECK(ask_file("sip/flow-auth-stale.pcap", 4, "auth.valid", "lab").truth == Truth::yes);
    CHECK(ask_file("sip/flow-auth-stale.pcap", 1, "auth.valid", "lab").truth == Truth::yes);
}

TEST_CASE("retransmissions are counted") {
    // Message 4 is the INVITE with credentials, 5 the same again.
    CHECK(ask_file("sip/lab-cancelled-caller.pcap", 4, "retransmissions = 1", nullptr).truth == Truth::yes);
    CHECK(ask_file("sip/lab-cancelled-caller.pcap", 1, "retransmissions = 0", nullptr).truth == Truth::yes);
    CHECK(ask_file("sip/lab-cancelled-caller.pcap", 1, "retransmissions > 0", nullptr).truth == Truth::no);
}

TEST_CASE("media of a call: the worst of its streams") {
    Talk talk;
    talk.stream(ana, ben).lost = 1; // 1 of 100
    media::Stream& back = talk.stream(ben, ana);
    back.packets = 90;
    back.lost = 10;
    back.jitter_ms_mean = 4.5;
    back.end = back.start + 1s;
    back.payload_types.push_back({0, "PCMU", 8000, 90, true, {}});
    CHECK(talk.ask("rtp.streams = 2") == Truth::yes);
    CHECK(talk.ask("rtp.streams = 3") == Truth::no);
    CHECK(talk.ask("rtp.packets = 90") == Truth::yes);
    CHECK(talk.ask("rtp.packets > 90") == Truth::no);
    CHECK(talk.ask("rtp.loss = 10%") == Truth::yes);
    CHECK(talk.ask("rtp.loss < 2%") == Truth::no);
    CHECK(talk.ask("rtp.jitter < 5") == Truth::yes);
    CHECK(talk.ask("rtp.jitter < 4") == Truth::no);
    CHECK(talk.ask("rtp.duration >= 1") == Truth::yes);
    CHECK(talk.ask("rtp.duration > 1") == Truth::no);
    CHECK(talk.ask("rtp.codecs contains pcmu") == Truth::yes);
    CHECK(talk.ask("rtp.codecs contains PCMA") == Truth::no);
    CHECK(talk.ask("rtp.mos present") == Truth::no); // no values are published for the codec
    back.rating.emplace().mos = 3.1;
    CHECK(talk.ask("rtp.mos > 3") == Truth::yes);
    CHECK(talk.ask("rtp.mos > 4") == Truth::no);
}

TEST_CASE("media goes both ways, one way, or nobody can tell") {
    Talk both;
    both.stream(ana, ben);
    CHECK(both.ask("rtp.two_way") == Truth::no);
    both.stream(ben, ana);
    CHECK(both.ask("rtp.two_way") == Truth::yes);
    CHECK(both.ask("rtp.two_way = no") == Truth::no);

    Talk one_host;
    one_host.stream("127.0.0.1:4000", "127.0.0.1:5000");
    one_host.stream("127.0.0.1:6000", "127.0.0.1:5000");
    CHECK(one_host.doubt("rtp.two_way") == Doubt::not_checkable);
    one_host.stream("127.0.0.1:6000", "127.0.0.1:7000");
    CHECK(one_host.ask("rtp.two_way") == Truth::yes);
}

TEST_CASE("a call without media, in captures that could and could not have held some") {
    Talk talk;
    CHECK(talk.doubt("rtp.loss < 2%") == Doubt::no_media);
    CHECK(talk.doubt("rtp.two_way") == Doubt::no_media);
    CHECK(talk.doubt("dtmf present") == Doubt::no_media);
    talk.stream("198.51.100.1:7000", "198.51.100.2:7000", 0); // of nobody: media was captured
    CHECK(talk.ask("rtp.streams = 0") == Truth::yes);
    CHECK(talk.ask("rtp.two_way") == Truth::no);
    CHECK(talk.ask("rtp.loss < 2%") == Truth::no);
    CHECK(talk.ask("dtmf absent") == Truth::yes);

    Talk busy; // has no media wherever it was captured
    busy.call().outcome = CallOutcome::busy;
    CHECK(busy.ask("rtp.streams = 0") == Truth::yes);
    CHECK(busy.ask("rtp.packets > 0") == Truth::no);
}

TEST_CASE("what may still change after the capture is never a no") {
    Talk talk;
    talk.stream(ana, ben).lost = 10;
    talk.call().ended_by = EndedBy::nobody;
    CHECK(talk.doubt("rtp.loss < 2%") == Doubt::goes_on);
    CHECK(talk.ask("rtp.loss > 2%") == Truth::yes);
    CHECK(talk.doubt("rtp.two_way") == Doubt::goes_on);
    CHECK(talk.doubt("call.ended_by = caller") == Doubt::goes_on);
    CHECK(talk.doubt("dtmf = 1") == Doubt::goes_on);
    CHECK(talk.ask("call.kind = message") == Truth::no);
}

TEST_CASE("keys that were pressed, each once") {
    Talk talk;
    talk.stream(ana, ben);
    talk.stream(ana, "192.0.2.9:6000");
    talk.key("1", 1.0, 1);
    talk.key("1", 1.02, 2); // the same press on the other link
    talk.key("2", 2.0, 1);
    talk.key("2", 2.2, 1); // pressed again
    talk.key("#", 3.0, 1);
    CHECK(talk.ask("dtmf = \"122#\"") == Truth::yes);
    CHECK(talk.ask("dtmf = 122") == Truth::no);
    CHECK(talk.ask("dtmf contains 2#") == Truth::yes);
    CHECK(talk.ask("dtmf matches \"^1+2\"") == Truth::yes);
}

TEST_CASE("values that nobody gave") {
    Talk talk;
    CHECK(talk.doubt("call.kind = $EXT") == Doubt::no_value);
    Facts facts(talk.builder.analysis, 1);
    CHECK(facts.holds(parse_predicate("call.kind = $EXT").value(), 0, {{"EXT", "call"}}).truth == Truth::yes);
}
