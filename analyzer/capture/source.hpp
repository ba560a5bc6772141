#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/frame.hpp"
#include "core/result.hpp"

namespace rungs::capture {

/// What a source knows about one capture file; counts are final once `next` returned false.
struct Summary {
    std::string path; ///< as given; "-" for standard input
    std::string
        format; ///< "pcap", "pcap-ns", "pcap-modified", "pcapng", with "+gzip", "+zstd", "+lz4", "+xz"
    std::vector<LinkType> link_types; ///< in order of appearance, each once
    std::uint64_t packets = 0;
    std::uint64_t octets = 0; ///< captured octets of all packets
    Timestamp first, last;    ///< smallest and largest time, both 0 when there are no packets
    bool truncated = false;   ///< the file ends inside a record, or has a part that could not be read
    /// What was odd about the file itself, complete sentences with a byte offset; at most 32 kept.
    std::vector<std::string> remarks;
    /// Records that are no packets, and those that had to be skipped, by name: "name_resolution",
    /// "unknown_block", "bad_block", ... In alphabetical order.
    std::vector<std::pair<std::string, std::uint64_t>> blocks;
    std::uint64_t filtered = 0;          ///< packets that a filter (-f) left out; not in `packets`
    std::uint64_t skipped_octets = 0;    ///< of the file, in parts that could not be read
    bool has_decryption_secrets = false; ///< pcapng DSB
};

/// A run of frames, with what keeps their octets alive. Copying shares the octets.
struct FrameBatch {
    std::vector<Frame> frames;
    std::vector<std::shared_ptr<const void>> buffers;
    void clear() {
        frames.clear();
        buffers.clear();
    }
};

/// Frames in the order in which they are to be analysed, with their numbers.
class FrameSource {
  public:
    virtual ~FrameSource() = default;
    /// Replaces the content of `batch` with the next frames (about 256 KiB of octets); false at the end.
    /// A capture that breaks off is an end with Summary::truncated and a remark, not an error.
    virtual bool next(FrameBatch& batch) = 0;
    /// One for each file, in the order given.
    [[nodiscard]] virtual const std::vector<Summary>& captures() const = 0;
    /// Octets of the files read so far, for a progress display.
    [[nodiscard]] virtual std::uint64_t octets_read() const = 0;
};

struct OpenOptions {
    std::string filter;             ///< libpcap filter expression; empty for all (-f)
    std::uint64_t packet_limit = 0; ///< stop after so many packets, 0 for all (-c)
    /// Added to the times of each capture when several are merged: clocks that were apart. Empty for none.
    std::vector<Duration> time_shifts = {};
};

/// Opens captures for one streaming pass; several are merged by time (ties: the order given, then file
/// order). Each path is a file or "-" (standard input, once). Error: nothing there, a directory, empty, no
/// capture (named when it is a known other format), unsupported compression, bad filter; the message begins
/// with the path.
Result<std::unique_ptr<FrameSource>> open(const std::vector<std::string>& paths,
                                          const OpenOptions& options = {});

} // namespace rungs::capture
