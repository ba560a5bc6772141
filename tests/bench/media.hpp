#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/bench/capture_file.hpp"
#include "tests/bench/random.hpp"

namespace bench {

/// What an analysis must say of a stream. `expected` counts from the first number that arrived to the last:
/// what was lost before and behind, nobody can know.
struct StreamTruth {
    std::uint32_t ssrc = 0;
    Address source, destination;
    std::uint64_t packets = 0, expected = 0, lost = 0, duplicates = 0, out_of_order = 0;
};

/// One direction of a talk: G.711, 20 ms a packet, RTCP every five seconds. Some packets are lost, late,
/// doubled or overtaken; every fourth stream wraps its sequence numbers early, in the order 65535, 0,
/// 65534, 1.
class MediaStream {
  public:
    MediaStream(Address source, Address destination, std::uint32_t ssrc, std::uint32_t other_ssrc, Time start,
                Time end, std::uint64_t seed);

    /// When the next packet arrives; nothing when there are no more.
    [[nodiscard]] std::optional<Time> next() const;
    void emit(CaptureFile& file);
    [[nodiscard]] StreamTruth truth() const;
    [[nodiscard]] std::uint64_t rtcp_packets() const { return m_rtcp_packets; }

  private:
    struct Packet {
        Time arrival = 0;
        std::uint64_t number = 0; ///< extended sequence number
        bool again = false, rtcp = false;
    };

    /// Sends until what arrives next is known.
    void send();
    void send_one();
    void add(const Packet& packet);
    void write_rtp(CaptureFile& file, const Packet& packet);
    void write_rtcp(CaptureFile& file, const Packet& packet);

    StreamTruth m_truth;
    std::uint32_t m_other_ssrc;
    Random m_random;
    std::uint64_t m_first_number, m_number; ///< of the next packet sent
    std::uint64_t m_wrap_at = 0;            ///< the number whose lower half is 0, where a reorder is staged
    Time m_next_sent, m_end, m_next_report;
    std::vector<Packet> m_under_way; ///< by arrival, the next one last
    std::uint64_t m_lowest = ~std::uint64_t{0}, m_highest = 0;
    std::uint64_t m_rtcp_packets = 0;
    Octets m_octets;
};

} // namespace bench
