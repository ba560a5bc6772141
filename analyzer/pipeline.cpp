#include "analyzer/pipeline.hpp"

#include <algorithm>
#include <utility>

#include "analyzer/capture/source.hpp"
#include "analyzer/correlate/correlator.hpp"
#include "analyzer/decode/packet.hpp"
#include "analyzer/dissect/dissector.hpp"
#include "analyzer/media/attach.hpp"
#include "analyzer/media/tracker.hpp"
#include "core/limits.hpp"
#include "dissectors/sdp/description.hpp"
#include "dissectors/sip/dtmf.hpp"
#include "dissectors/sip/multipart.hpp"

namespace rungs {
namespace {

/// Between dissecting and correlating: keeps the octets, reads the session description, hands both on.
class Intake final : public dissect::Handler {
  public:
    Intake(Analysis& analysis, correlate::Correlator& correlator, media::Tracker& tracker)
        : m_analysis(analysis), m_correlator(correlator), m_tracker(tracker) {}

    void on_sip(const sip::Message& message, const dissect::Origin& origin) override {
        correlate::Observed observed(message);
        observed.time = origin.time;
        observed.frame = origin.frames.back();
        observed.source = origin.source;
        observed.destination = origin.destination;
        observed.carrier = origin.carrier;
        observed.ip_id = origin.ip_id;
        observed.capture = origin.capture;
        observed.part = origin.part;
        observed.truncated = origin.truncated;
        observed.location = origin.last_frame != nullptr
                                ? m_analysis.octets.keep(*origin.last_frame, message.bytes)
                                : m_analysis.octets.copy(message.bytes);
        if (origin.frames.size() > 1) {
            m_analysis.frame_lists.emplace_back(origin.frames.begin(), origin.frames.end());
            observed.frame_list = static_cast<std::uint32_t>(m_analysis.frame_lists.size());
        }
        const std::string_view description = sip::find_body(message, "application/sdp");
        if (!description.empty() && sdp::parse(description, m_description))
            observed.description = &m_description;
        const Id id = m_correlator.add(observed);
        if (observed.description != nullptr) announce_media(id, origin);
        if (auto pressed = sip::key_of(message); pressed && m_keys.size() < limits::dtmf_events)
            m_keys.push_back({std::move(pressed->key), {}, pressed->duration, 0, 0, 0, id});
    }

    /// Keys that SIP INFO named, with their messages.
    std::vector<KeyPress> take_keys() { return std::move(m_keys); }

  private:
    void announce_media(Id id, const dissect::Origin& origin) {
        const media::HintSource source{origin.time, m_analysis.message(id).dialog, id, origin.source.address};
        for (const media::Hint& hint : media::hints_of(m_description, source)) m_tracker.announce(hint);
    }

    Analysis& m_analysis;
    correlate::Correlator& m_correlator;
    media::Tracker& m_tracker;
    sdp::Description m_description;
    std::vector<KeyPress> m_keys;
};

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

/// Between dissecting and media: what is no signalling may be media.
class MediaProbe final : public dissect::DatagramProbe {
  public:
    explicit MediaProbe(media::Tracker& tracker) : m_tracker(tracker) {}
    Bucket offer(const decode::Packet& packet, const Frame& frame) override {
        return bucket_of(m_tracker.offer(packet, frame));
    }

  private:
    media::Tracker& m_tracker;
};

void name_files(Analysis& analysis, const std::vector<capture::Summary>& captures) {
    for (std::uint16_t index = 0; index < captures.size(); ++index) {
        analysis.octets.set_file(index, captures[index].path);
    }
}

Timestamp end_of(const std::vector<capture::Summary>& captures) {
    Timestamp end;
    for (const capture::Summary& summary : captures) end = std::max(end, summary.last);
    return end;
}

} // namespace

Result<Analysis> analyze(const std::vector<std::string>& paths, const AnalysisOptions& options) {
    capture::OpenOptions open_options;
    open_options.filter = options.capture_filter;
    open_options.packet_limit = options.packet_limit;
    auto source = capture::open(paths, open_options);
    if (!source) return tl::unexpected(source.error());

    Analysis analysis;
    name_files(analysis, (*source)->captures());
    correlate::Correlator correlator(analysis, options.link_headers);
    dissect::Dissector* recount_in = nullptr; // the two need each other
    media::Tracker tracker([&](std::uint16_t capture, media::Verdict verdict, std::uint64_t packets) {
        recount_in->recount(capture, bucket_of(verdict), packets);
    });
    Intake intake(analysis, correlator, tracker);
    MediaProbe media(tracker);
    dissect::Dissector dissector(intake, media);
    recount_in = &dissector;

    capture::FrameBatch batch;
    while ((*source)->next(batch)) {
        for (const Frame& frame : batch.frames) dissector.take(frame, decode::decode(frame));
        if (options.progress) options.progress((*source)->octets_read());
        if (options.stop != nullptr && options.stop->load()) {
            analysis.complete = false;
            break;
        }
    }
    dissector.flush();
    correlator.finish(end_of((*source)->captures()));
    media::attach_media(analysis, tracker, intake.take_keys());

    for (std::size_t index = 0; index < (*source)->captures().size(); ++index) {
        Capture capture{(*source)->captures()[index], {}};
        if (index < dissector.accounting().size()) capture.accounting = dissector.accounting()[index];
        analysis.captures.push_back(std::move(capture));
    }
    return analysis;
}

} // namespace rungs
