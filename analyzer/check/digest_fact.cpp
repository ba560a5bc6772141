#include <algorithm>

#include "analyzer/check/events.hpp"
#include "analyzer/check/facts.hpp"
#include "dissectors/sip/headers.hpp"
#include "dissectors/sip/status.hpp"

namespace rungs::check {
namespace {

using sip::HeaderName;

/// The realm that the challenge with this nonce named, the last one before `id`; empty when none was seen.
std::string realm_asked_for(const Analysis& analysis, Id id, HeaderName name, std::string_view nonce) {
    const Id dialog = analysis.message(id).dialog;
    if (dialog == 0 || analysis.dialog(dialog).call == 0) return {};
    const std::vector<Id> messages = messages_of(analysis, analysis.call(analysis.dialog(dialog).call));
    std::vector<std::uint8_t> octets;
    sip::Message challenge;
    for (auto before = std::ranges::lower_bound(messages, id); before != messages.begin();) {
        const Message& message = analysis.message(*--before);
        if (!sip::is_challenge(message.status) || !analysis.octets.read(message.location, octets) ||
            sip::parse(octets, Framing::datagram, challenge).outcome != Outcome::complete)
            continue;
        for (const sip::Header& header : challenge.headers) {
            if (header.name != name) continue;
            const sip::Digest digest = sip::parse_digest(header.value);
            if (digest.nonce == nonce) return std::string(digest.realm);
        }
    }
    return {};
}

} // namespace

/// RFC 7616 section 3.4.1. An old nonce makes a response no less right: the next challenge says `stale`. Of
/// several credentials in a message the best counts, since each proxy on the way takes its own.
Fact digest_fact(const Analysis& analysis, Id id, const sip::Message& request, const Passwords* passwords) {
    std::optional<DigestVerdict> best;
    bool unknown_algorithm = false;
    for (const sip::Header& header : request.headers) {
        const bool for_proxy = header.name == HeaderName::proxy_authorization;
        if (!for_proxy && header.name != HeaderName::authorization) continue;
        if (passwords == nullptr) return unknown_fact(Doubt::no_password);
        DigestTry attempt{sip::parse_digest(header.value), request.method_text, request.body, {}, {}};
        if (!digest_method_from(attempt.credentials.algorithm)) {
            unknown_algorithm = true;
            continue;
        }
        const std::string realm = realm_asked_for(
            analysis, id, for_proxy ? HeaderName::proxy_authenticate : HeaderName::www_authenticate,
            attempt.credentials.nonce);
        if (!realm.empty()) attempt.challenge.emplace().realm = realm;
        const DigestVerdict verdict = verify(attempt, *passwords);
        if (!best || verdict == DigestVerdict::right) best = verdict;
    }
    if (unknown_algorithm && best != DigestVerdict::right) return unknown_fact(Doubt::not_checkable);
    if (!best) return {};
    if (*best == DigestVerdict::unknown_user) return unknown_fact(Doubt::no_password);
    Fact fact = present_fact(*best == DigestVerdict::right ? "yes" : "no");
    fact.found = to_string(*best);
    return fact;
}

} // namespace rungs::check
