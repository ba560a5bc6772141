#include <algorithm>
#include <atomic>
#include <thread>

#include "analyzer/capture/frame_queue.hpp"
#include "analyzer/capture/live_source.hpp"

namespace rungs::capture {
namespace {

/// Standard input. The thread cannot be woken while it waits for the other end of the pipe, so it is left
/// alone at the end: what it works on belongs to it as well.
class PipeSource final : public LiveSource {
  public:
    explicit PipeSource(std::unique_ptr<FrameSource> source)
        : m_shared(std::make_shared<Shared>(std::move(source))), m_captures(m_shared->source->captures()) {
        for (Summary& summary : m_captures) summary.packets = summary.octets = 0;
    }
    ~PipeSource() override { stop(); }

    void start() override { std::thread(read, m_shared).detach(); }
    void stop() override { m_shared->queue.close(); }

    bool next(FrameBatch& batch, std::chrono::milliseconds patience) override {
        batch.clear();
        if (auto came = m_shared->queue.pop(patience)) {
            batch = std::move(*came);
            for (const Frame& frame : batch.frames) count(frame);
            return true;
        }
        if (!m_shared->queue.is_finished()) return true;
        if (m_shared->ended) m_captures = m_shared->source->captures();
        return false;
    }

    [[nodiscard]] std::vector<Summary> captures() const override { return m_captures; }
    [[nodiscard]] std::vector<DeviceCounters> counters() const override { return {}; }

  private:
    struct Shared {
        explicit Shared(std::unique_ptr<FrameSource> from) : source(std::move(from)) {}
        std::unique_ptr<FrameSource> source;
        FrameQueue queue{limits::live_queue_octets};
        std::atomic<bool> ended = false; ///< nothing changes in the source any more
    };

    static void read(const std::shared_ptr<Shared>& shared) {
        FrameBatch batch;
        while (shared->source->next(batch)) {
            std::size_t octets = 0;
            for (const Frame& frame : batch.frames) octets += frame.bytes.size() + sizeof(Frame);
            if (!shared->queue.push(std::move(batch), octets)) return;
            batch = {};
        }
        shared->ended = true;
        shared->queue.close();
    }

    void count(const Frame& frame) {
        Summary& summary = m_captures[frame.capture];
        if (summary.packets == 0) summary.first = summary.last = frame.time;
        ++summary.packets;
        summary.octets += frame.bytes.size();
        summary.first = std::min(summary.first, frame.time);
        summary.last = std::max(summary.last, frame.time);
    }

    std::shared_ptr<Shared> m_shared;
    std::vector<Summary> m_captures;
};

} // namespace

Result<std::unique_ptr<LiveSource>> open_pipe(const std::string& filter) {
    OpenOptions options;
    options.filter = filter;
    auto source = open({"-"}, options);
    if (!source) return tl::unexpected(std::move(source.error()));
    return std::make_unique<PipeSource>(std::move(*source));
}

} // namespace rungs::capture
