#include "analyzer/correlate/msn.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/limits/msn.hpp"
#include "core/text.hpp"
#include "dissectors/msn/slp.hpp"

namespace rungs::correlate {
namespace {

bool is_from_client(const msn::Message& message) {
    return message.form != nullptr && message.form->writer == msn::Writer::client;
}

std::string_view sender_of(const msn::Message& message) {
    return is_from_client(message) ? std::string_view() : message.parameter("passport");
}

} // namespace

Id MsnCorrelator::add(const ObservedMsn& observed, EndpointId source, EndpointId destination) {
    const msn::Message& seen = observed.message;
    m_issues = seen.issues;
    const MsnSessions::Index connection = m_sessions.take(observed, source, destination);
    const Id id = store(observed, source, destination, Protocol::msn);
    const Id dialog = place(id, observed, connection);
    append(dialog != 0 ? dialog : dialog_of(connection), id);
    m_analysis.messages[id - 1].has_issues = !m_issues.empty();
    if (seen.command == msn::Command::msg && msn::body_kind(m_mime.content_type) == msn::BodyKind::p2p)
        take_chunk(observed, connection, is_from_client(seen), id);
    return id;
}

Id MsnCorrelator::store(const Sighting& sighting, EndpointId source, EndpointId destination,
                        Protocol protocol) {
    Message message;
    message.time = sighting.time;
    message.frame = sighting.frame;
    message.frame_list = sighting.frame_list;
    message.location = sighting.location;
    message.source = source;
    message.destination = destination;
    message.part = sighting.part;
    message.capture = sighting.capture;
    message.protocol = protocol;
    message.carrier = sighting.carrier;
    message.truncated = sighting.truncated;
    m_analysis.messages.push_back(message);
    return static_cast<Id>(m_analysis.messages.size());
}

/// Finds what the message is a copy of, and the dialog of the invitation that it carries (0 for none).
Id MsnCorrelator::place(Id id, const ObservedMsn& observed, MsnSessions::Index connection) {
    const msn::Message& seen = observed.message;
    if (seen.command != msn::Command::msg) return 0;
    msn::parse_mime(seen.payload, m_mime);
    const auto keep_issues = [&](const std::vector<Issue>& issues) {
        m_issues.insert(m_issues.end(), issues.begin(), issues.end());
    };
    keep_issues(m_mime.issues);
    const bool from_client = is_from_client(seen);
    const auto earlier = m_sessions.match(id, observed, connection, seen.payload, from_client);
    if (earlier.message != 0) {
        Message& message = m_analysis.messages[id - 1];
        message.relation = earlier.duplicate ? Relation::duplicate : Relation::hop;
        message.relates_to = earlier.message;
    }
    if (msn::body_kind(m_mime.content_type) != msn::BodyKind::invitation) return 0;
    msn::parse_invitation(m_mime, m_body);
    keep_issues(m_body.issues);
    return m_invitations.take(id, earlier.message, m_body, {connection, sender_of(seen), from_client});
}

void MsnCorrelator::take_chunk(const ObservedMsn& observed, MsnSessions::Index connection, bool from_client,
                               Id carrier) {
    msn::P2pChunk chunk;
    msn::parse_p2p(m_mime.body, chunk);
    if (chunk.session_id != 0) return; // a file's octets
    if (!chunk.has_header) {
        if (!msn::is_slp(chunk.data)) return;
        msn::P2pAssembler::Assembled whole;
        whole.data = chunk.data;
        return take_slp(whole, observed.sighting(), connection, from_client, carrier);
    }
    const ChunkKey key(connection, from_client, chunk.session_id, chunk.message_id);
    if (m_chunk_frames.size() >= limits::msn_p2p_messages) m_chunk_frames.clear();
    std::vector<std::uint64_t>& frames = m_chunk_frames[key];
    const auto carried = m_analysis.frames_of(m_analysis.message(carrier));
    frames.insert(frames.end(), carried.begin(), carried.end());
    const std::string sender = fmt::format("{} {}", connection, sender_of(observed.message));
    const std::uint64_t dropped = m_assembler.dropped();
    const auto whole = m_assembler.add(sender, chunk);
    if (m_assembler.dropped() != dropped) {
        const bool too_large = chunk.total_octets > limits::msn_p2p_message_octets;
        ++m_analysis.limits_reached[too_large ? "msn_p2p_message_octets" : "msn_p2p_messages"];
    }
    if (whole && msn::is_slp(whole->data)) {
        Sighting sighting = observed.sighting();
        std::sort(frames.begin(), frames.end());
        frames.erase(std::unique(frames.begin(), frames.end()), frames.end());
        sighting.frame_list = 0;
        if (frames.size() > 1) {
            m_analysis.frame_lists.push_back(frames);
            sighting.frame_list = static_cast<std::uint32_t>(m_analysis.frame_lists.size());
        }
        take_slp(*whole, sighting, connection, from_client, carrier);
    }
    if (whole || chunk.data.empty()) m_chunk_frames.erase(key);
}

void MsnCorrelator::take_slp(const msn::P2pAssembler::Assembled& assembled, Sighting sighting,
                             MsnSessions::Index connection, bool from_client, Id carrier) {
    msn::SlpMessage slp;
    msn::parse_slp(assembled.data, slp);
    sighting.location = m_analysis.octets.copy(as_bytes(assembled.data));
    const Message carried = m_analysis.message(carrier);
    const Id id = store(sighting, carried.source, carried.destination, Protocol::msnslp);
    Message& message = m_analysis.messages[id - 1];
    message.method = slp.is_request ? sip::method_from(slp.method) : sip::Method::invite;
    message.status = slp.status;
    message.cseq_number = slp.cseq.value_or(0);
    message.has_issues = !slp.issues.empty() || !assembled.issues.empty();
    const auto earlier = m_sessions.match(id, sighting, connection, assembled.data, from_client);
    if (earlier.message != 0) {
        message.relation = earlier.duplicate ? Relation::duplicate : Relation::hop;
        message.relates_to = earlier.message;
    }
    const Id dialog = m_invitations.take(id, earlier.message, slp);
    append(dialog != 0 ? dialog : dialog_of(connection), id);
}

Id MsnCorrelator::dialog_of(MsnSessions::Index connection) {
    if (m_dialogs.size() <= connection) m_dialogs.resize(connection + std::size_t{1});
    Id& dialog = m_dialogs[connection];
    if (dialog == 0) {
        Dialog made;
        made.protocol = Protocol::msn;
        made.inferred = true;
        m_analysis.dialogs.push_back(made);
        dialog = static_cast<Id>(m_analysis.dialogs.size());
    }
    return dialog;
}

void MsnCorrelator::append(Id dialog_id, Id id) {
    Dialog& dialog = m_analysis.dialogs[dialog_id - 1];
    m_analysis.messages[id - 1].dialog = dialog_id;
    if (dialog.last_message != 0) m_analysis.messages[dialog.last_message - 1].next_in_dialog = id;
    if (dialog.first_message == 0) dialog.first_message = id;
    dialog.last_message = id;
    ++dialog.message_count;
}

void MsnCorrelator::resolve() {
    for (MsnSessions::Index i = 0; i < m_dialogs.size(); ++i) {
        if (m_dialogs[i] == 0) continue;
        const MsnSessions::Connection& connection = m_sessions[i];
        Dialog& dialog = m_analysis.dialogs[m_dialogs[i] - 1];
        dialog.caller.uri = m_analysis.texts.keep(connection.user);
        dialog.caller.display_name = m_analysis.texts.keep(m_sessions.nickname(connection.user));
        dialog.caller.address = connection.client;
        dialog.callee.address = connection.server;
    }
    m_invitations.resolve();
}

} // namespace rungs::correlate
