#include "analyzer/check/roles.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "analyzer/check/events.hpp"

namespace rungs::check {
namespace {

bool is_server(std::string_view role) {
    static constexpr std::array<std::string_view, 6> servers{"proxy", "server", "registrar",
                                                             "pbx",   "switch", "network"};
    return std::ranges::find(servers, role) != servers.end();
}

std::string text_of(const Endpoint& device) {
    return device.port == 0 ? device.address.to_string() : to_string(device);
}

} // namespace

Cast::Cast(const Analysis& analysis, const Flow& flow, const Call& call, const std::vector<Id>& messages,
           const FixedRoles& fixed)
    : m_analysis(analysis), m_flow(flow), m_bound(flow.roles.size()) {
    const auto by_rule = [](const Role& role) { return role.rule != Role::Rule::by_position; };
    if (std::ranges::any_of(flow.roles, by_rule))
        m_view = View::devices;
    else if (flow.roles.size() >= 3)
        m_view = View::both_links;
    else if (flow.roles.size() == 2 && is_server(flow.roles[1].name))
        m_view = View::caller_link;

    learn_directions(messages);
    infer_ends(call, messages);
    if (m_view == View::both_links) find_only_link(messages);
    fix(fixed);
    if (m_view == View::devices)
        bind_devices(messages);
    else
        name_middle(messages);
}

Endpoint Cast::device(EndpointId id) const {
    const Endpoint& endpoint = m_analysis.endpoint(id);
    return m_by_port ? endpoint : Endpoint{endpoint.address, 0};
}

void Cast::learn_directions(const std::vector<Id>& messages) {
    for (const Id id : messages) {
        const Message& message = m_analysis.message(id);
        if (message.status == 0) m_request_of.try_emplace(message.transaction, id);
        m_last_of_chain[id] = true;
        if (message.relation == Relation::hop && message.relates_to != 0)
            m_last_of_chain[message.relates_to] = false;
        m_by_port = m_by_port || m_analysis.endpoint(message.source).address ==
                                     m_analysis.endpoint(message.destination).address;
    }
}

/// The first request's sender, and along its hops the last one who got it.
void Cast::infer_ends(const Call& call, const std::vector<Id>& messages) {
    if (call.first_dialog == 0) return;
    if (!messages.empty() && m_analysis.message(messages.front()).protocol != Protocol::sip)
        return infer_invitation(m_analysis.message(messages.front()));
    const sip::Method method = m_analysis.dialog(call.first_dialog).method;
    for (const Id id : messages) {
        const Message& message = m_analysis.message(id);
        if (message.status != 0 || message.method != method || !message.from_caller) continue;
        const bool onward = device(message.source) == m_last && message.relation != Relation::retransmission;
        const bool hop = m_by_port && message.relation == Relation::hop;
        if (!m_has_ends) m_first = device(message.source);
        if (!m_has_ends || onward || hop) m_last = device(message.destination);
        m_has_ends = true;
    }
    if (m_has_ends || messages.empty()) return;
    // It began before the capture: who sent the first message is on the caller's side if the tags say so.
    const Message& message = m_analysis.message(messages.front());
    const bool from_first = forward(message);
    m_first = device(from_first ? message.source : message.destination);
    m_last = device(from_first ? message.destination : message.source);
    m_has_ends = true;
}

/// The server between the two is no end, whoever's copy of a message comes first.
void Cast::infer_invitation(const Message& first) {
    const Dialog& dialog = m_analysis.dialog(first.dialog);
    if (!dialog.caller.address || !dialog.callee.address) return;
    m_first = device(*dialog.caller.address);
    m_last = device(*dialog.callee.address);
    m_has_ends = true;
}

/// RFC 3261 section 16.6: a request that has passed a proxy has more than one Via.
void Cast::find_only_link(const std::vector<Id>& messages) {
    std::set<Endpoint> devices;
    const Message* request = nullptr;
    for (const Id id : messages) {
        const Message& message = m_analysis.message(id);
        devices.insert(device(message.source));
        devices.insert(device(message.destination));
        if (request == nullptr && message.status == 0 && message.from_caller) request = &message;
    }
    if (devices.size() != 2 || m_first == m_last || m_by_port) return;
    m_only = Only::caller_link;
    std::vector<std::uint8_t> octets;
    sip::Message parsed;
    if (request == nullptr || !m_analysis.octets.read(request->location, octets)) return;
    sip::parse(octets, Framing::datagram, parsed);
    if (parsed.identity.via_count > 1) m_only = Only::callee_link;
}

void Cast::fix(const FixedRoles& fixed) {
    for (std::size_t i = 0; i < m_flow.roles.size(); ++i) {
        const auto found = fixed.find(m_flow.roles[i].name);
        if (found == fixed.end()) continue;
        m_bound[i] = {found->second.to_string(), true};
        if (i == 0) m_first = {found->second, 0};
        if (i > 0 && i + 1 == m_flow.roles.size()) m_last = {found->second, 0};
        m_devices[{found->second, 0}] = static_cast<RoleIndex>(i);
    }
}

void Cast::bind_devices(const std::vector<Id>& messages) {
    for (std::size_t i = 0; i < m_flow.roles.size(); ++i) {
        const Role& role = m_flow.roles[i];
        if (m_bound[i].fixed || role.rule == Role::Rule::by_position) continue;
        for (const Id id : messages) {
            const Message& message = m_analysis.message(id);
            if (!fits(role.of, message, msn_command_of(m_analysis, message))) continue;
            const Endpoint end =
                device(role.rule == Role::Rule::sender_of ? message.source : message.destination);
            if (!m_devices.try_emplace(end, static_cast<RoleIndex>(i)).second) continue;
            m_bound[i].address = text_of(end);
            break;
        }
    }
}

void Cast::name_middle(const std::vector<Id>& messages) {
    if (!m_has_ends || m_flow.roles.empty()) return;
    if (m_only != Only::neither) {
        const bool near = m_only == Only::caller_link;
        if (!m_bound[near ? 0 : 1].fixed) m_bound[near ? 0 : 1].address = text_of(m_first);
        if (!m_bound[near ? 1 : 2].fixed) m_bound[near ? 1 : 2].address = text_of(m_last);
        return;
    }
    if (!m_bound.front().fixed) m_bound.front().address = text_of(m_first);
    if (m_flow.roles.size() < 2) return;
    if (m_by_port) return name_by_port(messages);
    if (!m_bound.back().fixed) m_bound.back().address = text_of(m_last);
    if (m_view == View::caller_link && !m_bound.back().fixed) {
        for (const Id id : messages) {
            const Message& message = m_analysis.message(id);
            if (device(message.source) != m_first) continue;
            m_bound.back().address = text_of(device(message.destination));
            break;
        }
    }
    for (std::size_t i = 1; i + 1 < m_bound.size(); ++i) {
        for (const Id id : messages) {
            const Endpoint source = device(m_analysis.message(id).source);
            if (source == m_first || source == m_last || m_bound[i].fixed) continue;
            m_bound[i].address = text_of(source);
            break;
        }
    }
}

/// On one address requests leave from ports made for each; whoever listens is known by that port.
void Cast::name_by_port(const std::vector<Id>& messages) {
    const auto name = [this](std::size_t role, const Endpoint& device) {
        if (!m_bound[role].fixed) m_bound[role].address = text_of(device);
    };
    name(m_bound.size() - 1, m_last);
    for (const Id id : messages) {
        const Message& message = m_analysis.message(id);
        if (device(message.source) != m_first) continue;
        const bool server_last = m_view == View::caller_link;
        if (server_last || m_bound.size() > 2)
            name(server_last ? m_bound.size() - 1 : 1, device(message.destination));
        break;
    }
    const Id dialog = messages.empty() ? 0 : m_analysis.message(messages.front()).dialog;
    const auto known = std::ranges::find(m_analysis.listening, dialog, &Listening::dialog);
    if (known == m_analysis.listening.end()) return;
    if (known->caller) name(0, *known->caller);
    if (known->callee && m_view != View::caller_link) name(m_bound.size() - 1, *known->callee);
}

bool Cast::forward(const Message& message) const {
    if (message.protocol != Protocol::sip) {
        // Only the first copy knows who it is from.
        const bool copy = message.relation != Relation::original && message.relates_to != 0;
        return (copy ? m_analysis.message(message.relates_to) : message).from_caller;
    }
    // The ends tell more than the tags, which odd user agents mix up; but a self-call has only one end.
    if (m_has_ends && !m_by_port && m_first != m_last) {
        if (device(message.source) == m_first || device(message.destination) == m_last) return true;
        if (device(message.destination) == m_first || device(message.source) == m_last) return false;
    }
    if (message.status == 0) return message.from_caller;
    const auto request = m_request_of.find(message.transaction);
    if (message.transaction != 0 && request != m_request_of.end())
        return !m_analysis.message(request->second).from_caller;
    return m_has_ends && device(message.source) == m_first;
}

std::optional<Direction> Cast::direction_of(Id id) const {
    const Message& message = m_analysis.message(id);
    const Endpoint source = device(message.source);
    const Endpoint destination = device(message.destination);
    if (m_view == View::devices) {
        const auto from = m_devices.find(source);
        const auto to = m_devices.find(destination);
        if (from == m_devices.end() || to == m_devices.end()) return std::nullopt;
        return Direction{from->second, to->second};
    }
    const auto last = static_cast<RoleIndex>(m_flow.roles.size() - 1);
    const bool ahead = forward(message);
    if (m_view == View::end_to_end) return ahead ? Direction{0, last} : Direction{last, 0};

    // On one address the ports of requests are made for each, so the way of the message tells more.
    const bool is_hop = message.relation == Relation::hop;
    const bool at_first = m_only != Only::neither ? m_only == Only::caller_link
                          : !m_by_port            ? (ahead ? source : destination) == m_first
                          : ahead                 ? !is_hop
                                                  : m_last_of_chain.at(id);
    const bool at_last = m_only != Only::neither ? m_only == Only::callee_link
                         : !m_by_port            ? (ahead ? destination : source) == m_last
                         : ahead                 ? m_last_of_chain.at(id)
                                                 : !is_hop;
    if (m_view == View::caller_link) {
        if (!at_first) return std::nullopt;
        return ahead ? Direction{0, last} : Direction{last, 0};
    }
    if (!at_first && !at_last) return std::nullopt;
    const RoleIndex middle = 1;
    Direction direction{at_first ? RoleIndex{0} : middle, at_last ? last : middle};
    if (!ahead) std::swap(direction.from, direction.to);
    return direction;
}

} // namespace rungs::check
