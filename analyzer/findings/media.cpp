#include <algorithm>

#include <fmt/format.h>

#include "analyzer/findings/find.hpp"

namespace rungs::findings {
namespace {

constexpr double lossy_percent = 1.0;
/// Fewer packets say nothing: a call that ended as it began.
constexpr std::uint64_t enough_packets = 50;

void report_loss(const media::Stream& stream, Collector& out) {
    if (stream.packets < enough_packets || stream.loss_percent() <= lossy_percent) return;
    out.add(rule::media_loss, stream.call,
            fmt::format("{} of {} packets from {} to {} are missing ({:.1f} %).", stream.lost,
                        stream.expected, to_string(stream.source), to_string(stream.destination),
                        stream.loss_percent()),
            {});
}

/// Who sent and who received in a call: in an answered one everybody does both.
class Hosts {
  public:
    Hosts(const Analysis& analysis, std::span<const Id> streams) {
        for (const Id id : streams) {
            m_senders.push_back(analysis.streams[id - 1].source.address);
            m_receivers.push_back(analysis.streams[id - 1].destination.address);
        }
        std::ranges::sort(m_senders);
        std::ranges::sort(m_receivers);
    }

    [[nodiscard]] bool answer(const media::Stream& stream) const {
        // On one host alone addresses say nothing: any second stream may be the answer.
        if (stream.source.address == stream.destination.address) return m_senders.size() > 1;
        return std::ranges::binary_search(m_receivers, stream.source.address) ||
               std::ranges::binary_search(m_senders, stream.destination.address);
    }

  private:
    std::vector<IpAddress> m_senders, m_receivers;
};

void report_one_way(const Analysis& analysis, Id id, Collector& out) {
    const Call& call = analysis.call(id);
    if (call.outcome != CallOutcome::answered) return;
    const auto streams = analysis.streams_of(call);
    const Hosts hosts(analysis, streams);
    const auto alone = std::ranges::find_if(streams, [&](Id stream) {
        const media::Stream& one = analysis.streams[stream - 1];
        return one.packets >= enough_packets && !hosts.answer(one);
    });
    if (alone == streams.end()) return; // said once a call
    const media::Stream& stream = analysis.streams[*alone - 1];
    out.add(rule::media_one_way, id,
            fmt::format("{} packets went from {} to {}, none came back.", stream.packets,
                        to_string(stream.source), to_string(stream.destination)),
            {});
}

} // namespace

void find_in_media(const Analysis& analysis, Collector& out) {
    for (const media::Stream& stream : analysis.streams) report_loss(stream, out);
    for (Id call = 1; call <= analysis.calls.size(); ++call) report_one_way(analysis, call, out);
}

} // namespace rungs::findings
