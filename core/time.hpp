#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace rungs {

using Duration = std::chrono::nanoseconds;

/// A moment as captured: nanoseconds since 1970-01-01T00:00:00Z. May be negative or absurd: captures lie.
struct Timestamp {
    std::int64_t ns = 0;

    friend auto operator<=>(Timestamp, Timestamp) = default;
    friend Duration operator-(Timestamp later, Timestamp earlier) {
        // Wraps instead of overflowing: two absurd clocks must not be undefined behaviour.
        return Duration(static_cast<std::int64_t>(static_cast<std::uint64_t>(later.ns) -
                                                  static_cast<std::uint64_t>(earlier.ns)));
    }
    friend Timestamp operator+(Timestamp time, Duration by) {
        return {static_cast<std::int64_t>(static_cast<std::uint64_t>(time.ns) +
                                          static_cast<std::uint64_t>(by.count()))};
    }
};

/// RFC 3339 in UTC with nanoseconds, `2026-11-20T08:15:00.000000001Z`. Years outside 0000..9999 are clamped.
std::string to_rfc3339(Timestamp time);

/// Appends what `to_rfc3339` returns, without allocating for it.
void append_rfc3339(std::string& out, Timestamp time);

inline double to_seconds(Duration duration) {
    return static_cast<double>(duration.count()) / 1e9;
}
inline double to_milliseconds(Duration duration) {
    return static_cast<double>(duration.count()) / 1e6;
}

} // namespace rungs
