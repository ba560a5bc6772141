#include "analyzer/filter/display_filter.hpp"

#include <string>

#include <doctest/doctest.h>

#include "analyzer/filter/keep_calls.hpp"
#include "core/limits/correlation.hpp"
#include "core/limits/input.hpp"

using namespace rungs;
using filter::DisplayFilter;

namespace {

std::string sip_text(std::string_view start_line, std::string_view cseq) {
    return std::string(start_line) +
           "\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n"
           "From: Ana <sip:ana@example.com>;tag=1\r\nTo: <sip:bo@example.org>\r\n"
           "Call-ID: one@192.0.2.1\r\nCSeq: " +
           std::string(cseq) + "\r\nContent-Length: 0\r\n\r\n";
}

/// Two calls over IPv4 and UDP: 1 an INVITE that is answered, 2 an OPTIONS of another host over TCP.
struct Scene {
    Analysis analysis;

    Scene() {
        analysis.endpoints = {*parse_endpoint("192.0.2.1:5060"), *parse_endpoint("198.51.100.7:5080"),
                              *parse_endpoint("[2001:db8::1]:5060")};
        Capture capture;
        capture.file.packets = 9;
        capture.file.first = Timestamp{1'000'000'000};
        analysis.captures.push_back(std::move(capture));
        add(1, 3, 0, sip::Method::invite, 0, sip_text("INVITE sip:bo@example.org SIP/2.0", "1 INVITE"));
        add(1, 5, 500, sip::Method::invite, 200, sip_text("SIP/2.0 200 OK", "1 INVITE"));
        add(2, 8, 2500, sip::Method::options, 0, sip_text("OPTIONS sip:x@example.org SIP/2.0", "7 OPTIONS"));
        analysis.messages[2].carrier = Carrier::tcp;
        analysis.messages[2].source = 2;
        analysis.messages[2].destination = 2;
        for (Id id = 1; id <= 2; ++id) {
            Dialog dialog;
            dialog.call = id;
            dialog.call_id = analysis.texts.keep(id == 1 ? "one@192.0.2.1" : "two@example.net");
            dialog.first_message = id == 1 ? 1 : 3;
            dialog.last_message = id == 1 ? 2 : 3;
            analysis.dialogs.push_back(dialog);
            Call call;
            call.kind = id == 1 ? CallKind::call : CallKind::options;
            call.outcome = id == 1 ? CallOutcome::answered : CallOutcome::no_response;
            call.first_dialog = id;
            analysis.calls.push_back(call);
        }
        analysis.messages[0].next_in_dialog = 2;
    }

    void add(Id dialog, std::uint64_t frame, int milliseconds, sip::Method method, std::uint16_t status,
             const std::string& text) {
        Message message;
        message.time = Timestamp{1'000'000'000 + milliseconds * 1'000'000LL};
        message.frame = frame;
        message.dialog = dialog;
        message.method = method;
        message.status = status;
        message.source = status == 0 ? 0 : 1;
        message.destination = status == 0 ? 1 : 0;
        message.location = analysis.octets.copy(as_bytes(text));
        analysis.messages.push_back(message);
    }

    /// The messages that match, as digits.
    std::string matching(std::string_view text) const {
        const auto filter = DisplayFilter::parse(text);
        if (!filter) return filter.error().message;
        std::string ids;
        for (Id id = 1; id <= analysis.messages.size(); ++id) {
            if (filter->matches(analysis, id)) ids += std::to_string(id);
        }
        return ids;
    }
};

std::string problem(std::string_view text) {
    const auto filter = DisplayFilter::parse(text);
    return filter ? "none" : filter.error().message;
}

std::string hint(std::string_view text) {
    const auto filter = DisplayFilter::parse(text);
    return filter ? "none" : filter.error().hint;
}

} // namespace

// Expectations that concern operators were tried with tshark 4.0's -Y.
TEST_CASE("fields have what Wireshark's have") {
    const Scene scene;
    CHECK(scene.matching("sip") == "123");
    CHECK(scene.matching("sip.Method") == "13"); // requests only
    CHECK(scene.matching("sip.Status-Code == 200") == "2");
    CHECK(scene.matching("sip.CSeq.method == INVITE") == "12");
    CHECK(scene.matching("sip.Call-ID == \"one@192.0.2.1\"") == "12");
    CHECK(scene.matching("sip.from.user == ana && sip.to.user == bo") == "123");
    CHECK(scene.matching("ip.src == 192.0.2.1") == "1");
    CHECK(scene.matching("ip.dst == 192.0.2.1") == "2");
    CHECK(scene.matching("ip.addr == 192.0.2.1") == "12");
    CHECK(scene.matching("ipv6.addr == 2001:db8::/32") == "3");
    CHECK(scene.matching("udp.port == 5080") == "12");
    CHECK(scene.matching("tcp.port == 5060") == "3");
    CHECK(scene.matching("udp.srcport == 5080") == "2");
    CHECK(scene.matching("frame.number == 8") == "3");
    CHECK(scene.matching("frame.time_relative >= 0.5") == "23");
    CHECK(scene.matching("call.outcome == answered") == "12");
    CHECK(scene.matching("call.kind == options") == "3");
    CHECK(scene.matching("call.id == 2") == "3");
    CHECK(scene.matching("sdp || msnms").empty());
}

TEST_CASE("operators mean what they mean in Wireshark") {
    const Scene scene;
    CHECK(scene.matching("sip.Method == invite").empty());       // case counts
    CHECK(scene.matching("sip.Method matches \"^inv\"") == "1"); // but not in patterns
    CHECK(scene.matching("sip.Method ~ \"(?-i)^inv\"").empty());
    CHECK(scene.matching("sip.Call-ID matches \"192\\.0\"") == "12");
    CHECK(scene.matching("sip.Call-ID matches r\"^one\\@\"") == "12");
    CHECK(scene.matching("sip.Method contains \"VIT\"") == "1");
    CHECK(scene.matching("sip.Method == \"\\x49NVITE\"") == "1");
    CHECK(scene.matching("sip.Status-Code in {100, 180..299}") == "2");
    CHECK(scene.matching("sip.Status-Code in {100, 201 .. 299}").empty());
    CHECK(scene.matching("sip.Method in {INVITE, \"OPTIONS\"}") == "13");
    CHECK(scene.matching("frame.time_relative in {0..0.5}") == "12");
    CHECK(scene.matching("sip.Status-Code == 0xc8") == "2");
    CHECK(scene.matching("sip.Status-Code == 0310") == "2"); // octal
    CHECK(scene.matching("frame.number gt 3 and frame.number le 8") == "23");
    CHECK(scene.matching("ip.addr in {192.0.2.0/24}") == "12");
}

TEST_CASE("an absent field fits nothing, and != asks every value") {
    const Scene scene;
    CHECK(scene.matching("sip.Status-Code != 180") == "2");
    CHECK(scene.matching("!(sip.Status-Code == 180)") == "123");
    CHECK(scene.matching("ip.addr != 192.0.2.1").empty());
    CHECK(scene.matching("udp.port != 4000") == "12");
    CHECK(scene.matching("! sip.Method == INVITE") == "23"); // binds weaker than ==
}

TEST_CASE("and binds tighter than or") {
    const Scene scene;
    CHECK(scene.matching("frame.number == 3 || frame.number == 5 && frame.number == 8") == "1");
    CHECK(scene.matching("(frame.number == 3 || frame.number == 5) && frame.number == 8").empty());
    CHECK(scene.matching("not frame.number == 3 and sip") == "23");
}

TEST_CASE("one message that fits selects its call") {
    const Scene scene;
    const auto calls = [&](std::string_view text) {
        return DisplayFilter::parse(text)->select_calls(scene.analysis);
    };
    CHECK(calls("sip.Status-Code == 200") == std::vector<Id>{1});
    CHECK(calls("sip") == std::vector<Id>{1, 2});
    CHECK(calls("sip.Status-Code == 486").empty());
}

TEST_CASE("a problem is shown with its place") {
    CHECK(problem("sip && sip.Methd == \"BYE\"") == "filter: unknown field \"sip.Methd\"\n"
                                                    "    sip && sip.Methd == \"BYE\"\n"
                                                    "           ^~~~~~~~~");
    CHECK(hint("sip.Methd == \"BYE\"") == "did you mean sip.Method?");
    CHECK(hint("call.outcome == anwsered") == "did you mean answered?");
    CHECK(problem("sip.Method == \"BYE").find("closing quote") != std::string::npos);
    CHECK(problem("sip.Method = BYE").find("means nothing") != std::string::npos);
    CHECK(hint("sip.Method = BYE") == "equality is written ==");
    CHECK(hint("sip.Method == 'BYE'") == "texts stand between double quotes");
    for (const std::string_view wrong :
         {"", "(sip", "sip)", "sip sip", "sip.Method ==", "sip &&", "sip.Status-Code == 200x",
          "sip.Status-Code contains \"1\"", "udp.port == 70000", "ip.addr == 192.0.2.1/33",
          "ip.addr == 2001:db8::1", "ip.src == ip.dst", "sip.Method matches \"(\"",
          "sip.Status-Code in {180 200}", "sip.Status-Code in {180", "sip == 1", "call.kind in {call..other}",
          "sip.Status-Code == -1"}) {
        CAPTURE(wrong);
        CHECK(problem(wrong) != "none");
    }
}

TEST_CASE("nesting ends at its limit") {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '(') + "sip" + std::string(depth, ')');
    };
    CHECK(problem(nested(limits::filter_depth - 1)) == "none");
    CHECK(problem(nested(limits::filter_depth)).find("filter_depth") != std::string::npos);
}

TEST_CASE("keeping one call numbers all of it anew") {
    Scene scene;
    Finding finding;
    finding.call = 1;
    scene.analysis.findings.push_back(finding);
    filter::keep_calls(scene.analysis, {2});
    REQUIRE(scene.analysis.calls.size() == 1);
    REQUIRE(scene.analysis.dialogs.size() == 1);
    REQUIRE(scene.analysis.messages.size() == 1);
    CHECK(scene.analysis.call(1).kind == CallKind::options);
    CHECK(scene.analysis.call(1).first_dialog == 1);
    CHECK(scene.analysis.dialog(1).call == 1);
    CHECK(scene.analysis.dialog(1).first_message == 1);
    CHECK(scene.analysis.dialog(1).last_message == 1);
    CHECK(scene.analysis.message(1).frame == 8);
    CHECK(scene.analysis.message(1).dialog == 1);
    CHECK(scene.analysis.findings.empty());
}
