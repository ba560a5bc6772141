#include "analyzer/correlate/msn_sessions.hpp"

#include <algorithm>
#include <array>

#include "core/limits/correlation.hpp"
#include "core/limits/msn.hpp"

namespace rungs::correlate {
namespace {

using msn::Command;
using msn::Writer;

/// The server passes a message on within this.
constexpr Duration pass_on_within = std::chrono::seconds(60);
/// One datagram captured twice.
constexpr Duration same_datagram_within = std::chrono::milliseconds(100);

bool contains(const auto& all, const auto& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

} // namespace

MsnSessions::Index MsnSessions::take(const ObservedMsn& observed, EndpointId source, EndpointId destination) {
    const Index index = find_or_add(observed, source, destination);
    Connection& connection = m_connections[index];
    learn_roles(connection, observed.message, source, destination);
    learn(connection, observed.message);
    return index;
}

MsnSessions::Index MsnSessions::find_or_add(const ObservedMsn& observed, EndpointId source,
                                            EndpointId destination) {
    const auto [low, high] = std::minmax(source, destination);
    const auto next = static_cast<Index>(m_connections.size());
    const auto [slot, added] = m_by_ends.try_emplace(std::uint64_t{low} << 32U | high, next);
    // A client that takes its old port again for a new connection begins with a login.
    const bool again = !added && is_beginning(observed.message) && m_connections[slot->second].in_use;
    if (again) slot.value() = next;
    if (added || again) {
        Connection& connection = m_connections.emplace_back();
        connection.client = source;
        connection.server = destination;
    }
    m_connections[slot->second].in_use |= !is_beginning(observed.message);
    return slot->second;
}

bool MsnSessions::is_beginning(const msn::Message& message) {
    if (message.form == nullptr || message.form->writer == Writer::server) return false;
    const bool enters =
        message.command == Command::usr && message.form->server == msn::ServerKind::switchboard;
    return message.command == Command::ver || message.command == Command::ans || enters;
}

void MsnSessions::learn_roles(Connection& connection, const msn::Message& message, EndpointId source,
                              EndpointId destination) {
    if (connection.roles_known || message.form == nullptr || message.form->writer == Writer::either) return;
    const bool from_client = message.form->writer == Writer::client;
    connection.client = from_client ? source : destination;
    connection.server = from_client ? destination : source;
    connection.roles_known = true;
}

void MsnSessions::learn(Connection& connection, const msn::Message& message) {
    if (message.form == nullptr) return;
    const bool from_client = message.form->writer == Writer::client;
    const std::string_view passport = message.parameter("passport");
    learn_name(passport, message.parameter("nickname"));
    switch (message.command) {
    case Command::usr: connection.user = passport.empty() ? connection.user : passport; break;
    case Command::ans:
        if (from_client) {
            connection.user = passport;
            connection.session = message.parameter("session");
        }
        break;
    case Command::cal:
        if (from_client)
            add_other(connection, passport);
        else
            connection.session = message.parameter("session");
        break;
    case Command::joi:
    case Command::iro: add_other(connection, passport); break;
    case Command::msg:
        if (!from_client) add_other(connection, passport);
        break;
    default: break;
    }
}

void MsnSessions::learn_name(std::string_view passport, std::string_view nickname) {
    if (passport.empty() || nickname.empty()) return;
    if (const auto known = m_nicknames.find(passport); known != m_nicknames.end()) return;
    if (m_nicknames.size() < limits::msn_passports)
        m_nicknames.emplace(passport, msn::decode_name(nickname));
    else
        ++m_analysis.limits_reached["msn_passports"];
}

void MsnSessions::add_other(Connection& connection, std::string_view passport) {
    if (passport.empty() || contains(connection.others, passport)) return;
    if (connection.others.size() < limits::msn_participants)
        connection.others.emplace_back(passport);
    else
        ++m_analysis.limits_reached["msn_participants"];
}

MsnSessions::Earlier MsnSessions::match(Id id, const Sighting& sighting, Index connection,
                                        std::string_view content, bool from_client) {
    const EndpointId source = m_analysis.message(id).source;
    if (m_copies.size() >= limits::msn_copies) {
        ++m_analysis.limits_reached["msn_copies"];
        m_copies.clear();
    }
    std::vector<Copies>& groups = m_copies[TextHash{}(content)];
    std::erase_if(groups, [&](const Copies& copies) { return sighting.time - copies.time > pass_on_within; });
    for (Copies& copies : groups) {
        if (contains(copies.connections, connection)) {
            const bool twice = sighting.carrier == Carrier::udp && copies.source == source &&
                               copies.ip_id == sighting.ip_id &&
                               sighting.time - copies.time < same_datagram_within;
            if (twice) return {copies.first, true};
            continue;
        }
        // Somebody may say what somebody else has just said: one copy of each is the sender's own.
        if (copies.from_client && from_client) continue;
        if (copies.connections.size() > limits::msn_participants) continue;
        const Index other = copies.connections.front();
        if (!may_be_one(connection, other)) continue;
        copies.connections.push_back(connection);
        copies.from_client |= from_client;
        if (m_connections[connection].session.empty())
            m_connections[connection].session = m_connections[other].session;
        if (m_connections[other].session.empty())
            m_connections[other].session = m_connections[connection].session;
        return {copies.first, false};
    }
    if (groups.size() < limits::hops)
        groups.push_back({id, sighting.time, sighting.ip_id, source, from_client, {connection}});
    return {};
}

bool MsnSessions::may_be_one(Index a, Index b) const {
    const std::string& session = m_connections[a].session;
    const std::string& other = m_connections[b].session;
    return session.empty() || other.empty() || session == other;
}

std::string_view MsnSessions::nickname(std::string_view passport) const {
    const auto found = m_nicknames.find(passport);
    return found == m_nicknames.end() ? std::string_view() : std::string_view(found->second);
}

} // namespace rungs::correlate
