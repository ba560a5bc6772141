#include "analyzer/live/watch.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "dissectors/sip/status.hpp"

namespace rungs::live {

using sip::Method;

std::string_view to_string(EventKind kind) {
    switch (kind) {
    case EventKind::call_started: return "call_started";
    case EventKind::ringing: return "ringing";
    case EventKind::answered: return "answered";
    case EventKind::call_ended: return "call_ended";
    case EventKind::registration: return "registration";
    case EventKind::finding: return "finding";
    case EventKind::stream: return "stream";
    case EventKind::statistics: return "statistics";
    }
    return {};
}

void Watch::note(const Analysis& analysis, Id id) {
    const Message& message = analysis.message(id);
    if (message.dialog == 0) return;
    Group& group = m_groups[group_for(analysis, message)];
    ++group.messages;
    group.last = std::max(group.last, message.time);
    if (message.protocol == Protocol::sip && message.relation == Relation::original)
        follow(analysis, message, group);
}

/// Without a Call-ID, the place of its first message names a dialog.
std::string Watch::key_of(const Analysis& analysis, Id id) {
    const Dialog& dialog = analysis.dialog(id);
    if (dialog.protocol != Protocol::sip) return std::string(msn_key);
    const std::string_view call_id = analysis.text(dialog.call_id);
    if (!call_id.empty()) return fmt::format("id {}", call_id);
    if (dialog.first_message == 0) return {};
    const Message& first = analysis.message(dialog.first_message);
    return fmt::format("frame {}.{}", first.frame, first.part);
}

/// The group of a message's dialog; a dialog that is new joins that of its Call-ID.
std::size_t Watch::group_for(const Analysis& analysis, const Message& message) {
    if (message.dialog <= m_group_of.size()) return m_group_of[message.dialog - 1];
    const Dialog& dialog = analysis.dialog(message.dialog);
    const bool msn = dialog.protocol != Protocol::sip;
    std::string key = key_of(analysis, message.dialog);
    const auto [known, added] = m_by_key.try_emplace(key, m_groups.size());
    const std::size_t index = known->second;
    if (added) {
        Group& group = m_groups.emplace_back();
        group.key = std::move(key);
        group.first = group.last = message.time;
        group.first_dialog = message.dialog;
        group.together = msn || dialog.call_id.empty();
        if (!msn && dialog.method == Method::invite) group.number = ++m_calls;
    }
    // A message of MSN can begin two dialogs at once.
    m_group_of.resize(std::max<std::size_t>(m_group_of.size(), message.dialog), index);
    return index;
}

void Watch::follow(const Analysis& analysis, const Message& message, Group& group) {
    const bool final_response = message.status >= 200 && !sip::is_challenge(message.status);
    if (message.method == Method::register_ && final_response) {
        ++(message.status < 300 ? m_registrations : m_refused);
        return tell(EventKind::registration, analysis, message, group);
    }
    if (group.number == 0) return;
    if (message.method == Method::invite && message.status != 0)
        return follow_answer(analysis, message, group);
    if (message.status != 0) return;
    if (message.method == Method::invite && group.answered_at == Timestamp{} && !group.told) {
        // Also the next try, after a challenge or a redirection.
        group.state = State::started;
        if (group.messages == 1) tell(EventKind::call_started, analysis, message, group);
    } else if (message.method == Method::bye && group.state != State::over) {
        group.state = State::over;
        group.over_since = message.time;
    }
}

void Watch::follow_answer(const Analysis& analysis, const Message& message, Group& group) {
    if (group.state == State::answered) return;
    if (message.status < 200) {
        if (message.status == 100 || std::exchange(group.rang, true)) return;
        group.state = State::ringing;
        tell(EventKind::ringing, analysis, message, group);
    } else if (message.status < 300) {
        const bool first = group.answered_at == Timestamp{};
        group.state = State::answered;
        group.answered_at = message.time;
        if (first) tell(EventKind::answered, analysis, message, group);
    } else if (!sip::is_challenge(message.status) && group.state != State::over) {
        group.state = State::over;
        group.over_since = message.time;
    }
}

void Watch::tell(EventKind kind, const Analysis& analysis, const Message& message, const Group& group) {
    if (!m_tell) return;
    const Dialog& dialog = analysis.dialog(message.dialog);
    Event event;
    event.kind = kind;
    event.time = message.time;
    event.frame = message.frame;
    event.number = group.number;
    event.call_id = analysis.text(dialog.call_id);
    event.caller = analysis.text(dialog.caller.uri);
    event.callee = analysis.text(dialog.callee.uri);
    event.source = analysis.endpoint(message.source);
    event.destination = analysis.endpoint(message.destination);
    event.status = message.status;
    m_tell(event);
}

void Watch::move_to(const Analysis& analysis) {
    const std::vector<Group> before = std::exchange(m_groups, {});
    const auto known = std::exchange(m_by_key, {});
    m_group_of.clear();
    const Tell tell = std::exchange(m_tell, nullptr);
    const std::uint32_t calls = m_calls;
    for (const Message& message : analysis.messages) {
        if (message.dialog == 0) continue;
        const std::size_t index = group_for(analysis, message);
        ++m_groups[index].messages;
        m_groups[index].last = std::max(m_groups[index].last, message.time);
    }
    m_calls = calls;
    m_tell = tell;
    for (Group& group : m_groups) {
        const auto old = known.find(group.key);
        if (old == known.end()) continue;
        const Group& was = before[old->second];
        group.number = was.number;
        group.state = was.state;
        group.rang = was.rang;
        group.told = was.told;
        group.over_since = was.over_since;
        group.answered_at = was.answered_at;
    }
}

void Watch::end_idle(Timestamp idle_since, Timestamp now) {
    for (Group& group : m_groups) {
        if (!is_open(group) || group.state == State::answered || idle_since < group.last) continue;
        group.state = State::over;
        group.over_since = now;
    }
}

std::vector<std::size_t> Watch::due(Timestamp until) const {
    std::vector<std::size_t> due;
    for (std::size_t i = 0; i < m_groups.size(); ++i) {
        const Group& group = m_groups[i];
        if (group.number != 0 && group.state == State::over && !group.told && group.over_since <= until)
            due.push_back(i);
    }
    return due;
}

std::uint64_t Watch::open() const {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(m_groups, [this](const Group& group) { return is_open(group); }));
}

} // namespace rungs::live
