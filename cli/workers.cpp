#include "cli/workers.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <new>
#include <system_error>
#include <vector>

#include "cli/confinement.hpp"
#include "cli/failure.hpp"
#include "cli/file_sink.hpp"
#include "cli/interrupt.hpp"

namespace rungs::cli {
namespace {

using Clock = std::chrono::steady_clock;

// What a worker says with its exit status.
constexpr int worker_done = 0;
constexpr int worker_no_memory = 3;
constexpr int worker_failed = 4;

/// Address space that this process takes now: what a limit has to leave to its children.
std::uint64_t address_space() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t pages = 0;
    statm >> pages;
    return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void limit(int resource, std::uint64_t most) {
    const rlimit bound{most, most};
    ::setrlimit(static_cast<decltype(RLIMIT_AS)>(resource), &bound);
}

/// In the child: never returns, and runs none of the parent's endings.
[[noreturn]] void work_and_end(std::size_t index, const Box& box, std::uint64_t address_space, int out,
                               const std::function<void(std::size_t, reports::Sink&)>& work) {
    static_cast<void>(::signal(SIGINT, SIG_IGN)); // the parent ends us
    limit(RLIMIT_AS, address_space + box.octets);
    limit(RLIMIT_CPU, box.seconds);
    confine_to_files({}); // nothing but temporary files and what is open; no core file
    int status = worker_done;
    try {
        FileSink sink(out, "result");
        work(index, sink);
        sink.flush();
    } catch (const std::bad_alloc&) {
        status = worker_no_memory;
    } catch (...) {
        status = worker_failed;
    }
    ::_exit(status);
}

struct Worker {
    std::size_t index = 0;
    pid_t process = -1;
    int in = -1;
    Clock::time_point until;
    std::string octets;
    bool killed = false; ///< by us: it took too long or said too much
    bool too_much = false;
};

class Pool {
  public:
    Pool(const Box& box, const std::function<void(std::size_t, reports::Sink&)>& work)
        : m_box(box), m_work(work) {}
    ~Pool() {
        for (Worker& worker : m_workers) {
            ::kill(worker.process, SIGKILL);
            ::close(worker.in);
            ::waitpid(worker.process, nullptr, 0);
        }
    }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    [[nodiscard]] std::size_t size() const { return m_workers.size(); }

    void start(std::size_t index) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) refuse();
        const std::uint64_t taken = address_space();
        const pid_t process = ::fork();
        if (process < 0) refuse();
        if (process == 0) {
            ::close(ends[0]);
            work_and_end(index, m_box, taken, ends[1], m_work);
        }
        ::close(ends[1]);
        m_workers.push_back(
            {index, process, ends[0], Clock::now() + std::chrono::seconds(m_box.seconds), {}, false, false});
    }

    /// Waits until something happens, reads it, and hands over what ended.
    void wait(const std::function<void(std::size_t, WorkResult)>& done) {
        std::vector<pollfd> ends;
        for (const Worker& worker : m_workers) ends.push_back({worker.in, POLLIN, 0});
        constexpr int look_at_clock_ms = 100;
        ::poll(ends.data(), ends.size(), look_at_clock_ms);
        for (std::size_t i = ends.size(); i-- > 0;) {
            Worker& worker = m_workers[i];
            if (Clock::now() > worker.until) end(worker);
            if (ends[i].revents == 0 || read_some(worker)) continue;
            Worker ended = std::move(worker);
            m_workers.erase(m_workers.begin() + static_cast<std::ptrdiff_t>(i));
            done(ended.index, result_of(ended));
        }
    }

  private:
    [[noreturn]] static void refuse() {
        throw Failure{{"no process can be made for a submission: " + std::generic_category().message(errno),
                       "-j 1 takes the fewest"}};
    }

    static void end(Worker& worker) {
        worker.killed = true;
        ::kill(worker.process, SIGKILL);
    }

    /// False at the end of what it says.
    bool read_some(Worker& worker) const {
        std::array<char, std::size_t{64} << 10U> piece{};
        const ssize_t size = ::read(worker.in, piece.data(), piece.size());
        if (size < 0) return errno == EINTR || errno == EAGAIN;
        if (size == 0) return false;
        if (worker.killed) return true;
        worker.octets.append(piece.data(), static_cast<std::size_t>(size));
        worker.too_much = worker.octets.size() > m_box.result_octets;
        if (worker.too_much) end(worker);
        return true;
    }

    static WorkResult result_of(Worker& worker) {
        ::close(worker.in);
        int status = 0;
        while (::waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
        }
        WorkResult result{WorkEnd::crashed, std::move(worker.octets)};
        if (WIFEXITED(status) && WEXITSTATUS(status) == worker_done) result.end = WorkEnd::done;
        if (WIFEXITED(status) && WEXITSTATUS(status) == worker_no_memory) result.end = WorkEnd::memory_limit;
        if (worker.too_much) result.end = WorkEnd::memory_limit;
        const bool out_of_time = WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;
        if (out_of_time || (worker.killed && !worker.too_much)) result.end = WorkEnd::time_limit;
        return result;
    }

    const Box& m_box;
    const std::function<void(std::size_t, reports::Sink&)>& m_work;
    std::vector<Worker> m_workers;
};

} // namespace

void run_isolated(std::size_t count, unsigned parallel, const Box& box,
                  const std::function<void(std::size_t, reports::Sink&)>& work,
                  const std::function<void(std::size_t, WorkResult)>& done) {
    Pool pool(box, work);
    std::size_t next = 0;
    while ((next < count || pool.size() > 0) && !interrupted()) {
        while (next < count && pool.size() < std::max(1U, parallel)) pool.start(next++);
        pool.wait(done);
    }
}

} // namespace rungs::cli
