#include "analyzer/check/digest.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "core/limits/input.hpp"
#include "core/text.hpp"

namespace rungs::check {
namespace {

const EVP_MD* evp_of(DigestAlgorithm algorithm) {
    switch (algorithm) {
    case DigestAlgorithm::sha_256: return EVP_sha256();
    case DigestAlgorithm::sha_512_256: return EVP_sha512_256();
    case DigestAlgorithm::md5: break;
    }
    return EVP_md5();
}

/// The parts with colons between them, as every formula of RFC 7616 wants them.
template <typename... Parts>
std::string joined(const Parts&... parts) {
    std::string text;
    ((text.append(parts).push_back(':')), ...);
    text.pop_back();
    return text;
}

bool is_protected(std::string_view qop) {
    return iequals(qop, "auth") || iequals(qop, "auth-int");
}

/// Some users are called "ana@example.com"; in the file that looks like a user and a realm.
bool is_full_name(const Passwords::Entry& entry, const sip::Digest& credentials) {
    return !entry.realm.empty() && fmt::format("{}@{}", entry.user, entry.realm) == credentials.username;
}

bool is_for_user(const Passwords::Entry& entry, const sip::Digest& credentials) {
    return entry.user.empty() || entry.user == credentials.username || is_full_name(entry, credentials);
}

bool is_for_realm(const Passwords::Entry& entry, const sip::Digest& credentials) {
    return entry.realm.empty() || entry.realm == credentials.realm || is_full_name(entry, credentials);
}

/// What the known passwords say of the response itself.
DigestVerdict try_passwords(const DigestTry& attempt, const Passwords& passwords) {
    bool knows_user = false, knows_realm = false;
    for (const Passwords::Entry& entry : passwords.entries()) {
        if (!is_for_user(entry, attempt.credentials)) continue;
        knows_user = true;
        if (!is_for_realm(entry, attempt.credentials)) continue;
        knows_realm = true;
        const auto expected =
            expected_response(attempt.credentials, entry.password, attempt.method, attempt.body);
        if (!expected) return DigestVerdict::not_checkable;
        if (iequals(*expected, attempt.credentials.response)) return DigestVerdict::right;
    }
    if (!knows_user) return DigestVerdict::unknown_user;
    return knows_realm ? DigestVerdict::wrong_password : DigestVerdict::wrong_realm;
}

} // namespace

std::optional<DigestMethod> digest_method_from(std::string_view algorithm) {
    struct Known {
        std::string_view name;
        DigestMethod method;
    };
    using enum DigestAlgorithm;
    static constexpr std::array<Known, 7> known{{
        {"", {md5, false}},
        {"MD5", {md5, false}},
        {"MD5-sess", {md5, true}},
        {"SHA-256", {sha_256, false}},
        {"SHA-256-sess", {sha_256, true}},
        {"SHA-512-256", {sha_512_256, false}},
        {"SHA-512-256-sess", {sha_512_256, true}},
    }};
    for (const Known& one : known) {
        if (iequals(one.name, algorithm)) return one.method;
    }
    return std::nullopt;
}

std::string digest_hex(DigestAlgorithm algorithm, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), octets.data(), &size, evp_of(algorithm), nullptr) != 1)
        return {};
    std::string hex;
    for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", octets[i]);
    return hex;
}

std::optional<std::string> expected_response(const sip::Digest& credentials, std::string_view password,
                                             std::string_view method, std::string_view body) {
    const auto kind = digest_method_from(credentials.algorithm);
    const std::string_view qop = credentials.qop;
    if (!kind || credentials.realm.empty() || credentials.nonce.empty() || credentials.uri.empty() ||
        (!qop.empty() && !is_protected(qop))) {
        return std::nullopt;
    }
    const auto hash = [&](const std::string& text) { return digest_hex(kind->algorithm, text); };

    std::string a1 = hash(joined(credentials.username, credentials.realm, password));
    if (a1.empty()) return std::nullopt;
    if (kind->session) a1 = hash(joined(a1, credentials.nonce, credentials.cnonce));
    const std::string a2 = iequals(qop, "auth-int")
                               ? hash(joined(method, credentials.uri, digest_hex(kind->algorithm, body)))
                               : hash(joined(method, credentials.uri));
    if (qop.empty()) return hash(joined(a1, credentials.nonce, a2));
    return hash(joined(a1, credentials.nonce, credentials.nc, credentials.cnonce, qop, a2));
}

Result<Passwords> Passwords::parse(std::string_view text) {
    if (text.size() > limits::password_file_octets) {
        return fail(fmt::format("more than {} octets of passwords", limits::password_file_octets),
                    "a password file has a line for each user");
    }
    Passwords passwords;
    while (!text.empty()) {
        std::string_view line = take_until(text, '\n');
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.front() == '#') continue;
        Entry entry;
        if (const auto colon = line.find(':'); colon != std::string_view::npos) {
            std::string_view user = line.substr(0, colon);
            line.remove_prefix(colon + 1);
            entry.user = take_until(user, '@');
            entry.realm = user;
        }
        entry.password = line;
        passwords.m_entries.push_back(std::move(entry));
    }
    if (passwords.m_entries.empty()) {
        return fail("no password in it",
                    "write a line user:password, user@realm:password or a password alone");
    }
    return passwords;
}

std::string_view to_string(DigestVerdict verdict) {
    switch (verdict) {
    case DigestVerdict::right: return "right";
    case DigestVerdict::wrong_password: return "wrong_password";
    case DigestVerdict::wrong_realm: return "wrong_realm";
    case DigestVerdict::stale: return "stale";
    case DigestVerdict::unknown_user: return "unknown_user";
    case DigestVerdict::not_checkable: break;
    }
    return "not_checkable";
}

DigestVerdict verify(const DigestTry& attempt, const Passwords& passwords) {
    const sip::Digest& credentials = attempt.credentials;
    if (!iequals(credentials.scheme, "Digest") || credentials.response.empty()) {
        return DigestVerdict::not_checkable;
    }
    const auto asked_for_other_realm = [&](const std::optional<sip::Digest>& challenge) {
        return challenge && !challenge->realm.empty() && challenge->realm != credentials.realm;
    };
    if (asked_for_other_realm(attempt.challenge) || asked_for_other_realm(attempt.refusal)) {
        return DigestVerdict::wrong_realm;
    }
    const DigestVerdict verdict = try_passwords(attempt, passwords);
    const bool stale = attempt.refusal && iequals(attempt.refusal->stale, "true");
    return verdict == DigestVerdict::right && stale ? DigestVerdict::stale : verdict;
}

} // namespace rungs::check
