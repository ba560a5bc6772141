#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "core/limits/rubric.hpp"
#include "reports/report.hpp"

/// Work on input that nobody vouches for, each piece in a process of its own: what goes wrong there ends
/// there.
namespace rungs::cli {

/// What one piece may take.
struct Box {
    std::uint64_t seconds = limits::grading_seconds; ///< of the clock, and of the processor
    std::uint64_t octets = limits::grading_octets;   ///< of memory, beyond what this process has already
    std::size_t result_octets = limits::grading_result_octets;
};

enum class WorkEnd : std::uint8_t { done, crashed, time_limit, memory_limit };

struct WorkResult {
    WorkEnd end = WorkEnd::crashed;
    std::string octets; ///< what the work wrote; a part of it unless it is done
};

/// Runs `work(i, sink)` for each i below `count`, each in a forked process, at most `parallel` at once, and
/// hands what it wrote to `done(i, result)` in this one, as they end. Returns early when `interrupted()`:
/// those under way are ended and their `done` is not called. Call it from a process with one thread. `work`
/// may throw std::bad_alloc. Throws Failure when no process can be made.
void run_isolated(std::size_t count, unsigned parallel, const Box& box,
                  const std::function<void(std::size_t, reports::Sink&)>& work,
                  const std::function<void(std::size_t, WorkResult)>& done);

} // namespace rungs::cli
