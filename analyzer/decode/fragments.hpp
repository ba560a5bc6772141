#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "analyzer/decode/packet.hpp"
#include "core/limits/decode.hpp"
#include "core/time.hpp"

namespace rungs::decode {

/// Puts the fragments of IPv4 and IPv6 datagrams together (RFC 791, RFC 8200 section 4.5), bounded by
/// limits::fragment_octets (bookkeeping included) and limits::fragment_timeout_ns. Overlaps: octets that came
/// first stay (and the overlap is counted); for IPv6 an overlap other than an exact copy discards the
/// datagram (RFC 5722) and is counted. When the limit is reached the oldest datagram goes. A fragment cut by
/// the snapshot length leaves a hole: its datagram stays incomplete.
class FragmentReassembler {
  public:
    FragmentReassembler();
    ~FragmentReassembler();
    FragmentReassembler(FragmentReassembler&&) noexcept;
    FragmentReassembler& operator=(FragmentReassembler&&) noexcept;

    struct Whole {
        Packet packet; ///< decoded from the reassembled octets; alive until the next call of `add`
        std::vector<std::uint64_t> frames; ///< numbers of the fragments whose octets it has, ascending
    };

    /// Takes a packet with Status::fragment; returns the datagram that it completes, if it does.
    std::optional<Whole> add(const Packet& packet, const Frame& frame);

    struct Counters {
        std::uint64_t datagrams = 0, overlaps = 0, timed_out = 0, evicted = 0, waiting = 0;
    };
    [[nodiscard]] const Counters& counters() const;

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace rungs::decode
