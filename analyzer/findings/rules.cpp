#include "analyzer/findings/rules.hpp"

#include <algorithm>

#include "analyzer/grade/intake_rules.hpp"
#include "analyzer/media/findings.hpp"
#include "dissectors/msn/issues.hpp"
#include "dissectors/sdp/issues.hpp"

namespace rungs::findings {
namespace {

using enum Severity;
namespace sdp_issue = sdp::issue;
namespace msn_issue = msn::issue;

constexpr std::array sdp_table{
    Rule{sdp_issue::line_malformed, error, "RFC 8866 5", "A line is a letter, an equals sign and a value."},
    Rule{sdp_issue::attribute_without_a, error, "RFC 8866 5.13",
         "An attribute lacks the a= before its name."},
    Rule{sdp_issue::leading_blank, warning, "RFC 8866 5", "No blanks may stand before the letter of a line."},
    Rule{sdp_issue::empty_line, warning, "RFC 8866 5", "A description has no empty lines."},
    Rule{sdp_issue::line_type_unknown, warning, "RFC 8866 5",
         "The letter of a line is none that is defined."},
    Rule{sdp_issue::line_order, warning, "RFC 8866 5", "The lines have a fixed order."},
    Rule{sdp_issue::line_repeated, error, "RFC 8866 5", "v=, o= and s= stand once; the first one counts."},
    Rule{sdp_issue::nul, error, "RFC 8866 5", "A NUL octet stands in the text."},
    Rule{sdp_issue::version_missing, error, "RFC 8866 5.1", "A description begins with v=0."},
    Rule{sdp_issue::version_unknown, error, "RFC 8866 5.1", "The version is 0; no other exists."},
    Rule{sdp_issue::origin_missing, error, "RFC 8866 5.2",
         "The o= line, which names the session, is missing."},
    Rule{sdp_issue::origin_malformed, error, "RFC 8866 5.2",
         "An o= line has six fields: user, id, version, IN, IP4 or IP6, address."},
    Rule{sdp_issue::session_name_missing, error, "RFC 8866 5.3", "The s= line is missing; s=- says no name."},
    Rule{sdp_issue::time_missing, error, "RFC 8866 5.9", "The t= line is missing; t=0 0 says no limits."},
    Rule{sdp_issue::time_malformed, error, "RFC 8866 5.9", "A t= line has two numbers."},
    Rule{sdp_issue::connection_malformed, error, "RFC 8866 5.7",
         "A c= line is IN, IP4 or IP6, and an address."},
    Rule{sdp_issue::connection_missing, error, "RFC 8866 5.7",
         "Media has no c= line, neither its own nor the session's."},
    Rule{sdp_issue::media_malformed, error, "RFC 8866 5.14",
         "An m= line is a medium, a port, a protocol and formats."},
    Rule{sdp_issue::media_port, error, "RFC 8866 5.14", "A port is a number from 0 to 65535."},
    Rule{sdp_issue::media_without_formats, error, "RFC 8866 5.14", "An m= line has at least one format."},
    Rule{sdp_issue::media_limit, warning, "", "More m= lines than the program keeps."},
    Rule{sdp_issue::format_limit, warning, "", "More formats in an m= line than the program keeps."},
    Rule{sdp_issue::attribute_limit, warning, "", "More attributes than the program keeps."},
    Rule{sdp_issue::payload_type, error, "RFC 3551 6", "An RTP payload type is a number from 0 to 127."},
    Rule{sdp_issue::payload_type_repeated, warning, "RFC 8866 5.14",
         "The same payload type stands twice in an m= line."},
    Rule{sdp_issue::payload_type_unmapped, error, "RFC 8866 6.6",
         "A dynamic payload type (96 to 127) has no rtpmap."},
    Rule{sdp_issue::rtpmap_malformed, error, "RFC 8866 6.6",
         "An rtpmap is a number, a name and a clock rate."},
    Rule{sdp_issue::payload_type_not_listed, warning, "RFC 8866 6.6, 6.15",
         "An rtpmap or fmtp is for a payload type that the m= line does not list."},
    Rule{sdp_issue::fmtp_malformed, error, "RFC 8866 6.15", "An fmtp is a format and its parameters."},
    Rule{sdp_issue::attribute_misspelt, warning, "RFC 8866 6.15", "A known misspelling of an attribute."},
    Rule{sdp_issue::rtcp_malformed, error, "RFC 3605 2.1", "An a=rtcp line begins with a port."},
    Rule{sdp_issue::ptime_malformed, error, "RFC 8866 6.4", "A packet time is a number of milliseconds."},
};

constexpr std::array msn_table{
    Rule{msn_issue::not_a_command, warning, "", "Octets that are no MSN command were skipped."},
    Rule{msn_issue::line_too_long, warning, "", "A command line is longer than the program keeps."},
    Rule{msn_issue::line_incomplete, warning, "", "A command line has no end."},
    Rule{msn_issue::line_end, warning, "", "A command line ends in LF without CR."},
    Rule{msn_issue::parameters, warning, "", "The parameters fit no known form of the command."},
    Rule{msn_issue::length_invalid, error, "", "The length of a payload is not a number."},
    Rule{msn_issue::length_too_large, error, "", "The length of a payload is larger than the program keeps."},
    Rule{msn_issue::length_wrong, error, "",
         "The length of a payload is wrong: the next command stands inside."},
    Rule{msn_issue::payload_truncated, warning, "", "A payload is shorter than its length says."},
    Rule{msn_issue::mime_blank_line_missing, warning, "RFC 2045 2",
         "No empty line stands between MIME headers and body."},
    Rule{msn_issue::mime_stray_blank_line, warning, "RFC 2045 2",
         "An empty line stands in front of the MIME headers."},
    Rule{msn_issue::mime_headers_too_many, warning, "", "More MIME headers than the program keeps."},
    Rule{msn_issue::mime_content_type_missing, warning, "RFC 2045 5", "A message has no Content-Type."},
    Rule{msn_issue::invitation_command, error, "", "The Invitation-Command is missing or unknown."},
    Rule{msn_issue::invitation_cookie_missing, error, "",
         "The Invitation-Cookie, which tells invitations apart, is missing."},
    Rule{msn_issue::invitation_field, warning, "", "A line of an invitation has no colon."},
    Rule{msn_issue::invitation_field_repeated, warning, "",
         "A field of an invitation stands twice; the first one counts."},
    Rule{msn_issue::invitation_fields_too_many, warning, "",
         "More fields of an invitation than the program keeps."},
    Rule{msn_issue::invitation_address, error, "", "An address of an invitation is none."},
    Rule{msn_issue::invitation_enc64, error, "RFC 4648 4", "An Enc64 field of an invitation is not Base64."},
    Rule{msn_issue::invitation_mismatch, warning, "", "A field and its Enc64 twin say different things."},
    Rule{msn_issue::p2p_header_short, error, "", "A P2P header is shorter than its 48 octets."},
    Rule{msn_issue::p2p_header_missing, error, "", "A P2P message has no binary header."},
    Rule{msn_issue::p2p_length_too_large, error, "", "A P2P chunk promises more octets than there are."},
    Rule{msn_issue::p2p_offset_past_total, error, "", "A P2P chunk lies past the end of its message."},
    Rule{msn_issue::p2p_footer_missing, warning, "", "A P2P chunk lacks its footer of four octets."},
    Rule{msn_issue::p2p_overlap, warning, "", "P2P chunks overlap and disagree; the first one counts."},
    Rule{msn_issue::p2p_too_large, warning, "", "A P2P message is larger than the program puts together."},
    Rule{msn_issue::slp_start_line, error, "", "The first line of an MSNSLP message is no start line."},
    Rule{msn_issue::slp_header_missing, error, "", "A mandatory MSNSLP header is missing."},
    Rule{msn_issue::slp_content_length, error, "", "Content-Length of an MSNSLP message is wrong."},
    Rule{msn_issue::slp_field, warning, "", "A number or Base64 text of an MSNSLP message is none."},
    Rule{msn_issue::gateway_content_length, error, "",
         "Content-Length of a gateway's HTTP message is wrong."},
    Rule{msn_issue::gateway_truncated, warning, "", "A gateway's HTTP message is not complete."},
};

const Rule* find_in(std::span<const Rule> rules, std::string_view code) {
    const auto found = std::ranges::find(rules, code, &Rule::code);
    return found == rules.end() ? nullptr : &*found;
}

} // namespace

std::span<const Rule> sdp_rules() {
    return sdp_table;
}

std::span<const Rule> msn_rules() {
    return msn_table;
}

const Rule* rule_of(std::string_view code) {
    for (const std::span<const Rule> rules :
         {std::span<const Rule>(rule::all), std::span<const Rule>(sip::rule::all), sdp_rules(), msn_rules(),
          std::span<const Rule>(media::rules), std::span<const Rule>(grade::rule::intake)}) {
        if (const Rule* found = find_in(rules, code)) return found;
    }
    return nullptr;
}

} // namespace rungs::findings
