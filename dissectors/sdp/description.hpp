#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/endpoint.hpp"
#include "core/issue.hpp"
#include "core/limits/messages.hpp"

/// Session descriptions, RFC 8866, read tolerantly. Every view lives as long as the text given to `parse`.
namespace rungs::sdp {

/// o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>
struct Origin {
    std::string_view username, session_id, session_version, network_type, address_type, address;
};

enum class Direction : std::uint8_t { unspecified, sendrecv, sendonly, recvonly, inactive };
std::string_view to_string(Direction direction);

/// One format of an m= line: an RTP payload type with its rtpmap, fmtp and static default, or any other
/// token.
struct Format {
    std::string_view text;                    ///< as in the m= line
    std::optional<std::uint8_t> payload_type; ///< 0..127 on RTP profiles
    std::string_view encoding;                ///< of rtpmap, else of RFC 3551's static table, else empty
    std::uint32_t clock_rate_hz = 0;          ///< 0 when unknown
    std::string_view encoding_parameters;     ///< "2" for stereo
    std::string_view fmtp;                    ///< without the number
};

struct Attribute {
    std::string_view name, value; ///< a=name or a=name:value
};

struct Media {
    std::string_view type;  ///< audio, video, image, message...
    std::uint16_t port = 0; ///< 0 means refused or disabled (RFC 3264 section 6)
    std::uint16_t port_count = 1;
    std::string_view protocol; ///< RTP/AVP, RTP/SAVPF, udptl...
    std::vector<Format> formats;
    std::string_view title;           ///< i=
    std::string_view connection_text; ///< address of the c= that counts (own or the session's), as written
    IpAddress connection;             ///< not set for a name or none
    Direction direction = Direction::unspecified; ///< own, else the session's
    std::optional<Endpoint> rtcp; ///< a=rtcp (RFC 3605); the address is the media's when it names none
    bool rtcp_mux = false;
    bool ice = false;    ///< any candidate or ice-ufrag
    bool secure = false; ///< crypto, fingerprint or a SAVP profile
    std::optional<std::uint32_t> ptime_ms;
    std::vector<Attribute> attributes; ///< all, in order
    std::size_t offset = 0;            ///< of the m= line in the text
};

struct Description {
    std::string_view version, session_name;
    Origin origin;
    std::string_view connection_text; ///< session-level c=, as written
    IpAddress connection;
    Direction direction = Direction::unspecified;
    std::vector<Attribute> attributes; ///< session level
    std::vector<Media> media;          ///< at most limits::sdp_media
    std::vector<Issue> issues;
    /// Empties everything and keeps the memory, also that of the media: reading again allocates nothing (but
    /// for issues).
    void clear();
    /// A new, empty element at the end of `media`, made of memory that `clear` kept if there is any.
    Media& add_media();

  private:
    std::vector<Media> m_spare;
};

/// True when the text begins as a description does ("v=0" after blanks).
bool probe(std::string_view text);

/// Reads all of `text` into `out` (cleared first). Codes of issues: dissectors/sdp/issues.hpp. Lines may end
/// in CRLF or LF. What is wrong becomes an issue with its offset; false only when there is not one line of
/// the form `x=`.
bool parse(std::string_view text, Description& out);

/// What offer and answer agreed on (RFC 3264): for each m= line of the answer the formats kept, in the
/// answer's order. Formats match by encoding, clock rate and parameters, since the two sides may number them
/// differently (section 6.1); without an encoding by their text. Both must stay alive.
///
/// `hold` names who does not want to hear: its line is `sendonly` or `inactive` (RFC 3264 section 8.4) or has
/// the older c=0.0.0.0.
enum class Hold : std::uint8_t { none, by_offerer, by_answerer, both };
struct NegotiatedMedia {
    const Media* offer = nullptr;  ///< nullptr when the answer has more lines than the offer
    const Media* answer = nullptr; ///< nullptr when the answer has fewer
    std::vector<const Format*> formats;
    Hold hold = Hold::none;
    bool refused = false; ///< port 0 in the answer
};
std::vector<NegotiatedMedia> negotiate(const Description& offer, const Description& answer);

} // namespace rungs::sdp
