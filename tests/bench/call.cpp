#include "tests/bench/call.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace bench {
namespace {

constexpr Time millisecond = 1000, second = 1'000'000;
constexpr Address proxy{0xc6336401, 5060}; // 198.51.100.1
constexpr std::string_view domain = "example.com";
constexpr Time proxy_delay = 2 * millisecond;

enum class Side : std::uint8_t { caller, callee };
/// Which links a message passes: from the caller to the proxy, from there to the callee, or both.
enum class Way : std::uint8_t { caller_leg, callee_leg, both };

struct Share {
    Outcome outcome;
    unsigned per_hundred;
};
constexpr std::array<Share, 11> shares{{{Outcome::answered, 60},
                                        {Outcome::busy, 10},
                                        {Outcome::cancelled, 10},
                                        {Outcome::no_answer, 5},
                                        {Outcome::rejected, 4},
                                        {Outcome::no_response, 2},
                                        {Outcome::not_found, 3},
                                        {Outcome::unavailable, 2},
                                        {Outcome::redirected, 1},
                                        {Outcome::failed, 2},
                                        {Outcome::auth_failed, 1}}};

Outcome draw_outcome(Random& random) {
    auto drawn = static_cast<unsigned>(random.between(0, 99));
    for (const Share& share : shares) {
        if (drawn < share.per_hundred) return share.outcome;
        drawn -= share.per_hundred;
    }
    return Outcome::answered;
}

std::string description(Address media, std::uint64_t session) {
    return fmt::format("v=0\r\no=- {0} {0} IN IP4 {1}\r\ns=call\r\nc=IN IP4 {1}\r\nt=0 0\r\n"
                       "m=audio {2} RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
                       "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n",
                       session, host(media), media.port);
}

/// A header with its long or its compact name.
struct Name {
    std::string_view full, compact;
};
constexpr Name via{"Via", "v"}, from{"From", "f"}, to{"To", "t"}, call_id{"Call-ID", "i"},
    contact{"Contact", "m"}, content_type{"Content-Type", "c"}, content_length{"Content-Length", "l"};

void header(std::string& text, const Name& name, bool compact, std::string_view value) {
    text += compact ? name.compact : name.full;
    text += ": ";
    text += value;
    text += "\r\n";
}

/// One request with its responses: what they share.
struct Transaction {
    std::string_view method;
    unsigned cseq = 1;
    unsigned branch = 0;
    Side from = Side::caller;
};

class Writer {
  public:
    Writer(const CallPlan& plan, unsigned legs) : m_plan(plan), m_legs(legs) {}

    CallScript write() {
        Time now = m_plan.start;
        Transaction invite{"INVITE", 1, 1, Side::caller};
        if (m_plan.outcome == Outcome::no_response) {
            // Timer A doubles until timer B ends it (RFC 3261 section 17.1.1.2).
            for (const Time after : {0U, 500U, 1500U, 3500U, 7500U, 15500U, 31500U})
                request(now + after * millisecond, invite, Way::caller_leg, description_of(Side::caller));
            m_script.retransmissions += 6;
            return finish();
        }
        if (m_plan.challenged || m_plan.outcome == Outcome::auth_failed) {
            request(now, invite, Way::caller_leg, description_of(Side::caller));
            challenge(now + 3 * millisecond, invite);
            now += 20 * millisecond;
            invite.cseq = ++invite.branch;
            m_credentials = true;
        }
        request(now, invite, Way::caller_leg, description_of(Side::caller));
        if (m_plan.repeats_invite) {
            now += 500 * millisecond;
            request(now, invite, Way::caller_leg, description_of(Side::caller));
            ++m_script.retransmissions;
        }
        respond(now + millisecond, invite, 100, "Trying", Way::caller_leg);
        if (refuse_at_proxy(now + 4 * millisecond, invite)) return finish();
        request(now + proxy_delay, invite, Way::callee_leg, description_of(Side::caller));
        ring_and_end(now, invite);
        return finish();
    }

  private:
    void challenge(Time now, const Transaction& invite) {
        m_extra = fmt::format("Proxy-Authenticate: Digest realm=\"{}\", nonce=\"{:016x}\", algorithm=MD5, "
                              "qop=\"auth\"\r\n",
                              domain, m_plan.number * 8 + invite.cseq);
        refuse(now, invite, 407, "Proxy Authentication Required");
        m_extra.clear();
    }

    /// What the proxy says by itself.
    bool refuse_at_proxy(Time now, const Transaction& invite) {
        switch (m_plan.outcome) {
        case Outcome::auth_failed: challenge(now, invite); return true;
        case Outcome::not_found: refuse(now, invite, 404, "Not Found"); return true;
        case Outcome::failed: refuse(now, invite, 503, "Service Unavailable"); return true;
        case Outcome::redirected:
            m_extra = fmt::format("Contact: <sip:{}@198.51.100.2>\r\n", m_plan.callee_user);
            refuse(now, invite, 302, "Moved Temporarily");
            return true;
        default: return false;
        }
    }

    void ring_and_end(Time now, const Transaction& invite) {
        const bool rings = m_plan.outcome != Outcome::busy && m_plan.outcome != Outcome::unavailable;
        if (rings) respond(now + 60 * millisecond, invite, 180, "Ringing", Way::both);
        const Time end = now + (rings ? m_plan.ring : 40 * millisecond);
        switch (m_plan.outcome) {
        case Outcome::answered: talk(end, invite); break;
        case Outcome::busy: refuse(end, invite, 486, "Busy Here", true); break;
        case Outcome::unavailable: refuse(end, invite, 480, "Temporarily Unavailable", true); break;
        case Outcome::rejected: refuse(end, invite, 603, "Decline", true); break;
        case Outcome::cancelled: {
            const Transaction cancel{"CANCEL", invite.cseq, invite.branch, Side::caller};
            request(end, cancel, Way::caller_leg);
            respond(end + millisecond, cancel, 200, "OK", Way::caller_leg);
            cancel_callee(end + 2 * millisecond, invite);
            refuse(end + 7 * millisecond, invite, 487, "Request Terminated");
            break;
        }
        default: // the proxy has waited long enough
            cancel_callee(end, invite);
            refuse(end + 6 * millisecond, invite, 408, "Request Timeout");
        }
    }

    void talk(Time now, const Transaction& invite) {
        respond(now, invite, 200, "OK", Way::both, description_of(Side::callee));
        if (m_plan.repeats_answer) {
            now += 500 * millisecond;
            respond(now, invite, 200, "OK", Way::both, description_of(Side::callee));
            m_script.retransmissions += m_legs;
        }
        const Transaction ack{"ACK", invite.cseq, 50, Side::caller};
        request(now + 8 * millisecond, ack, Way::both);
        m_script.answered = now + 20 * millisecond;
        m_script.ended = m_script.answered + m_plan.talk;
        const Time end = m_script.ended + 100 * millisecond;
        const Side side = m_plan.caller_hangs_up ? Side::caller : Side::callee;
        const Transaction bye{"BYE", invite.cseq + 1, 60, side};
        request(end, bye, Way::both);
        respond(end + 10 * millisecond, bye, 200, "OK", Way::both);
    }

    void cancel_callee(Time now, const Transaction& invite) {
        const Transaction cancel{"CANCEL", invite.cseq, invite.branch, Side::caller};
        request(now, cancel, Way::callee_leg);
        respond(now + millisecond, cancel, 200, "OK", Way::callee_leg);
        respond(now + 2 * millisecond, invite, 487, "Request Terminated", Way::callee_leg);
        request(now + 3 * millisecond, {"ACK", invite.cseq, invite.branch, Side::caller}, Way::callee_leg);
    }

    /// A final response that is no success, and its ACKs, which go hop by hop.
    void refuse(Time now, const Transaction& invite, unsigned status, std::string_view reason,
                bool by_callee = false) {
        const Transaction ack{"ACK", invite.cseq, invite.branch, Side::caller};
        respond(now, invite, status, reason, by_callee ? Way::both : Way::caller_leg);
        m_extra.clear();
        if (by_callee) request(now + millisecond, ack, Way::callee_leg);
        request(now + 2 * proxy_delay, ack, Way::caller_leg);
    }

    std::string description_of(Side side) const {
        const Address media = side == Side::caller ? m_plan.caller_media : m_plan.callee_media;
        return description(media, 2 * m_plan.number + (side == Side::caller ? 1 : 2));
    }

    // --- messages on links

    void request(Time time, const Transaction& transaction, Way way, const std::string& body = {}) {
        const bool by_caller = transaction.from == Side::caller;
        const bool acks_or_byes = transaction.branch >= 50; // inside the dialog
        const auto text = [&](bool second_link) {
            std::string out = fmt::format("{} sip:{}@{} SIP/2.0\r\n", transaction.method,
                                          by_caller ? m_plan.callee_user : m_plan.caller_user,
                                          acks_or_byes ? to_string(by_caller ? m_plan.callee : m_plan.caller)
                                                       : std::string(domain));
            vias(out, transaction, second_link);
            if (second_link && transaction.method == "INVITE")
                out += "Record-Route: <sip:198.51.100.1;lr>\r\n";
            if (!second_link && acks_or_byes) out += "Route: <sip:198.51.100.1;lr>\r\n";
            out += second_link ? "Max-Forwards: 69\r\n" : "Max-Forwards: 70\r\n";
            common(out, transaction, acks_or_byes);
            if (m_credentials && transaction.method == "INVITE") {
                out += fmt::format("Proxy-Authorization: Digest username=\"{0}\", realm=\"{1}\", "
                                   "nonce=\"{2:016x}\", uri=\"sip:{3}@{1}\", response=\"{4:032x}\", "
                                   "algorithm=MD5, cnonce=\"0a4f113b\", qop=auth, nc=00000001\r\n",
                                   m_plan.caller_user, domain, m_plan.number * 8 + 1, m_plan.callee_user,
                                   m_plan.number);
            }
            if (transaction.method == "INVITE") {
                contact_of(out, transaction.from);
                out += "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE\r\nSupported: timer, 100rel\r\n";
            }
            out += "User-Agent: Example Phone 2.4\r\n";
            end(out, transaction.from, body);
            return out;
        };
        const Address origin = by_caller ? m_plan.caller : m_plan.callee;
        const Address target = by_caller ? m_plan.callee : m_plan.caller;
        const Way first = by_caller ? Way::caller_leg : Way::callee_leg;
        if (way == Way::both || way == first) send(time, origin, proxy, text(false), first);
        if (way == Way::both) time += proxy_delay;
        if (way == Way::both || way != first)
            send(time, proxy, target, text(true), by_caller ? Way::callee_leg : Way::caller_leg);
    }

    void respond(Time time, const Transaction& transaction, unsigned status, std::string_view reason, Way way,
                 const std::string& body = {}) {
        const bool to_caller = transaction.from == Side::caller;
        const auto text = [&](bool second_link) {
            std::string out = fmt::format("SIP/2.0 {} {}\r\n", status, reason);
            vias(out, transaction, second_link);
            if (status < 300 && transaction.method == "INVITE" && status != 100)
                out += "Record-Route: <sip:198.51.100.1;lr>\r\n";
            common(out, transaction, status != 100);
            out += m_extra;
            if (status > 100 && status < 300 && transaction.method == "INVITE")
                contact_of(out, to_caller ? Side::callee : Side::caller);
            out += "Server: Example Phone 2.4\r\n";
            end(out, to_caller ? Side::callee : Side::caller, body);
            return out;
        };
        const Address asked = to_caller ? m_plan.callee : m_plan.caller;
        const Address asker = to_caller ? m_plan.caller : m_plan.callee;
        const Way near = to_caller ? Way::caller_leg : Way::callee_leg; // to who asked
        const bool far_link = way == Way::both || way != near;
        if (far_link) send(time, asked, proxy, text(true), to_caller ? Way::callee_leg : Way::caller_leg);
        if (way == Way::both) time += proxy_delay;
        if (way == Way::both || way == near) send(time, proxy, asker, text(false), near);
    }

    /// The proxy's own above the sender's, on the link behind it.
    void vias(std::string& out, const Transaction& transaction, bool second_link) const {
        const bool by_caller = transaction.from == Side::caller;
        const bool compact = by_caller ? m_plan.caller_compact : m_plan.callee_compact;
        if (second_link)
            header(out, via, false,
                   fmt::format("SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bKp{:x}.{}", m_plan.number,
                               transaction.branch));
        header(out, via, compact,
               fmt::format("SIP/2.0/UDP {};branch=z9hG4bK{:x}.{};rport",
                           to_string(by_caller ? m_plan.caller : m_plan.callee), m_plan.number,
                           transaction.branch));
    }

    void common(std::string& out, const Transaction& transaction, bool answered) const {
        const bool by_caller = transaction.from == Side::caller;
        const bool compact = by_caller ? m_plan.caller_compact : m_plan.callee_compact;
        const std::string caller =
            fmt::format("\"User {0}\" <sip:{0}@{1}>;tag=c{2:x}", m_plan.caller_user, domain, m_plan.number);
        std::string callee = fmt::format("<sip:{}@{}>", m_plan.callee_user, domain);
        if (answered) callee += fmt::format(";tag=d{:x}", m_plan.number);
        header(out, from, compact, by_caller ? caller : callee);
        header(out, to, compact, by_caller ? callee : caller);
        header(out, call_id, compact,
               fmt::format("{:016x}@{}", m_plan.number * 0x9e3779b97f4a7c15U, host(m_plan.caller)));
        out += fmt::format("CSeq: {} {}\r\n", transaction.cseq, transaction.method);
    }

    void contact_of(std::string& out, Side side) const {
        const bool caller = side == Side::caller;
        header(out, contact, caller ? m_plan.caller_compact : m_plan.callee_compact,
               fmt::format("<sip:{}@{}>", caller ? m_plan.caller_user : m_plan.callee_user,
                           to_string(caller ? m_plan.caller : m_plan.callee)));
    }

    void end(std::string& out, Side side, const std::string& body) const {
        const bool compact = side == Side::caller ? m_plan.caller_compact : m_plan.callee_compact;
        if (!body.empty()) header(out, content_type, compact, "application/sdp");
        header(out, content_length, compact, std::to_string(body.size()));
        out += "\r\n";
        out += body;
    }

    void send(Time time, Address source, Address destination, std::string payload, Way link) {
        if (link == Way::callee_leg && m_legs < 2) return;
        m_script.datagrams.push_back({time, source, destination, std::move(payload)});
    }

    CallScript finish() {
        std::ranges::stable_sort(m_script.datagrams, {}, &Datagram::time);
        return std::move(m_script);
    }

    const CallPlan& m_plan;
    unsigned m_legs;
    bool m_credentials = false;
    std::string m_extra; ///< headers of the next response
    CallScript m_script;
};

} // namespace

std::string to_string(Outcome outcome) {
    constexpr std::array<std::string_view, shares.size()> names{
        "answered",  "busy",        "cancelled",  "no_answer", "rejected",   "no_response",
        "not_found", "unavailable", "redirected", "failed",    "auth_failed"};
    return std::string(names[static_cast<std::size_t>(outcome)]);
}

CallPlan plan_call(std::uint64_t number, Time start, Time talk, std::uint64_t users, Random& random) {
    CallPlan plan;
    plan.number = number;
    plan.start = start;
    plan.outcome = draw_outcome(random);
    plan.challenged = random.happens(150);
    plan.repeats_invite = random.happens(40);
    plan.repeats_answer = random.happens(20);
    plan.caller_hangs_up = random.happens(500);
    plan.caller_compact = random.happens(50);
    plan.callee_compact = random.happens(50);
    plan.ring =
        plan.outcome == Outcome::no_answer ? 20 * second : random.between(400 * millisecond, 4 * second);
    plan.talk = random.between(talk / 2, talk + talk / 2);
    const auto pair = static_cast<unsigned>(number % users);
    plan.caller_user = 100'000 + pair;
    plan.callee_user = 500'000 + pair;
    plan.caller = {0x0a000000U + 10 + pair, 5060};
    plan.callee = {0x0a800000U + 10 + pair, 5060};
    const auto port = static_cast<std::uint16_t>(16384 + 4 * (number / users % 8192));
    plan.caller_media = {plan.caller.ip, port};
    plan.callee_media = {plan.callee.ip, port};
    return plan;
}

CallScript write_call(const CallPlan& plan, unsigned legs) {
    return Writer(plan, legs).write();
}

CallScript write_registration(std::uint64_t number, Time start, std::uint64_t users) {
    const auto user = static_cast<unsigned>(number % users);
    const Address phone{0x0a000000U + 10 + user, 5060};
    CallScript script;
    const auto message = [&](std::string first_line, unsigned cseq, std::string_view to_tag,
                             std::string_view more) {
        return fmt::format("{0}\r\nVia: SIP/2.0/UDP {1};branch=z9hG4bKr{2:x}.{3};rport\r\n"
                           "From: <sip:{4}@{5}>;tag=r{2:x}\r\nTo: <sip:{4}@{5}>{6}\r\n"
                           "Call-ID: r{2:x}@{7}\r\nCSeq: {3} REGISTER\r\n{8}Content-Length: 0\r\n\r\n",
                           first_line, to_string(phone), number, cseq, 100'000 + user, domain, to_tag,
                           host(phone), more);
    };
    const std::string request = fmt::format("REGISTER sip:{} SIP/2.0", domain);
    const std::string binding = fmt::format("Contact: <sip:{}@{}>", 100'000 + user, to_string(phone));
    const std::string asked = "Max-Forwards: 70\r\n" + binding + "\r\nExpires: 3600\r\n";
    const std::string challenge = fmt::format(
        "WWW-Authenticate: Digest realm=\"{}\", nonce=\"r{:x}\", algorithm=MD5\r\n", domain, number);
    const std::string credentials =
        fmt::format("Authorization: Digest username=\"{0}\", realm=\"{1}\", nonce=\"r{2:x}\", "
                    "uri=\"sip:{1}\", response=\"{2:032x}\", algorithm=MD5\r\n",
                    100'000 + user, domain, number);
    const std::string tag = fmt::format(";tag=s{:x}", number);
    script.datagrams = {
        {start, phone, proxy, message(request, 1, "", asked)},
        {start + 2 * millisecond, proxy, phone, message("SIP/2.0 401 Unauthorized", 1, tag, challenge)},
        {start + 10 * millisecond, phone, proxy, message(request, 2, "", asked + credentials)},
        {start + 12 * millisecond, proxy, phone,
         message("SIP/2.0 200 OK", 2, tag, binding + ";expires=3600\r\n")},
    };
    return script;
}

} // namespace bench
