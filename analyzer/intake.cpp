#include "analyzer/intake.hpp"

#include <utility>

#include "analyzer/findings/find.hpp"
#include "analyzer/media/attach.hpp"
#include "analyzer/media/findings.hpp"
#include "core/limits/media.hpp"
#include "core/limits/messages.hpp"
#include "dissectors/sip/dtmf.hpp"
#include "dissectors/sip/multipart.hpp"

namespace rungs {

void Intake::on_sip(const sip::Message& message, const dissect::Origin& origin) {
    correlate::Observed observed(message);
    describe(origin, message.bytes, observed);
    sip::LeftOut left_out;
    const std::string_view description = sip::find_body(message, "application/sdp", &left_out);
    if (left_out.parts) ++m_analysis.limits_reached["multipart_parts"];
    if (left_out.depth) ++m_analysis.limits_reached["multipart_depth"];
    if (!description.empty() && sdp::parse(description, m_description)) observed.description = &m_description;
    const Id id = m_correlator.add(observed);
    if (observed.description != nullptr && m_tracker != nullptr) announce_media(id, origin);
    m_issues.count(message, observed.frame);
    note_limit(message.issues);
    if (observed.description != nullptr) {
        m_issues.count(m_description.issues, observed.frame);
        note_limit(m_description.issues);
    }
    if (m_notes_headers) m_notes.add(id, message, observed.description);
    if (auto pressed = sip::key_of(message)) keep_key(std::move(*pressed), id);
}

void Intake::note_limit(const std::vector<Issue>& issues) {
    if (issues.size() >= limits::issues) ++m_analysis.limits_reached["issues"];
}

void Intake::keep_key(sip::InfoKey pressed, Id message) {
    if (m_keys.size() < limits::dtmf_events)
        m_keys.push_back({std::move(pressed.key), {}, pressed.duration, 0, 0, 0, message});
    else
        ++m_analysis.limits_reached["dtmf_events"];
}

void Intake::on_msn(const msn::Message& message, const dissect::Origin& origin) {
    correlate::ObservedMsn observed(message);
    describe(origin, message.bytes, observed);
    m_correlator.add(observed);
    m_issues.count(m_correlator.msn_issues(), observed.frame);
    note_limit(m_correlator.msn_issues());
}

void Intake::describe(const dissect::Origin& origin, Bytes octets, correlate::Sighting& sighting) {
    sighting.time = origin.time;
    sighting.frame = origin.frames.back();
    sighting.source = origin.source;
    sighting.destination = origin.destination;
    sighting.carrier = origin.carrier;
    sighting.ip_id = origin.ip_id;
    sighting.capture = origin.capture;
    sighting.part = origin.part;
    sighting.truncated = origin.truncated;
    sighting.location = origin.last_frame != nullptr ? m_analysis.octets.keep(*origin.last_frame, octets)
                                                     : m_analysis.octets.copy(octets);
    if (origin.frames.size() > 1) {
        m_analysis.frame_lists.emplace_back(origin.frames.begin(), origin.frames.end());
        sighting.frame_list = static_cast<std::uint32_t>(m_analysis.frame_lists.size());
    }
}

void Intake::announce_media(Id id, const dissect::Origin& origin) {
    const media::HintSource source{origin.time, m_analysis.message(id).dialog, id, origin.source.address};
    for (const media::Hint& hint : media::hints_of(m_description, source)) m_tracker->announce(hint);
}

Bucket bucket_of(media::Verdict verdict) {
    switch (verdict) {
    case media::Verdict::rtp: return Bucket::rtp;
    case media::Verdict::rtcp: return Bucket::rtcp;
    case media::Verdict::t38: return Bucket::t38;
    case media::Verdict::stun: return Bucket::stun;
    case media::Verdict::dtls: return Bucket::dtls;
    case media::Verdict::zrtp: return Bucket::zrtp;
    case media::Verdict::none:
    case media::Verdict::pending: return Bucket::other; // recounted when it is decided
    }
    return Bucket::other;
}

Bucket MediaProbe::offer(const decode::Packet& packet, const Frame& frame) {
    return bucket_of(m_tracker.offer(packet, frame));
}

LimitsReached limits_on_the_way(const dissect::Dissector& dissector, const media::Tracker& tracker,
                                std::span<const media::Stream> streams, const MediaLimits& media) {
    LimitsReached reached = dissector.limits_reached();
    const media::Tracker::Counters beyond = tracker.counters();
    reached[media.flows] += beyond.beyond_flows;
    reached[media.streams] += beyond.beyond_streams;
    reached["flow_streams"] += beyond.beyond_flow_streams;
    reached["rtcp_sources"] += beyond.beyond_rtcp;
    reached["payload_set_octets"] += beyond.beyond_sets;
    reached["encoding_name_octets"] += beyond.beyond_names;
    reached[media.endpoints] += beyond.beyond_endpoints;
    for (const media::Stream& stream : streams) {
        if (stream.seconds.size() == media.most_seconds) ++reached[media.seconds];
        if (stream.dtmf.size() == limits::dtmf_events) ++reached["dtmf_events"];
    }
    return reached;
}

void add_limits(const LimitsReached& some, LimitsReached& to) {
    for (const auto& [limit, times] : some) to[limit] += times;
}

void conclude(Analysis& analysis, correlate::Correlator& correlator, Intake& intake, Timestamp capture_end,
              std::vector<media::Stream> streams, std::vector<media::Fax> faxes,
              const AnalysisOptions& options, const std::vector<decode::Unreachable>& unreachable) {
    correlator.finish(capture_end);
    media::attach_media(analysis, std::move(streams), std::move(faxes), intake.take_keys());
    media::find_in_media(analysis);
    media::find_unreachable(analysis, unreachable);
    findings::find(analysis, intake.issues(), options.profile, intake.notes(), options.passwords);
}

} // namespace rungs
