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
    const Id first = first_of(observed.message.identity.call_id);
    Id dialog = first == 0 ? 0 : choose(first, observed);
    if (dialog == 0) dialog = add(first, observed, source, destination);
    const bool from_caller =
        tag_is(m_analysis.dialogs[dialog - 1].from_tag, observed.message.identity.from_tag);
    return {dialog, first == 0 ? dialog : first, observed.message.is_request && from_caller};
}

Id Dialogs::first_of(std::string_view call_id) const {
    const auto found = m_by_call_id.find(call_id);
    return found == m_by_call_id.end() ? 0 : *found;
}

Id Dialogs::add_inferred(const Observed& observed, EndpointId source, EndpointId destination) {
    return add(0, observed, source, destination);
}

std::size_t Dialogs::count_from(Id first) const {
    std::size_t count = 0;
    for (Id id = first; id != 0; id = next_of_call_id(id)) ++count;
    return count;
}

Id Dialogs::choose(Id first, const Observed& observed) {
    const sip::Message& message = observed.message;
    const std::string_view from = message.identity.from_tag;
    const std::string_view to = message.identity.to_tag;

    Id same_caller = 0;     // the first dialog with this From tag
    Id half_known = 0;      // one with this From tag whose To tag is not known for certain
    Id half_known_back = 0; // the same, the message going the other way
    for (Id id = first; id != 0; id = next_of_call_id(id)) {
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
    if (count_from(first) < limits::forks) return 0;
    ++m_merged_forks;
    return same_caller;
}

Id Dialogs::add(Id first, const Observed& observed, EndpointId source, EndpointId destination) {
    Id last = 0;
    std::size_t count = 0;
    for (Id id = first; id != 0; id = next_of_call_id(id), ++count) last = id;
    if (count >= limits::forks) {
        ++m_merged_forks;
        return last;
    }
    const sip::Message& message = observed.message;
    const sip::Identity& identity = message.identity;
    TextArena& texts = m_analysis.texts;

    Dialog dialog;
    dialog.call_id = first == 0 ? texts.keep(identity.call_id) : m_analysis.dialog(first).call_id;
    dialog.inferred = identity.call_id.empty();
    dialog.method = message.method;
    dialog.begins_midway = !message.is_request || needs_a_dialog(message.method) || !identity.to_tag.empty();
    dialog.from_tag = texts.keep(identity.from_tag);
    dialog.to_tag = texts.keep(identity.to_tag);
    dialog.caller = {texts.keep(identity.from_uri), texts.keep(identity.from_display_name), source};
    dialog.callee = {texts.keep(identity.to_uri), texts.keep(identity.to_display_name), destination};
    if (!message.is_request) std::swap(dialog.caller.address, dialog.callee.address);
    // A fork of a dialog whose beginning was seen began with it.
    for (Id id = first; id != 0 && !message.is_request; id = next_of_call_id(id)) {
        const Dialog& sibling = m_analysis.dialogs[id - 1];
        if (!sibling.begins_midway && tag_is(sibling.from_tag, identity.from_tag))
            dialog.begins_midway = false;
    }

    m_analysis.dialogs.push_back(dialog);
    const auto id = static_cast<Id>(m_analysis.dialogs.size());
    m_extra.resize(id - 1); // dialogs of other protocols stand between
    m_extra.push_back({0, !identity.to_tag.empty() && (message.is_request || makes_dialog(message))});
    if (last != 0) m_extra[last - 1].next = id & ~(1U << 31U);
    // What has no text (none was sent, or the arena is full) is not found again.
    if (first == 0 && !dialog.call_id.empty()) m_by_call_id.insert(id);
    return id;
}

} // namespace rungs::correlate
