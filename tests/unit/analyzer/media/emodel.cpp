#include "analyzer/media/emodel.hpp"

#include <array>
#include <cmath>
#include <utility>

#include <doctest/doctest.h>

using namespace rungs;

TEST_CASE("R to MOS, G.107 Annex B and the user satisfaction table of G.109") {
    constexpr std::array<std::pair<double, double>, 7> table{
        {{50, 2.58}, {60, 3.10}, {70, 3.60}, {80, 4.03}, {90, 4.34}, {93.2, 4.41}, {100, 4.5}}};
    for (const auto& [r, mos] : table) CHECK(std::abs(media::mos_of(r) - mos) <= 0.01);
    CHECK(media::mos_of(-5) == 1);
    CHECK(media::mos_of(3) == 1); // the cubic would give 0.99
    CHECK(media::mos_of(120) == 4.5);
}

TEST_CASE("G.107 clause 3.4: delay without echo") {
    CHECK(media::delay_impairment(0) == 0);
    CHECK(media::delay_impairment(100) == 0);
    CHECK(media::delay_impairment(150) == doctest::Approx(0.164).epsilon(0.01));
    CHECK(media::delay_impairment(200) == doctest::Approx(3.04).epsilon(0.01));
    CHECK(media::delay_impairment(300) == doctest::Approx(14.76).epsilon(0.01));
    CHECK(media::delay_impairment(400) == doctest::Approx(24.07).epsilon(0.01));
}

TEST_CASE("G.107 clause 3.5 with G.113 Appendix I: G.711 with PLC, Ie 0 and Bpl 25.1") {
    const auto codec = media::impairment_of("PCMU", 8000);
    REQUIRE(codec);
    // 95 * 1 / (1 + 25.1) = 3.640; 95 * 5 / (5 + 25.1) = 15.781
    CHECK(media::effective_impairment(*codec, 1, 1) == doctest::Approx(3.640).epsilon(0.001));
    CHECK(media::effective_impairment(*codec, 5, 1) == doctest::Approx(15.781).epsilon(0.001));
    // bursts twice as long: 95 * 3 / (3 / 2 + 25.1) = 10.714
    CHECK(media::effective_impairment(*codec, 3, 2) == doctest::Approx(10.714).epsilon(0.001));
    CHECK(media::effective_impairment(*codec, 3, 0.1) == media::effective_impairment(*codec, 3, 1));
    const auto one = media::rate(*codec, 1, 1, 0);
    CHECK(std::abs(one.r_factor - 89.56) <= 0.01);
    CHECK(std::abs(one.mos - 4.328) <= 0.01);
    CHECK(std::abs(media::rate(*codec, 5, 1, 100).mos - 3.923) <= 0.01);
}

TEST_CASE("G.113 Appendix I: G.729A with VAD, Ie 11 and Bpl 19; G.723.1, Ie 15 and Bpl 16.1") {
    const auto g729 = media::impairment_of("g729", 8000);
    REQUIRE(g729);
    CHECK(std::abs(media::rate(*g729, 0, 1, 0).mos - 4.104) <= 0.01);
    CHECK(std::abs(media::rate(*g729, 1, 1, 0).r_factor - 78.0) <= 0.01);
    const auto g723 = media::impairment_of("G723", 8000);
    REQUIRE(g723);
    CHECK(std::abs(media::rate(*g723, 2, 1, 0).mos - 3.567) <= 0.01);
    // and 200 ms of delay: 93.2 - 3.044 - 11
    CHECK(std::abs(media::rate(*g729, 0, 1, 200).r_factor - 79.156) <= 0.01);
}

TEST_CASE("a burst that drives the formula below the scale is 0, MOS 1") {
    // 63.6 % lost in runs of 76: 93.2 - 95 * 63.6 / (63.6 / 76 + 25.1) = -140
    const auto bad = media::rate(media::impairment_of("PCMU", 8000).value(), 63.6, 76, 0);
    CHECK(bad.r_factor == 0);
    CHECK(bad.mos == 1);
}

TEST_CASE("no values, no rating") {
    CHECK_FALSE(media::impairment_of("opus", 48000));
    CHECK_FALSE(media::impairment_of("G722", 8000));
    CHECK_FALSE(media::impairment_of("AMR-WB", 16000));
    CHECK_FALSE(media::impairment_of("", 0));
    CHECK_FALSE(media::impairment_of("PCMU", 16000));
}
