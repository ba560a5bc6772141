#include "analyzer/correlate/repeats.hpp"

#include <array>

#include "core/hash.hpp"
#include "core/limits/correlation.hpp"
#include "core/text.hpp"

namespace rungs::correlate {
namespace {

using sip::Method;

/// Two packets with the same octets captured this close together are one packet: with the same IP
/// identification, and where there is none. A retransmission comes T1 (500 ms) later and has an
/// identification of its own.
constexpr Duration same_identification_within = std::chrono::milliseconds(100);
constexpr Duration same_packet_within = std::chrono::milliseconds(5);

std::uint32_t hash32(std::string_view text) {
    return static_cast<std::uint32_t>(TextHash{}(text));
}

template <std::size_t N>
std::uint64_t mix(const std::array<std::uint64_t, N>& parts) {
    return seeded_hash(parts.data(), sizeof parts);
}

bool has_magic_cookie(std::string_view branch) {
    return istarts_with(branch, "z9hG4bK");
}

/// Each proxy makes these itself (RFC 3261 sections 9.2, 16.7 and 17.1.1.3), so only what they are about
/// tells that the one on the next link is the same step.
bool is_made_at_each_hop(const sip::Message& message) {
    return message.status == 100 || message.method == Method::cancel ||
           (message.is_request && message.method == Method::ack);
}

/// ACK belongs to the sequence of its INVITE.
std::uint64_t method_key(const sip::Message& message) {
    if (message.method == Method::ack) return static_cast<std::uint64_t>(Method::invite);
    if (message.method != Method::unknown) return static_cast<std::uint64_t>(message.method);
    return TextHash{}(message.method_text);
}

} // namespace

Repeats::Trace Repeats::trace_of(const Observed& observed) {
    const sip::Message& message = observed.message;
    const sip::Identity& identity = message.identity;
    Trace trace;
    trace.transaction =
        has_magic_cookie(identity.branch)
            ? (hash32(identity.branch) ^ hash32(identity.sent_by)) | 1U
            : hash32(identity.from_tag) & ~1U; // all that RFC 2543 leaves beside Call-ID and CSeq
    const bool per_hop = is_made_at_each_hop(message);
    const bool ignores_to_tag = per_hop && message.method != Method::ack;
    trace.identity = static_cast<std::uint32_t>(mix<5>(
        {message.is_request ? TextHash{}(message.method_text) : message.status, TextHash{}(identity.from_tag),
         ignores_to_tag ? 0 : TextHash{}(identity.to_tag), per_hop ? 0 : TextHash{}(identity.origin_branch),
         per_hop ? 0 : TextHash{}(identity.origin_sent_by)}));
    trace.content = hash32(as_text(message.bytes));
    trace.ip_id = observed.ip_id;
    return trace;
}

bool Repeats::same_link(const Message& a, const Message& b) const {
    if (a.source == b.source && a.destination == b.destination) return true;
    const IpAddress& from = m_analysis.endpoint(a.source).address;
    const IpAddress& to = m_analysis.endpoint(a.destination).address;
    // Where one host talks to itself the ports are all there is to tell links apart.
    return from != to && from == m_analysis.endpoint(b.source).address &&
           to == m_analysis.endpoint(b.destination).address;
}

bool Repeats::is_way_back(const Message& a, const Message& b) const {
    return m_analysis.endpoint(a.source).address == m_analysis.endpoint(b.destination).address &&
           m_analysis.endpoint(a.destination).address == m_analysis.endpoint(b.source).address;
}

bool Repeats::is_repetition(const Message& earlier, const Trace& trace_of_earlier, const Message& message,
                            const Trace& trace) const {
    if (!is_same_transaction(trace, trace_of_earlier)) return false;
    if (trace.content == trace_of_earlier.content) return true;
    // A branch marks one request, whatever was changed in it on the way; without the cookie only the octets
    // can tell. A provisional response may differ from the one before it: that is news.
    return trace.has_cookie() && (message.status == 0 || message.status >= 200) &&
           earlier.status == message.status;
}

bool Repeats::is_same_packet(const Message& earlier, const Trace& trace_of_earlier, const Message& message,
                             const Trace& trace) const {
    if (trace.content != trace_of_earlier.content || message.source != earlier.source ||
        message.destination != earlier.destination || message.carrier != earlier.carrier) {
        return false;
    }
    const Duration apart = message.time - earlier.time;
    // A stream delivers each octet once, so the same message at once again is the stream captured twice.
    if (message.carrier != Carrier::udp) return apart < same_identification_within;
    if (trace.ip_id != trace_of_earlier.ip_id) return false;
    // Two captures of one link see each packet once each, however far apart their clocks are.
    if (message.capture != earlier.capture) return true;
    return apart < (trace.ip_id != 0 ? same_identification_within : same_packet_within);
}

Id Repeats::beginning_of_sequence(Id id, Id first_dialog, const Observed& observed) {
    const auto sequence_of = [](Method method) { return method == Method::ack ? Method::invite : method; };
    const Method method = sequence_of(observed.message.method);
    const std::uint32_t number = observed.message.identity.cseq_number.value_or(0);
    // The sequence that began its Call-ID is found by that, and needs no place in the table: most have no
    // other. Messages do not keep the names of methods that nobody knows.
    if (method != Method::unknown) {
        const Id first_message = m_analysis.dialog(first_dialog).first_message;
        if (first_message == 0) return id;
        const Message& first = m_analysis.message(first_message);
        if (first.cseq_number == number && sequence_of(first.method) == method) return first_message;
    }
    const std::uint64_t key = mix<3>({first_dialog, number, method_key(observed.message)});
    return m_sequences.try_emplace(key, id).first->second;
}

void Repeats::place(Id id, Id first, const Observed& observed) {
    Message& message = m_analysis.messages[id - 1];
    Trace trace = trace_of(observed);
    const Id beginning = beginning_of_sequence(id, first, observed);

    Id repeated = 0, forwarded = 0, transaction = 0;
    Id last = 0; // of those that it was compared with
    std::size_t compared = 0;
    for (Id other = beginning == id ? 0 : beginning; other != 0; other = m_traces[other - 1].next) {
        last = other;
        ++compared;
        const Message& earlier = m_analysis.messages[other - 1];
        const Trace& seen = m_traces[other - 1];
        const bool ends_match = same_link(earlier, message);
        if (seen.identity == trace.identity && earlier.status == message.status) {
            if (ends_match && is_repetition(earlier, seen, message, trace)) {
                repeated = other;
                break;
            }
            if (!ends_match && forwarded == 0) forwarded = other;
        }
        // The top branch belongs to one link; without a cookie the link has to be compared.
        const bool on_link = trace.has_cookie() || ends_match || is_way_back(earlier, message);
        if (transaction == 0 && on_link && is_same_transaction(trace, seen))
            transaction = earlier.transaction;
    }

    if (repeated != 0) {
        const Message& earlier = m_analysis.messages[repeated - 1];
        const Trace& seen = m_traces[repeated - 1];
        message.relation =
            is_same_packet(earlier, seen, message, trace) ? Relation::duplicate : Relation::retransmission;
        message.relates_to = repeated;
        message.transaction = earlier.transaction;
    } else {
        message.relation = forwarded != 0 ? Relation::hop : Relation::original;
        message.relates_to = forwarded;
        message.transaction = transaction != 0 ? transaction : new_transaction();
        // Past the limit a message is still kept and shown, only later ones are no longer compared with it.
        if (compared >= limits::hops)
            ++m_analysis.limits_reached["hops"];
        else if (last != 0)
            m_traces[last - 1].next = id;
    }
    m_traces.resize(id - 1); // messages of other protocols and without Call-ID stand between
    m_traces.push_back(trace);
}

} // namespace rungs::correlate
