#include "analyzer/pipeline.hpp"

#include <algorithm>
#include <utility>

#include "analyzer/capture/source.hpp"
#include "analyzer/correlate/correlator.hpp"
#include "analyzer/decode/packet.hpp"
#include "analyzer/dissect/dissector.hpp"
#include "dissectors/sdp/description.hpp"
#include "dissectors/sip/multipart.hpp"

namespace rungs {
namespace {

/// Between dissecting and correlating: keeps the octets, reads the session description, hands both on.
class Intake final : public dissect::Handler {
  public:
    Intake(Analysis& analysis, correlate::Correlator& correlator)
        : m_analysis(analysis), m_correlator(correlator) {}

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
        m_correlator.add(observed);
    }

  private:
    Analysis& m_analysis;
    correlate::Correlator& m_correlator;
    sdp::Description m_description;
};

/// Stands in until media is analysed.
class NoMedia final : public dissect::DatagramProbe {
  public:
    Bucket offer(const decode::Packet&, const Frame&) override { return Bucket::other; }
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
    Intake intake(analysis, correlator);
    NoMedia media;
    dissect::Dissector dissector(intake, media);

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

    for (std::size_t index = 0; index < (*source)->captures().size(); ++index) {
        Capture capture{(*source)->captures()[index], {}};
        if (index < dissector.accounting().size()) capture.accounting = dissector.accounting()[index];
        analysis.captures.push_back(std::move(capture));
    }
    return analysis;
}

} // namespace rungs
