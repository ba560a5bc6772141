#include "cli/workers.hpp"

#include <csignal>
#include <map>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace rungs;
using namespace rungs::cli;

namespace {

std::map<std::size_t, WorkResult> run(std::size_t count, unsigned parallel, const Box& box,
                                      const std::function<void(std::size_t, reports::Sink&)>& work) {
    std::map<std::size_t, WorkResult> results;
    run_isolated(count, parallel, box, work,
                 [&](std::size_t i, WorkResult result) { results[i] = std::move(result); });
    return results;
}

} // namespace

TEST_CASE("Each piece of work is done once, in a process of its own, and says all it has to say") {
    int here = 0;
    const std::string long_text(1'000'000, 'x');
    const auto results = run(9, 4, Box{}, [&](std::size_t i, reports::Sink& sink) {
        here = 1; // of the child
        sink.write(std::to_string(i) + long_text);
    });
    CHECK(here == 0);
    REQUIRE(results.size() == 9);
    for (const auto& [i, result] : results) {
        CHECK(result.end == WorkEnd::done);
        CHECK(result.octets == std::to_string(i) + long_text);
    }
    CHECK(run(0, 4, Box{}, [](std::size_t, reports::Sink&) {}).empty());
}

TEST_CASE("What goes wrong in one piece ends there, and is told apart") {
    Box box;
    box.seconds = 1;
    box.octets = 64U << 20U;
    box.result_octets = 1'000'000;
    const auto results = run(7, 3, box, [](std::size_t i, reports::Sink& sink) {
        sink.write("begun");
        if (i == 1) std::raise(SIGKILL);
        if (i == 2) throw std::runtime_error("nothing that anybody expects");
        if (i == 3) throw std::bad_alloc();
        if (i == 4) {
            for (volatile bool forever = true; forever;) {
            }
        }
        if (i == 5) sink.write(std::string(2'000'000, 'x'));
        if (i == 6) {
            const std::vector<char> much(256U << 20U, 'x');
            sink.write({much.data(), 1});
        }
    });
    CHECK(results.at(0).end == WorkEnd::done);
    CHECK(results.at(1).end == WorkEnd::crashed);
    CHECK(results.at(2).end == WorkEnd::crashed);
    CHECK(results.at(3).end == WorkEnd::memory_limit);
    CHECK(results.at(4).end == WorkEnd::time_limit);
    CHECK(results.at(5).end == WorkEnd::memory_limit);
    CHECK(results.at(6).end == (SANITIZED ? WorkEnd::crashed : WorkEnd::memory_limit));
}
