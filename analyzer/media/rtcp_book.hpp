#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <tsl/robin_map.h>

#include "analyzer/media/stream.hpp"
#include "core/bytes.hpp"
#include "core/limits/media.hpp"

namespace rungs::media {

/// What RTCP said, by the stream it speaks of: the port pair it came on, the direction of the media, the
/// SSRC.
class RtcpBook {
  public:
    /// Reads one compound that went on port pair `flow` in `direction` (0 or 1).
    void add(Bytes datagram, std::uint32_t flow, unsigned direction, Timestamp time);

    struct Entry {
        std::uint32_t ssrc = 0;
        std::uint32_t flow = 0;
        unsigned direction = 0; ///< of the media, not of the report
        RtcpSummary summary;
        std::uint32_t jitter_ticks_max = 0;
        double round_trip_sum_ms = 0;
        std::uint32_t round_trips = 0;

        struct Passed {
            std::uint32_t middle_ntp = 0;
            Timestamp time;
        };
        std::array<Passed, 4> sender_reports{}; ///< the latest that passed here
    };
    /// `flows[flow]` is the new number of a port pair, ~0 for one that goes with all that was said on it.
    void retain(const std::vector<std::uint32_t>& flows);
    [[nodiscard]] std::vector<Entry>& entries() { return m_entries; }
    /// Streams that were not followed: limits::rtcp_sources.
    [[nodiscard]] std::uint64_t beyond_limit() const { return m_beyond_limit; }

  private:
    /// nullptr when the limit is reached.
    Entry* find(std::uint32_t flow, unsigned direction, std::uint32_t ssrc);

    struct KeyHash {
        std::size_t operator()(std::uint64_t key) const;
    };
    tsl::robin_map<std::uint64_t, std::uint32_t, KeyHash> m_index;
    std::vector<Entry> m_entries;
    std::uint64_t m_beyond_limit = 0;
};

} // namespace rungs::media
