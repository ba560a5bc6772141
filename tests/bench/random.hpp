#pragma once

#include <cstdint>

namespace bench {

/// SplitMix64: the same numbers on every machine, which the standard's distributions do not promise.
class Random {
  public:
    explicit Random(std::uint64_t seed) : m_state(seed) {}

    std::uint64_t next() {
        std::uint64_t value = m_state += 0x9e3779b97f4a7c15U;
        value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
        value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
        return value ^ (value >> 31U);
    }
    /// From `low` to `high`, both included.
    std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + next() % (high - low + 1); }
    bool happens(unsigned per_thousand) { return next() % 1000 < per_thousand; }

  private:
    std::uint64_t m_state;
};

} // namespace bench
