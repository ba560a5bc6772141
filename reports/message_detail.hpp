#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/analysis.hpp"
#include "dissectors/msn/invitation.hpp"
#include "dissectors/msn/message.hpp"
#include "dissectors/msn/mime.hpp"
#include "dissectors/msn/slp.hpp"
#include "dissectors/sdp/description.hpp"
#include "dissectors/sip/message.hpp"

namespace rungs::reports {

/// A message read again from where its octets stand and taken apart by its dissector: an Analysis keeps
/// neither.
struct MessageDetail {
    /// Empty when the capture no longer holds them. Tickets, password hashes and cookies of MSN are '*'.
    std::vector<std::uint8_t> octets;
    bool readable = false;
    bool is_sip = false;           ///< `sip` is filled
    sip::Message sip;              ///< views into `octets`
    bool has_sdp = false;          ///< `sdp` is filled
    sdp::Description sdp;          ///< views into `octets`
    std::size_t sdp_offset = 0;    ///< octets from the start of the message to the description
    bool is_msn = false;           ///< `msn` is filled
    msn::Message msn;              ///< views into `octets`
    bool has_invitation = false;   ///< `invitation` is filled
    msn::Invitation invitation;    ///< views into `octets`
    bool is_slp = false;           ///< `slp` is filled
    msn::SlpMessage slp;           ///< views into `octets`
    std::vector<Issue> msn_issues; ///< of all of MSN's layers; offsets from the start of the message
    /// "INVITE sip:bob@example.com", "180 Ringing (INVITE)", else the first line. Captured text, not yet
    /// printable.
    std::string summary;
};

/// How much of a SIP message without issues is read again: what identifies it (see sip::Checks), or no more
/// than sip::read_outline.
enum class Reading : std::uint8_t { identity, outline };

/// Reads messages one after the other, reusing what one needed for the next.
class MessageReader {
  public:
    /// `analysis` outlives the reader.
    explicit MessageReader(const Analysis& analysis, Reading reading = Reading::identity)
        : m_analysis(analysis), m_reading(reading) {}

    /// Alive until the next call.
    const MessageDetail& read(const Message& message);

  private:
    void read_sip(const Message& message);
    bool parse_sip(const Message& message);
    void read_msn();
    void add_payload_issues(const std::vector<Issue>& issues);
    void read_slp();

    const Analysis& m_analysis;
    Reading m_reading;
    MessageDetail m_detail;
    msn::Mime m_mime;
    MessageStore::Window m_window;
};

/// Codecs, address and direction of each m= line in a line: "PCMA PCMU telephone-event 192.0.2.1:4000
/// sendrecv". Media other than audio begin with their type; several are separated by " | ". Captured text,
/// not yet printable.
std::string summarize(const sdp::Description& description);

/// sendrecv where nothing was said (RFC 8866 section 6.7).
sdp::Direction direction_of(const sdp::Media& media);

/// Where the media is wanted, "ip:port" ("name:port" when the description names a host); empty without an
/// address.
std::string address_of(const sdp::Media& media);

} // namespace rungs::reports
