#pragma once

#include "core/limits/messages.hpp"
#include "core/limits/msn.hpp"
#include <string_view>

/// Every issue code that the MSN dissector can report. Codes are stable: `rungs explain` describes them.
namespace rungs::msn::issue {

// Command lines
inline constexpr std::string_view not_a_command = "msn-not-a-command"; ///< `Parsed::reason`: octets skipped
inline constexpr std::string_view line_too_long = "msn-line-too-long"; ///< past limits::msn_line_octets
inline constexpr std::string_view line_incomplete = "msn-line-incomplete";
inline constexpr std::string_view line_end = "msn-line-end";     ///< LF without CR
inline constexpr std::string_view parameters = "msn-parameters"; ///< fit no known form of the command

// Payload lengths
inline constexpr std::string_view length_invalid = "msn-length-invalid";     ///< not a number
inline constexpr std::string_view length_too_large = "msn-length-too-large"; ///< past limits::message_octets
inline constexpr std::string_view length_wrong = "msn-length-wrong"; ///< the next command stands inside
inline constexpr std::string_view payload_truncated = "msn-payload-truncated";

// MIME
inline constexpr std::string_view mime_blank_line_missing = "msn-mime-blank-line-missing";
inline constexpr std::string_view mime_stray_blank_line = "msn-mime-stray-blank-line";
inline constexpr std::string_view mime_headers_too_many = "msn-mime-headers-too-many"; ///< limits::headers
inline constexpr std::string_view mime_content_type_missing = "msn-mime-content-type-missing";

// Invitations
inline constexpr std::string_view invitation_command = "msn-invitation-command"; ///< missing or unknown
inline constexpr std::string_view invitation_cookie_missing = "msn-invitation-cookie-missing";
inline constexpr std::string_view invitation_field = "msn-invitation-field"; ///< a line without a colon
inline constexpr std::string_view invitation_field_repeated = "msn-invitation-field-repeated";
inline constexpr std::string_view invitation_fields_too_many = "msn-invitation-fields-too-many";
inline constexpr std::string_view invitation_address = "msn-invitation-address";   ///< not an address
inline constexpr std::string_view invitation_enc64 = "msn-invitation-enc64";       ///< not Base64
inline constexpr std::string_view invitation_mismatch = "msn-invitation-mismatch"; ///< Enc64 says otherwise

// P2P and MSNSLP
inline constexpr std::string_view p2p_header_short = "msn-p2p-header-short";
inline constexpr std::string_view p2p_header_missing = "msn-p2p-header-missing";
inline constexpr std::string_view p2p_length_too_large = "msn-p2p-length-too-large";
inline constexpr std::string_view p2p_offset_past_total = "msn-p2p-offset-past-total";
inline constexpr std::string_view p2p_footer_missing = "msn-p2p-footer-missing";
inline constexpr std::string_view p2p_overlap = "msn-p2p-overlap"; ///< chunks disagree; the first one is kept
inline constexpr std::string_view p2p_too_large = "msn-p2p-too-large"; ///< limits::msn_p2p_message_octets
inline constexpr std::string_view slp_start_line = "msn-slp-start-line";
inline constexpr std::string_view slp_header_missing = "msn-slp-header-missing";
inline constexpr std::string_view slp_content_length = "msn-slp-content-length";
inline constexpr std::string_view slp_field = "msn-slp-field"; ///< a number or Base64 that is none

// HTTP gateway
inline constexpr std::string_view gateway_content_length = "msn-gateway-content-length";
inline constexpr std::string_view gateway_truncated = "msn-gateway-truncated";

} // namespace rungs::msn::issue
