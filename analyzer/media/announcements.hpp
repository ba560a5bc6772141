#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <tsl/robin_map.h>

#include "analyzer/media/hint.hpp"
#include "core/arena.hpp"
#include "core/hash.hpp"
#include "core/limits/media.hpp"

namespace rungs::media {

/// What SDP has announced so far, by endpoint. Sets of payload types are kept once: there are few different
/// ones.
class Announcements {
  public:
    struct Entry {
        Endpoint media;
        std::uint32_t dialog = 0;
        std::uint32_t set = ~std::uint32_t{0}; ///< of payload types; `nothing` for none
        bool rtp = false, t38 = false, secure = false;
        bool rtcp_behind = false; ///< RTCP on the next port, as RFC 3550 section 11 has it
    };
    /// Position of an entry; `nothing` for none.
    using Index = std::uint32_t;
    static constexpr Index nothing = ~Index{0};

    /// At most `endpoints`; see also limits::payload_set_octets and limits::encoding_name_octets.
    explicit Announcements(std::size_t endpoints = limits::announced_endpoints);

    void add(const Hint& hint);
    /// `renamed` gives the new id of a dialog, 0 for one whose announcements go. Indices become invalid.
    void retain(const std::function<std::uint32_t(std::uint32_t dialog)>& renamed);
    /// Changes whenever `find` or `find_translated` may give something new; 0 while nothing was announced.
    [[nodiscard]] std::uint32_t generation() const { return m_generation; }
    [[nodiscard]] Index find(const Endpoint& media) const;
    /// The entry whose port this is at the address that its message came from (see Hint::sender).
    [[nodiscard]] Index find_translated(const Endpoint& seen) const;
    [[nodiscard]] bool is_rtcp(const Endpoint& endpoint) const;
    [[nodiscard]] const Entry& operator[](Index index) const { return m_entries[index]; }
    /// The mapping of `payload_type` at this entry, or nullptr. Valid until the next `add`; its text as long
    /// as this.
    [[nodiscard]] const PayloadMapping* mapping(Index index, std::uint8_t payload_type) const;
    /// What had no room: endpoints; lists of payload types, and names of codecs, of endpoints that are kept.
    [[nodiscard]] std::uint64_t beyond_endpoints() const { return m_beyond_endpoints; }
    [[nodiscard]] std::uint64_t beyond_sets() const { return m_beyond_sets; }
    [[nodiscard]] std::uint64_t beyond_names() const { return m_beyond_names; }
    /// The first endpoints that a dialog announced, in that order.
    [[nodiscard]] std::vector<Endpoint> of_dialog(std::uint32_t dialog) const;

  private:
    using EndpointMap = tsl::robin_map<Endpoint, Index, EndpointHash>;
    struct Set {
        std::vector<PayloadMapping> mappings;
        std::size_t octets = 0; ///< that it takes, roughly
    };

    Index find_or_add(const Endpoint& media);
    bool has_room(const EndpointMap& map, const Endpoint& endpoint);
    /// Its index in m_sets; `nothing` when there is no room.
    std::uint32_t keep_set(const std::vector<PayloadMapping>& mappings);
    std::string_view keep_name(std::string_view encoding);
    void forget_sets();
    void note_dialog(std::uint32_t dialog, const Endpoint& media);

    std::size_t m_most;
    EndpointMap m_index;
    EndpointMap m_rtcp; ///< that are not on the next port
    EndpointMap m_translated;
    std::uint32_t m_generation = 0;
    std::vector<Entry> m_entries;
    tsl::robin_map<std::string, std::uint32_t, TextHash> m_set_index;
    std::vector<Set> m_sets;
    std::size_t m_set_octets = 0;
    /// Names of codecs stay: streams speak of them when the set has gone.
    tsl::robin_map<std::string, std::string_view, TextHash> m_names;
    std::size_t m_name_octets = 0;
    TextArena m_texts;
    std::uint64_t m_beyond_endpoints = 0, m_beyond_sets = 0, m_beyond_names = 0;
    /// What a dialog announced, as a list through m_named: there are as many as dialogs.
    struct Named {
        Endpoint endpoint;
        Index next = nothing;
    };
    std::vector<Named> m_named;
    std::vector<Index> m_first_named; ///< by dialog
};

} // namespace rungs::media
