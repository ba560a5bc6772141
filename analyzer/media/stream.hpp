#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/media/emodel.hpp"
#include "core/endpoint.hpp"
#include "core/time.hpp"

/// What the media did: values only. Ids are those of the analysis (position plus 1, 0 for none).
namespace rungs::media {

struct PayloadTypeUse {
    std::uint8_t number = 0;
    std::string encoding;            ///< of SDP, else of RFC 3551's table, else empty
    std::uint32_t clock_rate_hz = 0; ///< 0 when unknown
    std::uint64_t packets = 0;
    bool announced = false; ///< SDP named this number for the receiver
    /// RED (RFC 2198) only: the payload type of the primary block of its first packet.
    std::optional<std::uint8_t> red_primary;
};

/// One key press (RFC 4733), whatever the number of packets that repeat it.
struct DtmfEvent {
    std::uint8_t event = 0; ///< rtp::key_name says which key
    std::uint8_t volume_dbm0 = 0;
    bool ended = false; ///< a packet with the end bit was seen
    std::uint64_t frame = 0;
    std::uint32_t packets = 0;
    Timestamp start; ///< of its first packet
    Duration duration{};
};

/// One second of a stream, counted from its first packet; seconds without packets are left out.
struct Second {
    std::uint32_t second = 0;
    std::uint32_t octets = 0; ///< of UDP payload
    std::uint16_t packets = 0;
    std::uint16_t skipped = 0; ///< sequence numbers that were missing when a later one came
    float jitter_max_ms = 0;
    float delta_max_ms = 0;     ///< longest wait for a packet
    float transit_min_ms = 0;   ///< smallest arrival time minus RTP time, relative to the first packet
    std::uint16_t sequence = 0; ///< number of the packet that came last
};

/// What RTCP said about the stream, as seen where the capture was taken.
struct RtcpSummary {
    std::uint32_t sender_reports = 0;     ///< by the stream's sender
    std::uint32_t reception_reports = 0;  ///< report blocks about the stream
    std::uint32_t reported_packets = 0;   ///< sent, by the last sender report
    std::int32_t reported_lost = 0;       ///< cumulative, by the last report block
    double reported_loss_percent_max = 0; ///< largest fraction lost
    double reported_jitter_ms_max = 0;    ///< 0 when the clock rate is unknown
    /// From here to the receiver and back: a sender report passes, later the report that names it (LSR), less
    /// its DLSR.
    std::optional<double> round_trip_ms_mean, round_trip_ms_max;
    std::optional<std::uint8_t> reported_r_factor, reported_mos_tenths; ///< RFC 3611, last VoIP metrics
    std::string cname;
    bool bye = false;
};

struct Stream {
    std::uint32_t call = 0, dialog = 0;
    std::uint32_t ssrc = 0;
    Endpoint source, destination;
    bool announced = false; ///< SDP named one of the endpoints, if only as it was before NAT
    /// Linked all the same although one of its addresses is in no session description of the dialog.
    bool latched = false;
    /// What SDP named in place of an end that it did not name, where that can be told.
    std::optional<Endpoint> named_source, named_destination;
    bool secure = false;   ///< announced as SRTP: the payload cannot be read
    std::uint8_t dscp = 0; ///< of the first packet
    bool dscp_changed = false;

    std::uint64_t packets = 0;
    std::uint64_t expected = 0;
    std::uint64_t lost = 0;        ///< what never came, each sequence number once
    std::int64_t lost_rfc3550 = 0; ///< expected minus packets: duplicates hide losses, may be negative
    std::uint64_t duplicates = 0, out_of_order = 0;
    std::uint64_t strays = 0; ///< sequence numbers far from the others, alone
    std::uint32_t restarts = 0;
    std::uint64_t loss_runs = 0, longest_loss = 0;               ///< losses in a row
    std::uint64_t bursts = 0, burst_packets = 0, burst_lost = 0; ///< RFC 3611 section 4.7.2, Gmin 16
    std::optional<double> jitter_ms_mean, jitter_ms_max;         ///< RFC 3550 A.8; not without a clock rate
    double delta_ms_mean = 0, delta_ms_max = 0;                  ///< between packets in order
    std::optional<double> clock_skew_ppm; ///< positive: the sender's clock is fast; needs ten seconds
    Duration silence{}; ///< RTP time in which an audio sender sent nothing (DTX), no packets missing
    std::uint64_t markers = 0;
    std::uint64_t comfort_noise = 0; ///< packets
    std::uint64_t octets = 0;        ///< of UDP payload
    Timestamp start, end;
    std::uint64_t first_frame = 0, last_frame = 0;

    std::vector<PayloadTypeUse> payload_types; ///< in order of appearance
    std::vector<DtmfEvent> dtmf;
    std::vector<Second> seconds;
    std::optional<Rating> rating; ///< nothing: not rated, no values are published for the codec
    std::optional<RtcpSummary> rtcp;

    [[nodiscard]] Duration duration() const { return end - start; }
    [[nodiscard]] double loss_percent() const {
        return expected == 0 ? 0 : 100.0 * static_cast<double>(lost) / static_cast<double>(expected);
    }
};

/// T.38 over UDPTL, one way.
struct Fax {
    std::uint32_t call = 0, dialog = 0;
    Endpoint source, destination;
    std::uint64_t packets = 0;
    Timestamp start, end;
    std::uint64_t first_frame = 0, last_frame = 0;
};

} // namespace rungs::media
