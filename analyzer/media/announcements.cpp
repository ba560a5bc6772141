#include "analyzer/media/announcements.hpp"

#include <algorithm>
#include <utility>

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

Announcements::Announcements(std::size_t endpoints) : m_most(endpoints) {
    for (auto* map : {&m_index, &m_rtcp, &m_translated}) map->max_load_factor(dense);
}

void Announcements::add(const Hint& hint) {
    const Index index = find_or_add(hint.media);
    if (index == nothing) return;
    if (may_be_translated(hint)) {
        const Endpoint seen{hint.sender, hint.media.port};
        if (has_room(m_translated, seen) && m_translated.insert_or_assign(seen, index).second) ++m_generation;
    }
    Entry& entry = m_entries[index];
    entry.dialog = hint.dialog;
    entry.secure = hint.secure;
    (hint.t38 ? entry.t38 : entry.rtp) = true;
    if (!hint.t38) {
        entry.set = keep_set(hint.payload_types);
        if (!hint.rtcp)
            entry.rtcp_behind = true;
        else if (has_room(m_rtcp, *hint.rtcp))
            m_rtcp.emplace(*hint.rtcp, index);
    }
    if (hint.dialog != 0) note_dialog(hint.dialog, hint.media);
}

Announcements::Index Announcements::find_or_add(const Endpoint& media) {
    if (const Index known = find(media); known != nothing) return known;
    if (!has_room(m_index, media)) return nothing;
    const auto index = static_cast<Index>(m_entries.size());
    m_index.emplace(media, index);
    m_entries.emplace_back().media = media;
    ++m_generation;
    return index;
}

bool Announcements::has_room(const EndpointMap& map, const Endpoint& endpoint) {
    if (map.size() < m_most || map.contains(endpoint)) return true;
    ++m_beyond_endpoints;
    return false;
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
    forget_sets();
    for (auto* map : {&m_index, &m_rtcp, &m_translated}) {
        EndpointMap left;
        left.max_load_factor(dense);
        for (const auto& [endpoint, index] : *map)
            if (moved[index] != nothing) left.emplace(endpoint, moved[index]);
        *map = std::move(left);
    }
    const auto named = std::exchange(m_named, {});
    const auto first_named = std::exchange(m_first_named, {});
    for (std::uint32_t dialog = 0; dialog < first_named.size(); ++dialog) {
        if (first_named[dialog] == nothing) continue;
        const std::uint32_t now = renamed(dialog);
        for (Index i = first_named[dialog]; now != 0 && i != nothing; i = named[i].next)
            note_dialog(now, named[i].endpoint);
    }
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
    const std::uint32_t set = m_entries[index].set;
    if (set == nothing) return nullptr;
    for (const PayloadMapping& mapping : m_sets[set].mappings)
        if (mapping.number == payload_type) return &mapping;
    return nullptr;
}

std::vector<Endpoint> Announcements::of_dialog(std::uint32_t dialog) const {
    std::vector<Endpoint> endpoints;
    if (dialog >= m_first_named.size()) return endpoints;
    for (Index i = m_first_named[dialog]; i != nothing; i = m_named[i].next)
        endpoints.push_back(m_named[i].endpoint);
    return endpoints;
}

std::uint32_t Announcements::keep_set(const std::vector<PayloadMapping>& mappings) {
    std::string key = set_key(mappings);
    if (const auto known = m_set_index.find(key); known != m_set_index.end()) return known->second;
    const std::size_t octets = sizeof(Set) + key.size() + mappings.size() * sizeof(PayloadMapping);
    if (m_set_octets + octets > limits::payload_set_octets) {
        ++m_beyond_sets;
        return nothing;
    }
    m_set_octets += octets;
    const auto index = static_cast<std::uint32_t>(m_sets.size());
    m_set_index.emplace(std::move(key), index);
    Set& set = m_sets.emplace_back(Set{mappings, octets});
    for (PayloadMapping& mapping : set.mappings) mapping.encoding = keep_name(mapping.encoding);
    return index;
}

std::string_view Announcements::keep_name(std::string_view encoding) {
    std::string name(encoding);
    if (const auto known = m_names.find(name); known != m_names.end()) return known->second;
    if (m_name_octets + name.size() > limits::encoding_name_octets) {
        ++m_beyond_names;
        return {};
    }
    m_name_octets += name.size();
    const std::string_view kept = m_texts.view(m_texts.keep(name));
    m_names.emplace(std::move(name), kept);
    return kept;
}

/// Those that no entry has any more.
void Announcements::forget_sets() {
    std::vector<std::uint32_t> moved(m_sets.size(), nothing);
    std::vector<Set> kept;
    m_set_octets = 0;
    for (Entry& entry : m_entries) {
        if (entry.set == nothing) continue;
        if (moved[entry.set] == nothing) {
            moved[entry.set] = static_cast<std::uint32_t>(kept.size());
            m_set_octets += m_sets[entry.set].octets;
            kept.push_back(std::move(m_sets[entry.set]));
        }
        entry.set = moved[entry.set];
    }
    m_sets = std::move(kept);
    decltype(m_set_index) left;
    for (const auto& [key, set] : m_set_index)
        if (moved[set] != nothing) left.emplace(key, moved[set]);
    m_set_index = std::move(left);
}

void Announcements::note_dialog(std::uint32_t dialog, const Endpoint& media) {
    if (m_first_named.size() <= dialog) m_first_named.resize(dialog + std::size_t{1}, nothing);
    Index last = nothing;
    std::size_t count = 0;
    for (Index i = m_first_named[dialog]; i != nothing; i = m_named[i].next) {
        if (m_named[i].endpoint == media) return;
        last = i;
        ++count;
    }
    if (count == dialog_endpoints) return;
    const auto added = static_cast<Index>(m_named.size());
    m_named.push_back({media, nothing});
    (last == nothing ? m_first_named[dialog] : m_named[last].next) = added;
}

} // namespace rungs::media
