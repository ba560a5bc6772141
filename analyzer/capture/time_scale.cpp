#include "analyzer/capture/time_scale.hpp"

#include <limits>

namespace rungs::capture {
namespace {

constexpr std::uint64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

std::uint64_t power_of_ten(unsigned exponent) {
    std::uint64_t power = 1;
    while (exponent-- > 0) power *= 10;
    return power;
}

std::int64_t saturated(std::uint64_t value) {
    return value > static_cast<std::uint64_t>(largest) ? largest : static_cast<std::int64_t>(value);
}

std::int64_t product(std::uint64_t a, std::uint64_t b) {
    std::uint64_t result = 0;
    return __builtin_mul_overflow(a, b, &result) ? largest : saturated(result);
}

} // namespace

TimeScale::TimeScale(std::uint8_t resolution, std::int64_t offset_s)
    : m_binary((resolution & 0x80U) != 0), m_exponent(resolution & 0x7fU) {
    if (!m_binary) {
        m_multiplier = m_exponent <= 9 ? power_of_ten(9 - m_exponent) : 1;
        // 10^19 is the largest power of ten that fits; 2^64 ticks of less than that make no nanosecond.
        m_divisor = m_exponent <= 9 ? 1 : m_exponent <= 28 ? power_of_ten(m_exponent - 9) : 0;
    }
    if (__builtin_mul_overflow(offset_s, std::int64_t{ns_per_second}, &m_offset_ns))
        m_offset_ns = offset_s < 0 ? smallest : largest;
}

std::int64_t TimeScale::whole_ns(std::uint64_t ticks) const {
    if (!m_binary) {
        if (m_divisor == 1) return product(ticks, m_multiplier);
        return m_divisor == 0 ? 0 : saturated(ticks / m_divisor);
    }
    const std::uint64_t seconds = m_exponent < 64 ? ticks >> m_exponent : 0;
    std::uint64_t fraction = m_exponent < 64 ? ticks & ((std::uint64_t{1} << m_exponent) - 1) : ticks;
    unsigned exponent = m_exponent;
    // The product below fits up to 2^34 * 10^9; finer ticks are less than a nanosecond anyway.
    if (exponent > 34) {
        fraction = exponent - 34 < 64 ? fraction >> (exponent - 34) : 0;
        exponent = 34;
    }
    const std::int64_t whole = product(seconds, ns_per_second);
    const auto part = static_cast<std::int64_t>((fraction * ns_per_second) >> exponent);
    return whole > largest - part ? largest : whole + part;
}

Timestamp TimeScale::at(std::uint64_t ticks) const {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(whole_ns(ticks), m_offset_ns, &sum))
        sum = m_offset_ns < 0 ? smallest : largest;
    return {sum};
}

} // namespace rungs::capture
