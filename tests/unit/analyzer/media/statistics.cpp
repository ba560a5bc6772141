#include "analyzer/media/statistics.hpp"

#include <cmath>
#include <initializer_list>

#include <doctest/doctest.h>

using namespace rungs;
using media::Arrival;
using media::SequenceWindow;

namespace {

SequenceWindow fed(std::initializer_list<int> sequences) {
    SequenceWindow window;
    for (const int sequence : sequences) window.add(static_cast<std::uint16_t>(sequence));
    window.finish();
    return window;
}

} // namespace

TEST_CASE("losses are what never came") {
    const auto window = fed({1, 2, 5, 6, 8});
    CHECK(window.expected() == 8);
    CHECK(window.unique() == 5);
    CHECK(window.lost() == 3);
    CHECK(window.lost_rfc3550() == 3);
    CHECK(window.losses().total() == 3);
    CHECK(window.losses().runs() == 2);
    CHECK(window.losses().longest_run() == 2);
}

TEST_CASE("duplicates do not hide losses") {
    const auto window = fed({1, 2, 2, 2, 5});
    CHECK(window.duplicates() == 2);
    CHECK(window.lost() == 2);
    CHECK(window.lost_rfc3550() == 0);
    CHECK(fed({1, 2, 2}).lost_rfc3550() == -1);
    CHECK(fed({1, 2, 2}).lost() == 0);
}

TEST_CASE("the number wraps") {
    const auto window = fed({65534, 65535, 0, 1});
    CHECK(window.expected() == 4);
    CHECK(window.lost() == 0);
    CHECK(window.restarts() == 0);
}

TEST_CASE("out of order, also across the wrap") {
    SequenceWindow window;
    CHECK(window.add(65534) == Arrival::in_order);
    CHECK(window.add(1) == Arrival::in_order);
    CHECK(window.skipped() == 2);
    CHECK(window.add(65535) == Arrival::reordered);
    CHECK(window.add(65535) == Arrival::duplicate);
    CHECK(window.add(0) == Arrival::reordered);
    CHECK(window.add(2) == Arrival::in_order);
    window.finish();
    CHECK(window.expected() == 5);
    CHECK(window.lost() == 0);
    CHECK(window.reordered() == 2);
    CHECK(window.duplicates() == 1);
}

TEST_CASE("a packet from before the first one") {
    const auto window = fed({10, 8, 11});
    CHECK(window.expected() == 4);
    CHECK(window.lost() == 1);
    CHECK(window.reordered() == 1);
}

TEST_CASE("numbering starts again after two in order, as in RFC 3550 A.1") {
    SequenceWindow window;
    window.add(100);
    window.add(101);
    CHECK(window.add(40000) == Arrival::stray);
    CHECK(window.add(40001) == Arrival::restart);
    CHECK(window.add(40003) == Arrival::in_order);
    window.finish();
    CHECK(window.restarts() == 1);
    CHECK(window.strays() == 0);
    CHECK(window.expected() == 2 + 4);
    CHECK(window.lost() == 1);
    CHECK(window.packets() == 5);
}

TEST_CASE("one number from far away is a stray and loses nothing") {
    const auto window = fed({100, 101, 40000, 102});
    CHECK(window.strays() == 1);
    CHECK(window.lost() == 0);
    CHECK(window.lost_rfc3550() == 0);
    CHECK(window.expected() == 3);
}

TEST_CASE("the window ends where it should") {
    SequenceWindow window;
    for (int i = 0; i < 300; ++i)
        if (i != 20 && i != 60) window.add(static_cast<std::uint16_t>(i));
    CHECK(window.losses().total() == 1); // 20 has left, 60 may still come
    CHECK(window.add(60) == Arrival::reordered);
    CHECK(window.add(44) == Arrival::duplicate); // the oldest that is remembered: 299 - 255
    CHECK(window.add(43) == Arrival::stray);
    window.finish();
    CHECK(window.lost() == 1);
    CHECK(window.losses().total() == 1);
}

TEST_CASE("a gap longer than the window, and the largest one") {
    const auto window = fed({0, 1, 1001});
    CHECK(window.lost() == 999);
    CHECK(window.losses().total() == 999);
    CHECK(window.losses().runs() == 1);
    CHECK(fed({0, SequenceWindow::max_dropout}).lost() == 2999);
    CHECK(fed({0, SequenceWindow::max_dropout + 1}).strays() == 1);
}

TEST_CASE("bursts of RFC 3611: Gmin 16") {
    media::LossPattern pattern;
    for (const std::uint64_t sequence : {100U, 102U, 118U})
        pattern.lost(sequence); // 15 received between the last two
    pattern.lost(135);          // 16 received before it: a gap
    pattern.close();
    CHECK(pattern.total() == 4);
    CHECK(pattern.runs() == 4);
    CHECK(pattern.bursts() == 1);
    CHECK(pattern.burst_lost() == 3);
    CHECK(pattern.burst_packets() == 19);
}

TEST_CASE("jitter of a constant difference: J_n = 5 (1 - (15/16)^n)") {
    media::Jitter jitter;
    double sum = 0;
    for (int n = 1; n <= 100; ++n) {
        jitter.add((n % 2 == 0 ? 15 : 25) - 160 / 8.0); // 20 ms apart, 5 ms early and late in turn
        const double expected = 5 * (1 - std::pow(15.0 / 16.0, n));
        CHECK(jitter.current_ms() == doctest::Approx(expected));
        sum += expected;
    }
    CHECK(jitter.max_ms() == doctest::Approx(jitter.current_ms()));
    CHECK(jitter.mean_ms() == doctest::Approx(sum / 100));
}

TEST_CASE("jitter across a timestamp that goes back") {
    media::Jitter jitter;
    jitter.add(1 - -160 / 8.0); // 21 ms too late
    CHECK(jitter.current_ms() == doctest::Approx(21.0 / 16));
}
