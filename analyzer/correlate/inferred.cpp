#include "analyzer/correlate/inferred.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/hash.hpp"
#include "core/limits/correlation.hpp"
#include "core/text.hpp"
#include "dissectors/sip/headers.hpp"
#include "dissectors/sip/status.hpp"
#include "dissectors/sip/uri.hpp"

namespace rungs::correlate {
namespace {

using sip::Method;

/// A proxy passes a request on within this; the slowest that was seen took 1.2 s.
constexpr Duration hop_within = std::chrono::seconds(2);
/// RFC 3261 section 17.1.1.2, Timer B: what comes later is no repetition and no answer.
constexpr Duration timer_b = std::chrono::seconds(32);
/// A packet captured twice follows itself at once.
constexpr Duration same_packet_within = std::chrono::milliseconds(5);

using sip::is_challenge;
using sip::is_success;

std::uint64_t pair_of(EndpointId source, EndpointId destination) {
    return std::uint64_t{source} << 32U | destination;
}

std::uint64_t name_hash(std::string_view user) {
    return user.empty() ? 0 : TextHash{}(user);
}

/// "ana" of "sip:ana@lab.example", "ana@lab.example" and "ana".
std::string_view bare_name(std::string_view text) {
    if (istarts_with(text, "sip:")) text.remove_prefix(4);
    return text.substr(0, text.find('@'));
}

std::string_view origin_name(const Observed& observed) {
    if (observed.description == nullptr) return {};
    const std::string_view name = observed.description->origin.username;
    return name == "-" ? std::string_view{} : name;
}

/// The users of a URI that was not valid are read as far as they go.
std::uint64_t user_of(const sip::Message& message) {
    return message.is_request ? name_hash(bare_name(sip::parse_uri(message.request_uri).user)) : 0;
}

/// What a response says about a request that was not captured.
Method method_told_by(const Observed& response) {
    if (response.message.find(sip::HeaderName::www_authenticate) != nullptr) return Method::register_;
    const bool rings = response.message.status == 180;
    return rings || response.description != nullptr ? Method::invite : Method::unknown;
}

std::string uri_of(std::string_view user, std::string_view host) {
    std::string text("sip:");
    return text.append(user).append("@").append(host);
}

} // namespace

Inferred::Place Inferred::place(Id id, const Observed& observed, EndpointId source, EndpointId destination) {
    const sip::Message& message = observed.message;
    const Seen seen{id,
                    observed,
                    source,
                    destination,
                    message.method,
                    user_of(message),
                    TextHash{}(trim(as_text(message.bytes)))};
    return message.is_request ? place_request(seen) : place_response(seen);
}

// --- requests

Inferred::Place Inferred::place_request(const Seen& seen) {
    if (seen.method == Method::register_) note_user(seen);
    if (const Index before = sent_before(seen)) return again(before, seen);
    if (const Index before = hop_before(seen)) return next_hop(before, seen);
    switch (seen.method) {
    case Method::invite: return begin(dialog_of_invite(seen), seen, true);
    case Method::ack: return begin(dialog_of_ack(seen), seen, true);
    case Method::bye:
    case Method::cancel: {
        const Id dialog = dialog_of_bye(seen);
        const CallState* call = call_of(dialog);
        const bool from_caller =
            seen.method == Method::cancel || (call != nullptr && bye_is_from_caller(seen, *call));
        return begin(dialog, seen, from_caller);
    }
    case Method::register_: return begin(dialog_of_register(seen), seen, true);
    default: return begin(new_dialog(seen), seen, true);
    }
}

/// The same text from the same port while nothing final came back; an INVITE also from another port of the
/// same host while nothing came back at all.
Inferred::Index Inferred::sent_before(const Seen& seen) const {
    const auto waits = [&](const Transaction& earlier) {
        return earlier.method == seen.method && earlier.content == seen.content &&
               earlier.final_status == 0 && seen.observed.time - earlier.time <= timer_b;
    };
    std::size_t steps = 0;
    for (Index index = newest_on_pair(seen.source, seen.destination); index != 0 && steps < limits::hops;
         index = transaction(index).earlier_on_pair, ++steps) {
        if (waits(transaction(index))) return index;
    }
    if (seen.method != Method::invite) return 0;
    const auto newest = m_by_method.find(static_cast<std::uint64_t>(seen.method));
    steps = 0;
    for (Index index = newest == m_by_method.end() ? 0 : newest->second; index != 0 && steps < limits::hops;
         index = transaction(index).earlier_of_method, ++steps) {
        const Transaction& earlier = transaction(index);
        if (waits(earlier) && earlier.responses.empty() && earlier.destination == seen.destination &&
            same_address(earlier.source, seen.source)) {
            return index;
        }
    }
    return 0;
}

/// Another port, the same method and user, from the host that got it: of several, one that was not passed on
/// yet, then one with the same text, then the nearest in time.
Inferred::Index Inferred::hop_before(const Seen& seen) const {
    const auto newest = m_by_method.find(static_cast<std::uint64_t>(seen.method));
    Index best = 0;
    int best_fit = -1;
    std::size_t steps = 0;
    for (Index index = newest == m_by_method.end() ? 0 : newest->second; index != 0 && steps < limits::hops;
         index = transaction(index).earlier_of_method, ++steps) {
        const Transaction& earlier = transaction(index);
        if (seen.observed.time - earlier.time > hop_within) break;
        const bool same_user = earlier.user == seen.user || earlier.user == 0 || seen.user == 0;
        const bool passed_on = earlier.source != seen.source && earlier.destination != seen.destination &&
                               same_address(earlier.destination, seen.source);
        if (!same_user || !passed_on || seen.method == Method::unknown) continue;
        const int fit = (earlier.sent_on_as == 0 ? 2 : 0) + (earlier.content == seen.content ? 1 : 0);
        if (fit > best_fit) best = index;
        best_fit = std::max(best_fit, fit);
    }
    return best;
}

Inferred::Place Inferred::again(Index index, const Seen& seen) {
    Transaction& sent = transaction(index);
    const Message& first = m_analysis.message(sent.request);
    const Duration apart = seen.observed.time - sent.time;
    const bool same_packet =
        seen.observed.frame != first.frame && apart < same_packet_within && sent.source == seen.source;
    sent.time = seen.observed.time;
    // Answers may come to the port that it left from this time.
    if (sent.source != seen.source) m_by_pair[pair_of(seen.source, seen.destination)] = index;
    return {sent.dialog,  sent.number,
            sent.request, same_packet ? Relation::duplicate : Relation::retransmission,
            sent.method,  first.from_caller};
}

Inferred::Place Inferred::next_hop(Index before, const Seen& seen) {
    const Id dialog = transaction(before).dialog;
    const Index index = new_transaction(seen, dialog);
    transaction(index).received_as = before;
    transaction(before).sent_on_as = index;
    note_forwarding(seen, transaction(before));
    const Id first = transaction(before).request;
    return {dialog,      transaction(index).number,
            first,       Relation::hop,
            seen.method, m_analysis.message(first).from_caller};
}

/// Where a request arrives tells whom it was meant for.
void Inferred::note_forwarding(const Seen& seen, Transaction& first) {
    CallState* call = call_of(first.dialog);
    if (call == nullptr) return;
    call->last = seen.observed.time;
    if (seen.method == Method::invite) {
        call->called_at = seen.destination;
        m_analysis.dialogs[first.dialog - 1].callee.address = seen.destination;
    } else if (seen.method == Method::ack) {
        call->misrouted = call->misrouted || seen.destination != call->called_at;
    } else if (seen.method == Method::bye && !call->misrouted) {
        const User* caller = user_named(call->caller);
        const bool to_caller = caller != nullptr && caller->listens == m_analysis.endpoint(seen.destination);
        const bool to_callee = call->called_at == seen.destination;
        if (to_caller != to_callee) m_analysis.messages[first.request - 1].from_caller = to_callee;
    }
}

Inferred::Place Inferred::begin(Id dialog, const Seen& seen, bool from_caller) {
    const Index index = new_transaction(seen, dialog);
    return {dialog, transaction(index).number, 0, Relation::original, seen.method, from_caller};
}

Id Inferred::dialog_of_invite(const Seen& seen) {
    // With credentials after a challenge, or again inside the call: from the same host to the same server.
    const auto newest = m_by_method.find(static_cast<std::uint64_t>(Method::invite));
    std::size_t steps = 0;
    for (Index index = newest == m_by_method.end() ? 0 : newest->second; index != 0 && steps < limits::hops;
         index = transaction(index).earlier_of_method, ++steps) {
        const Transaction& earlier = transaction(index);
        if (earlier.user != seen.user || earlier.destination != seen.destination ||
            !same_address(earlier.source, seen.source)) {
            continue;
        }
        const CallState* call = call_of(earlier.dialog);
        const bool goes_on = call != nullptr && !call->over && is_success(earlier.final_status) &&
                             earlier.source == seen.source;
        if (goes_on || (is_challenge(earlier.final_status) && seen.observed.time - earlier.time <= timer_b)) {
            return earlier.dialog;
        }
        break;
    }
    const Id dialog = new_dialog(seen);
    CallState call;
    call.dialog = dialog;
    call.callee = seen.user;
    call.called_at = seen.destination;
    call.last = seen.observed.time;
    name_caller(seen, dialog, call);
    m_calls.push_back(call);
    m_call_of_dialog[dialog] = static_cast<Index>(m_calls.size());
    return dialog;
}

Id Inferred::dialog_of_ack(const Seen& seen) {
    Id dialog = 0;
    std::size_t steps = 0;
    for (Index index = newest_on_pair(seen.source, seen.destination);
         index != 0 && dialog == 0 && steps < limits::hops;
         index = transaction(index).earlier_on_pair, ++steps) {
        if (transaction(index).method == Method::invite) dialog = transaction(index).dialog;
    }
    const auto waiting = [](const CallState& call) { return !call.acknowledged; };
    if (dialog == 0 && seen.user != 0) {
        dialog = youngest_call(
            seen, [&](const CallState& call) { return waiting(call) && call.callee == seen.user; });
    }
    if (dialog == 0) dialog = youngest_call(seen, waiting);
    if (dialog == 0) return new_dialog(seen);
    if (CallState* call = call_of(dialog)) call->acknowledged = true;
    return dialog;
}

Id Inferred::dialog_of_bye(const Seen& seen) {
    const auto open = [](const CallState& call) { return !call.over; };
    const auto of_user = [&](const CallState& call) {
        return seen.user != 0 && (call.caller == seen.user || call.callee == seen.user);
    };
    const auto of_host = [&](const CallState& call) {
        const Dialog& dialog = m_analysis.dialog(call.dialog);
        return (dialog.caller.address && same_address(*dialog.caller.address, seen.source)) ||
               same_address(call.called_at, seen.source);
    };
    const auto just_over = [&](const CallState& call) {
        return call.over && of_user(call) && seen.observed.time - call.last <= timer_b;
    };
    Id dialog = youngest_call(seen, [&](const CallState& call) { return open(call) && of_user(call); });
    if (dialog == 0)
        dialog = youngest_call(seen, [&](const CallState& call) { return open(call) && of_host(call); });
    if (dialog == 0) dialog = youngest_call(seen, just_over);
    return dialog != 0 ? dialog : new_dialog(seen);
}

/// The youngest call that is `wanted`; where an older one is too, the message is ambiguous.
template <typename Wanted>
Id Inferred::youngest_call(const Seen& seen, Wanted wanted) {
    Id found = 0;
    const std::size_t count = std::min(m_calls.size(), limits::hops);
    for (std::size_t i = 0; i < count; ++i) {
        const CallState& call = m_calls[m_calls.size() - 1 - i];
        if (!wanted(call)) continue;
        if (found != 0) {
            m_ambiguous.push_back(seen.id);
            break;
        }
        found = call.dialog;
    }
    return found;
}

/// Addresses where they differ, else whom it names: one hangs up on the other. Where the proxy sends it says
/// more, see `note_forwarding`.
bool Inferred::bye_is_from_caller(const Seen& seen, const CallState& call) const {
    const Dialog& dialog = m_analysis.dialog(call.dialog);
    if (dialog.caller.address && !same_address(*dialog.caller.address, call.called_at)) {
        if (same_address(*dialog.caller.address, seen.source)) return true;
        if (same_address(call.called_at, seen.source)) return false;
    }
    if (seen.source == call.called_at) return false;
    return seen.user != call.caller || seen.user == call.callee;
}

/// A try with credentials belongs to the one that was challenged; what comes after a final answer is new.
Id Inferred::dialog_of_register(const Seen& seen) {
    const auto newest = m_by_method.find(static_cast<std::uint64_t>(Method::register_));
    std::size_t steps = 0;
    for (Index index = newest == m_by_method.end() ? 0 : newest->second; index != 0 && steps < limits::hops;
         index = transaction(index).earlier_of_method, ++steps) {
        const Transaction& earlier = transaction(index);
        if (seen.observed.time - earlier.time > timer_b) break;
        if (earlier.user != seen.user || earlier.destination != seen.destination ||
            !same_address(earlier.source, seen.source)) {
            continue;
        }
        if (is_challenge(earlier.final_status) || earlier.final_status == 0) return earlier.dialog;
        break;
    }
    const Id dialog = new_dialog(seen);
    Dialog& made = m_analysis.dialogs[dialog - 1];
    if (const User* user = user_named(seen.user); user != nullptr && made.caller.uri.empty()) {
        made.caller.uri = made.callee.uri = m_analysis.texts.keep(user->uri);
    }
    return dialog;
}

// --- responses

Inferred::Place Inferred::place_response(const Seen& seen) {
    if (const Index request = request_answered_by(seen)) return answer(request, seen);
    const Id dialog = dialog_of_orphan(seen);
    Dialog& found = m_analysis.dialogs[dialog - 1];
    if (found.method == Method::unknown) found.method = method_told_by(seen.observed);
    Place place;
    place.dialog = dialog;
    place.transaction = m_repeats.new_transaction();
    place.method = found.method;
    return place;
}

Inferred::Index Inferred::request_answered_by(const Seen& seen) const {
    const std::uint16_t status = seen.observed.message.status;
    Index open = 0, repeated = 0;
    std::size_t steps = 0;
    const Index newest = newest_on_pair(seen.destination, seen.source);
    for (Index index = newest; index != 0 && steps < limits::hops;
         index = transaction(index).earlier_on_pair, ++steps) {
        const Transaction& request = transaction(index);
        const bool said = std::any_of(request.responses.begin(), request.responses.end(),
                                      [&](const Response& r) { return r.content == seen.content; });
        if (said && repeated == 0) repeated = index;
        // Nothing answers an ACK, and yet some refuse it.
        const bool may_answer = request.method != Method::ack || (status >= 300 && index == newest);
        if (open == 0 && request.final_status == 0 && may_answer) open = index;
    }
    if (open != 0) return open;
    if (repeated != 0) return repeated;
    if (newest != 0) return newest;

    // To a port that nothing left from: the server answers where the client listens.
    steps = 0;
    for (auto index = static_cast<Index>(m_transactions.size()); index != 0 && steps < limits::hops;
         --index, ++steps) {
        const Transaction& request = transaction(index);
        if (seen.observed.time - request.time > timer_b) break;
        if (request.destination == seen.source && same_address(request.source, seen.destination) &&
            request.method != Method::ack && (request.final_status == 0 || !request.responses.empty())) {
            return index;
        }
    }
    return 0;
}

Inferred::Place Inferred::answer(Index index, const Seen& seen) {
    Transaction& request = transaction(index);
    const std::uint16_t status = seen.observed.message.status;
    Place place;
    place.dialog = request.dialog;
    place.transaction = request.number;
    place.method = request.method;

    for (const Response& earlier : request.responses) {
        if (earlier.status != status || earlier.content != seen.content) continue;
        const Message& first = m_analysis.message(earlier.message);
        const bool same_packet =
            seen.observed.frame != first.frame && seen.observed.time - first.time < same_packet_within;
        place.relation = same_packet ? Relation::duplicate : Relation::retransmission;
        place.relates_to = earlier.message;
        return place;
    }
    if (request.sent_on_as != 0) {
        for (const Response& earlier : transaction(request.sent_on_as).responses) {
            if (earlier.status != status) continue;
            place.relation = Relation::hop;
            place.relates_to = earlier.message;
            break;
        }
    }
    if (request.responses.size() < limits::hops) request.responses.push_back({seen.id, status, seen.content});
    if (status >= 200 && request.final_status == 0) request.final_status = status;

    CallState* call = call_of(request.dialog);
    if (call == nullptr || status < 200) return place;
    call->last = seen.observed.time;
    if (request.method == Method::invite && request.final_status == status) {
        if (is_success(status)) call->answered = true;
        // A refusal on the way may still lead elsewhere: the caller's counts.
        if (status >= 300 && !is_challenge(status) && request.received_as == 0) call->over = true;
    }
    if (request.method == Method::bye && is_success(status)) call->over = true;
    return place;
}

/// A response whose request is not in the capture: those of a port pair stay together.
Id Inferred::dialog_of_orphan(const Seen& seen) {
    Id& dialog = m_orphans[pair_of(seen.source, seen.destination)];
    if (dialog != 0) {
        const Message& last = m_analysis.message(m_analysis.dialog(dialog).last_message);
        if (seen.observed.time - last.time <= timer_b) return dialog;
    }
    dialog = new_dialog(seen);
    return dialog;
}

// --- parties

/// The caller is who the session description is from, else who registered from there, else the other one of
/// two users.
void Inferred::name_caller(const Seen& seen, Id dialog, CallState& call) {
    Dialog& made = m_analysis.dialogs[dialog - 1];
    const std::string_view origin = origin_name(seen.observed);
    const User* caller = caller_of(seen, call.callee);
    call.caller = caller != nullptr ? caller->name : name_hash(bare_name(origin));
    if (made.caller.uri.empty()) {
        if (caller != nullptr)
            made.caller.uri = m_analysis.texts.keep(caller->uri);
        else if (!origin.empty())
            made.caller.uri = m_analysis.texts.keep("sip:" + std::string(origin));
    }
    const User* callee = user_named(call.callee);
    if (made.callee.uri.empty()) {
        made.callee.uri = m_analysis.texts.keep(callee != nullptr ? std::string_view(callee->uri)
                                                                  : seen.observed.message.request_uri);
    }
    Listening listening{dialog, std::nullopt, std::nullopt};
    if (caller != nullptr) listening.caller = caller->listens;
    if (callee != nullptr) listening.callee = callee->listens;
    m_analysis.listening.push_back(listening);
}

const Inferred::User* Inferred::caller_of(const Seen& seen, std::uint64_t callee) const {
    if (const std::string_view origin = origin_name(seen.observed); !origin.empty()) {
        return user_named(name_hash(bare_name(origin)));
    }
    const User* other = nullptr;
    std::size_t others = 0;
    for (const User& user : m_users) {
        if (user.client == seen.source || user.listens == m_analysis.endpoint(seen.source)) return &user;
        if (user.name == callee) continue;
        other = &user;
        ++others;
    }
    return others == 1 ? other : nullptr;
}

const Inferred::User* Inferred::user_named(std::uint64_t name) const {
    const auto found = std::find_if(m_users.begin(), m_users.end(),
                                    [name](const User& user) { return name != 0 && user.name == name; });
    return found == m_users.end() ? nullptr : &*found;
}

/// The port of the Contact or of the request URI is where the user listens.
void Inferred::note_user(const Seen& seen) {
    const sip::Message& message = seen.observed.message;
    const sip::Uri uri = sip::parse_uri(message.request_uri);
    if (seen.user == 0) return;
    auto user = std::find_if(m_users.begin(), m_users.end(),
                             [&](const User& known) { return known.name == seen.user; });
    if (user == m_users.end()) {
        if (m_users.size() == limits::hops) return;
        m_users.push_back({seen.user, uri_of(uri.user, uri.host), std::nullopt, seen.source});
        user = std::prev(m_users.end());
    }
    user->client = seen.source;
    std::optional<std::uint16_t> port = uri.port;
    if (const sip::Header* contact = message.find(sip::HeaderName::contact)) {
        if (const auto told = sip::parse_uri(sip::parse_name_addr(contact->value).uri).port) port = told;
    }
    if (port) user->listens = Endpoint{m_analysis.endpoint(seen.source).address, *port};
}

// --- what is remembered

Id Inferred::new_dialog(const Seen& seen) {
    return m_dialogs.add_inferred(seen.observed, seen.source, seen.destination);
}

Inferred::Index Inferred::new_transaction(const Seen& seen, Id dialog) {
    Transaction made;
    made.request = seen.id;
    made.number = m_repeats.new_transaction();
    made.dialog = dialog;
    made.method = seen.method;
    made.source = seen.source;
    made.destination = seen.destination;
    made.user = seen.user;
    made.content = seen.content;
    made.time = seen.observed.time;
    const auto index = static_cast<Index>(m_transactions.size() + 1);
    made.earlier_on_pair = std::exchange(m_by_pair[pair_of(seen.source, seen.destination)], index);
    made.earlier_of_method = std::exchange(m_by_method[static_cast<std::uint64_t>(seen.method)], index);
    m_transactions.push_back(std::move(made));
    return index;
}

Inferred::Index Inferred::newest_on_pair(EndpointId source, EndpointId destination) const {
    const auto found = m_by_pair.find(pair_of(source, destination));
    return found == m_by_pair.end() ? 0 : found->second;
}

Inferred::CallState* Inferred::call_of(Id dialog) {
    const auto found = m_call_of_dialog.find(dialog);
    return found == m_call_of_dialog.end() ? nullptr : &m_calls[found->second - 1];
}

} // namespace rungs::correlate
