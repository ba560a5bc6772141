#include "dissectors/t38/udptl.hpp"

#include <vector>

#include <doctest/doctest.h>

using namespace rungs;
using Octets = std::vector<std::uint8_t>;

TEST_CASE("UDPTL: indicator, data, redundancy, error correction") {
    CHECK(t38::probe(Octets{0, 1, 1, 0x02, 0, 0}) == Probe::maybe);                   // CNG
    CHECK(t38::probe(Octets{0, 2, 3, 0xc0, 1, 0x80, 0, 1, 1, 0x02}) == Probe::maybe); // and the one before
    CHECK(t38::probe(Octets{0, 3, 1, 0x04, 0x80, 1, 3, 1, 2, 0xaa, 0xbb}) == Probe::maybe); // one for three
    CHECK(t38::probe(Octets{0, 3, 1, 0x04, 0x80, 1, 3, 1, 3, 0xaa, 0xbb}) == Probe::no); // longer than it is
}

TEST_CASE("what is no UDPTL") {
    CHECK(t38::probe({}) == Probe::no);
    CHECK(t38::probe(Octets{0, 1, 1, 0x02, 0, 0, 0}) == Probe::no);
    CHECK(t38::probe(Octets{0, 1, 0, 0, 0}) == Probe::no);
    CHECK(t38::probe(Octets{0x80, 0, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, 5}) == Probe::no); // RTP
}
