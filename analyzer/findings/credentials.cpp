#include <array>
#include <optional>

#include <fmt/format.h>
#include <tsl/robin_map.h>

#include "analyzer/findings/course.hpp"
#include "analyzer/findings/find.hpp"
#include "core/hash.hpp"
#include "core/text.hpp"
#include "dissectors/sip/message.hpp"

namespace rungs::findings {
namespace {

using check::DigestVerdict;
using sip::HeaderName;
using sip::Method;

/// A message read again; `parsed` refers to `octets`.
struct Reread {
    std::vector<std::uint8_t> octets;
    sip::Message parsed;

    bool read(const Analysis& analysis, const Message& message) {
        return analysis.octets.read(message.location, octets) &&
               sip::parse(octets, Framing::datagram, parsed).outcome == Outcome::complete;
    }
};

const Rule& rule_for(DigestVerdict verdict) {
    switch (verdict) {
    case DigestVerdict::right: return rule::auth_verified;
    case DigestVerdict::wrong_password: return rule::auth_wrong_password;
    case DigestVerdict::wrong_realm: return rule::auth_wrong_realm;
    case DigestVerdict::stale: return rule::auth_stale;
    case DigestVerdict::unknown_user: return rule::auth_unknown_user;
    case DigestVerdict::not_checkable: break;
    }
    return rule::auth_not_checkable;
}

std::string_view words_for(DigestVerdict verdict) {
    switch (verdict) {
    case DigestVerdict::right: return "is right";
    case DigestVerdict::wrong_password: return "was made with another password";
    case DigestVerdict::wrong_realm: return "is for another realm than asked for";
    case DigestVerdict::stale: return "is right, but its nonce was stale";
    case DigestVerdict::unknown_user: return "is of a user without a known password";
    case DigestVerdict::not_checkable: break;
    }
    return "cannot be checked";
}

std::string sentence(DigestVerdict verdict, const sip::Digest& credentials, const Message& request) {
    const bool named = !credentials.username.empty();
    return fmt::format(
        "The digest{} in the {} of frame {} {}.",
        named ? fmt::format(" of {} at {}", printable(credentials.username), printable(credentials.realm))
              : "",
        name_of(request), request.frame, words_for(verdict));
}

/// The last challenge that each message answers, and the one that refused it, by link and Call-ID.
class Surroundings {
  public:
    Surroundings(const Analysis& analysis, const HeaderNotes& notes) {
        tsl::robin_map<std::uint64_t, Id, NumberHash> pending; // nonce: the challenge that gave it
        for (Id id = 1; id <= analysis.messages.size(); ++id) {
            const Message& message = analysis.message(id);
            const DigestNote* const digest = notes.digest_of(id);
            if (digest == nullptr) continue;
            if (is_challenge(message)) {
                pending[digest->nonce] = id;
                m_refused_by.try_emplace(message.transaction, id);
            } else if (const auto found = pending.find(digest->nonce); found != pending.end()) {
                m_answers[id] = found->second;
            }
        }
    }

    [[nodiscard]] Id challenge_of(Id request) const { return lookup(m_answers, request); }
    [[nodiscard]] Id refusal_of(const Message& request) const {
        return lookup(m_refused_by, request.transaction);
    }

  private:
    using Ids = tsl::robin_map<Id, Id>;
    static Id lookup(const Ids& ids, Id key) {
        const auto found = ids.find(key);
        return found == ids.end() ? 0 : found->second;
    }
    Ids m_answers, m_refused_by;
};

class Verifier {
  public:
    Verifier(const Analysis& analysis, const HeaderNotes& notes, const check::Passwords& passwords,
             Collector& out)
        : m_analysis(analysis), m_surroundings(analysis, notes), m_passwords(passwords), m_out(out) {}

    void verify(Id id) {
        const Message& request = m_analysis.message(id);
        // An ACK repeats the credentials of its INVITE (RFC 3261 section 22.1): nothing new.
        if (request.status != 0 || request.relation != Relation::original || request.method == Method::ack ||
            request.method == Method::cancel || !m_request.read(m_analysis, request))
            return;
        verify_headers(id, HeaderName::authorization, HeaderName::www_authenticate);
        verify_headers(id, HeaderName::proxy_authorization, HeaderName::proxy_authenticate);
    }

  private:
    void verify_headers(Id id, HeaderName credentials, HeaderName challenge) {
        const Message& request = m_analysis.message(id);
        const bool refused = read(m_refusal, m_surroundings.refusal_of(request));
        const bool asked = read(m_challenge, m_surroundings.challenge_of(id));
        for (const sip::Header& header : m_request.parsed.headers) {
            if (header.name != credentials) continue;
            check::DigestTry attempt{
                sip::parse_digest(header.value), m_request.parsed.method_text, m_request.parsed.body, {}, {}};
            const std::string_view realm = attempt.credentials.realm;
            if (asked) attempt.challenge = challenge_in(m_challenge.parsed, challenge, realm);
            if (refused) attempt.refusal = challenge_in(m_refusal.parsed, challenge, realm);
            const DigestVerdict verdict = check::verify(attempt, m_passwords);
            const Id call = request.dialog == 0 ? 0 : m_analysis.dialog(request.dialog).call;
            m_out.add(rule_for(verdict), call, sentence(verdict, attempt.credentials, request), {id});
        }
    }

    bool read(Reread& into, Id id) const { return id != 0 && into.read(m_analysis, m_analysis.message(id)); }

    /// A server may ask for several realms: the wanted one, else the first.
    static std::optional<sip::Digest> challenge_in(const sip::Message& message, HeaderName name,
                                                   std::string_view realm) {
        std::optional<sip::Digest> first;
        for (const sip::Header& header : message.headers) {
            if (header.name != name) continue;
            const sip::Digest challenge = sip::parse_digest(header.value);
            if (challenge.realm == realm) return challenge;
            if (!first) first = challenge;
        }
        return first;
    }

    const Analysis& m_analysis;
    const Surroundings m_surroundings;
    const check::Passwords& m_passwords;
    Collector& m_out;
    Reread m_request, m_challenge, m_refusal;
};

} // namespace

void verify_credentials(const Analysis& analysis, const HeaderNotes& notes, const check::Passwords& passwords,
                        Collector& out) {
    Verifier verifier(analysis, notes, passwords, out);
    for (Id id = 1; id <= analysis.messages.size(); ++id) {
        if (notes.digest_of(id) != nullptr) verifier.verify(id);
    }
}

} // namespace rungs::findings
