#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "analyzer/decode/packet.hpp"
#include "core/limits/decode.hpp"
#include "core/time.hpp"

namespace rungs::decode {

/// One direction of one TCP connection. Ids count from 0 in order of first appearance and are never reused,
/// so a new connection on the same ports has new ids.
using StreamId = std::uint32_t;

/// Octets of a stream, in sequence, each delivered once.
struct StreamChunk {
    StreamId stream = 0;
    StreamId reverse = 0; ///< the other direction's id (assigned even if nothing came from there yet)
    Endpoint source, destination;
    Bytes bytes;             ///< alive during the call only
    std::uint64_t frame = 0; ///< the frame that carried these octets
    Timestamp time;          ///< of that frame
    /// Octets lost before these: a segment that the capture does not hold and whose absence is certain (the
    /// other side acknowledged past it, or limits::tcp_flow_gap_octets wait behind it, or the connection or
    /// capture ends).
    std::uint64_t gap_before = 0;
    bool begins_midway = false; ///< first octets of a stream whose SYN was not seen
};

enum class SegmentKind : std::uint8_t {
    control,        ///< no data: SYN, FIN, ACK, RST, keep-alive (one octet below the window)
    data,           ///< carried octets that were new (delivered now or waiting for a missing segment)
    retransmission, ///< carried only octets that had been delivered or were waiting
    beyond_limit,   ///< dropped: limits::tcp_flows or a gap limit was reached
};

/// TCP reassembly (RFC 9293 section 3.4 arithmetic) in capture order: out of order, retransmitted,
/// overlapping and missing segments, streams joined in the middle, sequence wrap, port reuse after FIN, RST
/// or a new SYN. Overlaps: octets that came first stay. Bounded by limits::tcp_*; the least recently used
/// flow is evicted.
class TcpReassembler {
  public:
    /// Called for each chunk, in order, from inside `add` and `flush`.
    using Deliver = std::function<void(const StreamChunk&)>;
    /// Called when a direction has ended (FIN reached, RST, evicted, flushed): no more chunks will come.
    using End = std::function<void(StreamId)>;

    TcpReassembler(Deliver deliver, End end);
    ~TcpReassembler();
    TcpReassembler(TcpReassembler&&) noexcept;
    TcpReassembler& operator=(TcpReassembler&&) noexcept;

    struct Added {
        SegmentKind kind = SegmentKind::control;
        StreamId stream = 0;
    };
    /// Takes a packet with Transport::tcp. Octets cut by the snapshot length count as a gap behind the
    /// segment.
    Added add(const Packet& packet, const Frame& frame);

    /// At the end of the capture: delivers what still waits behind gaps, ends every stream.
    void flush();

    struct Counters {
        std::uint64_t streams = 0, gaps = 0, gap_octets = 0, retransmitted_segments = 0,
                      out_of_order_segments = 0, overlaps = 0, evicted = 0, flow_gap_limit = 0,
                      gap_limit = 0; ///< gaps given up for limits::tcp_flow_gap_octets and so on
    };
    [[nodiscard]] const Counters& counters() const;

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace rungs::decode
