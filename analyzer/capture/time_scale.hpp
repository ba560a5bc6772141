#pragma once

#include <cstdint>

#include "core/time.hpp"

namespace rungs::capture {

/// How the clock of a pcapng interface counts (options if_tsresol and if_tsoffset,
/// draft-ietf-opsawg-pcapng 4.2).
class TimeScale {
  public:
    /// Microseconds since 1970, which is what an interface without these options counts.
    TimeScale() = default;
    /// `resolution`: with the highest bit unset, 10^-n seconds; set, 2^-n seconds. `offset_s` is added.
    TimeScale(std::uint8_t resolution, std::int64_t offset_s);

    /// Times that do not fit into 64 bits of nanoseconds become the nearest that does; parts of a nanosecond
    /// are lost.
    [[nodiscard]] Timestamp at(std::uint64_t ticks) const;

  private:
    [[nodiscard]] std::int64_t whole_ns(std::uint64_t ticks) const;

    bool m_binary = false;
    unsigned m_exponent = 6;
    std::uint64_t m_multiplier = 1000; ///< ns for each tick, when it is one or more
    std::uint64_t m_divisor =
        1; ///< ticks for each ns, when it is more than one; 0: too many to ever make one
    std::int64_t m_offset_ns = 0;
};

} // namespace rungs::capture
