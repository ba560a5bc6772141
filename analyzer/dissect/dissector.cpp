#include "analyzer/dissect/dissector.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/dissect/pair_key.hpp"
#include "core/hash.hpp"
#include "core/limits/decode.hpp"
#include "core/limits/media.hpp"
#include "core/limits/messages.hpp"

namespace rungs::dissect {
namespace {

/// RTP and RTCP begin with version 2 in the two highest bits (RFC 3550 section 5.1); text never does.
bool may_be_rtp(Bytes payload) {
    return (payload[0] & 0xc0U) == 0x80U;
}

/// What clients send to keep a NAT binding open: line ends (RFC 5626 section 3.5.1), NULs, or both.
bool is_keep_alive(Bytes payload) {
    return payload.size() <= 16 && std::all_of(payload.begin(), payload.end(), [](std::uint8_t octet) {
               return octet == '\r' || octet == '\n' || octet == 0 || octet == ' ';
           });
}

/// Something that a person could have written: its first line is printable and more than a few characters.
bool is_text(Bytes payload) {
    constexpr std::size_t shortest = 8;
    const auto text = as_text(payload);
    const auto line = text.substr(0, text.find_first_of("\r\n"));
    return line.size() >= shortest &&
           std::all_of(line.begin(), line.end(), [](char c) { return (c >= ' ' && c < 0x7f) || c == '\t'; });
}

bool is_line_ends(Bytes bytes) {
    return std::all_of(bytes.begin(), bytes.end(),
                       [](std::uint8_t octet) { return octet == '\r' || octet == '\n'; });
}

constexpr std::uint16_t msn_port = 1863;

bool is_msn_port(const decode::Packet& packet) {
    return packet.source.port == msn_port || packet.destination.port == msn_port;
}

Origin origin_of(const Frame& frame, const decode::Packet& packet, std::span<const std::uint64_t> frames) {
    Origin origin;
    origin.last_frame = &frame;
    origin.frames = frames;
    origin.time = frame.time;
    origin.source = packet.source;
    origin.destination = packet.destination;
    origin.carrier = Carrier::udp;
    origin.ip_id = packet.ip_id;
    origin.capture = frame.capture;
    origin.truncated = packet.payload_missing != 0;
    return origin;
}

} // namespace

Dissector::Dissector(Handler& handler, DatagramProbe& media)
    : m_handler(handler), m_media(media),
      m_tcp([this](const decode::StreamChunk& chunk) { take_chunk(chunk); },
            [this](decode::StreamId id) { end_stream(id); }) {}

Dissector::~Dissector() = default;

Bucket Dissector::take(const Frame& frame, const decode::Packet& packet, SipAhead* ahead) {
    m_frame = &frame;
    m_ahead = ahead;
    switch (packet.status) {
    case decode::Status::malformed:
        if (packet.malformed_layer == "layers") ++m_beyond_layers;
        return count(frame, Bucket::malformed);
    case decode::Status::no_ip: return count(frame, Bucket::no_ip);
    case decode::Status::other_ip: return count(frame, Bucket::other_ip);
    case decode::Status::fragment: {
        const auto whole = put_together(frame, packet);
        if (!whole) return count(frame, Bucket::fragment);
        if (whole->packet.transport == decode::Transport::udp) {
            return count(frame, take_datagram(frame, whole->packet, whole->frames));
        }
        if (whole->packet.transport == decode::Transport::tcp) {
            return count(frame, take_segment(frame, whole->packet));
        }
        return count(frame, whole->packet.status == decode::Status::malformed ? Bucket::malformed
                                                                              : Bucket::fragment);
    }
    case decode::Status::transport: break;
    }
    switch (packet.transport) {
    case decode::Transport::udp: return count(frame, take_datagram(frame, packet, {&frame.number, 1}));
    case decode::Transport::tcp: return count(frame, take_segment(frame, packet));
    case decode::Transport::icmp:
        if (const auto unreachable = decode::unreachable_of(frame, packet)) note_unreachable(*unreachable);
        return count(frame, Bucket::icmp);
    default: return count(frame, Bucket::other);
    }
}

/// A tunnel may carry fragments in fragments: what comes out of the outer datagram is put together again.
std::optional<decode::FragmentReassembler::Whole> Dissector::put_together(const Frame& frame,
                                                                          const decode::Packet& packet) {
    auto whole = m_fragments.add(packet, frame);
    for (unsigned depth = 1;
         whole && whole->packet.status == decode::Status::fragment && depth < limits::nested_layers;
         ++depth) {
        m_inner_fragment.assign(whole->packet.fragment.begin(), whole->packet.fragment.end());
        decode::Packet inner = whole->packet;
        inner.fragment = m_inner_fragment;
        whole = m_fragments.add(inner, frame);
    }
    return whole;
}

void Dissector::forget_pairs() {
    m_sip_pairs.clear();
    m_msn_pairs.clear();
    m_bare_sip_ends.clear();
}

void Dissector::flush() {
    m_frame = nullptr;
    m_tcp.flush();
}

std::map<std::string_view, std::uint64_t> Dissector::limits_reached() const {
    return {{"nested_layers", m_beyond_layers},
            {"fragment_octets", fragments().evicted},
            {"fragment_timeout_ns", fragments().timed_out},
            {"tcp_flows", tcp().evicted},
            {"tcp_flow_gap_octets", tcp().flow_gap_limit},
            {"tcp_gap_octets", tcp().gap_limit},
            {"message_octets", m_beyond_octets},
            {"bare_sip_ends", m_beyond_bare_sip},
            {"unreachable_ports", m_beyond_unreachable}};
}

Bucket Dissector::take_datagram(const Frame& frame, const decode::Packet& packet,
                                std::span<const std::uint64_t> frames) {
    if (packet.payload.empty()) return Bucket::other;
    if (may_be_rtp(packet.payload)) return m_media.offer(packet, frame);
    const Bucket text = take_text(frame, packet, frames);
    return text != Bucket::other ? text : m_media.offer(packet, frame);
}

Bucket Dissector::take_text(const Frame& frame, const decode::Packet& packet,
                            std::span<const std::uint64_t> frames) {
    const Bucket sip = take_sip(frame, packet, frames);
    return sip != Bucket::other ? sip : take_msn(frame, packet, frames);
}

Bucket Dissector::take_sip(const Frame& frame, const decode::Packet& packet,
                           std::span<const std::uint64_t> frames) {
    const Probe probe = m_ahead != nullptr ? Probe::certain : sip::probe(packet.payload);
    const bool keep_alive = is_keep_alive(packet.payload);
    // Between peers that write next to no headers, text without a start line is a broken message.
    const bool broken = probe == Probe::no && !m_bare_sip_ends.empty() && is_text(packet.payload) &&
                        m_bare_sip_ends.contains(packet.source) &&
                        m_bare_sip_ends.contains(packet.destination);
    if (probe == Probe::no && !keep_alive && !broken) return Bucket::other;
    const std::uint64_t pair = pair_key(packet);
    const bool hinted = m_sip_pairs.contains(pair) || m_bare_sip_ends.contains(packet.source) ||
                        m_bare_sip_ends.contains(packet.destination);
    if (probe != Probe::certain && !hinted) return Bucket::other;
    if (keep_alive) return Bucket::keep_alive;
    if (!read_messages(packet.payload, origin_of(frame, packet, frames))) return Bucket::other;
    m_sip_pairs.insert(pair);
    return Bucket::sip;
}

Parsed Dissector::read_message(Bytes payload) {
    SipAhead* const ahead = std::exchange(m_ahead, nullptr);
    if (ahead == nullptr) return sip::parse(payload, Framing::datagram, m_sip);
    std::swap(m_sip, ahead->message);
    return ahead->parsed;
}

/// A datagram holds one message, but some stacks put several into one.
bool Dissector::read_messages(Bytes payload, Origin origin) {
    while (!payload.empty()) {
        Parsed parsed = read_message(payload);
        if (parsed.outcome != Outcome::complete) {
            if (origin.part != 0 || !is_text(payload)) return origin.part != 0;
            parsed = sip::parse_malformed(payload, m_sip);
        }
        const bool followed = m_sip.followed;
        if (followed || origin.part != 0) ++origin.part;
        if (m_sip.identity.call_id.empty()) note_bare_sip(origin);
        m_handler.on_sip(m_sip, origin);
        if (!followed) return true;
        payload = payload.subspan(parsed.consumed);
    }
    return true;
}

void Dissector::note_unreachable(const decode::Unreachable& unreachable) {
    if (m_unreachable.size() < limits::unreachable_ports)
        m_unreachable.push_back(unreachable);
    else
        ++m_beyond_unreachable;
}

void Dissector::note_bare_sip(const Origin& origin) {
    if (m_bare_sip_ends.size() >= limits::bare_sip_ends) {
        ++m_beyond_bare_sip;
        return;
    }
    m_bare_sip_ends.insert(origin.source);
    m_bare_sip_ends.insert(origin.destination);
}

/// MSN's commands as lab exercises replay them: one or several in a datagram.
Bucket Dissector::take_msn(const Frame& frame, const decode::Packet& packet,
                           std::span<const std::uint64_t> frames) {
    const Probe probe = msn::probe(packet.payload);
    if (probe == Probe::no) return Bucket::other;
    const std::uint64_t pair = pair_key(packet);
    if (probe != Probe::certain && !is_msn_port(packet) && !m_msn_pairs.contains(pair)) return Bucket::other;

    Origin origin = origin_of(frame, packet, frames);
    std::uint16_t found = 0;
    for (Bytes rest = packet.payload; !rest.empty();) {
        const Parsed parsed = msn::parse(rest, Framing::datagram, m_msn);
        rest = rest.subspan(std::min(std::max<std::size_t>(parsed.consumed, 1), rest.size()));
        if (parsed.outcome != Outcome::complete) continue;
        ++found;
        const bool alone = found == 1 && is_line_ends(rest);
        origin.part = alone ? std::uint16_t{0} : found;
        m_handler.on_msn(m_msn, origin);
    }
    if (found == 0) return Bucket::other;
    m_msn_pairs.insert(pair);
    return Bucket::msn;
}

Bucket Dissector::take_segment(const Frame& frame, const decode::Packet& packet) {
    const decode::TcpReassembler::Added added = m_tcp.add(packet, frame);
    switch (added.kind) {
    case decode::SegmentKind::control: return Bucket::tcp_control;
    case decode::SegmentKind::retransmission: return Bucket::tcp_repeated;
    case decode::SegmentKind::beyond_limit: return Bucket::beyond_limit;
    case decode::SegmentKind::data: break;
    }
    const auto found = m_streams.find(added.stream);
    if (found == m_streams.end()) return Bucket::other;
    Stream& stream = *found->second;
    if (const auto bucket = stream.reader.bucket()) {
        settle_undecided(stream);
        return *bucket;
    }
    if (stream.undecided.size() <= frame.capture) stream.undecided.resize(frame.capture + std::size_t{1});
    ++stream.undecided[frame.capture];
    return Bucket::other;
}

void Dissector::take_chunk(const decode::StreamChunk& chunk) {
    auto [slot, added] = m_streams.try_emplace(chunk.stream);
    if (added) {
        slot.value() = std::make_unique<Stream>(m_protocols);
        slot->second->reverse = chunk.reverse;
        slot->second->msn_port = chunk.source.port == msn_port || chunk.destination.port == msn_port;
    }
    Stream& stream = *slot->second;
    const bool in_this_frame = m_frame != nullptr && m_frame->number == chunk.frame;
    const std::uint16_t capture = m_frame != nullptr ? m_frame->capture : std::uint16_t{0};
    stream.reader.take(chunk, in_this_frame ? m_frame : nullptr, capture, hints_for(stream), m_handler);
    settle_undecided(stream);
}

void Dissector::end_stream(decode::StreamId id) {
    const auto found = m_streams.find(id);
    if (found == m_streams.end()) return;
    Stream& stream = *found->second;
    stream.reader.finish(hints_for(stream), m_handler);
    settle_undecided(stream);
    m_beyond_octets += stream.reader.too_long();
    m_streams.erase(id);
}

StreamHints Dissector::hints_for(const Stream& stream) const {
    StreamHints hints;
    hints.msn_port = stream.msn_port;
    if (const auto reverse = m_streams.find(stream.reverse); reverse != m_streams.end()) {
        hints.other_way = reverse->second->reader.kind();
        hints.other_way_is_something_else = reverse->second->reader.is_something_else();
    }
    return hints;
}

Bucket Dissector::count(const Frame& frame, Bucket bucket) {
    ++accounting_of(frame.capture)[static_cast<std::size_t>(bucket)];
    return bucket;
}

void Dissector::count(std::span<const Frame> frames, Bucket bucket) {
    for (const Frame& frame : frames) count(frame, bucket);
}

void Dissector::recount(std::uint16_t capture, Bucket bucket, std::uint64_t packets) {
    Accounting& accounting = accounting_of(capture);
    accounting[static_cast<std::size_t>(Bucket::other)] -= packets;
    accounting[static_cast<std::size_t>(bucket)] += packets;
}

Accounting& Dissector::accounting_of(std::uint16_t capture) {
    if (m_accounting.size() <= capture) m_accounting.resize(capture + std::size_t{1});
    return m_accounting[capture];
}

/// Packets that came before it was known what the stream speaks were counted as `other`: they change the
/// bucket.
void Dissector::settle_undecided(Stream& stream) {
    if (const auto bucket = stream.reader.bucket()) {
        for (std::size_t capture = 0; capture < stream.undecided.size(); ++capture) {
            recount(static_cast<std::uint16_t>(capture), *bucket, stream.undecided[capture]);
        }
        stream.undecided.clear();
    } else if (stream.reader.is_something_else()) {
        stream.undecided.clear();
    }
}

} // namespace rungs::dissect
