#include "analyzer/check/facts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <re2/re2.h>

#include "analyzer/check/events.hpp"
#include "core/text.hpp"
#include "dissectors/sip/headers.hpp"
#include "dissectors/sip/multipart.hpp"
#include "dissectors/sip/uri.hpp"

namespace rungs::check {
namespace {

using sip::HeaderName;

constexpr std::array<std::string_view, 57> names{"method",
                                                 "status",
                                                 "reason",
                                                 "call-id",
                                                 "cseq.number",
                                                 "cseq.method",
                                                 "from.uri",
                                                 "from.user",
                                                 "from.host",
                                                 "from.tag",
                                                 "to.uri",
                                                 "to.user",
                                                 "to.host",
                                                 "to.tag",
                                                 "contact.uri",
                                                 "request.uri",
                                                 "request.user",
                                                 "request.host",
                                                 "via.count",
                                                 "via.branch",
                                                 "header",
                                                 "expires",
                                                 "event",
                                                 "subscription.state",
                                                 "refer-to.uri",
                                                 "body",
                                                 "sdp",
                                                 "sdp.direction",
                                                 "sdp.codec",
                                                 "sdp.codecs",
                                                 "sdp.address",
                                                 "sdp.port",
                                                 "auth",
                                                 "auth.username",
                                                 "auth.realm",
                                                 "auth.nonce",
                                                 "auth.qop",
                                                 "auth.stale",
                                                 "auth.valid",
                                                 "retransmissions",
                                                 "call.outcome",
                                                 "call.kind",
                                                 "call.ended_by",
                                                 "call.talk",
                                                 "call.caller.user",
                                                 "call.callee.user",
                                                 "rtp.streams",
                                                 "rtp.two_way",
                                                 "rtp.packets",
                                                 "rtp.loss",
                                                 "rtp.jitter",
                                                 "rtp.mos",
                                                 "rtp.duration",
                                                 "rtp.codecs",
                                                 "dtmf",
                                                 "invitation.state",
                                                 "cancel.by"};

Fact present(std::string_view text, bool exact = false) {
    Fact fact = present_fact(text);
    fact.exact = exact;
    return fact;
}
Fact number(std::uint64_t value) {
    return present(fmt::format("{}", value));
}

/// `PREFIX.uri`, `.user`, `.host` of a URI.
Fact of_uri(std::string_view text, std::string_view part) {
    if (part.ends_with(".uri")) {
        Fact fact = present(text);
        fact.is_uri = true;
        return fact;
    }
    const sip::Uri uri = sip::parse_uri(text);
    if (part.ends_with(".user")) return present(sip::percent_decode(uri.user), true);
    return present(uri.host);
}

std::string_view value_of(const sip::Message& message, HeaderName name) {
    const sip::Header* header = message.find(name);
    return header == nullptr ? std::string_view() : header->value;
}

/// Of the Contact's parameter, else of the Expires header (RFC 3261 section 10.2.1.1).
std::string_view expiry_of(const sip::Message& message) {
    const auto contact = sip::parse_name_addr(value_of(message, HeaderName::contact));
    if (const auto own = sip::find_parameter(contact.parameters, "expires")) return *own;
    return value_of(message, HeaderName::expires);
}

std::optional<double> as_number(std::string_view text) {
    std::string_view fraction = trim(text);
    if (fraction.ends_with('%')) fraction.remove_suffix(1);
    const auto whole = parse_number<std::int64_t>(take_until(fraction, '.'));
    if (!whole) return std::nullopt;
    double value = static_cast<double>(*whole);
    double weight = 0.1;
    for (const char digit : fraction) {
        if (!is_digit(digit)) return std::nullopt;
        value += (digit - '0') * weight;
        weight /= 10;
    }
    return value;
}

bool equal(const Fact& fact, std::string_view value) {
    if (fact.is_uri) return sip::equivalent(sip::parse_uri(fact.text), sip::parse_uri(value));
    if (const auto a = as_number(fact.text), b = as_number(value); a && b) return *a == *b;
    return fact.exact ? fact.text == value : iequals(fact.text, value);
}

bool compare(const Fact& fact, Predicate::Operator comparison, std::string_view value) {
    using enum Predicate::Operator;
    const auto a = as_number(fact.text);
    const auto b = as_number(value);
    switch (comparison) {
    case present: return true;
    case absent: return false;
    case equal: return check::equal(fact, value);
    case not_equal: return !check::equal(fact, value);
    case less: return a && b && *a < *b;
    case at_most: return a && b && *a <= *b;
    case greater: return a && b && *a > *b;
    case at_least: return a && b && *a >= *b;
    case matches: {
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(1 << 20);
        return RE2::PartialMatch(fact.text, RE2(re2::StringPiece(value.data(), value.size()), options));
    }
    case contains:
        if (fact.elements.empty()) return fact.text.find(value) != std::string::npos;
        return std::ranges::any_of(fact.elements, [value](const auto& e) { return iequals(e, value); });
    }
    return false;
}

} // namespace

std::span<const std::string_view> fact_names() {
    return names;
}

Fact present_fact(std::string_view text) {
    Fact fact;
    if (text.empty()) return fact;
    fact.state = Fact::State::present;
    fact.text = text;
    return fact;
}

Fact unknown_fact(Doubt doubt) {
    Fact fact;
    fact.state = Fact::State::unknown;
    fact.doubt = doubt;
    return fact;
}

bool goes_on(const Call& call) {
    const bool talking = call.kind == CallKind::call && call.final_status < 300;
    return call.outcome == CallOutcome::in_progress || (talking && call.ended_by == EndedBy::nobody);
}

bool Facts::read(Id id) {
    if (m_read == id) return m_readable;
    m_read = id;
    const Message& message = m_analysis.message(id);
    m_has_sdp = false;
    m_readable = message.protocol == Protocol::sip && m_analysis.octets.read(message.location, m_octets) &&
                 sip::parse(m_octets, Framing::datagram, m_sip).outcome == Outcome::complete;
    if (!m_readable || !message.has_sdp) return m_readable;
    const std::string_view body = sip::find_body(m_sip, "application/sdp");
    m_has_sdp = !body.empty() && sdp::parse(body, m_sdp);
    return true;
}

Fact Facts::of(Id message, std::string_view subject, std::string_view argument) {
    if (subject.starts_with("call.")) return of_call(subject);
    if (subject == "invitation.state") return of_invitation();
    if (subject.starts_with("rtp.") || subject == "dtmf")
        return media_fact(m_analysis, m_analysis.call(m_call), subject);
    if (message == 0 || !read(message)) return unknown_fact(Doubt::not_checkable);
    if (subject == "cancel.by") return cancel_fact(m_analysis, message, m_sip);
    if (subject == "auth.valid") return digest_fact(m_analysis, message, m_sip, m_passwords);
    if (subject == "retransmissions") return number(retransmissions_of(message));
    if (subject.starts_with("sdp")) return of_session(subject);
    if (subject.starts_with("auth")) return of_credentials(subject);
    return of_message(m_analysis.message(message), subject, argument);
}

std::uint64_t Facts::retransmissions_of(Id message) const {
    const auto repeats = [&](Id id) {
        return m_analysis.message(id).relation == Relation::retransmission &&
               original_of(m_analysis, id, false) == message;
    };
    return static_cast<std::uint64_t>(
        std::ranges::count_if(messages_of(m_analysis, m_analysis.call(m_call)), repeats));
}

Fact Facts::of_call(std::string_view subject) const {
    const Call& call = m_analysis.call(m_call);
    Fact fact;
    if (subject == "call.outcome") fact = present(to_string(call.outcome));
    if (subject == "call.ended_by") fact = present(to_string(call.ended_by));
    const OptionalDuration talk = m_analysis.details_of(call).talk;
    if (subject == "call.talk" && talk) fact = present(fmt::format("{:.3f}", to_seconds(*talk)));
    fact.so_far = goes_on(call);
    if (subject == "call.outcome" || subject == "call.ended_by" || subject == "call.talk") return fact;
    if (subject == "call.kind") return present(to_string(call.kind));
    if (subject == "call.caller.user")
        return of_uri(m_analysis.text(m_analysis.caller_of(call).uri), subject);
    return of_uri(m_analysis.text(m_analysis.callee_of(call).uri), subject);
}

/// What became of the first invitation; one that is still open may be answered after the capture.
Fact Facts::of_invitation() const {
    const auto invitations = m_analysis.invitations_of(m_analysis.call(m_call));
    if (invitations.empty()) return {};
    const InvitationState state = m_analysis.invitations[invitations.front() - 1].state;
    return state == InvitationState::offered ? unknown_fact(Doubt::goes_on) : present(to_string(state));
}

Fact Facts::of_message(const Message& message, std::string_view subject, std::string_view argument) const {
    const sip::Identity& identity = m_sip.identity;
    if (subject == "header") {
        const sip::Header* header = m_sip.find(argument);
        if (header == nullptr) return {};
        Fact fact = present(header->value);
        fact.state = Fact::State::present; // also without a value
        return fact;
    }
    if (subject == "method") return present(m_sip.method_text, true);
    if (subject == "status") return message.status == 0 ? Fact{} : number(message.status);
    if (subject == "reason") return present(m_sip.reason_phrase);
    if (subject == "call-id") return present(identity.call_id, true);
    if (subject == "cseq.number") return identity.cseq_number ? number(*identity.cseq_number) : Fact{};
    if (subject == "cseq.method") return present(identity.cseq_method, true);
    if (subject == "from.tag") return present(identity.from_tag, true);
    if (subject == "to.tag") return present(identity.to_tag, true);
    if (subject.starts_with("from.")) return of_uri(identity.from_uri, subject);
    if (subject.starts_with("to.")) return of_uri(identity.to_uri, subject);
    if (subject.starts_with("request.")) return of_uri(m_sip.request_uri, subject);
    if (subject == "via.count") return number(identity.via_count);
    if (subject == "via.branch") return present(identity.branch);
    if (subject == "expires") return present(expiry_of(m_sip));
    if (subject == "body") return present(m_sip.body, true);
    if (subject == "event") return present(sip::parse_event(value_of(m_sip, HeaderName::event)).package);
    if (subject == "contact.uri")
        return of_uri(sip::parse_name_addr(value_of(m_sip, HeaderName::contact)).uri, subject);
    if (subject == "refer-to.uri")
        return of_uri(sip::parse_name_addr(value_of(m_sip, HeaderName::refer_to)).uri, subject);
    if (subject == "subscription.state") {
        return present(sip::parse_subscription_state(value_of(m_sip, HeaderName::subscription_state)).state);
    }
    return unknown_fact(Doubt::not_checkable);
}

Fact Facts::of_session(std::string_view subject) const {
    if (!m_has_sdp || m_sdp.media.empty()) return {};
    const sdp::Media& media = m_sdp.media.front();
    if (subject == "sdp") return present("present");
    if (subject == "sdp.direction") {
        const bool unsaid = media.direction == sdp::Direction::unspecified;
        return present(sdp::to_string(unsaid ? sdp::Direction::sendrecv : media.direction));
    }
    if (subject == "sdp.address") return present(media.connection_text);
    if (subject == "sdp.port") return number(media.port);
    Fact fact;
    for (const sdp::Format& format : media.formats) {
        fact.elements.emplace_back(format.encoding.empty() ? format.text : format.encoding);
        if (subject == "sdp.codec") return present(fact.elements.front());
        fact.text += (fact.text.empty() ? "" : " ") + fact.elements.back();
    }
    if (!fact.elements.empty()) fact.state = Fact::State::present;
    return fact;
}

/// Of the credentials in a request, of the challenge in a response.
Fact Facts::of_credentials(std::string_view subject) const {
    std::string_view value;
    for (const HeaderName name : {HeaderName::authorization, HeaderName::proxy_authorization,
                                  HeaderName::www_authenticate, HeaderName::proxy_authenticate}) {
        if (value.empty()) value = value_of(m_sip, name);
    }
    if (value.empty()) return {};
    const sip::Digest digest = sip::parse_digest(value);
    if (subject == "auth.username") return present(digest.username, true);
    if (subject == "auth.realm") return present(digest.realm, true);
    if (subject == "auth.nonce") return present(digest.nonce, true);
    if (subject == "auth.qop") return present(digest.qop);
    if (subject == "auth.stale") return present(digest.stale);
    return present("present");
}

Judgement Facts::holds(const Predicate& predicate, Id message, const Values& values) {
    const Fact fact = of(message, predicate.subject, predicate.argument);
    if (fact.state == Fact::State::unknown) return {Truth::unknown, {}, fact.doubt};
    const std::string& found = fact.found.empty() ? fact.text : fact.found;
    const auto answer = [&](bool yes) -> Judgement {
        if (!yes && fact.so_far) return {Truth::unknown, found, Doubt::goes_on};
        return {yes ? Truth::yes : Truth::no, found, Doubt::none};
    };
    if (predicate.comparison == Predicate::Operator::absent) return answer(fact.state == Fact::State::absent);
    if (fact.state == Fact::State::absent) return answer(false);
    std::string_view value = predicate.value;
    if (value.starts_with('$')) {
        const auto known = values.find(std::string(value.substr(1)));
        if (known == values.end()) return {Truth::unknown, found, Doubt::no_value};
        value = known->second;
    }
    return answer(compare(fact, predicate.comparison, value));
}

} // namespace rungs::check
