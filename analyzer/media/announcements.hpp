#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <tsl/robin_map.h>

#include "analyzer/media/hint.hpp"
#include "core/arena.hpp"
#include "core/hash.hpp"

namespace rungs::media {

/// What SDP has announced so far, by endpoint. Sets of payload types are kept once: there are few different
/// ones.
class Announcements {
  public:
    struct Entry {
        Endpoint media;
        std::uint32_t dialog = 0;
        std::uint32_t set = 0; ///< of payload types
        bool rtp = false, t38 = false, secure = false;
        bool rtcp_behind = false; ///< RTCP on the next port, as RFC 3550 section 11 has it
    };
    /// Position of an entry; `nothing` for none.
    using Index = std::uint32_t;
    static constexpr Index nothing = ~Index{0};

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
    /// The first endpoints that a dialog announced, in that order.
    [[nodiscard]] std::span<const Endpoint> of_dialog(std::uint32_t dialog) const;

  private:
    std::uint32_t keep_set(const std::vector<PayloadMapping>& mappings);
    void note_dialog(std::uint32_t dialog, const Endpoint& media);

    tsl::robin_map<Endpoint, Index, EndpointHash> m_index;
    tsl::robin_map<Endpoint, Index, EndpointHash> m_rtcp; ///< that are not on the next port
    tsl::robin_map<Endpoint, Index, EndpointHash> m_translated;
    std::uint32_t m_generation = 0;
    std::vector<Entry> m_entries;
    tsl::robin_map<std::string, std::uint32_t, TextHash> m_set_index;
    std::vector<std::vector<PayloadMapping>> m_sets;
    TextArena m_texts;
    tsl::robin_map<std::uint32_t, std::vector<Endpoint>> m_dialogs;
};

} // namespace rungs::media
