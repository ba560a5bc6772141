#pragma once

#include <cstdint>

#include "core/bytes.hpp"
#include "core/time.hpp"

namespace rungs {

/// Link types as registered at tcpdump.org/linktypes.html: a number, since captures may carry any.
using LinkType = std::uint16_t;

/// One packet as captured.
struct Frame {
    /// From 1, counted as Wireshark counts: records of every interface and section, in file order
    /// (after merging by time when several captures are read together).
    std::uint64_t number = 0;
    Timestamp time;
    /// Captured octets, starting with the link layer. Alive as long as the FrameBatch it came in.
    Bytes bytes;
    /// Octets on the wire; more than `bytes.size()` when the capture was cut by a snapshot length.
    std::uint32_t original_length = 0;
    LinkType link_type = 0;
    /// Index into Analysis::captures.
    std::uint16_t capture = 0;
    /// Index of the interface inside the capture.
    std::uint16_t interface = 0;
    /// Where `bytes` begins in the capture file, or -1 when it cannot be read again (stdin, compressed,
    /// live).
    std::int64_t file_offset = -1;
};

} // namespace rungs
