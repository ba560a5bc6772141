#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/correlate/msn_invitations.hpp"
#include "analyzer/correlate/msn_sessions.hpp"
#include "analyzer/correlate/observed.hpp"
#include "core/limits/msn.hpp"
#include "dissectors/msn/mime.hpp"
#include "dissectors/msn/p2p.hpp"

namespace rungs::correlate {

/// Turns the commands of MSN, in the order of their frames, into messages, dialogs (one for each connection,
/// one for each invitation) and invitations.
class MsnCorrelator {
  public:
    explicit MsnCorrelator(Analysis& analysis)
        : m_analysis(analysis), m_sessions(analysis), m_invitations(analysis, m_sessions) {}

    /// Takes a command; returns the id of its message. A MSNSLP message that it completes becomes another
    /// one.
    Id add(const ObservedMsn& observed, EndpointId source, EndpointId destination);

    /// What was wrong with the command taken last, and with what it carries.
    [[nodiscard]] const std::vector<Issue>& issues() const { return m_issues; }
    [[nodiscard]] MsnInvitations& invitations() { return m_invitations; }

    /// After the last message: names the ends of connections and settles what became of invitations.
    void resolve();

  private:
    /// A P2P message in the making: connection, sent by its client or not, session, message.
    using ChunkKey = std::tuple<MsnSessions::Index, bool, std::uint32_t, std::uint32_t>;

    Id store(const Sighting& sighting, EndpointId source, EndpointId destination, Protocol protocol);
    Id place(Id id, const ObservedMsn& observed, MsnSessions::Index connection);
    void take_chunk(const ObservedMsn& observed, MsnSessions::Index connection, bool from_client, Id carrier);
    void take_slp(const msn::P2pAssembler::Assembled& assembled, Sighting sighting,
                  MsnSessions::Index connection, bool from_client, Id carrier);
    void append(Id dialog, Id id);
    Id dialog_of(MsnSessions::Index connection);

    Analysis& m_analysis;
    MsnSessions m_sessions;
    MsnInvitations m_invitations;
    msn::P2pAssembler m_assembler;
    std::map<ChunkKey, std::vector<std::uint64_t>> m_chunk_frames; ///< at most limits::msn_p2p_messages
    std::vector<Id> m_dialogs;                                     ///< by connection
    std::vector<Issue> m_issues;
    msn::Mime m_mime;
    msn::Invitation m_body;
};

} // namespace rungs::correlate
