#include "analyzer/check/events.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "core/limits/input.hpp"

namespace rungs::check {
namespace {

class Folder {
  public:
    Folder(const Analysis& analysis, const Cast& cast) : m_analysis(analysis), m_cast(cast) {}

    bool add(Id id) {
        const auto direction = m_cast.direction_of(id);
        if (!direction) return true;
        const Message& message = m_analysis.message(id);
        Event& event = find_or_add(id, *direction);
        if (event.message == 0) {
            event.msn_command = msn_command_of(m_analysis, message);
            if (m_events.size() > limits::flow_events) {
                m_events.pop_back();
                return false;
            }
            event.from = direction->from;
            event.to = direction->to;
            event.message = id;
            event.time = message.time;
        } else if (message.relation == Relation::duplicate) {
            ++event.duplicates;
        } else if (message.relation == Relation::retransmission) {
            ++event.retransmissions;
        } else {
            ++event.hops;
        }
        event.messages.push_back(id);
        return true;
    }

    std::vector<Event> take() { return std::move(m_events); }

  private:
    Event& find_or_add(Id id, const Direction& direction) {
        const Id original = original_of(m_analysis, id, m_cast.end_to_end());
        if (const auto known = m_by_message.find(original); known != m_by_message.end())
            return m_events[known->second];
        if (m_cast.end_to_end()) {
            // What each link makes for itself (100, CANCEL and the answer to it, ACK of a failure) is one.
            const Message& message = m_analysis.message(id);
            const std::tuple key{m_analysis.dialog(message.dialog).call_id.position, direction.from,
                                 message.method, message.status, message.cseq_number};
            if (message.dialog != 0 && message.cseq_number != 0) {
                const auto [known, is_new] = m_by_kind.try_emplace(key, m_events.size());
                if (!is_new) {
                    m_by_message.emplace(original, known->second);
                    return m_events[known->second];
                }
            }
        }
        m_by_message.emplace(original, m_events.size());
        return m_events.emplace_back();
    }

    const Analysis& m_analysis;
    const Cast& m_cast;
    std::vector<Event> m_events;
    std::map<Id, std::size_t> m_by_message; ///< the original to its event
    std::map<std::tuple<std::uint64_t, RoleIndex, sip::Method, std::uint16_t, std::uint32_t>, std::size_t>
        m_by_kind;
};

} // namespace

Id original_of(const Analysis& analysis, Id id, bool hops) {
    while (true) {
        const Message& message = analysis.message(id);
        const bool repeats =
            message.relation != Relation::original && (hops || message.relation != Relation::hop);
        if (!repeats || message.relates_to == 0 || message.relates_to >= id) return id;
        id = message.relates_to;
    }
}

std::vector<Id> messages_of(const Analysis& analysis, const Call& call) {
    std::vector<Id> messages;
    for (Id dialog = call.first_dialog; dialog != 0; dialog = analysis.dialog(dialog).next_in_call) {
        for (Id id = analysis.dialog(dialog).first_message; id != 0; id = analysis.message(id).next_in_dialog)
            messages.push_back(id);
    }
    for (const Id invitation : analysis.invitations_of(call)) {
        const auto& more = analysis.invitations[invitation - 1].messages;
        messages.insert(messages.end(), more.begin(), more.end());
    }
    std::ranges::sort(messages);
    messages.erase(std::unique(messages.begin(), messages.end()), messages.end());
    return messages;
}

bool fits(const MessagePattern& pattern, const Message& message, std::string_view msn_command) {
    const auto covers = [&message](const StatusRange& range) {
        return message.status >= range.first && message.status <= range.last;
    };
    switch (pattern.kind) {
    case MessagePattern::Kind::any: return true;
    case MessagePattern::Kind::msn:
        // REJECT and TIMEOUT are ways to cancel.
        return !msn_command.empty() &&
               (pattern.command == msn_command ||
                (pattern.command == "CANCEL" && (msn_command == "REJECT" || msn_command == "TIMEOUT")));
    case MessagePattern::Kind::request:
        return message.protocol == Protocol::sip && message.status == 0 && message.method == pattern.method;
    case MessagePattern::Kind::response:
        return message.protocol == Protocol::sip && message.status != 0 &&
               (pattern.method == sip::Method::unknown || pattern.method == message.method) &&
               std::ranges::any_of(pattern.statuses, covers);
    }
    return false;
}

bool fits(const MessagePattern& pattern, const Event& event, const Analysis& analysis) {
    return fits(pattern, analysis.message(event.message), event.msn_command);
}

bool fits(const MessageStep& step, const Event& event, const Analysis& analysis) {
    return (step.from == any_role || step.from == event.from) &&
           (step.to == any_role || step.to == event.to) && fits(step.what, event, analysis);
}

namespace {

/// Of the protocols in a call a flow sees those that its steps name; what they do not name is no extra event.
std::vector<Id> messages_for(const Analysis& analysis, const Call& call, const Flow& flow) {
    const auto asks_for_msn = [](const Step& step) {
        return step.message.what.kind == MessagePattern::Kind::msn;
    };
    const auto asks_for_sip = [](const Step& step) {
        return step.message.what.kind == MessagePattern::Kind::request ||
               step.message.what.kind == MessagePattern::Kind::response;
    };
    const bool msn = std::ranges::any_of(flow.steps, asks_for_msn);
    const bool sip = !msn || std::ranges::any_of(flow.steps, asks_for_sip);
    std::vector<Id> messages = messages_of(analysis, call);
    std::erase_if(messages, [&](Id id) {
        const Message& message = analysis.message(id);
        if (message.protocol == Protocol::sip) return !sip;
        return !msn || msn_command_of(analysis, message).empty();
    });
    return messages;
}

} // namespace

Course course_of(const Analysis& analysis, Id id, const Flow& flow, const FixedRoles& fixed) {
    const Call& call = analysis.call(id);
    const std::vector<Id> messages = messages_for(analysis, call, flow);
    const Cast cast(analysis, flow, call, messages, fixed);
    Folder folder(analysis, cast);
    Course course;
    for (const Id message : messages) {
        if (course.capped) break;
        course.capped = !folder.add(message);
    }
    course.events = folder.take();
    course.roles = cast.bound();
    for (const Capture& capture : analysis.captures)
        course.capture_end = std::max(course.capture_end, capture.file.last);
    return course;
}

std::string describe(const Analysis& analysis, const Event& event) {
    const Message& message = analysis.message(event.message);
    if (!event.msn_command.empty()) return fmt::format("MSN {}", event.msn_command);
    if (message.protocol != Protocol::sip) return std::string(to_string(message.protocol));
    const std::string_view method =
        message.method == sip::Method::unknown ? std::string_view("?") : sip::to_string(message.method);
    return message.status == 0 ? std::string(method) : fmt::format("{} ({})", message.status, method);
}

std::vector<std::uint64_t> frames_of(const Analysis& analysis, const Event& event) {
    std::vector<std::uint64_t> frames;
    for (const Id id : event.messages) {
        const auto more = analysis.frames_of(analysis.message(id));
        frames.insert(frames.end(), more.begin(), more.end());
    }
    std::ranges::sort(frames);
    frames.erase(std::unique(frames.begin(), frames.end()), frames.end());
    return frames;
}

} // namespace rungs::check
