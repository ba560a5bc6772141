#include "analyzer/pipeline.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "analyzer/capture/source.hpp"
#include "analyzer/correlate/clocks.hpp"
#include "analyzer/decode/packet.hpp"
#include "analyzer/dissect/ahead.hpp"
#include "analyzer/intake.hpp"
#include "core/conveyor.hpp"
#include "core/text.hpp"

namespace rungs {
namespace {

void name_files(Analysis& analysis, const std::vector<capture::Summary>& captures) {
    for (std::size_t index = 0; index < captures.size(); ++index) {
        analysis.octets.set_file(static_cast<std::uint16_t>(index), captures[index].path);
    }
}

Timestamp end_of(const std::vector<capture::Summary>& captures) {
    Timestamp end;
    for (const capture::Summary& summary : captures) end = std::max(end, summary.last);
    return end;
}

/// Frames with all that can be said of each without knowing the others.
struct PreparedFrames {
    capture::FrameBatch batch;
    std::uint64_t octets_read = 0;           ///< of the files, when these frames had been read
    std::vector<media::Glance> glances;      ///< one a frame
    std::vector<decode::Packet> packets;     ///< one a frame that does not look like RTP, in their order
    std::vector<dissect::SipAhead> messages; ///< as many as `message_frames`, and some to use again
    std::vector<std::size_t> message_frames; ///< which frame each message stands in, ascending
};

bool fetch(PreparedFrames& prepared, capture::FrameSource& source) {
    const bool more = source.next(prepared.batch);
    prepared.octets_read = source.octets_read();
    return more;
}

/// Keeps the packet of a frame that does not look like RTP.
bool look_or_decode(const Frame& frame, PreparedFrames& prepared, media::Glance& glance) {
    if (media::glance_at(frame, glance)) return true;
    prepared.packets.push_back(decode::decode(frame));
    if (!media::glance_at(frame, prepared.packets.back(), glance)) return false;
    prepared.packets.pop_back();
    return true;
}

void prepare(PreparedFrames& prepared) {
    const std::vector<Frame>& frames = prepared.batch.frames;
    prepared.glances.resize(frames.size());
    prepared.packets.clear();
    for (std::size_t index = 0; index < frames.size(); ++index) {
        media::Glance& glance = prepared.glances[index];
        glance.is_rtp = look_or_decode(frames[index], prepared, glance);
    }
}

/// Reads SIP, too: worth it only where another thread would wait meanwhile.
void prepare_with_messages(PreparedFrames& prepared) {
    prepare(prepared);
    prepared.message_frames.clear();
    auto packet = prepared.packets.begin();
    for (std::size_t index = 0; index < prepared.glances.size(); ++index) {
        if (prepared.glances[index].is_rtp) continue;
        const std::size_t messages = prepared.message_frames.size();
        if (prepared.messages.size() == messages) prepared.messages.emplace_back();
        if (dissect::read_ahead(*packet++, prepared.messages[messages]))
            prepared.message_frames.push_back(index);
    }
}

/// In capture order: most frames are a run of RTP packets of streams that are known, the others are taken one
/// by one.
void take(PreparedFrames& prepared, dissect::Dissector& dissector, media::Tracker& tracker) {
    const std::vector<Frame>& frames = prepared.batch.frames;
    const std::span<const media::Glance> glances(prepared.glances);
    auto packet = prepared.packets.cbegin();
    std::size_t message = 0;
    for (std::size_t index = 0; index < frames.size(); ++index) {
        const std::size_t known = tracker.measure_known(glances.subspan(index));
        dissector.count(std::span(frames).subspan(index, known), Bucket::rtp);
        index += known;
        if (index == frames.size()) break;
        if (glances[index].is_rtp) { // the first packets of a stream
            dissector.take(frames[index], decode::decode(frames[index]));
            continue;
        }
        const bool is_read =
            message < prepared.message_frames.size() && prepared.message_frames[message] == index;
        dissector.take(frames[index], *packet++, is_read ? &prepared.messages[message++] : nullptr);
    }
}

/// Shows how far reading is; false when it is to stop.
bool goes_on(const AnalysisOptions& options, std::uint64_t octets_read) {
    if (options.progress) options.progress(octets_read);
    return options.stop == nullptr || !options.stop->load();
}

/// All frames, in capture order; false when stopped before the end.
bool read_frames(capture::FrameSource& source, dissect::Dissector& dissector, media::Tracker& tracker,
                 const AnalysisOptions& options) {
    PreparedFrames prepared;
    while (fetch(prepared, source)) {
        prepare(prepared);
        take(prepared, dissector, tracker);
        if (!goes_on(options, prepared.octets_read)) return false;
    }
    return true;
}

/// The same, with what is ahead of the dissector on other threads.
bool read_frames_ahead(capture::FrameSource& source, dissect::Dissector& dissector, media::Tracker& tracker,
                       const AnalysisOptions& options) {
    const auto fetch_next = [&source](PreparedFrames& prepared) { return fetch(prepared, source); };
    Conveyor<PreparedFrames> conveyor(options.threads - 1, fetch_next, prepare_with_messages);
    PreparedFrames prepared;
    while (conveyor.next(prepared)) {
        take(prepared, dissector, tracker);
        if (!goes_on(options, prepared.octets_read)) return false;
    }
    return true;
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
    Intake intake(analysis, correlator, &tracker, options.check_headers);
    MediaProbe media(tracker);
    dissect::Dissector dissector(intake, media);
    recount_in = &dissector;

    // A read from standard input may wait for long, and only this thread is woken by an interrupt.
    const bool ahead = options.threads > 1 && std::ranges::find(paths, "-") == paths.end();
    analysis.complete = ahead ? read_frames_ahead(**source, dissector, tracker, options)
                              : read_frames(**source, dissector, tracker, options);
    dissector.flush();
    // Decides what is pending, which moves packets from bucket to bucket: before they are read.
    std::vector<media::Stream> streams = tracker.finish();
    add_limits(limits_on_the_way(dissector, tracker, streams), analysis.limits_reached);
    std::vector<media::Fax> faxes = tracker.faxes();
    tracker = media::Tracker(nullptr); // calls take its memory
    for (std::size_t index = 0; index < (*source)->captures().size(); ++index) {
        Capture capture{(*source)->captures()[index], {}};
        if (index < dissector.accounting().size()) capture.accounting = dissector.accounting()[index];
        analysis.captures.push_back(std::move(capture));
    }
    conclude(analysis, correlator, intake, end_of((*source)->captures()), std::move(streams),
             std::move(faxes), options, dissector.unreachable());
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
