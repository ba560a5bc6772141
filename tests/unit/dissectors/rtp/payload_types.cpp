#include "dissectors/rtp/payload_types.hpp"

#include <doctest/doctest.h>

using namespace rungs;

TEST_CASE("static payload types of RFC 3551") {
    CHECK(rtp::static_payload_type(0).encoding == "PCMU");
    CHECK(rtp::static_payload_type(9).clock_rate_hz == 8000);
    CHECK(rtp::static_payload_type(10).channels == 2);
    CHECK(rtp::static_payload_type(14).clock_rate_hz == 90000);
    CHECK(rtp::static_payload_type(34).encoding == "H263");
    CHECK(rtp::static_payload_type(2).encoding.empty());  // G721, withdrawn
    CHECK(rtp::static_payload_type(72).encoding.empty()); // kept free for RTCP
    CHECK(rtp::static_payload_type(255).clock_rate_hz == 0);
}
