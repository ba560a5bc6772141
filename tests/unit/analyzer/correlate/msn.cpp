#include "analyzer/correlate/msn.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "analyzer/correlate/correlator.hpp"
#include "core/limits/msn.hpp"

using namespace rungs;
using namespace std::chrono_literals;

namespace rungs {

inline doctest::String toString(InvitationState state) {
    return to_string(state).data();
}

} // namespace rungs

namespace {

constexpr std::string_view alice = "192.0.2.10:1052", bob = "192.0.2.20:1061";
constexpr std::string_view server = "198.51.100.35:1863";
constexpr std::string_view alice_sip = "192.0.2.10:12449", bob_sip = "192.0.2.20:11630";

std::string with_length(const std::string& line, const std::string& payload) {
    return line + " " + std::to_string(payload.size()) + "\r\n" + payload;
}

/// Two people in one switchboard session, as far as a test lets them speak.
class Talk {
  public:
    /// 10 ms after what came before.
    Id send(std::string_view from, std::string_view to, const std::string& text,
            Carrier carrier = Carrier::tcp) {
        msn::Message message;
        REQUIRE(msn::parse(as_bytes(text), Framing::datagram, message).outcome == Outcome::complete);
        correlate::ObservedMsn observed(message);
        place(observed, from, to);
        observed.carrier = carrier;
        observed.location = analysis.octets.copy(as_bytes(text));
        return m_correlator.add(observed);
    }

    void sip(std::string_view from, std::string_view to, const std::string& start, const std::string& cseq) {
        const std::string text =
            start + "\r\nVia: SIP/2.0/UDP " + std::string(bob_sip) +
            "\r\nFrom: <sip:x>;tag=1\r\nTo: <sip:y>;tag=2\r\nCall-ID: z\r\nCSeq: " + cseq +
            "\r\nContent-Length: 0\r\n\r\n";
        rungs::sip::Message message;
        REQUIRE(rungs::sip::parse(as_bytes(text), Framing::datagram, message).outcome == Outcome::complete);
        correlate::Observed observed(message);
        place(observed, from, to);
        m_correlator.add(observed);
    }

    void meet() {
        send(alice, server, "USR 1 alice@example.com 1.2\r\n");
        send(server, alice, "USR 1 OK alice@example.com ali\r\n");
        send(alice, server, "CAL 2 bob@example.net\r\n");
        send(server, alice, "CAL 2 RINGING 17\r\n");
        send(bob, server, "ANS 1 bob@example.net 3.4 17\r\n");
        send(server, alice, "JOI bob@example.net %E5%B0%8F%E6%B3%A2\r\n");
        send(server, bob, "IRO 1 1 1 alice@example.com ali\r\n");
    }

    /// Both copies of a MSG; returns the id of the first.
    Id say(bool by_alice, const std::string& payload) {
        const Id id = send(by_alice ? alice : bob, server, with_length("MSG 9 A", payload));
        send(server, by_alice ? bob : alice,
             with_length(by_alice ? "MSG alice@example.com ali" : "MSG bob@example.net bob", payload));
        return id;
    }

    Id invite(bool by_alice, std::string_view command, const std::string& more = {}) {
        return say(by_alice,
                   "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n"
                   "Application-GUID: {02D3C01F-BF30-4825-A83A-DE7AF41648AA}\r\nInvitation-Command: " +
                       std::string(command) + "\r\nInvitation-Cookie: 4711\r\nSession-ID: {" +
                       (by_alice ? "A" : "B") + "}\r\n" + more + "\r\n");
    }

    void finish() { m_correlator.finish(m_now); }
    /// The only invitation.
    const Invitation& end() {
        finish();
        REQUIRE(analysis.invitations.size() == 1);
        return analysis.invitations.front();
    }

    Talk& wait(Duration duration) {
        m_now = m_now + duration;
        return *this;
    }

    Analysis analysis;

  private:
    void place(correlate::Sighting& sighting, std::string_view from, std::string_view to) {
        m_now = m_now + 10ms;
        sighting.time = m_now;
        sighting.frame = ++m_frame;
        sighting.source = parse_endpoint(from).value();
        sighting.destination = parse_endpoint(to).value();
    }

    correlate::Correlator m_correlator{analysis, {}};
    Timestamp m_now{1'780'000'000'000'000'000};
    std::uint64_t m_frame = 0;
};

constexpr std::string_view text_head = "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n";

std::string chat(std::string_view words) {
    return std::string(text_head) + std::string(words);
}

} // namespace

TEST_CASE("msn: the server's copy of a MSG is a hop of the sender's") {
    Talk talk;
    talk.meet();
    const Id first = talk.say(true, chat("hello"));
    const Message& copy = talk.analysis.message(first + 1);
    CHECK(copy.relation == Relation::hop);
    CHECK(copy.relates_to == first);
    CHECK(copy.protocol == Protocol::msn);

    // The same words again are another message, and so are the same words of the other one.
    const Id again = talk.say(true, chat("hello"));
    CHECK(talk.analysis.message(again).relation == Relation::original);
    CHECK(talk.analysis.message(again + 1).relates_to == again);
    const Id back = talk.say(false, chat("hello"));
    CHECK(talk.analysis.message(back).relation == Relation::original);
    CHECK(talk.analysis.message(back + 1).relates_to == back);
}

TEST_CASE("msn: chat belongs to a dialog of its connection and to no call") {
    Talk talk;
    talk.meet();
    talk.say(true, chat("hello"));
    talk.invite(true, "INVITE");
    talk.end();
    REQUIRE(talk.analysis.dialogs.size() == 3);
    const Dialog& connection = talk.analysis.dialog(1);
    CHECK(connection.call == 0);
    CHECK(connection.inferred);
    CHECK(talk.analysis.text(connection.caller.uri) == "alice@example.com");
    CHECK(to_string(talk.analysis.endpoint(*connection.callee.address)) == server);
    CHECK(talk.analysis.calls.size() == 1);
}

TEST_CASE("msn: an accepted invitation and the SIP dialog between its addresses are one call") {
    Talk talk;
    talk.meet();
    talk.invite(true, "INVITE", "Context-Data: Requested:SIP_A,;Capabilities:SIP_A,SIP_V,;\r\n");
    talk.invite(false, "ACCEPT", "IP-Address: 192.0.2.20:11630\r\n");
    talk.invite(true, "ACCEPT", "IP-Address: 192.0.2.10:12449\r\n");
    talk.sip(bob_sip, alice_sip, "INVITE sip:a SIP/2.0", "1 INVITE"); // the invited side calls
    talk.sip(alice_sip, bob_sip, "SIP/2.0 200 OK", "1 INVITE");
    talk.sip(bob_sip, alice_sip, "ACK sip:a SIP/2.0", "1 ACK");
    talk.sip(alice_sip, bob_sip, "BYE sip:b SIP/2.0", "1 BYE");
    talk.sip(bob_sip, alice_sip, "SIP/2.0 200 OK", "1 BYE");
    talk.invite(true, "CANCEL", "Cancel-Code: TIMEOUT\r\n");
    talk.invite(false, "CANCEL", "Cancel-Code: TIMEOUT\r\n");

    const Invitation& invitation = talk.end();
    CHECK(invitation.state == InvitationState::accepted);
    CHECK(invitation.inviter == "alice@example.com");
    CHECK(invitation.invitee == "bob@example.net");
    CHECK(invitation.session_ids == std::vector<std::string>{"{A}", "{B}"});
    CHECK(invitation.requested == std::vector<std::string>{"audio"});
    CHECK(invitation.messages.size() == 10);
    REQUIRE(invitation.endpoints.size() == 2);
    CHECK(invitation.endpoints[0].party == "alice@example.com");
    CHECK(invitation.endpoints[0].address == alice_sip);
    CHECK(invitation.endpoints[1].address == bob_sip);

    REQUIRE(talk.analysis.calls.size() == 1);
    const Call& call = talk.analysis.calls.front();
    CHECK(call.kind == CallKind::call);
    CHECK(call.outcome == CallOutcome::answered);
    CHECK(call.ended_by == EndedBy::caller); // Alice, who invited and sent BYE
    CHECK(talk.analysis.text(talk.analysis.caller_of(call).uri) == "alice@example.com");
    CHECK(to_string(talk.analysis.endpoint(*talk.analysis.caller_of(call).address)) == alice_sip);
    CHECK(talk.analysis.text(talk.analysis.callee_of(call).display_name) == "小波");
    CHECK(call.dialog_count == 2);
    REQUIRE(talk.analysis.links_of(call).size() == 1);
    CHECK(talk.analysis.links_of(call)[0].evidence == static_cast<std::uint16_t>(Evidence::invitation));
    CHECK(talk.analysis.links_of(call)[0].confidence == Confidence::certain);
    CHECK(talk.analysis.invitations_of(call).size() == 1);
}

TEST_CASE("msn: a SIP dialog between other addresses, or long after the end, is another call") {
    const auto calls_after = [](std::string_view from, Duration pause) {
        Talk talk;
        talk.meet();
        talk.invite(true, "INVITE");
        talk.invite(false, "ACCEPT", "IP-Address: 192.0.2.20:11630\r\n");
        talk.invite(true, "ACCEPT", "IP-Address: 192.0.2.10:12449\r\n");
        talk.invite(true, "CANCEL", "Cancel-Code: TIMEOUT\r\n");
        talk.wait(pause);
        talk.sip(from, alice_sip, "INVITE sip:a SIP/2.0", "1 INVITE");
        talk.end();
        return talk.analysis.calls.size();
    };
    CHECK(calls_after(bob_sip, 0s) == 1);
    CHECK(calls_after(bob_sip, 60s) == 2);
    CHECK(calls_after("192.0.2.20:11631", 0s) == 2);
}

TEST_CASE("msn: what ends an invitation that nobody has accepted") {
    struct Case {
        bool by_alice;
        std::string_view code;
        InvitationState state;
        CallOutcome outcome;
        EndedBy ended_by;
    };
    for (const Case& one :
         {Case{false, "REJECT", InvitationState::rejected, CallOutcome::rejected, EndedBy::callee},
          Case{false, "REJECT_NOT_INSTALLED", InvitationState::rejected, CallOutcome::rejected,
               EndedBy::callee},
          Case{true, "TIMEOUT", InvitationState::timed_out, CallOutcome::no_answer, EndedBy::caller},
          Case{true, "OUTBANDCANCEL", InvitationState::cancelled, CallOutcome::cancelled, EndedBy::caller}}) {
        CAPTURE(one.code);
        Talk talk;
        talk.meet();
        talk.invite(true, "INVITE");
        talk.invite(one.by_alice, "CANCEL", "Cancel-Code: " + std::string(one.code) + "\r\n");
        const Invitation& invitation = talk.end();
        CHECK(invitation.state == one.state);
        CHECK(invitation.ended_by == (one.by_alice ? "alice@example.com" : "bob@example.net"));
        const Call& call = talk.analysis.call(invitation.call);
        CHECK(call.kind == CallKind::invitation);
        CHECK(call.outcome == one.outcome);
        CHECK(call.ended_by == one.ended_by);
    }
}

TEST_CASE("msn: an invitation without an answer stays offered; the same cookie may be used again") {
    Talk talk;
    talk.meet();
    talk.invite(true, "INVITE");
    CHECK(talk.end().state == InvitationState::offered);

    Talk again;
    again.meet();
    again.invite(true, "INVITE");
    again.invite(false, "CANCEL", "Cancel-Code: REJECT\r\n");
    again.invite(true, "INVITE", "Conn-Type: Direct-Connect\r\n");
    again.invite(false, "ACCEPT");
    again.finish();
    REQUIRE(again.analysis.invitations.size() == 2);
    CHECK(again.analysis.invitations[0].state == InvitationState::rejected);
    CHECK(again.analysis.invitations[1].state == InvitationState::accepted);
}

TEST_CASE("msn: over UDP the senders' addresses tell the sides apart") {
    Talk talk;
    const auto message = [](std::string_view command, std::string_view session, std::string_view more) {
        return with_length("MSG 4 A", "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvoke\r\n\r\n"
                                      "Invitation-Command: " +
                                          std::string(command) + "\r\nInvitation-Cookie: 1\r\nSession-ID: " +
                                          std::string(session) + "\r\n" + std::string(more) + "\r\n");
    };
    constexpr std::string_view here = "192.0.2.10:5000", there = "192.0.2.20:1863";
    talk.send(here, there, message("INVITE", "{A}", ""), Carrier::udp);
    talk.send("192.0.2.20:6000", "192.0.2.10:1863", message("CANCEL", "{B}", "Cancel-Code: REJECT\r\n"),
              Carrier::udp);
    const Invitation& invitation = talk.end();
    CHECK(invitation.state == InvitationState::rejected);
    const Call& call = talk.analysis.call(invitation.call);
    CHECK(to_string(talk.analysis.endpoint(*talk.analysis.caller_of(call).address)) == here);
    CHECK(call.ended_by == EndedBy::callee);
}

TEST_CASE("msn: MSNSLP is a dialog by its Call-ID, put together from P2P chunks") {
    const auto slp = [](const std::string& start, std::string_view from, std::string_view to) {
        const std::string body = "EUF-GUID: {5D3E02AB-6190-11D3-BBBB-00C04F795683}\r\nSessionID: 77\r\n\r\n";
        return start + "\r\nTo: <msnmsgr:" + std::string(to) + ">\r\nFrom: <msnmsgr:" + std::string(from) +
               ">\r\nVia: MSNSLP/1.0/TLP ;branch={1}\r\nCSeq: 0 \r\nCall-ID: {C}\r\nMax-Forwards: 0\r\n"
               "Content-Type: application/x-msnmsgr-sessionreqbody\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    /// The octets [begin, end) of `data` behind a little endian P2P header.
    const auto chunk = [](const std::string& data, std::size_t begin, std::size_t end, unsigned message) {
        std::string octets(48, '\0');
        const auto put = [&](std::size_t at, std::size_t value) {
            octets[at] = static_cast<char>(value & 0xffU);
            octets[at + 1] = static_cast<char>(value >> 8U);
        };
        put(4, message);
        put(8, begin);
        put(16, data.size());
        put(24, end - begin);
        return "MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\n\r\n" + octets +
               data.substr(begin, end - begin) + std::string(4, '\0');
    };
    Talk talk;
    talk.meet();
    const std::string request =
        slp("INVITE MSNMSGR:bob@example.net MSNSLP/1.0", "alice@example.com", "bob@example.net");
    talk.say(true, chunk(request, 0, 100, 1));
    talk.say(true, chunk(request, 100, request.size(), 1));
    const std::string answer = slp("MSNSLP/1.0 603 Decline", "bob@example.net", "alice@example.com");
    talk.say(false, chunk(answer, 0, answer.size(), 2));

    const Invitation& invitation = talk.end();
    CHECK(invitation.application == "file transfer");
    CHECK(invitation.inviter == "alice@example.com");
    CHECK(invitation.invitee == "bob@example.net");
    CHECK(invitation.session_ids == std::vector<std::string>{"77"});
    CHECK(invitation.state == InvitationState::rejected);
    REQUIRE(invitation.messages.size() == 4); // both, and the server's copies
    const Message& first = talk.analysis.message(invitation.messages[0]);
    CHECK(first.protocol == Protocol::msnslp);
    CHECK(first.method == sip::Method::invite);
    CHECK(talk.analysis.frames_of(first).size() == 2);
    CHECK(talk.analysis.message(invitation.messages[1]).relates_to == invitation.messages[0]);
    CHECK(talk.analysis.text(talk.analysis.dialog(first.dialog).call_id) == "{C}");
    CHECK(talk.analysis.call(invitation.call).final_status == 603);
}

TEST_CASE("msn: limits of participants and of what an invitation is judged by, on both sides") {
    Talk talk;
    talk.meet(); // bob is one
    for (std::size_t i = 1; i < limits::msn_participants; ++i)
        talk.send(server, alice, "JOI guest" + std::to_string(i) + "@example.org g\r\n");
    CHECK(talk.analysis.limits_reached["msn_participants"] == 0);
    talk.send(server, alice, "JOI guest0@example.org g\r\n");
    CHECK(talk.analysis.limits_reached["msn_participants"] == 1);

    Talk other;
    other.meet();
    for (std::size_t i = 0; i < limits::msn_invitation_events; ++i) {
        other.invite(true, "INVITE");
        other.wait(1min);
    }
    CHECK(other.analysis.limits_reached["msn_invitation_events"] == 0);
    other.invite(true, "INVITE");
    CHECK(other.analysis.limits_reached["msn_invitation_events"] == 1);
}

TEST_CASE("msn: the limit of nicknames, on both sides") {
    Talk talk;
    for (std::size_t i = 0; i < limits::msn_passports; ++i)
        talk.send(server, alice, "NLN NLN guest" + std::to_string(i) + "@example.org g 0\r\n");
    CHECK(talk.analysis.limits_reached["msn_passports"] == 0);
    talk.send(server, alice, "NLN NLN late@example.org g 0\r\n");
    CHECK(talk.analysis.limits_reached["msn_passports"] == 1);
}

TEST_CASE("msn: the limits of invitations and of payloads whose copies are looked for, on both sides") {
    Talk talk;
    const auto invite = [&talk](std::size_t cookie) {
        talk.send(alice, server,
                  with_length("MSG 9 A",
                              "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n"
                              "Invitation-Command: INVITE\r\nInvitation-Cookie: " +
                                  std::to_string(cookie) + "\r\n\r\n"));
    };
    static_assert(limits::msn_copies == limits::msn_invitations);
    for (std::size_t i = 0; i < limits::msn_invitations; ++i) invite(i);
    CHECK(talk.analysis.invitations.size() == limits::msn_invitations);
    CHECK(talk.analysis.limits_reached["msn_copies"] == 0);
    invite(limits::msn_invitations);
    CHECK(talk.analysis.invitations.size() == limits::msn_invitations);
    CHECK(talk.analysis.limits_reached["msn_copies"] == 1);
    talk.finish();
    const auto told = std::ranges::find(talk.analysis.findings, "limit-msn-invitations", &Finding::code);
    REQUIRE(told != talk.analysis.findings.end());
    CHECK(told->text.starts_with("1 messages of further invitations were not followed"));
}
