#pragma once

#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/correlate/correlator.hpp"
#include "analyzer/decode/unreachable.hpp"
#include "analyzer/dissect/dissector.hpp"
#include "analyzer/findings/header_notes.hpp"
#include "analyzer/findings/skeleton.hpp"
#include "analyzer/media/tracker.hpp"
#include "analyzer/pipeline.hpp"
#include "core/limits/media.hpp"
#include "dissectors/sdp/description.hpp"
#include "dissectors/sip/dtmf.hpp"

/// What joins the stages: from dissecting to correlating and media, and from records to findings.
namespace rungs {

/// Between dissecting and correlating: keeps the octets, reads the session description, hands both on.
class Intake final : public dissect::Handler {
  public:
    /// Without a `tracker` (nullptr) nobody is told of media to come. The others must outlive it.
    Intake(Analysis& analysis, correlate::Correlator& correlator, media::Tracker* tracker, bool notes_headers)
        : m_analysis(analysis), m_correlator(correlator), m_tracker(tracker), m_notes_headers(notes_headers) {
    }

    void on_sip(const sip::Message& message, const dissect::Origin& origin) override;
    void on_msn(const msn::Message& message, const dissect::Origin& origin) override;

    /// From now on `tracker` is told.
    void announce_to(media::Tracker& tracker) { m_tracker = &tracker; }

    [[nodiscard]] const findings::SkeletonNotes& issues() const { return m_issues; }
    [[nodiscard]] const findings::HeaderNotes& notes() const { return m_notes; }
    /// Keys that SIP INFO named, with their messages.
    std::vector<KeyPress> take_keys() { return std::move(m_keys); }

  private:
    void note_limit(const std::vector<Issue>& issues);
    void keep_key(sip::InfoKey pressed, Id message);
    void describe(const dissect::Origin& origin, Bytes octets, correlate::Sighting& sighting);
    void announce_media(Id id, const dissect::Origin& origin);

    Analysis& m_analysis;
    correlate::Correlator& m_correlator;
    media::Tracker* m_tracker;
    bool m_notes_headers;
    sdp::Description m_description;
    findings::SkeletonNotes m_issues;
    findings::HeaderNotes m_notes;
    std::vector<KeyPress> m_keys;
};

/// Between dissecting and media: what is no signalling may be media.
class MediaProbe final : public dissect::DatagramProbe {
  public:
    explicit MediaProbe(media::Tracker& tracker) : m_tracker(tracker) {}
    Bucket offer(const decode::Packet& packet, const Frame& frame) override;

  private:
    media::Tracker& m_tracker;
};

Bucket bucket_of(media::Verdict verdict);

/// How often each limit was reached, by its name in core/limits.
using LimitsReached = std::map<std::string_view, std::uint64_t>;

/// The limits of media that live capture sets lower, with names of their own.
struct MediaLimits {
    std::string_view flows = "media_flows", streams = "rtp_streams", endpoints = "announced_endpoints";
    std::string_view seconds = "stream_seconds";
    std::size_t most_seconds = limits::stream_seconds;
};

/// What was counted before correlation, which counts by itself in Analysis::limits_reached. `streams` may be
/// empty while they are not finished.
LimitsReached limits_on_the_way(const dissect::Dissector& dissector, const media::Tracker& tracker,
                                std::span<const media::Stream> streams, const MediaLimits& media = {});
void add_limits(const LimitsReached& some, LimitsReached& to);

/// When all messages are there: makes calls of them, gives them their media and finds what there is to say.
/// `analysis.captures` are complete. `capture_end` is the time of the last packet, `unreachable` what ICMP
/// said about ports.
void conclude(Analysis& analysis, correlate::Correlator& correlator, Intake& intake, Timestamp capture_end,
              std::vector<media::Stream> streams, std::vector<media::Fax> faxes,
              const AnalysisOptions& options, const std::vector<decode::Unreachable>& unreachable = {});

} // namespace rungs
