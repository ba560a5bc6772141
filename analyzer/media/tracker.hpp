#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "analyzer/decode/packet.hpp"
#include "analyzer/media/glance.hpp"
#include "analyzer/media/hint.hpp"
#include "analyzer/media/stream.hpp"
#include "core/frame.hpp"
#include "core/limits/media.hpp"

namespace rungs::media {

/// What a UDP datagram was.
enum class Verdict : std::uint8_t {
    none, ///< no media that is known here
    rtp,
    rtcp,
    t38,
    stun,
    dtls,
    zrtp,
    pending, ///< may become RTP: the callback says later what it was
};

/// How much a tracker remembers.
struct TrackerLimits {
    std::size_t flows = limits::media_flows;
    std::size_t streams = limits::rtp_streams;
    std::size_t stream_seconds = limits::stream_seconds;
    std::size_t endpoints = limits::announced_endpoints;
};

/// Finds media among UDP datagrams and measures it, in capture order, in one pass.
///
/// RTP is believed where SDP announced it, and elsewhere after several packets that fit (see Candidate), but
/// never on a port pair that spoke STUN or DTLS unless SDP announced it: what an application encrypts there
/// is not to be read.
class Tracker {
  public:
    /// Told how many packets of a capture that were `pending` have become `verdict` (rtp or none), so that
    /// each packet ends in one bucket. Called from inside `offer`, `announce` and `finish`.
    using Resolved = std::function<void(std::uint16_t capture, Verdict verdict, std::uint64_t packets)>;

    explicit Tracker(Resolved resolved, const TrackerLimits& limits = {});
    ~Tracker();
    Tracker(Tracker&&) noexcept;
    Tracker& operator=(Tracker&&) noexcept;

    /// From now on media is expected at the hint's endpoint. A later hint for the same endpoint replaces it.
    void announce(const Hint& hint);

    /// Takes a UDP datagram that is neither SIP nor MSN. Nothing of it is kept but numbers.
    Verdict offer(const decode::Packet& packet, const Frame& frame);

    /// Measures packets, in capture order, as long as each belongs to a stream that is known; how many those
    /// were. The one behind them is to be `offer`ed. The result is the same as if all had been offered.
    std::size_t measure_known(std::span<const Glance> glances);

    /// Decides what is pending, and hands out the streams by first frame (Stream::call is left 0). Nothing
    /// may be offered afterwards.
    std::vector<Stream> finish();

    /// T.38 by port pair and direction, in order of first frame. After `finish`.
    [[nodiscard]] std::vector<Fax> faxes() const;

    /// The streams as they stand, by first frame; the measurement goes on. What is pending is no stream yet.
    [[nodiscard]] std::vector<Stream> peek() const;

    /// How many streams and port pairs are remembered now.
    [[nodiscard]] std::size_t stream_count() const;
    [[nodiscard]] std::size_t flow_count() const;

    struct Forgotten {
        std::uint64_t streams = 0, flows = 0;
    };
    /// Makes room. `dialogs[id - 1]` is the new id of a dialog, 0 when it is given up: its streams and what
    /// was announced for it are forgotten. Streams without a dialog, and port pairs without streams, stay
    /// when they had a packet since `idle_since`. Messages named by hints are not kept up.
    Forgotten retain(std::span<const std::uint32_t> dialogs, Timestamp idle_since);

    struct Counters {
        std::uint64_t beyond_flows = 0;        ///< packets not looked at: limits::media_flows
        std::uint64_t beyond_streams = 0;      ///< RTP packets not measured: limits::rtp_streams
        std::uint64_t beyond_flow_streams = 0; ///< RTP packets not measured: limits::flow_streams
        std::uint64_t beyond_rtcp = 0;         ///< RTCP statements not kept: limits::rtcp_sources
        std::uint64_t beyond_endpoints = 0;    ///< hints not taken: limits::announced_endpoints
        std::uint64_t beyond_sets = 0;         ///< lists of payload types: limits::payload_set_octets
        std::uint64_t beyond_names = 0;        ///< of codecs: limits::encoding_name_octets
    };
    [[nodiscard]] Counters counters() const;

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace rungs::media
