#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/capture/source.hpp"
#include "core/result.hpp"

/// What of a capture can be told again when it was copied, as salted hashes: small, without names, numbers or
/// addresses, made to be kept until next year.
namespace rungs::grade {

/// Hashes of two fingerprints can be compared when both were made with the same salt.
using Salt = std::uint64_t;
Salt salt_from(std::string_view text);
/// Equal for equal salts, and says nothing about them.
std::uint64_t mark_of(Salt salt);

enum class TraceKind : std::uint8_t {
    file,         ///< the octets of the whole file
    signalling,   ///< what a frame carries, without link, addresses and time; text and anything but media
    media,        ///< the same of a frame that looks like RTP or RTCP
    rhythm,       ///< four times between five frames in a row that carry signalling
    media_rhythm, ///< the same of media
    call_id,
    branch,
    tag,
    nonce,        ///< or cnonce
    session_id,   ///< of an o= line
    media_source, ///< SSRC with its first sequence number and timestamp
    tcp_start,    ///< initial sequence number
    hardware,     ///< MAC address of the host where the capture was taken
};
inline constexpr std::size_t trace_kinds = static_cast<std::size_t>(TraceKind::hardware) + 1;

/// Names something for a while, so that frames repeat it: kept with the first of them.
constexpr bool is_identifier(TraceKind kind) {
    return kind >= TraceKind::call_id;
}

/// Which way a frame went, as seen from the host that nearly all frames of the capture come from or go to.
enum class Side : std::uint8_t { unknown, sent, received };

struct Trace {
    TraceKind kind = TraceKind::file;
    Side side = Side::unknown;
    std::uint32_t frame = 0;
    std::uint64_t hash = 0;
    std::int64_t time_us = 0; ///< since Fingerprint::start_us, in whole microseconds of the clock

    friend bool operator==(const Trace&, const Trace&) = default;
};

struct Fingerprint {
    std::uint64_t salt_mark = 0; ///< mark_of
    std::uint64_t frames = 0;    ///< that carried something
    std::int64_t start_us = 0;   ///< of the first of them, since 1970
    /// The clock is too coarse to tell one host from another: all times lie on a grid of 10 us or more.
    bool coarse_times = false;
    std::vector<Trace> traces; ///< by kind, then by hash; each hash once

    friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// Reads `source` to its end, at most limits::similar_frames_read frames. `octets` are the file's, for the
/// comparison of whole files; empty when there are none.
Fingerprint fingerprint(capture::FrameSource& source, std::string_view octets, Salt salt);
/// The same from a capture file. Error: see capture::open.
Result<Fingerprint> fingerprint(const std::string& path, std::string_view octets, Salt salt);

/// One line of printable ASCII, the same for the same fingerprint on every machine.
std::string to_text(const Fingerprint& fingerprint);
/// The inverse; nothing when the text is no such line.
std::optional<Fingerprint> fingerprint_from(std::string_view text);

/// The text of a message or description without what changes when hosts get other addresses: IP addresses
/// and Content-Length. Made for hashing, not for reading.
std::string without_addresses(std::string_view text);

} // namespace rungs::grade
