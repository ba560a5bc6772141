#pragma once

#include <string>
#include <string_view>
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
    Timestamp time;               ///< of the first
    std::string_view msn_command; ///< INVITE, ACCEPT, CANCEL, REJECT, TIMEOUT; static
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

/// The message that `id` repeats; with `hops` also the first one that it forwards.
Id original_of(const Analysis& analysis, Id id, bool hops);

/// What a message of MSN or MSNSLP does to an invitation: INVITE, ACCEPT, CANCEL, or REJECT and TIMEOUT for a
/// CANCEL with that code. Empty for everything else; static.
std::string_view msn_command_of(const Analysis& analysis, const Message& message);

/// `msn_command`: as `msn_command_of` says.
bool fits(const MessagePattern& pattern, const Message& message, std::string_view msn_command = {});
bool fits(const MessagePattern& pattern, const Event& event, const Analysis& analysis);
bool fits(const MessageStep& step, const Event& event, const Analysis& analysis);

Course course_of(const Analysis& analysis, Id call, const Flow& flow, const FixedRoles& fixed = {});

/// "INVITE", "180 (INVITE)", "MSN ACCEPT".
std::string describe(const Analysis& analysis, const Event& event);
/// Numbers of all frames that carried it, ascending.
std::vector<std::uint64_t> frames_of(const Analysis& analysis, const Event& event);

} // namespace rungs::check
