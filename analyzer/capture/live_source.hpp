#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/capture/source.hpp"
#include "core/limits/live.hpp"
#include "core/result.hpp"

/// Packets as they come: from network interfaces, or from a pipe that another program writes a capture to.
namespace rungs::capture {

struct Device {
    std::string name;
    std::string description; ///< may be empty
    std::vector<std::string> addresses;
    bool up = false, loopback = false;
};
/// What can be captured on. Error: libpcap's text.
Result<std::vector<Device>> list_devices();

/// What the kernel counted, since the device was opened.
struct DeviceCounters {
    std::uint64_t received = 0; ///< passed the filter, those that were dropped afterwards too (ps_recv)
    std::uint64_t dropped = 0;  ///< had no room in the ring (ps_drop)
    std::uint64_t interface_dropped = 0; ///< by the interface or its driver, as far as it tells (ps_ifdrop)
};

struct DeviceOptions {
    std::vector<std::string> interfaces; ///< at least one
    std::string filter;                  ///< libpcap expression, empty for all; see `widened`
    std::size_t snapshot_octets = limits::live_snapshot_octets;
    std::size_t ring_octets = limits::live_ring_octets;
    bool promiscuous = true;
};

/// A capture without an end. A thread of its own does nothing but move packets into a bounded queue.
class LiveSource {
  public:
    virtual ~LiveSource() = default;
    /// Starts the thread.
    virtual void start() = 0;
    /// Replaces the content of `batch` with what has come; empty when nothing came for `patience`. Frames are
    /// numbered from 1 over all interfaces. False at the end, or after `stop` when all was handed out.
    virtual bool next(FrameBatch& batch, std::chrono::milliseconds patience) = 0;
    /// No more packets are taken in; what waits in the queue is still handed out.
    virtual void stop() = 0;
    /// One for each interface or file, as far as it was handed out. From the thread that calls `next`.
    [[nodiscard]] virtual std::vector<Summary> captures() const = 0;
    /// Likewise; none for a pipe, whose writer alone knows.
    [[nodiscard]] virtual std::vector<DeviceCounters> counters() const = 0;
};

/// Opens the interfaces; nothing is read before `start`. Error: no permission (its hint names the three
/// ways), no such interface, not up, bad filter; the message begins with the interface.
Result<std::unique_ptr<LiveSource>> open_devices(const DeviceOptions& options);

/// A capture from standard input, as `dumpcap -w -` writes it. Opening waits for its first octets. Error: see
/// capture::open.
Result<std::unique_ptr<LiveSource>> open_pipe(const std::string& filter);

/// What the kernel is asked for when `filter` is wanted: also fragments and tunnelled packets, whose ports it
/// cannot see, and the same behind a VLAN tag. What is too much is left out afterwards, except in tunnels.
std::string widened(const std::string& filter);

} // namespace rungs::capture
