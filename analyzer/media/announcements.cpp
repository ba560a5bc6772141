#include "analyzer/media/announcements.hpp"

#include <algorithm>

namespace rungs::media {
namespace {

constexpr std::size_t dialog_endpoints = 16; ///< kept of a dialog

/// Same mappings, same text.
std::string set_key(const std::vector<PayloadMapping>& mappings) {
    std::string key;
    for (const PayloadMapping& mapping : mappings) {
        key += static_cast<char>(mapping.number);
        key += std::to_string(mapping.clock_rate_hz);
        key += '/';
        key += mapping.encoding;
        key += '\n';
    }
    return key;
}

bool may_be_translated(const Hint& hint) {
    const IpAddress& named = hint.media.address;
    return hint.sender.is_set() && hint.sender.is_private() != named.is_private();
}

} // namespace

void Announcements::add(const Hint& hint) {
    const auto [known, fresh] = m_index.emplace(hint.media, static_cast<Index>(m_entries.size()));
    if (fresh) {
        m_entries.emplace_back().media = hint.media;
        ++m_generation;
    }
    const Index index = known->second;
    if (may_be_translated(hint)) {
        const Endpoint seen{hint.sender, hint.media.port};
        if (m_translated.insert_or_assign(seen, index).second) ++m_generation;
    }
    Entry& entry = m_entries[index];
    entry.dialog = hint.dialog;
    entry.secure = hint.secure;
    (hint.t38 ? entry.t38 : entry.rtp) = true;
    if (!hint.t38) {
        entry.set = keep_set(hint.payload_types);
        if (hint.rtcp)
            m_rtcp.emplace(*hint.rtcp, index);
        else
            entry.rtcp_behind = true;
    }
    if (hint.dialog != 0) note_dialog(hint.dialog, hint.media);
}

void Announcements::retain(const std::function<std::uint32_t(std::uint32_t dialog)>& renamed) {
    std::vector<Index> moved(m_entries.size(), nothing);
    std::vector<Entry> kept;
    for (Index index = 0; index < m_entries.size(); ++index) {
        const std::uint32_t dialog = renamed(m_entries[index].dialog);
        if (dialog == 0) continue;
        moved[index] = static_cast<Index>(kept.size());
        kept.push_back(m_entries[index]);
        kept.back().dialog = dialog;
    }
    m_entries = std::move(kept);
    for (auto* map : {&m_index, &m_rtcp, &m_translated}) {
        tsl::robin_map<Endpoint, Index, EndpointHash> left;
        for (const auto& [endpoint, index] : *map)
            if (moved[index] != nothing) left.emplace(endpoint, moved[index]);
        *map = std::move(left);
    }
    tsl::robin_map<std::uint32_t, std::vector<Endpoint>> dialogs;
    for (const auto& [dialog, endpoints] : m_dialogs)
        if (const std::uint32_t now = renamed(dialog); now != 0) dialogs.emplace(now, endpoints);
    m_dialogs = std::move(dialogs);
    ++m_generation;
}

Announcements::Index Announcements::find(const Endpoint& media) const {
    const auto known = m_index.find(media);
    return known == m_index.end() ? nothing : known->second;
}

bool Announcements::is_rtcp(const Endpoint& endpoint) const {
    if (m_rtcp.find(endpoint) != m_rtcp.end()) return true;
    const auto media = find({endpoint.address, static_cast<std::uint16_t>(endpoint.port - 1)});
    return media != nothing && m_entries[media].rtcp_behind;
}

Announcements::Index Announcements::find_translated(const Endpoint& seen) const {
    const auto known = m_translated.find(seen);
    return known == m_translated.end() ? nothing : known->second;
}

const PayloadMapping* Announcements::mapping(Index index, std::uint8_t payload_type) const {
    if (index == nothing || !m_entries[index].rtp) return nullptr;
    for (const PayloadMapping& mapping : m_sets[m_entries[index].set])
        if (mapping.number == payload_type) return &mapping;
    return nullptr;
}

std::span<const Endpoint> Announcements::of_dialog(std::uint32_t dialog) const {
    const auto known = m_dialogs.find(dialog);
    if (known == m_dialogs.end()) return {};
    return known->second;
}

std::uint32_t Announcements::keep_set(const std::vector<PayloadMapping>& mappings) {
    const auto [known, fresh] =
        m_set_index.emplace(set_key(mappings), static_cast<std::uint32_t>(m_sets.size()));
    if (fresh) {
        auto& set = m_sets.emplace_back(mappings);
        for (PayloadMapping& mapping : set) mapping.encoding = m_texts.view(m_texts.keep(mapping.encoding));
    }
    return known->second;
}

void Announcements::note_dialog(std::uint32_t dialog, const Endpoint& media) {
    auto& endpoints = m_dialogs[dialog];
    if (endpoints.size() == dialog_endpoints) return;
    if (std::find(endpoints.begin(), endpoints.end(), media) == endpoints.end()) endpoints.push_back(media);
}

} // namespace rungs::media
