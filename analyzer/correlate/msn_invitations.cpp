#include "analyzer/correlate/msn_invitations.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "analyzer/correlate/outcome.hpp"
#include "core/limits/correlation.hpp"
#include "core/limits/msn.hpp"
#include "core/text.hpp"

namespace rungs::correlate {
namespace {

using msn::CancelCode;
using msn::InvitationCommand;

/// Clocks of two captures may differ this much.
constexpr Duration clock_slack = std::chrono::seconds(5);

bool contains(const auto& all, const auto& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

void add_once(std::vector<std::string>& all, std::string_view one) {
    if (!one.empty() && !contains(all, one)) all.emplace_back(one);
}

/// "alice@example.com" of "msnmsgr:alice@example.com".
std::string_view passport_in(std::string_view uri) {
    return istarts_with(uri, "msnmsgr:") ? uri.substr(8) : uri;
}

bool is_refusal(CancelCode code) {
    return code == CancelCode::reject || code == CancelCode::reject_not_installed;
}

bool is_timeout(CancelCode code) {
    return code == CancelCode::timeout || code == CancelCode::transfer_timeout;
}

} // namespace

// --- while reading

Id MsnInvitations::take(Id id, Id first, const msn::Invitation& body, const Sender& sender) {
    if (first != 0) {
        Record* record = find_by_message(first);
        if (record == nullptr) return 0;
        add_copy(*record, first, sender);
        return join(*record, id);
    }
    if (body.cookie.empty()) return 0;
    const Message& message = m_analysis.message(id);
    Event event;
    event.message = id;
    event.time = message.time;
    event.command = body.command;
    event.cancel_code = body.cancel_code;
    event.connection = sender.connection;
    event.source = message.source;
    event.from_client = sender.from_client;
    event.passport = sender.passport;
    event.session_id = body.session_id;
    event.address = body.address ? body.address : body.enc64_address;

    Record* record = find_by_cookie(body, event);
    if (record == nullptr) record = open(false);
    if (record == nullptr) return 0;
    const auto number = static_cast<std::uint32_t>(number_of(*record));
    if (record->events.empty()) {
        record->connection = sender.connection;
        m_by_cookie[std::string(body.cookie)].push_back(number);
    }
    m_by_message[id] = number;
    Invitation& invitation = m_analysis.invitations[number];
    invitation.cookie = body.cookie;
    if (invitation.application.empty())
        invitation.application = body.application != msn::Application::unknown ? to_string(body.application)
                                                                               : body.application_name;
    add_once(invitation.session_ids, body.session_id);
    if (record->events.empty() || invitation.requested.empty()) {
        for (const std::string_view token : body.requested)
            add_once(invitation.requested, msn::media_name(token));
    }
    keep(*record, std::move(event));
    return join(*record, id);
}

Id MsnInvitations::take(Id id, Id first, const msn::SlpMessage& message) {
    if (first != 0) {
        Record* record = find_by_message(first);
        return record == nullptr ? 0 : join(*record, id);
    }
    if (message.call_id.empty()) return 0;
    Record* record = nullptr;
    if (const auto known = m_by_call_id.find(message.call_id); known != m_by_call_id.end()) {
        record = &m_records[known->second];
    } else {
        record = open(true);
        if (record == nullptr) return 0;
        m_by_call_id.emplace(message.call_id, static_cast<std::uint32_t>(number_of(*record)));
        m_analysis.dialogs[record->dialog - 1].call_id = m_analysis.texts.keep(message.call_id);
    }
    m_by_message[id] = static_cast<std::uint32_t>(number_of(*record));
    Invitation& invitation = m_analysis.invitations[number_of(*record)];
    if (invitation.application.empty()) invitation.application = to_string(message.application);
    if (message.session_id) add_once(invitation.session_ids, fmt::format("{}", *message.session_id));

    const Message& carried = m_analysis.message(id);
    Event event;
    event.message = id;
    event.time = carried.time;
    event.status = message.status;
    event.source = carried.source;
    event.from_client = true;
    event.passport = passport_in(message.from.uri);
    if (message.is_request && message.method == "INVITE") {
        event.command = InvitationCommand::invite;
    } else if (message.is_request && message.method == "BYE") {
        event.command = InvitationCommand::cancel;
        event.cancel_code = CancelCode::other;
    } else if (message.status >= 200) {
        const bool success = message.status < 300;
        event.command = success ? InvitationCommand::accept : InvitationCommand::cancel;
        event.cancel_code = message.status == 603 ? CancelCode::reject : CancelCode::other;
    }
    // The other side is the one that the first request is for.
    if (record->events.empty()) record->invitee.passport = passport_in(message.to.uri);
    keep(*record, std::move(event));
    return join(*record, id);
}

void MsnInvitations::keep(Record& record, Event event) {
    if (record.events.size() < limits::msn_invitation_events)
        record.events.push_back(std::move(event));
    else
        ++m_analysis.limits_reached["msn_invitation_events"];
}

MsnInvitations::Record* MsnInvitations::open(bool slp) {
    if (m_records.size() >= limits::msn_invitations) {
        ++m_not_followed;
        return nullptr;
    }
    Dialog dialog;
    dialog.protocol = slp ? Protocol::msnslp : Protocol::msn;
    dialog.method = sip::Method::invite;
    dialog.inferred = !slp;
    m_analysis.dialogs.push_back(dialog);
    m_analysis.invitations.emplace_back();
    Record& record = m_records.emplace_back();
    record.dialog = static_cast<Id>(m_analysis.dialogs.size());
    record.slp = slp;
    return &record;
}

/// The last invitation with this cookie in the same session. An INVITE begins another one, unless the inviter
/// only says again what nobody has answered.
MsnInvitations::Record* MsnInvitations::find_by_cookie(const msn::Invitation& body, const Event& event) {
    const auto found = m_by_cookie.find(body.cookie);
    if (found == m_by_cookie.end()) return nullptr;
    const auto& numbers = found->second;
    const std::size_t oldest = numbers.size() - std::min(numbers.size(), limits::hops);
    for (std::size_t i = numbers.size(); i > oldest; --i) {
        Record& record = m_records[numbers[i - 1]];
        if (!m_sessions.may_be_one(record.connection, event.connection)) continue;
        const Event& last = record.events.back();
        const bool again = last.command == InvitationCommand::invite && last.source == event.source;
        return event.command != InvitationCommand::invite || again ? &record : nullptr;
    }
    return nullptr;
}

MsnInvitations::Record* MsnInvitations::find_by_message(Id first) {
    const auto found = m_by_message.find(first);
    return found == m_by_message.end() ? nullptr : &m_records[found->second];
}

Id MsnInvitations::join(Record& record, Id id) {
    m_analysis.invitations[number_of(record)].messages.push_back(id);
    return record.dialog;
}

void MsnInvitations::add_copy(Record& record, Id first, const Sender& sender) {
    const auto event = std::find_if(record.events.begin(), record.events.end(),
                                    [&](const Event& known) { return known.message == first; });
    if (event == record.events.end()) return;
    if (event->passport.empty()) event->passport = sender.passport;
    if (sender.from_client) {
        event->connection = sender.connection;
        event->source = m_sessions[sender.connection].client;
        event->from_client = true;
    } else if (!event->receiver) {
        event->receiver = sender.connection;
    }
}

std::size_t MsnInvitations::number_of(const Record& record) const {
    return static_cast<std::size_t>(&record - m_records.data());
}

// --- at the end

void MsnInvitations::resolve() {
    for (std::size_t i = 0; i < m_records.size(); ++i) resolve(m_records[i], m_analysis.invitations[i]);
    find_legs();
}

void MsnInvitations::resolve(Record& record, Invitation& invitation) {
    name_sides(record);
    follow(record, invitation);
    invitation.inviter = record.inviter.passport;
    invitation.invitee = record.invitee.passport;
    fill_dialog(record);
}

std::string MsnInvitations::passport_of(const Event& event) const {
    if (!event.passport.empty() || !event.from_client) return event.passport;
    return m_sessions[event.connection].user;
}

/// Passports tell the sides apart; without them the addresses of the senders, or the Session-ID of each side.
bool MsnInvitations::same_side(const Event& a, const Event& b) const {
    const std::string one = passport_of(a), other = passport_of(b);
    if (!one.empty() && !other.empty()) return iequals(one, other);
    if (a.from_client && b.from_client) {
        const Endpoint& from = m_analysis.endpoint(a.source);
        const Endpoint& other_from = m_analysis.endpoint(b.source);
        const Endpoint& to = m_analysis.endpoint(m_analysis.message(a.message).destination);
        return from.address == to.address ? from == other_from : from.address == other_from.address;
    }
    if (!a.session_id.empty() && !b.session_id.empty()) return a.session_id == b.session_id;
    return a.message == b.message;
}

bool MsnInvitations::by_inviter(const Record& record, const Event& event) const {
    const Event& first = record.events.front();
    // Where the capture begins after the INVITE, the first to accept or to refuse was invited.
    const bool first_is_invited =
        first.command == InvitationCommand::accept || is_refusal(first.cancel_code) || first.status != 0;
    return same_side(event, first) != first_is_invited;
}

void MsnInvitations::name_sides(Record& record) {
    for (const Event& event : record.events) {
        const bool inviter = by_inviter(record, event);
        Side& side = inviter ? record.inviter : record.invitee;
        Side& other = inviter ? record.invitee : record.inviter;
        Message& message = m_analysis.messages[event.message - 1];
        message.from_caller = inviter;
        if (side.passport.empty()) side.passport = passport_of(event);
        if (event.from_client && !side.client) side.client = event.source;
        if (event.command == InvitationCommand::accept && event.address && !side.address) {
            side.address = event.address;
        }
        if (event.receiver) {
            const MsnSessions::Connection& receiver = m_sessions[*event.receiver];
            if (other.passport.empty()) other.passport = receiver.user;
            if (!other.client) other.client = receiver.client;
        } else if (message.carrier == Carrier::udp && !other.client) {
            other.client = message.destination;
        }
        if (record.slp || !other.passport.empty()) continue;
        const MsnSessions::Connection& connection = m_sessions[event.connection];
        if (event.from_client && connection.others.size() == 1) other.passport = connection.others.front();
        if (!event.from_client) other.passport = connection.user;
    }
}

void MsnInvitations::follow(Record& record, Invitation& invitation) {
    for (const Event& event : record.events) {
        const bool inviter = by_inviter(record, event);
        switch (event.command) {
        case InvitationCommand::accept:
            if (inviter && invitation.state == InvitationState::offered && !record.slp)
                break; // says its address
            if (invitation.state == InvitationState::offered) invitation.state = InvitationState::accepted;
            if (!record.accepted) record.accepted = event.time;
            record.final_status = record.final_status == 0 ? event.status : record.final_status;
            break;
        case InvitationCommand::cancel:
            record.ended = event.time;
            if (invitation.state != InvitationState::offered) break; // the normal end
            invitation.state = is_timeout(event.cancel_code)               ? InvitationState::timed_out
                               : !inviter && is_refusal(event.cancel_code) ? InvitationState::rejected
                                                                           : InvitationState::cancelled;
            record.ended_by_inviter = inviter;
            record.final_status = event.status;
            invitation.ended_by = inviter ? record.inviter.passport : record.invitee.passport;
            break;
        default: break;
        }
    }
    for (const Side* side : {&record.inviter, &record.invitee}) {
        if (side->address) invitation.endpoints.push_back({side->passport, to_string(*side->address)});
    }
}

void MsnInvitations::fill_dialog(const Record& record) {
    Dialog& dialog = m_analysis.dialogs[record.dialog - 1];
    dialog.caller = party(record.inviter);
    dialog.callee = party(record.invitee);
    switch (m_analysis.invitations[number_of(record)].state) {
    case InvitationState::offered: dialog.state = DialogState::trying; break;
    case InvitationState::accepted:
        dialog.state = record.ended ? DialogState::terminated : DialogState::confirmed;
        break;
    case InvitationState::rejected:
    case InvitationState::cancelled:
    case InvitationState::timed_out: dialog.state = DialogState::terminated; break;
    }
    dialog.begins_midway = record.events.front().command != InvitationCommand::invite;
}

Party MsnInvitations::party(const Side& side) const {
    Party party;
    party.uri = m_analysis.texts.keep(side.passport);
    party.display_name = m_analysis.texts.keep(m_sessions.nickname(side.passport));
    party.address = side.client;
    return party;
}

/// Each leg goes with the invitation that named its ends last before it began.
void MsnInvitations::find_legs() {
    struct Named {
        Endpoint address;
        Timestamp accepted;
        std::size_t number;
        auto operator<=>(const Named&) const = default;
    };
    std::vector<Named> named;
    for (std::size_t i = 0; i < m_records.size(); ++i) {
        const Record& record = m_records[i];
        if (!record.accepted || record.slp) continue;
        for (const Side* side : {&record.inviter, &record.invitee}) {
            if (side->address) named.push_back({*side->address, *record.accepted, i});
        }
    }
    std::sort(named.begin(), named.end());
    if (named.empty()) return;

    const auto fits = [&](const Record& record, const Endpoint& a, const Endpoint& b, Timestamp start) {
        if (record.ended && *record.ended + clock_slack < start) return false;
        const auto ends_at = [&](const Side& side) {
            return !side.address || *side.address == a || *side.address == b;
        };
        return ends_at(record.inviter) && ends_at(record.invitee);
    };
    for (Id id = 1; id <= m_analysis.dialogs.size(); ++id) {
        const Dialog& dialog = m_analysis.dialog(id);
        if (dialog.protocol != Protocol::sip || kind_of(dialog.method) != CallKind::call) continue;
        if (!dialog.caller.address || !dialog.callee.address) continue;
        const Endpoint& caller = m_analysis.endpoint(*dialog.caller.address);
        const Endpoint& callee = m_analysis.endpoint(*dialog.callee.address);
        const Timestamp start = m_analysis.message(dialog.first_message).time;
        const Named* best = nullptr;
        for (const Endpoint& end : {caller, callee}) {
            auto after =
                std::upper_bound(named.begin(), named.end(), std::pair(end, start + clock_slack),
                                 [](const auto& wanted, const Named& candidate) {
                                     return wanted < std::pair(candidate.address, candidate.accepted);
                                 });
            for (std::size_t seen = 0; after != named.begin() && seen < limits::legs; ++seen) {
                --after;
                if (after->address != end) break;
                if (!fits(m_records[after->number], caller, callee, start)) continue;
                if (best == nullptr || best->accepted < after->accepted) best = &*after;
                break;
            }
        }
        if (best == nullptr) continue;
        m_records[best->number].used = true;
        m_legs.push_back({m_records[best->number].dialog, id});
    }
}

// --- calls

void MsnInvitations::settle_calls() {
    std::vector<std::pair<Id, Id>> by_call;
    for (std::size_t i = 0; i < m_records.size(); ++i) {
        Invitation& invitation = m_analysis.invitations[i];
        invitation.call = m_analysis.dialog(m_records[i].dialog).call;
        by_call.emplace_back(invitation.call, static_cast<Id>(i + 1));
    }
    std::sort(by_call.begin(), by_call.end());
    for (const auto& [call_id, invitation_id] : by_call) {
        Call& call = m_analysis.calls[call_id - 1];
        Range& range = m_analysis.make_details_of(call).invitations;
        const bool first = range.count == 0;
        if (first) range.first = static_cast<std::uint32_t>(m_analysis.call_invitations.size());
        ++range.count;
        m_analysis.call_invitations.push_back(invitation_id);
        if (!first) continue; // a call is what it was begun as
        const Record& record = m_records[invitation_id - 1];
        if (record.used)
            name_callers(record, call);
        else
            settle_invitation(record, m_analysis.invitations[invitation_id - 1], call);
    }
}

/// An invitation that led to no call is all there is.
void MsnInvitations::settle_invitation(const Record& record, const Invitation& invitation, Call& call) const {
    call.kind = CallKind::invitation;
    m_analysis.make_details_of(call).parties = {party(record.inviter), party(record.invitee)};
    call.final_status = record.final_status;
    switch (invitation.state) {
    case InvitationState::offered: call.outcome = CallOutcome::in_progress; return;
    case InvitationState::accepted: call.outcome = CallOutcome::accepted; return;
    case InvitationState::rejected: call.outcome = CallOutcome::rejected; break;
    case InvitationState::cancelled: call.outcome = CallOutcome::cancelled; break;
    case InvitationState::timed_out: call.outcome = CallOutcome::no_answer; break;
    }
    call.ended_by = record.ended_by_inviter ? EndedBy::caller : EndedBy::callee;
}

/// Who invited is the caller, whoever sent SIP's INVITE.
void MsnInvitations::name_callers(const Record& record, Call& call) const {
    const auto at = [&](const Party& party, const Side& side) {
        return party.address && side.address && m_analysis.endpoint(*party.address) == *side.address;
    };
    Parties parties{m_analysis.caller_of(call), m_analysis.callee_of(call)};
    const bool turned = at(parties.caller, record.invitee) || at(parties.callee, record.inviter);
    if (turned) {
        std::swap(parties.caller, parties.callee);
        if (call.ended_by == EndedBy::caller)
            call.ended_by = EndedBy::callee;
        else if (call.ended_by == EndedBy::callee)
            call.ended_by = EndedBy::caller;
    }
    const auto name = [&](Party& named, const Side& side) {
        if (side.passport.empty()) return;
        const auto address = named.address;
        named = party(side);
        named.address = address;
    };
    name(parties.caller, record.inviter);
    name(parties.callee, record.invitee);
    m_analysis.make_details_of(call).parties = parties;
}

} // namespace rungs::correlate
