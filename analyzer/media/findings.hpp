#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/decode/unreachable.hpp"
#include "core/limits/correlation.hpp"
#include "dissectors/sip/issues.hpp"

/// What media tells about a call that signalling does not: the one table of codes and thresholds.
namespace rungs::media {

using Rule = sip::Rule;

/// From here on a stream is long enough to be judged: half a second of 20 ms packets.
inline constexpr std::uint64_t enough_packets = 25;
inline constexpr double lossy_percent = 1.0; ///< more is heard even with concealment (ITU-T G.113 Appendix I)
inline constexpr double jittery_ms = 30.0;   ///< mean; more than usual jitter buffers of 60 ms even out
inline constexpr Duration late_after = std::chrono::seconds(1);          ///< between answer and first packet
inline constexpr Duration early_before = std::chrono::milliseconds(100); ///< before the answer: no race
inline constexpr Duration over_after = std::chrono::milliseconds(500);   ///< packets under way at BYE
/// A hole in the whole capture from here on is a cut: phones say something more often.
inline constexpr std::uint32_t hole_seconds = 4;
inline constexpr Duration talk_at_least = std::chrono::seconds(1); ///< of a call that ought to have media

namespace rule {

using enum Severity;

inline constexpr Rule none{"media-none", warning, "RFC 3264 5.1",
                           "The call was answered, but no RTP of it was captured."};
inline constexpr Rule none_at_all{"media-none-in-capture", note, "",
                                  "Calls were answered, but the capture holds no media at all."};
inline constexpr Rule one_way{"media-one-way", warning, "RFC 3264 5.1", "Media went in one direction only."};
inline constexpr Rule late{"media-late", warning, "RFC 3264 8",
                           "The first packet of media came more than 1 s after the answer."};
inline constexpr Rule early{"media-early", note, "RFC 3960", "Media ran before the call was answered."};
inline constexpr Rule after_bye{"media-after-bye", warning, "RFC 3261 15.1.1",
                                "Media went on more than 0.5 s after the BYE."};
inline constexpr Rule not_negotiated{"media-not-negotiated", warning, "RFC 3264 5.1, 6.1",
                                     "A payload type was sent that no session description offered."};
inline constexpr Rule nat{"media-nat", warning, "RFC 8866 5.7, RFC 8445",
                          "A session description names a private address, but the media uses another one."};
inline constexpr Rule red{"media-red", note, "RFC 2198",
                          "The payload type is a wrapper: redundant audio (RED) with another codec inside."};
inline constexpr Rule loss{"media-loss", warning, "RFC 3550 A.3",
                           "More than 1 % of a stream's packets never came."};
inline constexpr Rule jitter{"media-jitter", warning, "RFC 3550 A.8",
                             "The mean interarrival jitter of a stream is more than 30 ms."};
inline constexpr Rule shortened{
    "capture-shortened", note, "",
    "A piece was cut out of the middle of the capture: what is missing there was not lost on the way."};
inline constexpr Rule unreachable{"port-unreachable", warning, "RFC 792, RFC 1122 4.1.3.1",
                                  "ICMP says that nobody listens at a port of this call."};
inline constexpr Rule fax{"media-fax", note, "ITU-T T.38", "The media is a fax: T.38 over UDPTL."};

} // namespace rule

inline constexpr std::array rules{
    rule::none,      rule::none_at_all, rule::one_way,        rule::late,        rule::early,
    rule::after_bye, rule::nat,         rule::not_negotiated, rule::red,         rule::loss,
    rule::jitter,    rule::fax,         rule::shortened,      rule::unreachable,
};

/// Whether `other` goes the way back of `stream`. On one host both ways have the same addresses: there they
/// differ by where they go.
bool goes_back(const Stream& stream, const Stream& other);

/// Adds to `analysis.findings`, at most limits::findings in all. Streams, faxes and calls are complete.
void find_in_media(Analysis& analysis);
/// The same for ports at which nobody listens: a finding for each stream and each pair of ends that exchanged
/// messages.
void find_unreachable(Analysis& analysis, const std::vector<decode::Unreachable>& seen);

} // namespace rungs::media
