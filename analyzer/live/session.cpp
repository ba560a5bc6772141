#include "analyzer/live/session.hpp"

#include <utility>

namespace rungs::live {
namespace {

/// Octets are copied: there is no file that they could be read from again.
dissect::Origin kept(dissect::Origin origin) {
    origin.last_frame = nullptr;
    return origin;
}

} // namespace

Session::Session(const AnalysisOptions& options, media::Tracker* tracker, std::size_t memory)
    : m_options(options), m_correlator(m_analysis, options.link_headers),
      m_intake(m_analysis, m_correlator, tracker, options.check_headers) {
    m_analysis.octets = MessageStore(memory);
}

void Session::on_sip(const sip::Message& message, const dissect::Origin& origin) {
    m_intake.on_sip(message, kept(origin));
    note(origin);
}

void Session::on_msn(const msn::Message& message, const dissect::Origin& origin) {
    m_intake.on_msn(message, kept(origin));
    note(origin);
}

/// One command of MSN may complete a second message.
void Session::note(const dissect::Origin& origin) {
    m_ip_ids.resize(m_analysis.messages.size(), origin.ip_id);
}

const Analysis& Session::link(Timestamp now) {
    m_correlator.finish(now);
    return m_analysis;
}

Analysis Session::conclude(std::vector<Capture> captures, Timestamp end, std::vector<media::Stream> streams,
                           std::vector<media::Fax> faxes,
                           const std::vector<decode::Unreachable>& unreachable) {
    m_analysis.captures = std::move(captures);
    rungs::conclude(m_analysis, m_correlator, m_intake, end, std::move(streams), std::move(faxes), m_options,
                    unreachable);
    return std::move(m_analysis);
}

std::vector<Id> Session::replay(std::span<const Id> messages, Session& to) const {
    std::vector<Id> dialogs(m_analysis.dialogs.size());
    for (const Id id : messages) {
        const Message& message = m_analysis.message(id);
        const std::size_t before = to.m_analysis.messages.size();
        if (!feed(message, id, to) || to.m_analysis.messages.size() == before) continue;
        const Id dialog = to.m_analysis.messages[before].dialog;
        if (message.dialog != 0 && dialogs[message.dialog - 1] == 0) dialogs[message.dialog - 1] = dialog;
    }
    return dialogs;
}

/// What MSN's messages are put together from comes again by itself.
bool Session::feed(const Message& message, Id id, Session& to) const {
    std::vector<std::uint8_t> octets;
    if (message.protocol == Protocol::msnslp || !m_analysis.octets.read(message.location, octets))
        return false;
    dissect::Origin origin;
    origin.frames = m_analysis.frames_of(message);
    origin.time = message.time;
    origin.source = m_analysis.endpoint(message.source);
    origin.destination = m_analysis.endpoint(message.destination);
    origin.carrier = message.carrier;
    origin.ip_id = m_ip_ids[id - 1];
    origin.capture = message.capture;
    origin.part = message.part;
    origin.truncated = message.truncated;
    if (message.protocol == Protocol::msn) {
        msn::Message parsed;
        if (msn::parse(octets, Framing::datagram, parsed).outcome != Outcome::complete) return false;
        to.on_msn(parsed, origin);
        return true;
    }
    sip::Message parsed;
    if (sip::parse(octets, Framing::datagram, parsed).outcome != Outcome::complete)
        sip::parse_malformed(octets, parsed);
    to.on_sip(parsed, origin);
    return true;
}

} // namespace rungs::live
