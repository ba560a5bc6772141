#pragma once

#include "core/limits/messages.hpp"
#include <string_view>

/// What can be wrong with a session description. The codes are stable.
namespace rungs::sdp::issue {

/// A line that is neither `x=...` nor an attribute that lost its `a=`.
inline constexpr std::string_view line_malformed = "sdp-line-malformed";
/// `name:value` without `a=` before it; read as the attribute it means.
inline constexpr std::string_view attribute_without_a = "sdp-attribute-without-a";
/// Blanks before the type letter (RFC 8866 section 5 allows none).
inline constexpr std::string_view leading_blank = "sdp-leading-blank";
/// An empty line with more lines after it.
inline constexpr std::string_view empty_line = "sdp-empty-line";
/// A line type that RFC 8866 does not define.
inline constexpr std::string_view line_type_unknown = "sdp-line-type-unknown";
/// Lines not in the order of RFC 8866 section 5.
inline constexpr std::string_view line_order = "sdp-line-order";
/// A second v=, o= or s= line; the first counts.
inline constexpr std::string_view line_repeated = "sdp-line-repeated";
/// A NUL octet in the text.
inline constexpr std::string_view nul = "sdp-nul";

inline constexpr std::string_view version_missing = "sdp-version-missing";
inline constexpr std::string_view version_unknown = "sdp-version-unknown";
inline constexpr std::string_view origin_missing = "sdp-origin-missing";
/// o= without its six fields.
inline constexpr std::string_view origin_malformed = "sdp-origin-malformed";
inline constexpr std::string_view session_name_missing = "sdp-session-name-missing";
inline constexpr std::string_view time_missing = "sdp-time-missing";
/// t= without its two numbers.
inline constexpr std::string_view time_malformed = "sdp-time-malformed";
/// c= without its three fields.
inline constexpr std::string_view connection_malformed = "sdp-connection-malformed";
/// Media in use, and neither it nor the session has a c= line.
inline constexpr std::string_view connection_missing = "sdp-connection-missing";

/// m= without its fields.
inline constexpr std::string_view media_malformed = "sdp-media-malformed";
/// The port is no number from 0 to 65535; read as 0.
inline constexpr std::string_view media_port = "sdp-media-port";
inline constexpr std::string_view media_without_formats = "sdp-media-without-formats";
/// More m= lines than limits::sdp_media.
inline constexpr std::string_view media_limit = "sdp-media-limit";
/// More formats in an m= line than limits::sdp_formats.
inline constexpr std::string_view format_limit = "sdp-format-limit";
/// More a= lines than limits::sdp_attributes.
inline constexpr std::string_view attribute_limit = "sdp-attribute-limit";

/// A format of an RTP profile that is no number from 0 to 127.
inline constexpr std::string_view payload_type = "sdp-payload-type";
/// The same payload type twice in one m= line.
inline constexpr std::string_view payload_type_repeated = "sdp-payload-type-repeated";
/// A dynamic payload type (96 to 127) without an rtpmap.
inline constexpr std::string_view payload_type_unmapped = "sdp-payload-type-unmapped";
inline constexpr std::string_view rtpmap_malformed = "sdp-rtpmap-malformed";
/// rtpmap or fmtp for a payload type that the m= line does not list.
inline constexpr std::string_view payload_type_not_listed = "sdp-payload-type-not-listed";
inline constexpr std::string_view fmtp_malformed = "sdp-fmtp-malformed";
/// An attribute whose name is a known misspelling: MSN Messenger's `a=fmp`, read as fmtp.
inline constexpr std::string_view attribute_misspelt = "sdp-attribute-misspelt";
inline constexpr std::string_view rtcp_malformed = "sdp-rtcp-malformed";
inline constexpr std::string_view ptime_malformed = "sdp-ptime-malformed";

} // namespace rungs::sdp::issue
