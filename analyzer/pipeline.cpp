#include "analyzer/pipeline.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "analyzer/capture/source.hpp"
#include "analyzer/correlate/clocks.hpp"
#include "analyzer/correlate/correlator.hpp"
#include "analyzer/decode/packet.hpp"
#include "analyzer/dissect/dissector.hpp"
#include "analyzer/findings/find.hpp"
#include "analyzer/media/attach.hpp"
#include "analyzer/media/findings.hpp"
#include "analyzer/media/tracker.hpp"
#include "core/limits/media.hpp"
#include "core/text.hpp"
#include "dissectors/sdp/description.hpp"
#include "dissectors/sip/dtmf.hpp"
#include "dissectors/sip/multipart.hpp"

namespace rungs {
namespace {

/// Between dissecting and correlating: keeps the octets, reads the session description, hands both on.
class Intake final : public dissect::Handler {
  public:
    Intake(Analysis& analysis, correlate::Correlator& correlator, media::Tracker& tracker, bool notes_headers)
        : m_analysis(analysis), m_correlator(correlator), m_tracker(tracker), m_notes_headers(notes_headers) {
    }

    void on_sip(const sip::Message& message, const dissect::Origin& origin) override {
        correlate::Observed observed(message);
        describe(origin, message.bytes, observed);
        const std::string_view description = sip::find_body(message, "application/sdp");
        if (!description.empty() && sdp::parse(description, m_description))
            observed.description = &m_description;
        const Id id = m_correlator.add(observed);
        if (observed.description != nullptr) announce_media(id, origin);
        m_issues.count(message, observed.frame);
        if (observed.description != nullptr) m_issues.count(m_description.issues, observed.frame);
        if (m_notes_headers) m_notes.add(id, message, observed.description);
        if (auto pressed = sip::key_of(message)) keep_key(std::move(*pressed), id);
    }

    void on_msn(const msn::Message& message, const dissect::Origin& origin) override {
        correlate::ObservedMsn observed(message);
        describe(origin, message.bytes, observed);
        m_correlator.add(observed);
        m_issues.count(m_correlator.msn_issues(), observed.frame);
    }

    [[nodiscard]] const findings::SkeletonNotes& issues() const { return m_issues; }
    [[nodiscard]] const findings::HeaderNotes& notes() const { return m_notes; }
    /// Keys that SIP INFO named, with their messages.
    std::vector<KeyPress> take_keys() { return std::move(m_keys); }

  private:
    void keep_key(sip::InfoKey pressed, Id message) {
        if (m_keys.size() < limits::dtmf_events)
            m_keys.push_back({std::move(pressed.key), {}, pressed.duration, 0, 0, 0, message});
        else
            ++m_analysis.limits_reached["dtmf_events"];
    }
    void describe(const dissect::Origin& origin, Bytes octets, correlate::Sighting& sighting) {
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

    void announce_media(Id id, const dissect::Origin& origin) {
        const media::HintSource source{origin.time, m_analysis.message(id).dialog, id, origin.source.address};
        for (const media::Hint& hint : media::hints_of(m_description, source)) m_tracker.announce(hint);
    }

    Analysis& m_analysis;
    correlate::Correlator& m_correlator;
    media::Tracker& m_tracker;
    bool m_notes_headers;
    sdp::Description m_description;
    findings::SkeletonNotes m_issues;
    findings::HeaderNotes m_notes;
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

/// What was counted on the way, beside what the correlator counts itself.
void note_limits(Analysis& analysis, const dissect::Dissector& dissector, const media::Tracker& tracker) {
    for (const auto& [limit, times] : dissector.limits_reached()) analysis.limits_reached[limit] += times;
    const media::Tracker::Counters media = tracker.counters();
    analysis.limits_reached["media_flows"] += media.beyond_flows;
    analysis.limits_reached["rtp_streams"] += media.beyond_streams;
    analysis.limits_reached["flow_streams"] += media.beyond_flow_streams;
    analysis.limits_reached["rtcp_sources"] += media.beyond_rtcp;
    for (const media::Stream& stream : analysis.streams) {
        if (stream.seconds.size() == limits::stream_seconds) ++analysis.limits_reached["stream_seconds"];
        if (stream.dtmf.size() == limits::dtmf_events) ++analysis.limits_reached["dtmf_events"];
    }
}

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

/// One pass over the files, with the clock of each capture corrected by `time_shifts`.
Result<Analysis> read_and_correlate(const std::vector<std::string>& paths, const AnalysisOptions& options,
                                    const std::vector<Duration>& time_shifts) {
    capture::OpenOptions open_options;
    open_options.filter = options.capture_filter;
    open_options.packet_limit = options.packet_limit;
    open_options.time_shifts = time_shifts;
    auto source = capture::open(paths, open_options);
    if (!source) return tl::unexpected(source.error());

    Analysis analysis;
    name_files(analysis, (*source)->captures());
    correlate::Correlator correlator(analysis, options.link_headers);
    dissect::Dissector* recount_in = nullptr; // the two need each other
    media::Tracker tracker([&](std::uint16_t capture, media::Verdict verdict, std::uint64_t packets) {
        recount_in->recount(capture, bucket_of(verdict), packets);
    });
    Intake intake(analysis, correlator, tracker, options.check_headers);
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
    media::find_in_media(analysis);
    note_limits(analysis, dissector, tracker);

    for (std::size_t index = 0; index < (*source)->captures().size(); ++index) {
        Capture capture{(*source)->captures()[index], {}};
        if (index < dissector.accounting().size()) capture.accounting = dissector.accounting()[index];
        analysis.captures.push_back(std::move(capture));
    }
    findings::find(analysis, intake.issues(), options.profile, intake.notes(), options.passwords);
    return analysis;
}

/// Clocks this close together are left alone.
constexpr Duration clocks_agree_within = std::chrono::milliseconds(1);

/// What must be added to the times of each capture so that they fit the first one; empty when nothing must.
std::vector<Duration> clock_corrections(const std::vector<correlate::ClockOffset>& offsets) {
    std::vector<Duration> shifts;
    bool apart = false;
    for (const correlate::ClockOffset& offset : offsets) {
        shifts.push_back(-offset.ahead);
        apart = apart || std::chrono::abs(offset.ahead) >= clocks_agree_within;
    }
    if (!apart) shifts.clear();
    return shifts;
}

void report_clocks(Analysis& analysis, const std::vector<correlate::ClockOffset>& offsets) {
    for (std::size_t index = 1; index < offsets.size(); ++index) {
        const auto& [ahead, messages] = offsets[index];
        if (messages == 0) continue;
        Finding finding;
        finding.code = "capture-clock-offset";
        finding.text = fmt::format(
            "the clock of {} is {:.6f} s {} that of {} (estimated from {} messages that both hold); "
            "its times are shown corrected",
            printable(analysis.captures[index].file.path), std::abs(to_seconds(ahead)),
            ahead.count() < 0 ? "behind" : "ahead of", printable(analysis.captures[0].file.path), messages);
        analysis.findings.push_back(std::move(finding));
    }
}

} // namespace

Result<Analysis> analyze(const std::vector<std::string>& paths, const AnalysisOptions& options) {
    auto analysis = read_and_correlate(paths, options, {});
    // Standard input can be read only once: then the captures stay as their clocks have it.
    if (!analysis || paths.size() < 2 || std::ranges::find(paths, "-") != paths.end()) return analysis;

    const auto offsets = correlate::estimate_clock_offsets(*analysis, paths.size());
    const std::vector<Duration> shifts = clock_corrections(offsets);
    if (shifts.empty()) return analysis;
    // The order of messages depends on the clocks, and what is a repetition of what on their order: read
    // again.
    auto corrected = read_and_correlate(paths, options, shifts);
    if (corrected) report_clocks(*corrected, offsets);
    return corrected;
}

} // namespace rungs
