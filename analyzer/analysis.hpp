#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/capture/source.hpp"
#include "analyzer/media/stream.hpp"
#include "analyzer/message_store.hpp"
#include "core/arena.hpp"
#include "core/compact.hpp"
#include "core/endpoint.hpp"
#include "core/issue.hpp"
#include "core/time.hpp"
#include "dissectors/sip/message.hpp"

/// What an analysis found: the one thing that reports read. Records are small and refer to each other by
/// number, texts lie in one arena, octets of messages are read again from where they stand: 300 000 dialogs
/// fit in memory.
namespace rungs {

/// Position in the vector of its kind plus 1, in order of first frame; 0 is "none".
using Id = std::uint32_t;

/// Index into Analysis::endpoints.
using EndpointId = std::uint32_t;
using OptionalEndpointId = Compact<EndpointId, ~EndpointId{0}>;

using OptionalDuration = Compact<Duration, std::numeric_limits<Duration::rep>::min()>;

/// A run of elements in one of the analysis' shared vectors.
struct Range {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
};

// --- captures
// ---------------------------------------------------------------------------------------------------

/// Where a packet ended: exactly one for each.
enum class Bucket : std::uint8_t {
    sip, ///< carried SIP, or a part of it
    msn, ///< carried MSN Messenger commands, or a part of them
    rtp,
    rtcp,
    t38,
    stun,
    dtls,
    zrtp,
    keep_alive, ///< nothing but CRLF or NUL on a port pair that speaks SIP
    icmp,       ///< also when it quotes SIP: that is no SIP
    fragment, ///< a fragment that did not complete a datagram (the one that did counts as what it completed)
    tcp_control,  ///< no data: SYN, FIN, ACK, RST
    tcp_repeated, ///< only octets that the stream had already
    other,        ///< UDP, TCP or SCTP with something else inside
    other_ip,     ///< IP without ports: ESP, IGMP, OSPF, ...
    no_ip,        ///< ARP, LLDP, 802.11, an unknown link type, ...
    malformed,    ///< a header below the transport's payload lies or is cut
    beyond_limit, ///< dropped because a limit was reached
};
inline constexpr std::size_t bucket_count = static_cast<std::size_t>(Bucket::beyond_limit) + 1;
std::string_view to_string(Bucket bucket);

using Accounting = std::array<std::uint64_t, bucket_count>;

struct Capture {
    capture::Summary file;
    Accounting accounting{}; ///< adds up to file.packets
};

// --- messages
// ---------------------------------------------------------------------------------------------------

enum class Protocol : std::uint8_t { sip, msn, msnslp };
std::string_view to_string(Protocol protocol); ///< "SIP", "MSN", "MSNSLP"

enum class Carrier : std::uint8_t { udp, tcp, websocket };
std::string_view to_string(Carrier carrier); ///< "UDP", "TCP", "WS"

/// What a message is to the one that `Message::relates_to` names.
enum class Relation : std::uint8_t {
    original,       ///< first of its kind
    retransmission, ///< the sender sent it again
    hop,            ///< the same message on another link (with one Via more or less)
    duplicate,      ///< the capture saw one packet twice
};

struct Message {
    Timestamp time;
    std::uint64_t frame = 0; ///< the frame that completed it
    Location location;
    EndpointId source = 0, destination = 0;
    Id dialog = 0, transaction = 0;
    Id relates_to = 0;     ///< the message that this one repeats or forwards
    Id next_in_dialog = 0; ///< next of the same dialog, in order of frames
    std::uint32_t cseq_number = 0;
    std::uint32_t frame_list =
        0;                     ///< 1 + index into Analysis::frame_lists when it took several frames, else 0
    std::uint16_t status = 0;  ///< 0 for a request
    std::uint16_t capture = 0; ///< index into Analysis::captures
    std::uint16_t part = 0;    ///< position from 1 among the messages of its frame, 0 when it is the only one
    sip::Method method = sip::Method::unknown; ///< of the request, or of CSeq for a response
    Protocol protocol = Protocol::sip;
    Carrier carrier = Carrier::udp;
    Relation relation = Relation::original;
    bool from_caller : 1 = false; ///< a request whose From tag is that of the dialog's caller
    bool has_sdp : 1 = false;
    bool has_issues : 1 = false; ///< the dissector found something wrong; parse again to see what
    bool truncated : 1 = false;  ///< the capture holds only a part of it
};

static_assert(sizeof(Message) == 72, "there are millions of them");

// --- dialogs and calls
// ------------------------------------------------------------------------------------------

struct Party {
    TextRef uri;          ///< as in From or To, without angle brackets
    TextRef display_name; ///< as written, still escaped
    OptionalEndpointId address;
};

struct Parties {
    Party caller, callee;
};

enum class DialogState : std::uint8_t { trying, early, confirmed, terminated, completed, unknown };
std::string_view to_string(DialogState state);

/// Call-ID and both tags (RFC 3261 section 12), or what stands for them: a dialog also gathers the
/// transactions that make none (REGISTER, OPTIONS, a refused INVITE).
struct Dialog {
    Id call = 0;
    Id next_in_call = 0;
    TextRef reason;                    ///< the Reason header of what ended it (RFC 3326)
    TextRef reason_phrase;             ///< of the response that refused it
    TextRef call_id, from_tag, to_tag; ///< tags as the first request has them: from_tag is the caller's
    Party caller, callee;
    Id first_message = 0, last_message = 0;
    std::uint32_t message_count = 0;
    sip::Method method =
        sip::Method::unknown; ///< of the request that began it (or of the first message seen)
    DialogState state = DialogState::unknown;
    bool inferred : 1 = false;        ///< the messages carry no Call-ID: put together by other evidence
    bool begins_midway : 1 = false;   ///< its first request is not in the capture
    bool removes_binding : 1 = false; ///< its last REGISTER asked for expiry 0 (RFC 3261 section 10.2.2)
    Protocol protocol = Protocol::sip;
};

static_assert(sizeof(Dialog) == 68, "there are millions of them");

/// Where the parties of an inferred dialog wait for requests, as far as registrations told.
struct Listening {
    Id dialog = 0;
    std::optional<Endpoint> caller, callee;
};

enum class CallKind : std::uint8_t { call, registration, subscription, message, options, invitation, other };
std::string_view to_string(CallKind kind);

enum class CallOutcome : std::uint8_t {
    answered,
    busy,
    rejected,
    cancelled,
    no_answer,
    no_response,
    unavailable,
    not_found,
    auth_failed,
    redirected,
    failed,
    accepted,
    registered,
    unregistered,
    delivered,
    in_progress,
    unknown,
};
std::string_view to_string(CallOutcome outcome);

enum class EndedBy : std::uint8_t { nobody, caller, callee, network };
std::string_view to_string(EndedBy ended_by); ///< empty for nobody

/// Why two dialogs are legs of one call. A bit each.
enum class Evidence : std::uint16_t {
    call_id = 1U << 0U,       ///< the same Call-ID
    x_call_id = 1U << 1U,     ///< X-Call-ID or X-CID names the other's Call-ID
    session_id = 1U << 2U,    ///< RFC 7989 Session-ID half
    replaces = 1U << 3U,      ///< Replaces or Join names the other dialog
    refer_to = 1U << 4U,      ///< REFER led to it
    via_chain = 1U << 5U,     ///< the same Via branch of the originator
    sdp_origin = 1U << 6U,    ///< the same o= line
    sdp_media = 1U << 7U,     ///< the same media address
    numbers = 1U << 8U,       ///< the same caller or called user
    middle_host = 1U << 9U,   ///< one leg ends at the host where the other begins, within seconds
    answer_time = 1U << 10U,  ///< the answers follow each other within a second
    release_time = 1U << 11U, ///< the ends follow each other within a second
    invitation = 1U << 12U,   ///< an accepted MSN invitation named the endpoints
};
std::string_view to_string(Evidence evidence);

enum class Confidence : std::uint8_t { suggested, probable, certain };
std::string_view to_string(Confidence confidence);

struct Link {
    Id from = 0, to = 0; ///< dialogs
    std::uint16_t evidence = 0;
    Confidence confidence = Confidence::suggested;
};

struct Call {
    CallKind kind = CallKind::other;
    CallOutcome outcome = CallOutcome::unknown;
    EndedBy ended_by = EndedBy::nobody;
    bool challenged = false;
    std::uint16_t final_status = 0; ///< 0 for none
    Timestamp start, end;           ///< of its first and last message
    TextRef reason;                 ///< Reason header of what ended it, else the final's reason phrase
    Id first_dialog = 0;            ///< next ones by Dialog::next_in_call, in order of first frame
    std::uint32_t dialog_count = 0;
    std::uint32_t details = 0; ///< 1 + index into Analysis::call_details, 0 for none
};

static_assert(sizeof(Call) == 40, "there are millions of them");

/// What a call has beyond its first request, apart from it: the million requests of a scan have none of it.
struct CallDetails {
    std::optional<Parties> parties;   ///< where they are not those of its first dialog
    OptionalDuration post_dial_delay; ///< first INVITE to the first 18x or final
    OptionalDuration ring;            ///< first 18x to final
    OptionalDuration setup;           ///< first INVITE to the final that counts
    OptionalDuration talk;            ///< 2xx to BYE
    Range links;                      ///< of Analysis::links
    Range streams;                    ///< of Analysis::call_streams
    Range key_presses;                ///< of Analysis::key_presses
    Range invitations;                ///< of Analysis::call_invitations
};

// --- invitations (MSN)
// -------------------------------------------------------------------------------------------

enum class InvitationState : std::uint8_t { offered, accepted, rejected, cancelled, timed_out };
std::string_view to_string(InvitationState state);

struct Invitation {
    Id call = 0;
    std::string cookie, application;
    std::string inviter, invitee; ///< passports
    std::vector<std::string> session_ids;
    InvitationState state = InvitationState::offered;
    std::string ended_by; ///< passport of who rejected or cancelled
    std::vector<std::string> requested;
    struct Address {
        std::string party, address;
    };
    std::vector<Address> endpoints;
    std::vector<Id> messages;
};

// --- keys
// ----------------------------------------------------------------------------------------------------

/// A key that was pressed: by RFC 4733 in a stream, or named by a SIP INFO request.
struct KeyPress {
    std::string key; ///< "0" to "9", "*", "#", "A" to "D", "flash", or the number of another event
    Timestamp start;
    std::optional<Duration> duration;
    std::uint64_t frame = 0;
    Id call = 0;
    Id stream = 0;  ///< 0 when it came by INFO
    Id message = 0; ///< 0 when it came in a stream
};

// --- findings
// ----------------------------------------------------------------------------------------------------

struct Finding {
    std::string_view code; ///< stable, kebab-case
    Severity severity = Severity::note;
    std::string text; ///< one sentence, English, printable
    std::vector<std::uint64_t> frames;
    Id call = 0;
    std::string_view reference; ///< RFC and section, or empty
};

// --- all of it
// ---------------------------------------------------------------------------------------------------

struct Analysis {
    bool complete = true; ///< false when it was cut short (interrupted, a packet limit)
    std::vector<Capture> captures;
    std::vector<Endpoint> endpoints;
    std::vector<Message> messages;
    std::vector<Dialog> dialogs;
    std::vector<Call> calls;
    std::vector<CallDetails> call_details; ///< each of one call
    std::vector<media::Stream> streams;    ///< in order of first frame
    std::vector<media::Fax> faxes;         ///< likewise
    std::vector<KeyPress> key_presses;     ///< by call, then by time
    std::vector<Invitation> invitations;
    std::vector<Finding> findings;
    std::vector<Link> links;
    std::vector<Listening> listening; ///< in order of dialogs, of those inferred ones that are calls

    std::vector<std::vector<std::uint64_t>> frame_lists;
    std::vector<Id> call_streams;
    std::vector<Id> call_invitations;

    /// Limits of core/limits that were reached, by name, and how often. Findings say so.
    std::map<std::string_view, std::uint64_t> limits_reached;

    TextArena texts;
    MessageStore octets;

    [[nodiscard]] const Message& message(Id id) const { return messages[id - 1]; }
    [[nodiscard]] const Dialog& dialog(Id id) const { return dialogs[id - 1]; }
    [[nodiscard]] const Call& call(Id id) const { return calls[id - 1]; }
    [[nodiscard]] const Endpoint& endpoint(EndpointId id) const { return endpoints[id]; }
    /// Alive as long as the analysis.
    [[nodiscard]] std::string_view text(TextRef ref) const { return texts.view(ref); }

    /// Empty ones for a call that has none.
    [[nodiscard]] const CallDetails& details_of(const Call& call) const {
        static constexpr CallDetails none;
        return call.details == 0 ? none : call_details[call.details - 1];
    }
    [[nodiscard]] const Party& caller_of(const Call& call) const {
        const auto& parties = details_of(call).parties;
        return parties ? parties->caller : first_dialog_of(call).caller;
    }
    [[nodiscard]] const Party& callee_of(const Call& call) const {
        const auto& parties = details_of(call).parties;
        return parties ? parties->callee : first_dialog_of(call).callee;
    }
    /// To be written to. Valid until another call gets its own.
    [[nodiscard]] CallDetails& make_details_of(Call& call) {
        if (call.details == 0) {
            call_details.emplace_back();
            call.details = static_cast<std::uint32_t>(call_details.size());
        }
        return call_details[call.details - 1];
    }
    [[nodiscard]] std::span<const Link> links_of(const Call& call) const {
        return part(links, details_of(call).links);
    }
    [[nodiscard]] std::span<const Id> streams_of(const Call& call) const {
        return part(call_streams, details_of(call).streams);
    }
    [[nodiscard]] std::span<const KeyPress> key_presses_of(const Call& call) const {
        return part(key_presses, details_of(call).key_presses);
    }
    [[nodiscard]] std::span<const Id> invitations_of(const Call& call) const {
        return part(call_invitations, details_of(call).invitations);
    }
    /// Numbers of the frames that carried `message`, ascending.
    [[nodiscard]] std::span<const std::uint64_t> frames_of(const Message& message) const {
        if (message.frame_list == 0) return {&message.frame, 1};
        return frame_lists[message.frame_list - 1];
    }

  private:
    [[nodiscard]] const Dialog& first_dialog_of(const Call& call) const {
        static constexpr Dialog none;
        return call.first_dialog == 0 ? none : dialog(call.first_dialog);
    }
    template <typename Element>
    static std::span<const Element> part(const std::vector<Element>& all, Range range) {
        return std::span(all).subspan(range.first, range.count);
    }
};

/// The links that a dialog has passed: each pair of hosts that exchanged its messages, in order of first
/// frame.
struct Hop {
    EndpointId from = 0, to = 0; ///< as its first message went
};
std::vector<Hop> hops_of(const Analysis& analysis, const Dialog& dialog);

} // namespace rungs
