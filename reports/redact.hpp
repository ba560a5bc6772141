#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tsl/robin_map.h>

#include "analyzer/analysis.hpp"
#include "core/endpoint.hpp"
#include "core/hash.hpp"
#include "reports/json_writer.hpp"

namespace rungs::reports {

/// Replaces who took part by pseudonyms: user parts of URIs and addresses, telephone numbers, display names,
/// IP addresses, digests, keys and tickets. The same thing gets the same pseudonym throughout a report, and
/// the same capture gives the same pseudonyms. What tells one side of a NAT from the other stays visible:
/// private addresses become 10.x.y.z, public ones 198.18.x.y (RFC 2544), IPv6 2001:db8::n (RFC 3849).
/// Host names, Call-IDs, tags, times, and the software's names stay.
class Redactor final : public TextFilter {
  public:
    /// Learns the parties' names.
    explicit Redactor(const Analysis& analysis) { learn(analysis); }
    /// Learns the parties of another analysis that is told of in the same document. It outlives the redactor.
    void learn(const Analysis& analysis);

    /// Text of ours (an outcome, a role: told by its key) stays as it is.
    std::string apply(std::string_view key, std::string_view text) override;
    /// Captured text.
    std::string apply(std::string_view text);

  private:
    enum class Kind : std::uint8_t { user, secret };

    void learn_words(std::string_view phrase);
    const std::string& pseudonym(std::string_view word, Kind kind);
    const std::string& pseudonym(const IpAddress& address);

    /// Each takes what it replaces off the front of `text` and says whether there was something.
    bool take_secret(std::string_view& text, std::string& out);
    bool take_address(std::string_view& text, std::string& out);
    void take_word(std::string_view& text, std::string& out);

    tsl::robin_map<std::string, std::string, TextHash> m_words;
    tsl::robin_map<std::string, std::string, TextHash> m_addresses; ///< by their own text
    unsigned m_users = 0, m_secrets = 0, m_private = 0, m_public = 0, m_v6 = 0;
};

} // namespace rungs::reports
