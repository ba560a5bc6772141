#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

#include "core/compact.hpp"

using rungs::Compact;

TEST_CASE("a compact optional is no larger than its value and goes there and back") {
    using Number = Compact<std::uint32_t, std::numeric_limits<std::uint32_t>::max()>;
    static_assert(sizeof(Number) == sizeof(std::uint32_t));
    Number none, zero = 0U;
    CHECK_FALSE(none);
    REQUIRE(zero);
    CHECK(*zero == 0);
    CHECK_FALSE(none == zero);
    CHECK(std::optional<std::uint32_t>(none) == std::nullopt);
    CHECK(std::optional<std::uint32_t>(zero) == 0U);
    zero = std::optional<std::uint32_t>();
    CHECK(zero == none);
    none = 7U;
    CHECK(*none == 7);
}
