#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "analyzer/analysis.hpp"
#include "core/limits/media.hpp"
#include "core/result.hpp"

namespace rungs::media {

struct AudioOptions {
    std::vector<std::string> paths; ///< the captures that were analysed, to be read once more
    std::string capture_filter;     ///< as for the analysis
    std::uint64_t packet_limit = 0; ///< likewise
    std::string directory;          ///< made when it is not there
    bool overwrite = false;         ///< replace files of ours that are there
    std::vector<Id> calls;          ///< only streams of these calls; all streams when empty
    const std::atomic<bool>* stop = nullptr;
};

/// What became of a stream or call.
struct AudioFile {
    Id stream = 0, call = 0; ///< one of them
    std::string path;        ///< empty when no file was written
    Duration length{};
    std::string_view reason; ///< why not: "encrypted", "no decoder", "beyond limit"; or "cut at limit"
};

/// Writes `stream-ID.wav` for each stream of PCMU, PCMA, G722, GSM or opus, and `call-ID.wav` in stereo for
/// each call: the caller left, the callee right, the leg with most media when there are several. RTP
/// timestamps place the samples; what was lost or not sent is silence. A jump in RTP time of more than ten
/// seconds against the clock goes by the clock. Streams beyond limits::audio_streams are not written, what
/// is beyond limits::audio_stream_seconds is left out. Error: a capture or a file cannot be read or written,
/// or is there already: then nothing of ours stays but what was finished.
Result<std::vector<AudioFile>> write_audio(const Analysis& analysis, const AudioOptions& options);

} // namespace rungs::media
