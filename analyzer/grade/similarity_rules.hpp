#pragma once

#include <array>

#include "dissectors/sip/issues.hpp"

/// What two captures of different students can have in common (SimilarPair::Signal::code). `compare` says
/// them only of captures with frames at one constant shift.
namespace rungs::grade {

inline constexpr std::array similarity_rules{
    sip::Rule{"same-file", Severity::note, "", "Two files are the same, octet for octet."},
    sip::Rule{"same-frames", Severity::note, "",
              "Frames of two captures carry the same octets, at the same times but for one constant shift."},
    sip::Rule{"same-times", Severity::note, "",
              "Frames follow each other at the same intervals in two captures, to the microsecond."},
    sip::Rule{"same-call-id", Severity::note, "RFC 3261 8.1.1.4",
              "Two captures that look copied hold the same Call-ID."},
    sip::Rule{"same-branch", Severity::note, "RFC 3261 8.1.1.7",
              "Two captures that look copied hold the same Via branch."},
    sip::Rule{"same-tag", Severity::note, "RFC 3261 19.3",
              "Two captures that look copied hold the same tag of From or To."},
    sip::Rule{"same-nonce", Severity::note, "RFC 3261 22.4, RFC 7616 3.3",
              "Two captures that look copied hold the same nonce of a challenge or of its answer."},
    sip::Rule{"same-session-id", Severity::note, "RFC 8866 5.2",
              "Two captures that look copied hold the same session id of an o= line."},
    sip::Rule{"same-media-source", Severity::note, "RFC 3550 5.1",
              "RTP streams of two captures begin with the same SSRC, sequence number and timestamp."},
    sip::Rule{"same-tcp-start", Severity::note, "RFC 9293 3.4.1",
              "TCP connections of two captures begin with the same sequence number."},
    sip::Rule{"same-host", Severity::note, "",
              "Two captures that look copied were taken on hosts with the same MAC address."},
};

} // namespace rungs::grade
