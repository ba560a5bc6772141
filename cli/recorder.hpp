#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/capture/live_source.hpp"
#include "cli/file_sink.hpp"
#include "cli/held_packets.hpp"
#include "cli/live_options.hpp"

namespace rungs::cli {

/// Writes packets to a pcapng file, or to one after another (-w, -b). Files are readable while they grow.
class Recorder {
  public:
    /// Begins the first file. Throws Failure.
    Recorder(std::string path, bool calls_only, const Rotation& rotation,
             std::vector<capture::Summary> interfaces);
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    /// `bucket` is what the packet was. Throws Failure.
    void add(const Frame& frame, Bucket bucket);
    /// What was added, and waits for nothing at `now`, is in the file, for who reads it while it grows.
    /// Throws Failure.
    void flush(Timestamp now);
    /// Closes the last file with the kernel's counts. Throws Failure.
    void finish(const std::vector<capture::DeviceCounters>& counters, Timestamp time);

    [[nodiscard]] std::uint64_t octets() const { return m_octets; } ///< of all files
    [[nodiscard]] std::uint64_t packets() const { return m_packets; }

  private:
    void hold(const Frame& frame, Bucket bucket);
    void record(Timestamp time, std::string_view packet);
    void record_held(Timestamp now);
    void begin(Timestamp time);
    void close();
    void write(std::string_view octets);
    [[nodiscard]] bool is_due(Timestamp time) const;

    std::string m_path;
    bool m_calls_only;
    Rotation m_rotation;
    std::vector<capture::Summary> m_interfaces;
    int m_descriptor = -1;
    std::unique_ptr<FileSink> m_sink;
    std::deque<std::string> m_files; ///< that are there, the oldest first
    std::uint64_t m_number = 0, m_octets = 0, m_file_octets = 0, m_packets = 0;
    Timestamp m_begun;
    std::string m_buffer;
    HeldPackets m_held; ///< m_calls_only
};

/// Whether a packet of that kind belongs to calls: signalling, media, and what they may be put together from.
bool belongs_to_calls(Bucket bucket);

} // namespace rungs::cli
