#include "analyzer/correlate/dialogs.hpp"

#include <algorithm>
#include <utility>

#include "core/hash.hpp"
#include "core/limits/correlation.hpp"

namespace rungs::correlate {
namespace {

using sip::Method;

/// Requests that can only stand inside a dialog that something before them has made.
bool needs_a_dialog(Method method) {
    return method == Method::ack || method == Method::bye || method == Method::cancel ||
           method == Method::prack || method == Method::update || method == Method::info;
}

/// Provisional responses but 100, and successes, make a dialog (RFC 3261 section 12.1, RFC 6665
/// section 4.4.1); refusals do not, nor do responses to REGISTER, CANCEL and the like.
bool makes_dialog(const sip::Message& message) {
    const bool of_dialog_making_request = message.method == Method::invite ||
                                          message.method == Method::subscribe ||
                                          message.method == Method::notify || message.method == Method::refer;
    return of_dialog_making_request && message.status > 100 && message.status < 300;
}

} // namespace

Dialogs::Found Dialogs::find_or_add(const Observed& observed, EndpointId source, EndpointId destination) {
    const std::uint32_t group = group_for(observed);
    Id dialog = choose(m_groups[group], observed);
    if (dialog == 0) dialog = add(group, observed, source, destination);

    const bool from_caller =
        tag_is(m_analysis.dialogs[dialog - 1].from_tag, observed.message.identity.from_tag);
    return {dialog, group, observed.message.is_request && from_caller};
}

const CallIdGroup* Dialogs::group_of(std::string_view call_id) const {
    for (std::uint64_t key = TextHash{}(call_id);; ++key) {
        const auto found = m_by_call_id.find(key);
        if (found == m_by_call_id.end()) return nullptr;
        const CallIdGroup& group = m_groups[found->second];
        if (m_analysis.text(group.call_id) == call_id) return &group;
    }
}

Id Dialogs::add_inferred(const Observed& observed, EndpointId source, EndpointId destination) {
    m_groups.emplace_back();
    return add(static_cast<std::uint32_t>(m_groups.size() - 1), observed, source, destination);
}

std::uint32_t Dialogs::group_for(const Observed& observed) {
    const std::string_view call_id = observed.message.identity.call_id;
    std::uint64_t key = TextHash{}(call_id);
    // Two texts with one 64-bit hash are next to impossible, and yet must not become one dialog: then the
    // next key is tried.
    for (;; ++key) {
        const auto [slot, added] = m_by_call_id.try_emplace(key, static_cast<std::uint32_t>(m_groups.size()));
        if (added) {
            m_groups.push_back({m_analysis.texts.keep(call_id), 0, 0, 0});
            return slot->second;
        }
        if (m_analysis.text(m_groups[slot->second].call_id) == call_id) return slot->second;
    }
}

Id Dialogs::choose(const CallIdGroup& group, const Observed& observed) {
    const sip::Message& message = observed.message;
    const std::string_view from = message.identity.from_tag;
    const std::string_view to = message.identity.to_tag;

    Id same_caller = 0;     // the first dialog with this From tag
    Id half_known = 0;      // one with this From tag whose To tag is not known for certain
    Id half_known_back = 0; // the same, the message going the other way
    for (Id id = group.first_dialog; id != 0; id = m_extra[id - 1].next_in_group) {
        const Dialog& dialog = m_analysis.dialogs[id - 1];
        const bool firm = m_extra[id - 1].to_tag_is_firm;
        if (tag_is(dialog.from_tag, from)) {
            if (!to.empty() && tag_is(dialog.to_tag, to)) return id;
            if (same_caller == 0) same_caller = id;
            if (!firm && half_known == 0) half_known = id;
        }
        if (!to.empty() && tag_is(dialog.from_tag, to)) {
            if (tag_is(dialog.to_tag, from)) return id;
            if (!firm && half_known_back == 0) half_known_back = id;
        }
    }

    if (to.empty()) return same_caller;
    const auto bind = [&](Id id, std::string_view tag, bool firm) {
        Dialog& dialog = m_analysis.dialogs[id - 1];
        if (firm || dialog.to_tag.empty()) dialog.to_tag = m_analysis.texts.keep(tag);
        m_extra[id - 1].to_tag_is_firm = firm;
        return id;
    };
    const bool request_inside = message.is_request && message.method != Method::ack;
    if (half_known != 0) return bind(half_known, to, makes_dialog(message) || request_inside);
    if (half_known_back != 0 && message.is_request) return bind(half_known_back, from, true);
    if (same_caller == 0) return 0;
    // The caller has a dialog with somebody else. A success or ringing from one more callee is a fork (RFC
    // 3261 section 12.1), a request inside is a fork whose beginning is missing; a refusal and its ACK are
    // the caller's.
    if (!makes_dialog(message) && !request_inside) return same_caller;
    if (group.dialog_count < limits::forks) return 0;
    ++m_merged_forks;
    return same_caller;
}

Id Dialogs::add(std::uint32_t group_index, const Observed& observed, EndpointId source,
                EndpointId destination) {
    CallIdGroup& group = m_groups[group_index];
    if (group.dialog_count >= limits::forks) {
        ++m_merged_forks;
        return group.last_dialog;
    }
    const sip::Message& message = observed.message;
    const sip::Identity& identity = message.identity;
    TextArena& texts = m_analysis.texts;

    Dialog dialog;
    dialog.call_id = group.call_id;
    dialog.inferred = identity.call_id.empty();
    dialog.method = message.method;
    dialog.begins_midway = !message.is_request || needs_a_dialog(message.method) || !identity.to_tag.empty();
    dialog.from_tag = texts.keep(identity.from_tag);
    dialog.to_tag = texts.keep(identity.to_tag);
    dialog.caller = {texts.keep(identity.from_uri), texts.keep(identity.from_display_name), source};
    dialog.callee = {texts.keep(identity.to_uri), texts.keep(identity.to_display_name), destination};
    if (!message.is_request) std::swap(dialog.caller.address, dialog.callee.address);
    // A fork of a dialog whose beginning was seen began with it.
    for (Id id = group.first_dialog; id != 0 && !message.is_request; id = m_extra[id - 1].next_in_group) {
        const Dialog& sibling = m_analysis.dialogs[id - 1];
        if (!sibling.begins_midway && tag_is(sibling.from_tag, identity.from_tag))
            dialog.begins_midway = false;
    }

    m_analysis.dialogs.push_back(dialog);
    const auto id = static_cast<Id>(m_analysis.dialogs.size());
    m_extra.resize(id - 1); // dialogs of other protocols stand between
    m_extra.push_back({0, !identity.to_tag.empty() && (message.is_request || makes_dialog(message))});
    if (group.last_dialog != 0) m_extra[group.last_dialog - 1].next_in_group = id;
    if (group.first_dialog == 0) group.first_dialog = id;
    group.last_dialog = id;
    ++group.dialog_count;
    return id;
}

} // namespace rungs::correlate
