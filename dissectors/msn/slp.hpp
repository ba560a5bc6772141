#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/issue.hpp"
#include "core/limits/messages.hpp"
#include "dissectors/msn/invitation.hpp"
#include "dissectors/msn/mime.hpp"
#include "dissectors/sip/headers.hpp"

/// MSNSLP: SIP's shape with another name, inside P2P chunks. Its header fields are SIP's and are read by the
/// SIP dissector's functions; start line, URI scheme and bodies (`Name: value` lines that end in a NUL) are
/// its own.
///
///     INVITE MSNMSGR:bob@example.net MSNSLP/1.0        MSNSLP/1.0 200 OK
namespace rungs::msn {

/// What an INVITE for a file announces in its Context (Base64 of a little endian structure).
struct FilePreview {
    std::uint64_t octets = 0;
    std::string name; ///< UTF-8, from UTF-16
};

struct SlpMessage {
    bool is_request = false;
    std::string_view method; ///< of a request: INVITE, BYE, ACK
    std::string_view request_uri;
    std::string_view version;
    std::uint16_t status = 0;
    std::string_view reason_phrase;

    std::vector<Field> headers; ///< at most limits::headers
    sip::NameAddr from, to;
    sip::Via via;
    std::optional<std::uint32_t> cseq;
    std::string_view call_id, content_type;
    std::optional<std::uint64_t> content_length;
    std::string_view body; ///< as Content-Length delimits it, as far as it is there, without the NUL

    std::vector<Field> fields; ///< of the body
    std::string_view euf_guid;
    Application application = Application::unknown;
    std::optional<std::uint32_t> session_id, application_id;
    std::string_view context; ///< still Base64
    std::optional<FilePreview> file;
    std::string_view bridges, bridge, net_id, conn_type, nonce;
    std::string_view internal_addresses, internal_port, external_addresses, external_port;
    std::optional<bool> listening, upnp_nat, icf;

    std::vector<Issue> issues; ///< offsets from the start of the text

    void clear();
};

/// Does `text` begin with a start line of MSNSLP?
bool is_slp(std::string_view text);

/// Reads a whole MSNSLP message (of one chunk, or assembled) into `out`, cleared first. Views into `text`.
void parse_slp(std::string_view text, SlpMessage& out);

} // namespace rungs::msn
