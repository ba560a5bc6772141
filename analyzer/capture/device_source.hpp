#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "analyzer/capture/filter.hpp"
#include "analyzer/capture/frame_queue.hpp"
#include "analyzer/capture/live_source.hpp"
#include "analyzer/capture/reorder_window.hpp"
#include "analyzer/capture/window.hpp"

struct pcap;

namespace rungs::capture {

/// Network interfaces, by libpcap.
class DeviceSource final : public LiveSource {
  public:
    explicit DeviceSource(const DeviceOptions& options);
    ~DeviceSource() override;
    Result<void> open();

    void start() override;
    bool next(FrameBatch& batch, std::chrono::milliseconds patience) override;
    void stop() override;
    [[nodiscard]] std::vector<Summary> captures() const override { return m_captures; }
    [[nodiscard]] std::vector<DeviceCounters> counters() const override;

  private:
    struct CloseHandle {
        void operator()(pcap* handle) const;
    };
    struct Device {
        std::string name;
        std::unique_ptr<pcap, CloseHandle> handle;
        LinkType link_type = 0;
        /// libpcap counts with 32 bits: what it said last, and the sum of all steps.
        std::array<std::uint32_t, 3> counted{};
        std::array<std::atomic<std::uint64_t>, 3> sums{};
    };
    struct Round;

    Result<void> open_device(const std::string& name);
    Result<void> set_filter(Device& device);
    void read();
    bool read_round();
    bool hand_over(FrameBatch batch);
    void count(Device& device);
    bool admit(Frame& frame);

    DeviceOptions m_options;
    std::vector<std::unique_ptr<Device>> m_devices;
    std::vector<Summary> m_captures;
    std::unique_ptr<PacketFilter> m_filter, m_tunnels;
    FrameQueue m_queue{limits::live_queue_octets};
    ReorderWindow m_window; ///< of packets of several interfaces
    std::shared_ptr<BufferPool> m_pool;
    /// Where the next packet goes: one buffer serves many batches when little comes.
    struct Room {
        std::shared_ptr<Buffer> buffer;
        std::size_t used = 0;
    } m_room;
    std::thread m_thread;
    std::atomic<bool> m_stop = false;
    std::string m_problem; ///< why the thread ended by itself; read after it has
    std::uint64_t m_frames = 0;
};

} // namespace rungs::capture
