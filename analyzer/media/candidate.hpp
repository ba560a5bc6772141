#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "analyzer/media/meter.hpp"

namespace rungs::media {

/// Packets that may become a stream without SDP: held until they look like RTP beyond doubt or do not.
///
/// Asked for: one SSRC, one payload type, sequence numbers that go up by 1 (a few may be missing), timestamps
/// that do not go back, and
/// - 5 packets of G.711, G.722, GSM or G.729 whose octets are exactly the time between their timestamps, or
/// - 5 telephone events of 4 octets whose duration grows, or
/// - 16 packets of anything else that arrive at the pace of their timestamps by one of the usual clocks.
/// Where the port pair has a stream already (SSRC change, the other direction) 3 packets in sequence are
/// enough.
class Candidate {
  public:
    static constexpr std::size_t capacity = 16;
    enum class State : std::uint8_t { undecided, rtp, refused };

    /// Takes the next packet of this SSRC. When it is refused, it is not held.
    State add(const Observation& packet, bool flow_has_stream);
    [[nodiscard]] std::span<const Observation> held() const { return std::span(m_held).first(m_count); }
    void clear() { m_count = m_distinct = 0; }

  private:
    [[nodiscard]] State decide(bool flow_has_stream) const;
    [[nodiscard]] bool octets_match_time() const;
    [[nodiscard]] bool is_key_press() const;
    [[nodiscard]] bool keeps_pace() const;

    std::array<Observation, capacity> m_held{};
    std::size_t m_count = 0;
    std::size_t m_distinct = 0; ///< without duplicates
};

} // namespace rungs::media
