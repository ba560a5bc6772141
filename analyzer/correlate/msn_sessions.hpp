#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tsl/robin_map.h>

#include "analyzer/analysis.hpp"
#include "analyzer/correlate/observed.hpp"
#include "core/hash.hpp"
#include "core/limits/msn.hpp"

namespace rungs::correlate {

/// Who speaks on which connection to MSN's servers, in which switchboard session, and which MSGs are copies
/// of one: the sender's to the server, and the server's to each receiver.
class MsnSessions {
  public:
    /// Position among the connections.
    using Index = std::uint32_t;

    /// A connection as far as its commands tell, or what two hosts exchange over UDP.
    struct Connection {
        EndpointId client = 0, server = 0;
        bool roles_known = false; ///< some command told the client from the server
        bool in_use = false;      ///< more than a beginning was seen: a login now is another connection
        std::string user;         ///< passport of the client
        std::string session;      ///< number of the switchboard session
        std::vector<std::string> others; ///< passports in the session, at most limits::msn_participants
    };

    explicit MsnSessions(Analysis& analysis) : m_analysis(analysis) {}

    /// The connection that carries a command, known or made, with what the command says about it.
    Index take(const ObservedMsn& observed, EndpointId source, EndpointId destination);

    /// The message that the one with `id` repeats on another connection, 0 when it is the first of its kind.
    /// `duplicate` is set when the capture saw one datagram twice.
    struct Earlier {
        Id message = 0;
        bool duplicate = false;
    };
    Earlier match(Id id, const Sighting& sighting, Index connection, std::string_view content,
                  bool from_client);

    [[nodiscard]] const Connection& operator[](Index index) const { return m_connections[index]; }
    [[nodiscard]] std::size_t size() const { return m_connections.size(); }
    /// Could the two carry one session? Not when their session numbers differ.
    [[nodiscard]] bool may_be_one(Index a, Index b) const;
    /// The name that a passport's owner goes by, decoded; empty when it was not seen.
    [[nodiscard]] std::string_view nickname(std::string_view passport) const;

  private:
    /// Copies of one payload.
    struct Copies {
        Id first = 0;
        Timestamp time;
        std::uint32_t ip_id = 0;
        EndpointId source = 0;
        bool from_client = false; ///< the sender's copy is among them
        std::vector<Index> connections;
    };

    Index find_or_add(const ObservedMsn& observed, EndpointId source, EndpointId destination);
    void learn(Connection& connection, const msn::Message& message);
    void learn_roles(Connection& connection, const msn::Message& message, EndpointId source,
                     EndpointId destination);
    void learn_name(std::string_view passport, std::string_view nickname);
    void add_other(Connection& connection, std::string_view passport);
    static bool is_beginning(const msn::Message& message);

    Analysis& m_analysis;
    std::vector<Connection> m_connections;
    tsl::robin_map<std::uint64_t, Index, NumberHash> m_by_ends; ///< the last connection of two endpoints
    tsl::robin_map<std::uint64_t, std::vector<Copies>, SeededAlready> m_copies;
    tsl::robin_map<std::string, std::string, TextHash, std::equal_to<>> m_nicknames;
};

} // namespace rungs::correlate
