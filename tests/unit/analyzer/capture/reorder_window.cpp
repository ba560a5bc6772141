#include "analyzer/capture/reorder_window.hpp"

#include <vector>

#include <doctest/doctest.h>

using namespace rungs;
using capture::FrameBatch;
using capture::ReorderWindow;
using namespace std::chrono_literals;

namespace {

const ReorderWindow::Clock::time_point start{};

/// Frames of interface `capture` at these times (ns).
FrameBatch at(std::uint16_t capture, const std::vector<std::int64_t>& times) {
    FrameBatch batch;
    for (const std::int64_t time : times) {
        Frame& frame = batch.frames.emplace_back();
        frame.time.ns = time;
        frame.capture = capture;
    }
    return batch;
}

std::vector<std::int64_t> times_of(const FrameBatch& batch) {
    std::vector<std::int64_t> times;
    for (const Frame& frame : batch.frames) times.push_back(frame.time.ns);
    return times;
}

using Times = std::vector<std::int64_t>;

} // namespace

TEST_CASE("reorder window: what one interface hands over late comes before what another had earlier") {
    ReorderWindow window(150ms, 1000);
    window.add(at(0, {30, 10}), 2, start);
    CHECK(window.release(start + 149ms).frames.empty());
    window.add(at(1, {20, 40}), 2, start + 149ms);
    CHECK(times_of(window.release(start + 150ms)) == Times{10, 20, 30});
    CHECK(window.release(start + 298ms).frames.empty());
    CHECK(times_of(window.release(start + 299ms)) == Times{40});
    CHECK_FALSE(window.is_overrun());
}

TEST_CASE("reorder window: of packets with one time the interface that was named first comes first") {
    ReorderWindow window(1ms, 1000);
    window.add(at(1, {10}), 1, start);
    window.add(at(0, {10}), 1, start);
    const FrameBatch released = window.release(start + 1ms);
    REQUIRE(released.frames.size() == 2);
    CHECK(released.frames[0].capture == 0);
    CHECK(released.frames[1].capture == 1);
}

TEST_CASE("reorder window: nothing later than what an interface still holds is let go") {
    ReorderWindow window(150ms, 1000);
    window.add(at(0, {10, 20}), 2, start);
    window.add(at(1, {5, 12}), 2, start);
    CHECK(times_of(window.release(start + 200ms, Timestamp{12})) == Times{5, 10, 12});
    window.add(at(1, {14, 19}), 2, start + 200ms);
    CHECK(times_of(window.release(start + 201ms)) == Times{14, 19, 20});
}

TEST_CASE("reorder window: buffers live as long as frames of theirs") {
    ReorderWindow window(150ms, 1000);
    FrameBatch batch = at(0, {10, 20});
    const auto buffer = std::make_shared<int>(1);
    batch.buffers.push_back(buffer);
    window.add(std::move(batch), 2, start);
    const FrameBatch first = window.release(start + 150ms, Timestamp{10});
    CHECK(first.frames.size() == 1);
    CHECK(buffer.use_count() == 3); // here, in what was released, and for the frame to come
    const FrameBatch rest = window.release_all();
    CHECK(rest.frames.size() == 1);
    CHECK(buffer.use_count() == 3);
}

TEST_CASE("reorder window: its octets, on both sides") {
    ReorderWindow window(150ms, 10);
    window.add(at(0, {30}), 10, start);
    CHECK(window.release(start).frames.empty());
    CHECK_FALSE(window.is_overrun());
    window.add(at(1, {20}), 1, start);
    CHECK(times_of(window.release(start)) == Times{20, 30});
    CHECK(window.is_overrun());
    window.add(at(1, {40}), 10, start); // room again
    CHECK(window.release(start).frames.empty());
}
