#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/limits/input.hpp"
#include "core/result.hpp"
#include "dissectors/sip/headers.hpp"

/// Digest authentication verified (RFC 2617, RFC 7616, RFC 8760): was the response of an Authorization or
/// Proxy-Authorization made with the right password?
namespace rungs::check {

enum class DigestAlgorithm : std::uint8_t { md5, sha_256, sha_512_256 };

struct DigestMethod {
    DigestAlgorithm algorithm = DigestAlgorithm::md5;
    bool session = false; ///< the -sess variant: A1 also has nonce and cnonce
};
/// The `algorithm` parameter: "MD5-sess", "SHA-512-256", ... in any case; empty is MD5 (RFC 7616
/// section 3.3). Nothing for one that RFC 8760 does not name.
std::optional<DigestMethod> digest_method_from(std::string_view algorithm);

/// Lower-case hexadecimal; empty when the crypto library refuses the algorithm (MD5 in a FIPS setup).
std::string digest_hex(DigestAlgorithm algorithm, std::string_view text);

/// What request-digest (RFC 7616 section 3.4.1) has to be for these credentials, `method` and `body` (which
/// counts with qop=auth-int alone). Nothing when it cannot be computed: an unknown algorithm or qop, or no
/// realm, nonce or uri.
std::optional<std::string> expected_response(const sip::Digest& credentials, std::string_view password,
                                             std::string_view method, std::string_view body);

/// Who has which password. Never printed.
class Passwords {
  public:
    struct Entry {
        std::string user;  ///< empty: anybody
        std::string realm; ///< empty: any
        std::string password;
    };

    /// Lines `user:password`, `user@realm:password`, or a password alone (for every user; `:password` when it
    /// has a colon itself). Empty lines and lines that begin with # are skipped. Error: no password in it, or
    /// more octets than limits::password_file_octets.
    static Result<Passwords> parse(std::string_view text);

    [[nodiscard]] const std::vector<Entry>& entries() const { return m_entries; }

  private:
    std::vector<Entry> m_entries;
};

enum class DigestVerdict : std::uint8_t {
    right,
    wrong_password, ///< a password for this user and realm is known, and gives another response
    wrong_realm,    ///< not the realm that the challenge named, or a realm for which the user has no password
    stale,          ///< made with the right password, but the server no longer took the nonce
    unknown_user,   ///< no password is known for this user
    not_checkable,  ///< no digest, or parts of it are missing or unknown
};
std::string_view to_string(DigestVerdict verdict);

/// One request's credentials and what stood around them. Views live as long as the messages they are from.
struct DigestTry {
    sip::Digest credentials;
    std::string_view method; ///< of the request, as written
    std::string_view body;
    std::optional<sip::Digest> challenge; ///< that these credentials answer, when it was seen
    std::optional<sip::Digest> refusal;   ///< with which the server answered them, if it did
};
DigestVerdict verify(const DigestTry& attempt, const Passwords& passwords);

} // namespace rungs::check
