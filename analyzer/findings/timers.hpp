#pragma once

#include "core/time.hpp"

/// RFC 3261 table 4, with the default values.
namespace rungs::findings::timer {

inline constexpr Duration t1 = std::chrono::milliseconds(500);
inline constexpr Duration t2 = std::chrono::seconds(4);
/// 64*T1: Timers B, F and H, after which a transaction is over.
inline constexpr Duration b = 64 * t1;

} // namespace rungs::findings::timer
