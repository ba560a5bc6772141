#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/analysis.hpp"
#include "reports/message_detail.hpp"
#include "reports/report.hpp"

/// The one ladder that all renderings draw. Texts in it are as captured: each rendering makes them harmless
/// in its own way.
namespace rungs::reports {

enum class Role : std::uint8_t { other, caller, proxy, callee, registrar };
std::string_view to_string(Role role);

/// A vertical line: one device. All ports of an address are one participant, unless a message has both ends
/// at that address or caller and callee share it (loopback, a self-call): then the ports tell them apart, and
/// a port that only forwards what another one received, or sends the ACK or CANCEL of its INVITE, belongs
/// with that one.
struct Participant {
    IpAddress address;
    std::vector<std::uint16_t> ports; ///< that it was seen with; those that received a request first
    bool by_port = false;             ///< other ports of this address are other participants
    Role role = Role::other;
    std::string
        name; ///< user part of caller or callee, else the product in Server or User-Agent; may be empty
};

/// "ip:port" when one port tells all, else the address.
std::string address_of(const Participant& participant);

/// An arrow: one message on one link.
struct Rung {
    Id message = 0;
    Timestamp time;
    Duration since_start{};       ///< since the first rung
    Duration delta{};             ///< since the rung before
    std::size_t from = 0, to = 0; ///< indices of participants; equal when a host talks to itself on one port
    std::string frame;            ///< "17", "17.2" for the second message of frame 17
    std::string label;            ///< "INVITE sip:bob@example.com", "180 Ringing (INVITE)"
    std::string session;          ///< summary of its session description, empty without one
    Relation relation = Relation::original;
    Id relates_to = 0;
    unsigned transmission = 1; ///< 2 for the first retransmission, and so on
    bool is_response = false;
    bool failure = false; ///< a final response of 400 and more that is no challenge
    std::string key;      ///< that this SIP INFO says was pressed, else empty
};

/// One RTP stream, or one way of a fax, in a band.
struct BandStream {
    Id stream = 0;         ///< 0 for a fax
    bool to_right = false; ///< from Band::left to Band::right; both when a host talks to itself
    std::string codec;     ///< "PCMU", "PCMU/telephone-event", "T.38"
    std::uint64_t packets = 0;
    std::uint64_t lost = 0; ///< 0 for a fax: not told
    double loss_percent = 0;
    std::uint64_t frame = 0; ///< of the first packet
    Timestamp start, end;
};

/// Media between two participants: all streams of both ways that began between the same two rungs.
struct Band {
    std::size_t before = 0;          ///< drawn above this rung; the number of rungs: below the last
    std::size_t left = 0, right = 0; ///< indices of participants, left <= right
    std::vector<BandStream> streams; ///< in order of first frame
};

/// A key pressed in a stream (RFC 4733). Those of SIP INFO are rungs.
struct KeyRung {
    std::size_t before = 0; ///< as in Band
    std::size_t from = 0, to = 0;
    Timestamp time;
    Duration since_start{};
    std::string key;
    Duration duration{};
    std::uint64_t frame = 0;
    Id stream = 0;
};

/// A pause this long before a rung is drawn.
inline constexpr Duration gap_at_least = std::chrono::seconds(2);

struct Ladder {
    Id call = 0;
    /// Caller first, then in order of appearance; hosts that sent or received nothing but media last.
    std::vector<Participant> participants;
    std::vector<Rung> rungs;   ///< in order of frames
    std::vector<Band> bands;   ///< in order of their first frame
    std::vector<KeyRung> keys; ///< in order of time
};

/// The ladder of call `call`, with the messages of all its dialogs and of the invitations that led to it.
Ladder build_ladder(const Analysis& analysis, Id call, MessageReader& reader);

/// What people call a party: user part of its URI (unescaped), else its host, else its address. Captured
/// text.
std::string name_of(const Analysis& analysis, const Party& party);

/// The calls that `selection` asks for, ascending; unknown numbers are left out.
std::vector<Id> selected_calls(const Analysis& analysis, const Selection& selection);

} // namespace rungs::reports
