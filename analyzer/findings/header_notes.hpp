#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/analysis.hpp"
#include "dissectors/sdp/description.hpp"
#include "dissectors/sip/message.hpp"

namespace rungs::findings {

/// What checks need of a message's headers beside its record. Small: there is one for each message. Texts are
/// kept as seeded hashes, since they are only compared.
struct HeaderNote {
    std::uint64_t branch = 0;       ///< of the top Via, with its sent-by; 0 without the magic cookie
    std::uint32_t rare = 0;         ///< 1 + index into the notes of what few messages have, 0 for none
    std::int16_t max_forwards = -1; ///< -1 for none
    bool has_to_tag : 1 = false;
    bool is_noted : 1 = false;
    bool has_contact : 1 = false, has_media : 1 = false, has_behind_nat : 1 = false; ///< see AddressNote
};

static_assert(sizeof(HeaderNote) == 16, "there are millions of them");

/// Of the first challenge or credentials in a message.
struct DigestNote {
    std::uint64_t nonce = 0;
    std::uint32_t nonce_count = 0; ///< 0 for none
    bool stale = false;
};

/// Private addresses that a message names, and one that its Via shows to be behind a NAT.
struct AddressNote {
    std::optional<IpAddress> contact, media;
    std::optional<IpAddress> behind_nat; ///< private sent-by of a Via that was received from elsewhere
};

/// Notes what is needed while the messages pass, so that none has to be read and parsed a second time.
class HeaderNotes {
  public:
    /// `description` may be nullptr.
    void add(Id id, const sip::Message& message, const sdp::Description* description);

    /// Of a message that was never added: an empty note.
    [[nodiscard]] const HeaderNote& of(Id id) const;
    [[nodiscard]] const DigestNote* digest_of(Id id) const;
    /// In seconds, 0 for none. Of REGISTER's 2xx the longest binding, of INVITE's and UPDATE's
    /// Session-Expires.
    [[nodiscard]] std::uint32_t lifetime_of(Id id) const;
    [[nodiscard]] AddressNote addresses_of(Id id) const;

  private:
    struct RareNote {
        std::uint32_t lifetime_s = 0;
        std::uint32_t digest = 0;    ///< 1 + index into the digests, 0 for none
        std::uint32_t addresses = 0; ///< index of the first of its addresses, of those that it has
    };

    RareNote& rare_of(HeaderNote& note);
    [[nodiscard]] const RareNote& rare_of(Id id) const;
    void note_digest(HeaderNote& note, const sip::Message& message);
    void note_addresses(HeaderNote& note, const sip::Message& message, const sdp::Description* description);

    std::vector<HeaderNote> m_notes;
    std::vector<RareNote> m_rare;
    std::vector<DigestNote> m_digests;
    std::vector<IpAddress> m_addresses; ///< of each message those that it has, in the order of AddressNote
};

} // namespace rungs::findings
