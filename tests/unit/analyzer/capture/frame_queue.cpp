#include "analyzer/capture/frame_queue.hpp"

#include <atomic>
#include <thread>

#include <doctest/doctest.h>

using namespace rungs;
using capture::FrameBatch;
using capture::FrameQueue;
using namespace std::chrono_literals;

namespace {

FrameBatch numbered(std::uint64_t number) {
    FrameBatch batch;
    batch.frames.emplace_back().number = number;
    return batch;
}

} // namespace

TEST_CASE("queue: batches come out in order, and nothing when there is nothing") {
    FrameQueue queue(100);
    CHECK_FALSE(queue.pop(0ms).has_value());
    CHECK(queue.push(numbered(1), 10));
    CHECK(queue.push(numbered(2), 10));
    CHECK(queue.pop(0ms)->frames.front().number == 1);
    CHECK(queue.pop(0ms)->frames.front().number == 2);
    CHECK_FALSE(queue.is_finished());
    queue.close();
    CHECK(queue.is_finished());
}

TEST_CASE("queue: what was pushed before it was closed is handed out, what comes after is refused") {
    FrameQueue queue(100);
    CHECK(queue.push(numbered(1), 10));
    queue.close();
    CHECK_FALSE(queue.push(numbered(2), 10));
    CHECK_FALSE(queue.is_finished());
    CHECK(queue.pop(0ms).has_value());
    CHECK(queue.is_finished());
}

TEST_CASE("queue: never holds more than its bound, except one batch alone") {
    FrameQueue queue(100);
    CHECK(queue.push(numbered(0), 500)); // larger than the bound, but alone
    std::thread writer([&] {
        for (std::uint64_t i = 1; i <= 200; ++i) queue.push(numbered(i), 40);
        queue.close();
    });
    std::uint64_t expected = 0;
    while (!queue.is_finished()) {
        if (const auto batch = queue.pop(10ms)) CHECK(batch->frames.front().number == expected++);
    }
    writer.join();
    CHECK(expected == 201);
    CHECK(queue.highest() == 500);
}

TEST_CASE("queue: closing wakes who waits for room") {
    FrameQueue queue(10);
    CHECK(queue.push(numbered(1), 10));
    std::atomic<bool> refused = false;
    std::thread writer([&] { refused = !queue.push(numbered(2), 10); });
    queue.close();
    writer.join();
    CHECK(refused);
}
