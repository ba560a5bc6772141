#include "core/conveyor.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>

using rungs::Conveyor;

namespace {

struct Item {
    int number = 0, square = 0;
};

} // namespace

TEST_CASE("conveyor: items come prepared, each once, in the order in which they were taken") {
    for (const unsigned threads : {1U, 2U, 5U}) {
        CAPTURE(threads);
        int taken = 0;
        Conveyor<Item> conveyor(
            threads,
            [&](Item& item) {
                item.number = taken;
                return taken++ < 1000;
            },
            [](Item& item) { item.square = item.number * item.number; });
        Item item;
        int expected = 0;
        while (conveyor.next(item)) {
            REQUIRE(item.number == expected);
            REQUIRE(item.square == expected * expected);
            ++expected;
        }
        CHECK(expected == 1000);
        CHECK_FALSE(conveyor.next(item));
    }
}

TEST_CASE("conveyor: nothing to take is an end") {
    Conveyor<Item> conveyor(
        3, [](Item&) { return false; }, [](Item&) {});
    Item item;
    CHECK_FALSE(conveyor.next(item));
}

TEST_CASE("conveyor: takes no more than two items a thread ahead, and stops when nobody wants more") {
    std::atomic<int> taken = 0;
    {
        Conveyor<Item> conveyor(
            2, [&](Item&) { return ++taken > 0; }, [](Item&) {});
        Item item;
        for (int i = 0; i < 10; ++i) REQUIRE(conveyor.next(item));
        CHECK(taken <= 14);
    }
    CHECK(taken <= 14);
}

TEST_CASE("conveyor: what a thread throws comes out of next") {
    const auto fail_at = [](int number) {
        return [number, taken = 0](Item& item) mutable {
            item.number = ++taken;
            if (item.number == number) throw std::runtime_error("no more");
            return true;
        };
    };
    const auto drain = [](Conveyor<Item>& conveyor) {
        for (Item item; conveyor.next(item);) {
        }
    };
    SUBCASE("while taking") {
        Conveyor<Item> conveyor(2, fail_at(5), [](Item&) {});
        CHECK_THROWS_AS(drain(conveyor), std::runtime_error);
    }
    SUBCASE("while preparing") {
        Conveyor<Item> conveyor(2, fail_at(-1), [](Item& item) {
            if (item.number == 7) throw std::runtime_error("no more");
        });
        CHECK_THROWS_AS(drain(conveyor), std::runtime_error);
    }
}
