#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include <tsl/robin_map.h>

#include "core/hash.hpp"
#include "core/time.hpp"

namespace rungs::cli {

/// Packets on their way to a file of calls only. Media that nobody announced is known as such after some
/// packets; until then they wait, and with them what came later, so that the order stays.
class HeldPackets {
  public:
    /// What was not believed to be media for so long goes.
    static constexpr Duration patience = std::chrono::seconds(1);

    struct Packet {
        std::string octets; ///< as they are to be written
        Timestamp time;
        std::uint64_t pair = 0; ///< of ports, the same both ways
        bool wanted = false;
    };
    void add(Packet packet);
    /// What waits of this pair of ports is media.
    void want(std::uint64_t pair);
    /// The next packet to write, if its turn has come at `now`. More than limits::live_hold_octets do not
    /// wait.
    std::optional<Packet> take(Timestamp now);

  private:
    std::deque<Packet> m_packets;
    tsl::robin_map<std::uint64_t, std::uint32_t, NumberHash> m_undecided; ///< packets of each pair
    std::size_t m_octets = 0;
};

} // namespace rungs::cli
