#include "analyzer/capture/time_scale.hpp"

#include <doctest/doctest.h>

#include <limits>

using rungs::capture::TimeScale;

namespace {
constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t earliest = std::numeric_limits<std::int64_t>::min();
constexpr std::uint64_t all_bits = std::numeric_limits<std::uint64_t>::max();
} // namespace

TEST_CASE("interface clocks in powers of ten") {
    CHECK(TimeScale().at(1'700'000'000'123'456).ns == 1'700'000'000'123'456'000);
    CHECK(TimeScale(0, 0).at(3).ns == 3'000'000'000);
    CHECK(TimeScale(3, 0).at(1'500).ns == 1'500'000'000);
    CHECK(TimeScale(9, 0).at(1'700'000'000'123'456'789).ns == 1'700'000'000'123'456'789);
    CHECK(TimeScale(10, 0).at(99).ns == 9);
    CHECK(TimeScale(12, 0).at(1'234'567).ns == 1'234);
    CHECK(TimeScale(28, 0).at(all_bits).ns == 1); // 2^64 is 1.8 * 10^19
    CHECK(TimeScale(29, 0).at(all_bits).ns == 0);
    CHECK(TimeScale(127, 0).at(all_bits).ns == 0);
}

TEST_CASE("interface clocks in powers of two") {
    CHECK(TimeScale(0x80, 0).at(5).ns == 5'000'000'000);
    CHECK(TimeScale(0x80 | 1, 0).at(3).ns == 1'500'000'000);
    CHECK(TimeScale(0x80 | 10, 0).at(1'024 + 512).ns == 1'500'000'000);
    CHECK(TimeScale(0x80 | 34, 0).at((1ULL << 34U) + (1ULL << 33U)).ns == 1'500'000'000);
    CHECK(TimeScale(0x80 | 35, 0).at((1ULL << 35U) + (1ULL << 34U)).ns == 1'500'000'000);
    CHECK(TimeScale(0x80 | 63, 0).at((1ULL << 63U) + (1ULL << 62U)).ns == 1'500'000'000);
    CHECK(TimeScale(0x80 | 64, 0).at(1ULL << 63U).ns == 500'000'000);
    CHECK(TimeScale(0x80 | 127, 0).at(all_bits).ns == 0);
}

TEST_CASE("interface clocks with an offset, and times that do not fit") {
    CHECK(TimeScale(6, 3'600).at(1'000'000).ns == 3'601'000'000'000);
    CHECK(TimeScale(6, -1).at(1'000'000).ns == 0);
    CHECK(TimeScale(6, -2).at(1'000'000).ns == -1'000'000'000);
    CHECK(TimeScale(9, 0).at(static_cast<std::uint64_t>(latest)).ns == latest);
    CHECK(TimeScale(9, 0).at(static_cast<std::uint64_t>(latest) + 1).ns == latest);
    CHECK(TimeScale(6, 0).at(all_bits).ns == latest);
    CHECK(TimeScale(0x80, 0).at(all_bits).ns == latest);
    CHECK(TimeScale(6, std::numeric_limits<std::int64_t>::max()).at(1).ns == latest);
    CHECK(TimeScale(6, std::numeric_limits<std::int64_t>::min()).at(0).ns == earliest);
    CHECK(TimeScale(6, std::numeric_limits<std::int64_t>::min()).at(1).ns == earliest + 1'000);
}
