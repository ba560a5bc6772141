#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <tsl/robin_map.h>

#include "core/endpoint.hpp"
#include "core/frame.hpp"
#include "core/limits/capture.hpp"

namespace rungs::capture {

/// What makes fragments belong together (RFC 791 section 2.3, RFC 8200 section 4.5).
struct DatagramKey {
    IpAddress source, destination;
    std::uint32_t identification = 0;
    std::uint8_t protocol = 0; ///< of IPv4; 0 for IPv6, where it is no part of the key

    friend bool operator==(const DatagramKey&, const DatagramKey&) = default;
};

struct DatagramKeyHash {
    std::size_t operator()(const DatagramKey& key) const;
};

struct FragmentPlace {
    DatagramKey datagram;
    bool first = false; ///< offset 0
};

/// The fragment that a frame carries in its outermost IP header, if it is one. Reads as far as that header.
std::optional<FragmentPlace> find_fragment(LinkType link_type, Bytes frame);

/// Remembers of the last `capacity` fragmented datagrams whether their first fragment was kept.
class FragmentMemory {
  public:
    explicit FragmentMemory(std::size_t capacity = limits::filter_datagrams) : m_capacity(capacity) {}
    /// Whether to keep a frame, given whether it matches by itself.
    bool decide(const Frame& frame, bool matches);

  private:
    void remember(const DatagramKey& datagram, bool kept);

    std::size_t m_capacity;
    tsl::robin_map<DatagramKey, bool, DatagramKeyHash> m_kept;
    std::vector<DatagramKey> m_order; ///< a ring: what to forget next stands at m_oldest once it is full
    std::size_t m_oldest = 0;
};

} // namespace rungs::capture
