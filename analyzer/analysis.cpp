#include "analyzer/analysis.hpp"

#include <algorithm>

#include "core/limits/correlation.hpp"

namespace rungs {

std::string_view to_string(Bucket bucket) {
    static constexpr std::array<std::string_view, bucket_count> names{
        "sip",          "msn",   "rtp",        "rtcp",  "t38",       "stun",
        "dtls",         "zrtp",  "keep_alive", "icmp",  "fragment",  "tcp_control",
        "tcp_repeated", "other", "other_ip",   "no_ip", "malformed", "beyond_limit"};
    return names[static_cast<std::size_t>(bucket)];
}

std::string_view to_string(Protocol protocol) {
    switch (protocol) {
    case Protocol::sip: return "SIP";
    case Protocol::msn: return "MSN";
    case Protocol::msnslp: return "MSNSLP";
    }
    return "";
}

std::string_view to_string(Carrier carrier) {
    switch (carrier) {
    case Carrier::udp: return "UDP";
    case Carrier::tcp: return "TCP";
    case Carrier::websocket: return "WS";
    }
    return "";
}

std::string_view to_string(DialogState state) {
    switch (state) {
    case DialogState::trying: return "trying";
    case DialogState::early: return "early";
    case DialogState::confirmed: return "confirmed";
    case DialogState::terminated: return "terminated";
    case DialogState::completed: return "completed";
    case DialogState::unknown: return "unknown";
    }
    return "";
}

std::string_view to_string(CallKind kind) {
    switch (kind) {
    case CallKind::call: return "call";
    case CallKind::registration: return "registration";
    case CallKind::subscription: return "subscription";
    case CallKind::message: return "message";
    case CallKind::options: return "options";
    case CallKind::invitation: return "invitation";
    case CallKind::other: return "other";
    }
    return "";
}

std::string_view to_string(CallOutcome outcome) {
    switch (outcome) {
    case CallOutcome::answered: return "answered";
    case CallOutcome::busy: return "busy";
    case CallOutcome::rejected: return "rejected";
    case CallOutcome::cancelled: return "cancelled";
    case CallOutcome::no_answer: return "no_answer";
    case CallOutcome::no_response: return "no_response";
    case CallOutcome::unavailable: return "unavailable";
    case CallOutcome::not_found: return "not_found";
    case CallOutcome::auth_failed: return "auth_failed";
    case CallOutcome::redirected: return "redirected";
    case CallOutcome::failed: return "failed";
    case CallOutcome::accepted: return "accepted";
    case CallOutcome::registered: return "registered";
    case CallOutcome::unregistered: return "unregistered";
    case CallOutcome::delivered: return "delivered";
    case CallOutcome::in_progress: return "in_progress";
    case CallOutcome::unknown: return "unknown";
    }
    return "";
}

std::string_view to_string(EndedBy ended_by) {
    switch (ended_by) {
    case EndedBy::nobody: return "";
    case EndedBy::caller: return "caller";
    case EndedBy::callee: return "callee";
    case EndedBy::network: return "network";
    }
    return "";
}

std::string_view to_string(Evidence evidence) {
    switch (evidence) {
    case Evidence::call_id: return "same Call-ID";
    case Evidence::x_call_id: return "header names the other Call-ID";
    case Evidence::session_id: return "same Session-ID";
    case Evidence::replaces: return "Replaces names the other dialog";
    case Evidence::refer_to: return "REFER led to it";
    case Evidence::via_chain: return "same originator Via branch";
    case Evidence::sdp_origin: return "same SDP origin";
    case Evidence::sdp_media: return "same SDP media address";
    case Evidence::numbers: return "same user called";
    case Evidence::middle_host: return "same host in the middle";
    case Evidence::answer_time: return "answered together";
    case Evidence::release_time: return "released together";
    case Evidence::invitation: return "accepted invitation named the endpoints";
    }
    return "";
}

std::string_view to_string(Confidence confidence) {
    switch (confidence) {
    case Confidence::suggested: return "suggested";
    case Confidence::probable: return "probable";
    case Confidence::certain: return "certain";
    }
    return "";
}

std::string_view to_string(InvitationState state) {
    switch (state) {
    case InvitationState::offered: return "offered";
    case InvitationState::accepted: return "accepted";
    case InvitationState::rejected: return "rejected";
    case InvitationState::cancelled: return "cancelled";
    case InvitationState::timed_out: return "timed_out";
    }
    return "";
}

std::vector<Hop> hops_of(const Analysis& analysis, const Dialog& dialog) {
    std::vector<Hop> hops;
    for (Id id = dialog.first_message; id != 0; id = analysis.message(id).next_in_dialog) {
        const Message& message = analysis.message(id);
        const IpAddress& from = analysis.endpoint(message.source).address;
        const IpAddress& to = analysis.endpoint(message.destination).address;
        const bool known = std::any_of(hops.begin(), hops.end(), [&](const Hop& hop) {
            const IpAddress& a = analysis.endpoint(hop.from).address;
            const IpAddress& b = analysis.endpoint(hop.to).address;
            if (from == to) { // one host talks to itself: only the ports tell the links apart
                return (hop.from == message.source && hop.to == message.destination) ||
                       (hop.from == message.destination && hop.to == message.source);
            }
            return (a == from && b == to) || (a == to && b == from);
        });
        if (!known && hops.size() < limits::hops) hops.push_back({message.source, message.destination});
    }
    return hops;
}

} // namespace rungs
