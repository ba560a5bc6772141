#include "cli/held_packets.hpp"

#include <string>

#include <doctest/doctest.h>

#include "core/limits/live.hpp"

using namespace rungs;
using cli::HeldPackets;

namespace {

Timestamp at(std::int64_t milliseconds) {
    return {milliseconds * 1'000'000};
}

/// What is written at that time, by name.
std::string written(HeldPackets& held, std::int64_t milliseconds) {
    std::string names;
    while (const auto packet = held.take(at(milliseconds))) names += packet->octets;
    return names;
}

} // namespace

TEST_CASE("held packets: what belongs to calls waits for nothing") {
    HeldPackets held;
    held.add({"a", at(0), 0, true});
    CHECK(written(held, 0) == "a");
}

TEST_CASE("held packets: the first packets of media come before what was known earlier") {
    HeldPackets held;
    held.add({"r1", at(0), 7, false});
    held.add({"x", at(1), 8, false});
    held.add({"s", at(2), 0, true});
    held.add({"r2", at(20), 7, false});
    CHECK(written(held, 20).empty());
    held.want(7);
    held.add({"r3", at(40), 7, true});
    CHECK(written(held, 40) == "r1"); // x may still be media
    CHECK(written(held, 1001) == "sr2r3");
}

TEST_CASE("held packets: what is not media after a second is left out") {
    HeldPackets held;
    held.add({"x", at(0), 8, false});
    held.add({"s", at(2), 0, true});
    CHECK(written(held, 999).empty());
    CHECK(written(held, 1000) == "s");
    held.add({"y", at(1500), 8, false});
    held.want(8);
    CHECK(written(held, 1500) == "y");
}

TEST_CASE("held packets: limits::live_hold_octets, on both sides") {
    HeldPackets held;
    held.add({std::string(limits::live_hold_octets - 1, 'x'), at(0), 8, false});
    held.add({"s", at(0), 0, true});
    CHECK(written(held, 0).empty());
    held.add({"t", at(0), 0, true});
    CHECK(written(held, 0) == "st");
}
