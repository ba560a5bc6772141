#pragma once

#include <string>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/check/flow.hpp"
#include "analyzer/check/roles.hpp"
#include "core/limits/input.hpp"

/// What happened in a call, as a flow looks at it: each message once as it was sent once.
namespace rungs::check {

struct Event {
    RoleIndex from = any_role, to = any_role;
    Id message = 0;           ///< the first of `messages`
    std::vector<Id> messages; ///< with retransmissions, duplicates, and hops where all links are seen as one
    unsigned retransmissions = 0, duplicates = 0, hops = 0;
    Timestamp time; ///< of the first
};

/// One call through the eyes of one flow.
struct Course {
    std::vector<Event> events; ///< in order of frames
    std::vector<Bound> roles;  ///< one for each role of the flow
    Timestamp capture_end;     ///< time of the last frame of all captures
    bool capped = false;       ///< limits::flow_events was reached: the rest is left out
};

/// Messages of the call's dialogs and of its invitations, each once, ascending.
std::vector<Id> messages_of(const Analysis& analysis, const Call& call);

bool fits(const MessagePattern& pattern, const Message& message);
bool fits(const MessageStep& step, const Event& event, const Analysis& analysis);

Course course_of(const Analysis& analysis, Id call, const Flow& flow, const FixedRoles& fixed = {});

/// "INVITE", "180 (INVITE)".
std::string describe(const Message& message);
/// Numbers of all frames that carried it, ascending.
std::vector<std::uint64_t> frames_of(const Analysis& analysis, const Event& event);

} // namespace rungs::check
