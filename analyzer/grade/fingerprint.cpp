#include "analyzer/grade/fingerprint.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <xxhash.h>

#include "analyzer/decode/packet.hpp"
#include "analyzer/dissect/dissector.hpp"
#include "core/limits/similarity.hpp"
#include "core/text.hpp"
#include "dissectors/rtp/packet.hpp"
#include "dissectors/sdp/description.hpp"
#include "dissectors/sip/headers.hpp"
#include "dissectors/sip/multipart.hpp"

namespace rungs::grade {
namespace {

/// What is shorter is a keep-alive or an empty answer.
constexpr std::size_t least_content_octets = 16;
/// Of random numbers: what is smaller was counted, not drawn.
constexpr std::uint32_t least_random = 1U << 16U;
constexpr std::size_t least_identifier = 6;
/// Times between so many frames in a row make one trace.
constexpr std::size_t rhythm_frames = 5;

std::uint64_t hash_of(Bytes octets, Salt salt) {
    return XXH3_64bits_withSeed(octets.data(), octets.size(), salt);
}

std::int64_t whole_microseconds(Timestamp time) {
    const std::int64_t cut = time.ns / 1000;
    return time.ns % 1000 < 0 ? cut - 1 : cut;
}

bool is_stun(Bytes payload) {
    ByteCursor cursor(payload);
    const std::uint8_t kind = cursor.u8();
    cursor.skip(3);
    return kind < 4 && cursor.u32() == 0x2112A442 && !cursor.failed();
}

bool goes_to_all(const IpAddress& address) {
    return address.is_multicast() || address == IpAddress::v4(0xFFFFFFFF);
}

/// Short, or a number that was counted up.
bool is_trivial(std::string_view identifier) {
    if (identifier.size() < least_identifier) return true;
    if (const auto number = parse_number<std::uint64_t>(identifier)) return *number < 1'000'000;
    return false;
}

class Collector final : public dissect::Handler, public dissect::DatagramProbe {
  public:
    explicit Collector(Salt salt) : m_salt(salt), m_dissector(*this, *this) {}

    void take(const Frame& frame) {
        const decode::Packet packet = decode::decode(frame);
        if (packet.status == decode::Status::transport && !goes_to_all(packet.destination.address))
            take_packet(frame, packet);
        m_dissector.take(frame, packet);
    }

    Fingerprint finish(std::string_view octets);

    void on_sip(const sip::Message& message, const dissect::Origin& origin) override;
    void on_msn(const msn::Message& /*message*/, const dissect::Origin& /*origin*/) override {}
    Bucket offer(const decode::Packet& /*packet*/, const Frame& /*frame*/) override { return Bucket::other; }

  private:
    using HostId = std::uint32_t;
    struct Host {
        HostId id = 0;
        std::uint64_t frames = 0;
        std::uint64_t hardware = 0; ///< hash of the MAC address it sends from
    };
    struct Content {
        Trace trace;
        HostId source = 0, destination = 0;
    };

    void take_packet(const Frame& frame, const decode::Packet& packet);
    void take_media(const Frame& frame, const decode::Packet& packet);
    void take_nonces(const sip::Message& message, const dissect::Origin& origin);
    void take_identifier(TraceKind kind, std::string_view value, const dissect::Origin& origin);
    void add(TraceKind kind, std::uint64_t hash, std::uint64_t frame, Timestamp time);
    Host& host(const IpAddress& address);
    [[nodiscard]] const Host* centre() const;
    [[nodiscard]] std::uint64_t salted(Bytes octets) const { return hash_of(octets, m_salt); }
    [[nodiscard]] bool times_are_coarse() const;
    void add_rhythm(TraceKind of, TraceKind kind);

    Salt m_salt;
    std::map<IpAddress, Host> m_hosts;
    std::vector<Content> m_contents;
    std::vector<Trace> m_traces;
    std::set<std::tuple<Endpoint, Endpoint, std::uint32_t>> m_sources; ///< of media, seen already
    sdp::Description m_description;
    dissect::Dissector m_dissector;
};

Collector::Host& Collector::host(const IpAddress& address) {
    const auto [at, added] = m_hosts.try_emplace(address);
    if (added) at->second.id = static_cast<HostId>(m_hosts.size());
    return at->second;
}

void Collector::add(TraceKind kind, std::uint64_t hash, std::uint64_t frame, Timestamp time) {
    m_traces.push_back(
        {kind, Side::unknown, static_cast<std::uint32_t>(frame), hash, whole_microseconds(time)});
}

void Collector::take_packet(const Frame& frame, const decode::Packet& packet) {
    if (packet.transport == decode::Transport::tcp && (packet.tcp_flags & decode::tcp_flag::syn) != 0 &&
        packet.tcp_sequence >= least_random) {
        const std::string number = std::to_string(packet.tcp_sequence);
        add(TraceKind::tcp_start, salted(as_bytes(number)), frame.number, frame.time);
    }
    const bool carries =
        packet.transport == decode::Transport::udp || packet.transport == decode::Transport::tcp;
    if (!carries || packet.payload.size() < least_content_octets || is_stun(packet.payload)) return;

    Content content;
    const bool media = packet.transport == decode::Transport::udp && rtp::has_version_2(packet.payload);
    content.trace.kind = media ? TraceKind::media : TraceKind::signalling;
    content.trace.frame = static_cast<std::uint32_t>(frame.number);
    content.trace.time_us = whole_microseconds(frame.time);
    content.trace.hash =
        media ? salted(packet.payload) : salted(as_bytes(without_addresses(as_text(packet.payload))));
    Host& source = host(packet.source.address);
    ++source.frames;
    constexpr LinkType ethernet = 1;
    if (frame.link_type == ethernet && frame.bytes.size() >= 12)
        source.hardware = salted(frame.bytes.subspan(6, 6));
    content.source = source.id;
    Host& destination = host(packet.destination.address);
    ++destination.frames;
    content.destination = destination.id;
    m_contents.push_back(content);
    if (media) take_media(frame, packet);
}

void Collector::take_media(const Frame& frame, const decode::Packet& packet) {
    if (rtp::is_rtcp(packet.payload)) return;
    const auto media = rtp::parse(packet.payload, packet.payload_missing);
    if (!media || !m_sources.emplace(packet.source, packet.destination, media->ssrc).second) return;
    // Counted from 0 and a fixed SSRC: what programs of students do.
    if (media->ssrc < least_random || media->timestamp < least_random) return;
    const std::string start = std::to_string(media->ssrc) + ' ' + std::to_string(media->sequence) + ' ' +
                              std::to_string(media->timestamp);
    add(TraceKind::media_source, salted(as_bytes(start)), frame.number, frame.time);
}

void Collector::take_identifier(TraceKind kind, std::string_view value, const dissect::Origin& origin) {
    if (is_trivial(value)) return;
    add(kind, salted(as_bytes(without_addresses(value))), origin.frames.back(), origin.time);
}

void Collector::take_nonces(const sip::Message& message, const dissect::Origin& origin) {
    for (const sip::Header& header : message.headers) {
        using enum sip::HeaderName;
        if (header.name != www_authenticate && header.name != proxy_authenticate &&
            header.name != authorization && header.name != proxy_authorization)
            continue;
        const sip::Digest digest = sip::parse_digest(header.value);
        take_identifier(TraceKind::nonce, digest.nonce, origin);
        take_identifier(TraceKind::nonce, digest.cnonce, origin);
    }
}

void Collector::on_sip(const sip::Message& message, const dissect::Origin& origin) {
    const sip::Identity& identity = message.identity;
    take_identifier(TraceKind::call_id, identity.call_id, origin);
    take_identifier(TraceKind::branch, identity.branch, origin);
    take_identifier(TraceKind::tag, identity.from_tag, origin);
    take_identifier(TraceKind::tag, identity.to_tag, origin);
    take_nonces(message, origin);
    const std::string_view description = sip::find_body(message, "application/sdp");
    if (!description.empty() && sdp::parse(description, m_description))
        take_identifier(TraceKind::session_id, m_description.origin.session_id, origin);
}

/// The one host that takes part in more frames than any other; nullptr when two are alike.
const Collector::Host* Collector::centre() const {
    const Host* most = nullptr;
    std::uint64_t next = 0;
    for (const auto& [address, host] : m_hosts) {
        if (most == nullptr || host.frames > most->frames) {
            next = most == nullptr ? 0 : most->frames;
            most = &host;
        } else {
            next = std::max(next, host.frames);
        }
    }
    return most != nullptr && most->frames > next ? most : nullptr;
}

/// Nine of ten times have the same last digit, or every other one is the same as the one before.
bool Collector::times_are_coarse() const {
    std::array<std::size_t, 10> digits{};
    std::size_t repeated = 0;
    for (std::size_t n = 0; n < m_contents.size(); ++n) {
        const std::int64_t time = m_contents[n].trace.time_us;
        ++digits[static_cast<std::size_t>((time % 10 + 10) % 10)];
        if (n > 0 && m_contents[n - 1].trace.time_us == time) ++repeated;
    }
    return *std::ranges::max_element(digits) * 10 >= m_contents.size() * 9 ||
           repeated * 2 >= m_contents.size();
}

void Collector::add_rhythm(TraceKind of, TraceKind kind) {
    std::vector<Trace> row;
    for (const Content& content : m_contents)
        if (content.trace.kind == of) row.push_back(content.trace);
    std::ranges::stable_sort(row, {}, &Trace::time_us);
    for (std::size_t first = 0; first + rhythm_frames <= row.size(); ++first) {
        std::string intervals;
        for (std::size_t n = first + 1; n < first + rhythm_frames; ++n)
            intervals += std::to_string(row[n].time_us - row[n - 1].time_us) + ' ';
        m_traces.push_back(
            {kind, Side::unknown, row[first].frame, salted(as_bytes(intervals)), row[first].time_us});
    }
}

/// Of each kind each hash once, and of many the smallest: which those are does not depend on what else a
/// capture holds, so that a part keeps its share. `traces` all of one kind.
std::vector<Trace> chosen(std::vector<Trace> traces) {
    std::ranges::sort(traces, {}, [](const Trace& trace) { return std::pair(trace.hash, trace.frame); });
    std::vector<Trace> kept;
    for (std::size_t first = 0; first < traces.size() && kept.size() < limits::similar_traces;) {
        std::size_t next = first + 1;
        while (next < traces.size() && traces[next].hash == traces[first].hash) ++next;
        // Which of several equal frames another capture has cannot be told.
        if (next == first + 1 || is_identifier(traces[first].kind)) kept.push_back(traces[first]);
        first = next;
    }
    return kept;
}

Fingerprint Collector::finish(std::string_view octets) {
    m_dissector.flush();
    Fingerprint made;
    made.salt_mark = mark_of(m_salt);
    made.frames = m_contents.size();
    made.coarse_times = times_are_coarse();

    const Host* host = centre();
    for (Content& content : m_contents) {
        if (host != nullptr && content.source != content.destination)
            content.trace.side = content.source == host->id        ? Side::sent
                                 : content.destination == host->id ? Side::received
                                                                   : Side::unknown;
        m_traces.push_back(content.trace);
    }
    if (!made.coarse_times) {
        add_rhythm(TraceKind::signalling, TraceKind::rhythm);
        add_rhythm(TraceKind::media, TraceKind::media_rhythm);
    }
    if (host != nullptr && host->hardware != 0)
        m_traces.push_back({TraceKind::hardware, Side::unknown, m_contents.front().trace.frame,
                            host->hardware, m_contents.front().trace.time_us});
    if (made.frames >= rhythm_frames && !octets.empty())
        m_traces.push_back({TraceKind::file, Side::unknown, m_contents.front().trace.frame,
                            salted(as_bytes(octets)), m_contents.front().trace.time_us});

    if (!m_contents.empty()) made.start_us = m_contents.front().trace.time_us;
    std::array<std::vector<Trace>, trace_kinds> by_kind;
    for (Trace& trace : m_traces) {
        trace.time_us -= made.start_us;
        by_kind[static_cast<std::size_t>(trace.kind)].push_back(trace);
    }
    for (std::vector<Trace>& traces : by_kind) {
        const std::vector<Trace> kept = chosen(std::move(traces));
        made.traces.insert(made.traces.end(), kept.begin(), kept.end());
    }
    return made;
}

} // namespace

Salt salt_from(std::string_view text) {
    return hash_of(as_bytes(text), 0);
}

std::uint64_t mark_of(Salt salt) {
    return hash_of(as_bytes("rungs"), salt);
}

Fingerprint fingerprint(capture::FrameSource& source, std::string_view octets, Salt salt) {
    Collector collector(salt);
    capture::FrameBatch batch;
    std::uint64_t read = 0;
    while (read < limits::similar_frames_read && source.next(batch)) {
        for (const Frame& frame : batch.frames) {
            if (read++ == limits::similar_frames_read) break;
            collector.take(frame);
        }
    }
    return collector.finish(octets);
}

Result<Fingerprint> fingerprint(const std::string& path, std::string_view octets, Salt salt) {
    auto source = capture::open({path});
    if (!source) return tl::unexpected(source.error());
    return fingerprint(**source, octets, salt);
}

} // namespace rungs::grade
