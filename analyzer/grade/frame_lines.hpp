#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analyzer/capture/source.hpp"

namespace rungs::grade {

/// A frame on one line, to be put beside another.
struct FrameLine {
    std::uint64_t frame = 0;
    Timestamp time;
    std::string source, destination; ///< "ip:port"; empty when there is none
    std::string text;                ///< first line of a message, header of RTP, or the size; printable
};

/// Those of `frames` that `source` has, in order of frames. Reads no further than the last of them.
std::vector<FrameLine> read_frame_lines(capture::FrameSource& source, std::span<const std::uint64_t> frames);

} // namespace rungs::grade
