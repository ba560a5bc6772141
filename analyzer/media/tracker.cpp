#include "analyzer/media/tracker.hpp"

#include <algorithm>
#include <array>
#include <deque>

#include <tsl/robin_map.h>

#include "analyzer/media/announcements.hpp"
#include "analyzer/media/candidate.hpp"
#include "analyzer/media/meter.hpp"
#include "analyzer/media/rtcp_book.hpp"
#include "analyzer/media/stream_table.hpp"
#include "core/hash.hpp"
#include "core/limits/media.hpp"
#include "dissectors/media_kinds.hpp"
#include "dissectors/rtcp/packet.hpp"
#include "dissectors/rtp/packet.hpp"
#include "dissectors/rtp/payload_types.hpp"
#include "dissectors/t38/udptl.hpp"

namespace rungs::media {
namespace {

constexpr std::uint32_t nothing = ~std::uint32_t{0};
constexpr unsigned flow_candidates = 4; ///< SSRCs of one port pair that are held at once
constexpr unsigned flow_strikes = 16;   ///< refused candidates after which nobody looks at a port pair again

/// Two endpoints, the smaller one first: both directions of a port pair have one key. No padding: hashed as
/// octets.
struct FlowKey {
    std::array<std::uint8_t, 16> low{}, high{};
    std::uint16_t low_port = 0, high_port = 0;
    std::uint32_t family = 0;

    friend bool operator==(const FlowKey&, const FlowKey&) = default;
};
static_assert(sizeof(FlowKey) == 40);

struct FlowKeyHash {
    std::size_t operator()(const FlowKey& key) const { return seeded_hash(&key, sizeof key); }
};

FlowKey key_of(const Endpoint& low, const Endpoint& high) {
    return {low.address.octets(), high.address.octets(), low.port, high.port, low.address.is_v4() ? 4U : 6U};
}

/// A port pair. Direction 0 goes from the smaller endpoint to the greater one, 1 back.
struct Flow {
    std::array<Endpoint, 2> ends;
    std::array<Announcements::Index, 2> announced{nothing, nothing}; ///< of each end
    std::uint32_t generation = 0;                          ///< of the announcements, when they were looked up
    std::array<std::uint32_t, 2> latest{nothing, nothing}; ///< stream of the packet before, each direction
    std::uint32_t streams = nothing;                       ///< the first; they are chained
    std::uint32_t candidates = nothing;                    ///< likewise
    std::array<std::uint32_t, 2> fax{nothing, nothing};    ///< T.38, each direction
    Timestamp last;                                        ///< packet
    std::uint16_t stream_count = 0;
    std::uint8_t candidate_count = 0;
    std::uint8_t strikes = 0;
    bool foreign = false; ///< spoke STUN or DTLS
    bool rtcp = false;    ///< spoke RTCP for certain
};

struct Entry {
    Meter meter; ///< first: every packet of the stream goes there
    std::uint32_t ssrc = 0;
    std::uint32_t flow = 0;
    std::uint32_t next = nothing; ///< of the same flow
    unsigned direction = 0;
    std::array<Announcements::Index, 2> announced{nothing, nothing}; ///< of source and destination, at first
    std::uint32_t dialog = 0;
    bool given_up = false; ///< it had a dialog that is forgotten
};

struct Held {
    std::uint32_t ssrc = 0;
    std::uint32_t next = nothing; ///< of the same flow, or the next free one
    unsigned direction = 0;
    Candidate packets;
};

} // namespace

struct Tracker::State {
    State(Resolved callback, const TrackerLimits& bounds)
        : resolved(std::move(callback)), most(bounds), announcements(bounds.endpoints) {}

    Resolved resolved;
    TrackerLimits most;
    Announcements announcements;
    RtcpBook rtcp;
    tsl::robin_map<FlowKey, std::uint32_t, FlowKeyHash> index;
    std::vector<Flow> flows;
    std::deque<Entry> streams; ///< a deque: growing does not move the meters
    StreamTable<Entry> by_key; ///< the streams over IPv4
    std::vector<Fax> faxes;
    std::vector<Held> held;
    std::uint32_t free_held = nothing;
    Counters counters;

    // --- port pairs

    /// `nothing` when the limit is reached.
    std::uint32_t find_flow(const decode::Packet& packet, Timestamp time, unsigned& direction) {
        direction = packet.destination < packet.source ? 1 : 0;
        const Endpoint& low = direction == 0 ? packet.source : packet.destination;
        const Endpoint& high = direction == 0 ? packet.destination : packet.source;
        const FlowKey key = key_of(low, high);
        if (const auto known = index.find(key); known != index.end()) {
            flows[known->second].last = time;
            return known->second;
        }
        if (flows.size() >= most.flows) {
            ++counters.beyond_flows;
            return nothing;
        }
        const auto number = static_cast<std::uint32_t>(flows.size());
        index.emplace(key, number);
        flows.emplace_back().ends = {low, high};
        flows.back().last = time;
        look_up(flows.back());
        return number;
    }

    /// Exactly what was announced, else what NAT made of it.
    [[nodiscard]] Announcements::Index find_announcement(const Endpoint& end) const {
        const auto exact = announcements.find(end);
        return exact != nothing ? exact : announcements.find_translated(end);
    }

    void look_up(Flow& flow) {
        for (const unsigned end : {0U, 1U}) flow.announced[end] = find_announcement(flow.ends[end]);
        flow.generation = announcements.generation();
    }

    /// Looks again when something was announced since, unless both ends are known.
    void refresh(Flow& flow) {
        const bool both = flow.announced[0] != nothing && flow.announced[1] != nothing;
        if (!both && flow.generation != announcements.generation()) look_up(flow);
    }

    template <typename Predicate>
    bool any_announcement(const Flow& flow, Predicate predicate) const {
        return std::any_of(flow.announced.begin(), flow.announced.end(), [&](Announcements::Index end) {
            return end != nothing && predicate(announcements[end]);
        });
    }
    bool announced_rtp(const Flow& flow) const {
        return any_announcement(flow, [](const auto& announcement) { return announcement.rtp; });
    }
    bool announced_t38(const Flow& flow) const {
        return any_announcement(flow, [](const auto& announcement) { return announcement.t38; });
    }

    // --- datagrams

    Verdict offer(const decode::Packet& packet, const Frame& frame) {
        const Bytes payload = packet.payload;
        if (payload.empty()) return Verdict::none;
        const MediaKind kind = recognise_media(payload);
        const bool media = rtp::has_version_2(payload) && payload.size() >= 8;
        if (kind == MediaKind::unknown && !media && announcements.generation() == 0) return Verdict::none;

        unsigned direction = 0;
        const std::uint32_t number = find_flow(packet, frame.time, direction);
        if (number == nothing) return Verdict::none;
        if (kind != MediaKind::unknown) return offer_signed(flows[number], kind);
        if (!media) return offer_t38(flows[number], direction, packet, frame);
        if (rtp::is_rtcp(payload)) return offer_rtcp(number, direction, packet, frame);
        return offer_rtp(number, direction, packet, frame);
    }

    Verdict offer_signed(Flow& flow, MediaKind kind) {
        if (kind == MediaKind::zrtp) return Verdict::zrtp;
        flow.foreign = true;
        drop_candidates(flow);
        return kind == MediaKind::stun ? Verdict::stun : Verdict::dtls;
    }

    Verdict offer_t38(Flow& flow, unsigned direction, const decode::Packet& packet, const Frame& frame) {
        refresh(flow);
        if (!announced_t38(flow) || t38::probe(packet.payload) == Probe::no) return Verdict::none;
        if (flow.fax[direction] == nothing) {
            flow.fax[direction] = static_cast<std::uint32_t>(faxes.size());
            Fax& fax = faxes.emplace_back();
            fax.source = packet.source;
            fax.destination = packet.destination;
            for (const auto end : flow.announced)
                if (end != nothing && announcements[end].t38) fax.dialog = announcements[end].dialog;
            fax.start = frame.time;
            fax.first_frame = frame.number;
        }
        Fax& fax = faxes[flow.fax[direction]];
        ++fax.packets;
        fax.end = frame.time;
        fax.last_frame = frame.number;
        return Verdict::t38;
    }

    Verdict offer_rtcp(std::uint32_t number, unsigned direction, const decode::Packet& packet,
                       const Frame& frame) {
        Flow& flow = flows[number];
        const Probe probe = rtcp::probe(packet.payload);
        if (probe == Probe::no) return offer_t38(flow, direction, packet, frame);
        flow.rtcp = flow.rtcp || probe == Probe::certain;
        if (!flow.rtcp && !expects_rtcp(flow)) return offer_t38(flow, direction, packet, frame);
        rtcp.add(packet.payload, number, direction, frame.time);
        return Verdict::rtcp;
    }

    bool expects_rtcp(Flow& flow) {
        refresh(flow);
        return flow.streams != nothing || announced_rtp(flow) || announcements.is_rtcp(flow.ends[0]) ||
               announcements.is_rtcp(flow.ends[1]);
    }

    Verdict offer_rtp(std::uint32_t number, unsigned direction, const decode::Packet& packet,
                      const Frame& frame) {
        Observation seen;
        Flow& flow = flows[number];
        if (!observe(frame, packet.payload, packet.payload_missing, packet.dscp, seen))
            return offer_t38(flow, direction, packet, frame);
        const std::uint32_t ssrc = ssrc_of(packet.payload);
        const std::uint32_t stream = find_stream(flow, direction, ssrc);
        if (stream != nothing) {
            measure(streams[stream], seen);
            return Verdict::rtp;
        }
        if (offer_t38(flow, direction, packet, frame) == Verdict::t38) return Verdict::t38;
        if (announced_rtp(flow)) return begin_stream(number, direction, ssrc, seen);
        return hold(number, direction, ssrc, seen);
    }

    // --- streams

    /// Finds each stream some packets ahead of its turn: a slot of the table or a meter that is not in the
    /// cache would cost more than the measurement.
    std::size_t measure_known(std::span<const Glance> glances) {
        constexpr std::size_t distance = 8;
        std::array<Entry*, distance> soon{};
        for (std::size_t i = 0; i < glances.size(); ++i) {
            if (!glances[i].is_rtp) return i;
            Entry*& found = soon[i % distance];
            Entry* const entry = found != nullptr ? found : by_key.find(glances[i].key);
            if (entry == nullptr) return i;
            if (i + 2 * distance < glances.size()) by_key.prefetch(glances[i + 2 * distance].key);
            found = i + distance < glances.size() ? by_key.find(glances[i + distance].key) : nullptr;
            if (found != nullptr) found->meter.prefetch();
            measure(*entry, glances[i].seen);
        }
        return glances.size();
    }

    void make_known(Entry& entry) {
        const Endpoint &source = flows[entry.flow].ends[entry.direction],
                       &destination = flows[entry.flow].ends[1 - entry.direction];
        if (source.address.is_v4()) by_key.insert(stream_key(source, destination, entry.ssrc), entry);
    }

    std::uint32_t find_stream(Flow& flow, unsigned direction, std::uint32_t ssrc) {
        const auto matches = [&](std::uint32_t number) {
            return streams[number].ssrc == ssrc && streams[number].direction == direction;
        };
        std::uint32_t number = flow.latest[direction];
        if (number != nothing && matches(number)) return number;
        number = flow.streams;
        while (number != nothing && !matches(number)) number = streams[number].next;
        if (number != nothing) flow.latest[direction] = number;
        return number;
    }

    /// A stream that is believed, with what was held of it before.
    Verdict begin_stream(std::uint32_t number, unsigned direction, std::uint32_t ssrc,
                         const Observation& seen) {
        Flow& flow = flows[number];
        Held* waiting = find_held(flow, direction, ssrc);
        Entry* entry = add_stream(number, direction, ssrc);
        if (waiting != nullptr) {
            for (const Observation& earlier : waiting->packets.held()) {
                if (entry != nullptr) measure(*entry, earlier);
                resolve(earlier, Verdict::rtp);
            }
            release(flow, *waiting);
        }
        if (entry != nullptr)
            measure(*entry, seen);
        else
            ++beyond(flow);
        return Verdict::rtp;
    }

    /// What counts the packets for which `add_stream` had no room.
    std::uint64_t& beyond(const Flow& flow) {
        return flow.stream_count == limits::flow_streams ? counters.beyond_flow_streams
                                                         : counters.beyond_streams;
    }

    /// nullptr when a limit is reached.
    Entry* add_stream(std::uint32_t number, unsigned direction, std::uint32_t ssrc) {
        Flow& flow = flows[number];
        if (streams.size() >= most.streams || flow.stream_count == limits::flow_streams) return nullptr;
        Entry& entry = streams.emplace_back();
        entry.meter = Meter(most.stream_seconds);
        entry.ssrc = ssrc;
        entry.flow = number;
        entry.direction = direction;
        entry.next = flow.streams;
        entry.announced = {flow.announced[direction], flow.announced[1 - direction]};
        // Media is described by who receives it.
        const auto described_by = entry.announced[1] != nothing ? entry.announced[1] : entry.announced[0];
        if (described_by != nothing) entry.dialog = announcements[described_by].dialog;
        flow.streams = flow.latest[direction] = static_cast<std::uint32_t>(streams.size() - 1);
        ++flow.stream_count;
        make_known(entry);
        return &entry;
    }

    void measure(Entry& entry, const Observation& seen) {
        if (entry.meter.needs_codec(seen))
            entry.meter.set_codec(seen.payload_type, codec_of(entry, seen.payload_type));
        entry.meter.add(seen);
    }

    /// The receiver's numbering counts, then the sender's, then RFC 3551's.
    Codec codec_of(const Entry& entry, std::uint8_t payload_type) {
        Flow& flow = flows[entry.flow];
        refresh(flow);
        for (const unsigned end : {1 - entry.direction, entry.direction})
            if (const auto* mapping = announcements.mapping(flow.announced[end], payload_type))
                return {mapping->encoding, mapping->clock_rate_hz, true};
        const auto& known = rtp::static_payload_type(payload_type);
        return {known.encoding, known.clock_rate_hz, false};
    }

    // --- candidates

    Verdict hold(std::uint32_t number, unsigned direction, std::uint32_t ssrc, const Observation& seen) {
        Flow& flow = flows[number];
        if (flow.foreign || flow.strikes == flow_strikes) return Verdict::none;
        Held* waiting = find_held(flow, direction, ssrc);
        if (waiting == nullptr) waiting = add_held(flow, direction, ssrc);
        if (waiting == nullptr) return Verdict::none;
        auto state = waiting->packets.add(seen, flow.streams != nothing);
        if (state == Candidate::State::refused) {
            ++flow.strikes;
            forget(waiting->packets);
            state = waiting->packets.add(seen, false); // it may be the first packet of something new
        }
        if (state == Candidate::State::refused) {
            release(flow, *waiting);
            return Verdict::none;
        }
        if (state == Candidate::State::undecided) return Verdict::pending;
        return accept(number, *waiting);
    }

    /// The candidate holds the packet that decided: it was never pending.
    Verdict accept(std::uint32_t number, Held& waiting) {
        Entry* entry = add_stream(number, waiting.direction, waiting.ssrc);
        const auto packets = waiting.packets.held();
        for (std::size_t i = 0; i < packets.size(); ++i) {
            if (entry != nullptr) measure(*entry, packets[i]);
            if (i + 1 < packets.size()) resolve(packets[i], Verdict::rtp);
        }
        if (entry == nullptr) beyond(flows[number]) += packets.size();
        release(flows[number], waiting);
        return Verdict::rtp;
    }

    Held* find_held(const Flow& flow, unsigned direction, std::uint32_t ssrc) {
        for (auto number = flow.candidates; number != nothing; number = held[number].next)
            if (held[number].ssrc == ssrc && held[number].direction == direction) return &held[number];
        return nullptr;
    }

    Held* add_held(Flow& flow, unsigned direction, std::uint32_t ssrc) {
        if (flow.candidate_count == flow_candidates) {
            // Many SSRCs and none in sequence: this is something else.
            ++flow.strikes;
            drop_candidates(flow);
            if (flow.strikes == flow_strikes) return nullptr;
        }
        if (free_held == nothing) {
            free_held = static_cast<std::uint32_t>(held.size());
            held.emplace_back();
        }
        const std::uint32_t number = free_held;
        free_held = held[number].next;
        held[number] = Held{ssrc, flow.candidates, direction, {}};
        flow.candidates = number;
        ++flow.candidate_count;
        return &held[number];
    }

    void release(Flow& flow, Held& waiting) {
        std::uint32_t* link = &flow.candidates;
        while (&held[*link] != &waiting) link = &held[*link].next;
        const std::uint32_t number = *link;
        *link = waiting.next;
        waiting.next = free_held;
        waiting.packets.clear();
        free_held = number;
        --flow.candidate_count;
    }

    void drop_candidates(Flow& flow) {
        while (flow.candidates != nothing) {
            forget(held[flow.candidates].packets);
            release(flow, held[flow.candidates]);
        }
    }

    /// What was held is no RTP.
    void forget(Candidate& packets) {
        for (const Observation& packet : packets.held()) resolve(packet, Verdict::none);
        packets.clear();
    }

    void resolve(const Observation& packet, Verdict verdict) { resolved(packet.capture, verdict, 1); }

    // --- the end

    std::vector<Stream> finish() {
        for (std::uint32_t number = 0; number < flows.size(); ++number) finish_candidates(number);
        std::vector<Stream> out;
        out.reserve(streams.size());
        for (Entry& entry : streams) out.push_back(finish_stream(entry, entry.meter));
        complete(out);
        return out;
    }

    std::vector<Stream> peek() {
        std::vector<Stream> out;
        out.reserve(streams.size());
        for (const Entry& entry : streams) {
            Meter so_far = entry.meter;
            out.push_back(finish_stream(entry, so_far));
        }
        complete(out);
        return out;
    }

    void complete(std::vector<Stream>& out) {
        attach_rtcp(out);
        std::stable_sort(out.begin(), out.end(),
                         [](const Stream& a, const Stream& b) { return a.first_frame < b.first_frame; });
        counters.beyond_rtcp = rtcp.beyond_limit();
    }

    // --- forgetting

    Forgotten retain(std::span<const std::uint32_t> dialogs, Timestamp idle_since) {
        const auto renamed = [&](std::uint32_t dialog) {
            return dialog != 0 && dialog <= dialogs.size() ? dialogs[dialog - 1] : 0;
        };
        Forgotten forgotten{streams.size(), flows.size()};
        std::vector<bool> with_dialog(flows.size());
        for (Entry& entry : streams) {
            if (entry.dialog == 0) continue;
            with_dialog[entry.flow] = true;
            entry.dialog = renamed(entry.dialog);
            entry.given_up = entry.dialog == 0;
        }
        for (Fax& fax : faxes) fax.dialog = renamed(fax.dialog);
        announcements.retain(renamed);

        const std::vector<std::uint32_t> kept_flows = retain_flows(with_dialog, idle_since);
        retain_streams(kept_flows, idle_since);
        retain_faxes();
        rtcp.retain(kept_flows);
        index.clear();
        for (std::uint32_t number = 0; number < flows.size(); ++number) {
            index.emplace(key_of(flows[number].ends[0], flows[number].ends[1]), number);
            look_up(flows[number]);
        }
        return {forgotten.streams - streams.size(), forgotten.flows - flows.size()};
    }

    /// New number of each port pair, `nothing` for those that go: had media of dialogs and has none now, or
    /// is idle.
    std::vector<std::uint32_t> retain_flows(const std::vector<bool>& with_dialog, Timestamp idle_since) {
        std::vector<bool> wanted(flows.size());
        for (const Entry& entry : streams) {
            wanted[entry.flow] = wanted[entry.flow] || entry.dialog != 0;
            flows[entry.flow].last = std::max(flows[entry.flow].last, entry.meter.last());
        }
        std::vector<std::uint32_t> numbers(flows.size(), nothing);
        std::uint32_t kept = 0;
        for (std::uint32_t number = 0; number < flows.size(); ++number) {
            const auto has_fax = [&](std::uint32_t fax) { return fax != nothing && faxes[fax].dialog != 0; };
            if (!wanted[number] && (with_dialog[number] || flows[number].last < idle_since) &&
                std::ranges::none_of(flows[number].fax, has_fax)) {
                drop_candidates(flows[number]);
                continue;
            }
            numbers[number] = kept;
            if (kept != number) flows[kept] = flows[number];
            ++kept;
        }
        flows.resize(kept);
        return numbers;
    }

    void retain_streams(const std::vector<std::uint32_t>& flow_numbers, Timestamp idle_since) {
        for (Flow& flow : flows) {
            flow.latest = {nothing, nothing};
            flow.streams = nothing;
            flow.stream_count = 0;
        }
        std::deque<Entry> kept;
        for (Entry& entry : streams) {
            const std::uint32_t number = flow_numbers[entry.flow];
            const bool idle = entry.dialog == 0 && entry.meter.last() < idle_since;
            if (number == nothing || entry.given_up || idle) continue;
            Flow& flow = flows[number];
            entry.flow = number;
            entry.next = flow.streams;
            flow.streams = static_cast<std::uint32_t>(kept.size());
            ++flow.stream_count;
            kept.push_back(std::move(entry));
        }
        streams = std::move(kept);
        by_key.clear();
        for (Entry& entry : streams) make_known(entry);
    }

    void retain_faxes() {
        std::vector<Fax> kept;
        for (Flow& flow : flows) {
            for (std::uint32_t& fax : flow.fax) {
                if (fax == nothing) continue;
                kept.push_back(faxes[fax]);
                fax = static_cast<std::uint32_t>(kept.size() - 1);
            }
        }
        faxes = std::move(kept);
    }

    /// SDP may have come after the last packet.
    void finish_candidates(std::uint32_t number) {
        Flow& flow = flows[number];
        if (flow.candidates == nothing) return;
        refresh(flow);
        if (!announced_rtp(flow)) return drop_candidates(flow);
        while (flow.candidates != nothing) {
            Held& waiting = held[flow.candidates];
            if (!waiting.packets.held().empty()) resolve(waiting.packets.held().back(), Verdict::rtp);
            accept(number, waiting);
        }
    }

    Stream finish_stream(const Entry& entry, Meter& meter) {
        const Flow& flow = flows[entry.flow];
        Stream stream;
        stream.ssrc = entry.ssrc;
        stream.dialog = entry.dialog;
        stream.source = flow.ends[entry.direction];
        stream.destination = flow.ends[1 - entry.direction];
        const auto source = find_announcement(stream.source),
                   destination = find_announcement(stream.destination);
        stream.announced = source != nothing || destination != nothing;
        const auto described_by = destination != nothing ? destination : source;
        if (stream.announced && stream.dialog == 0) stream.dialog = announcements[described_by].dialog;
        if (stream.announced) stream.secure = announcements[described_by].secure;
        stream.latched = stream.announced && is_latched(stream);
        if (stream.latched) {
            stream.named_source = named_instead(stream, stream.source, destination);
            stream.named_destination = named_instead(stream, stream.destination, source);
        }
        meter.finish(stream);
        return stream;
    }

    /// What was announced for this end before NAT, else what the dialog announced besides the `other` end.
    [[nodiscard]] std::optional<Endpoint> named_instead(const Stream& stream, const Endpoint& end,
                                                        Announcements::Index other) const {
        if (announcements.find(end) != nothing) return std::nullopt;
        if (const auto translated = announcements.find_translated(end); translated != nothing)
            return announcements[translated].media;
        if (other == nothing) return std::nullopt;
        const auto named = announcements.of_dialog(stream.dialog);
        const auto rest = std::find_if(named.begin(), named.end(), [&](const Endpoint& endpoint) {
            return endpoint != announcements[other].media;
        });
        return rest == named.end() ? std::nullopt : std::optional(*rest);
    }

    /// Both sides said where they want media, and one of these addresses is in no description of the dialog.
    bool is_latched(const Stream& stream) const {
        const auto named = announcements.of_dialog(stream.dialog);
        const auto stranger = [&](const Endpoint& end) {
            return announcements.find(end) == nothing &&
                   std::none_of(named.begin(), named.end(),
                                [&](const Endpoint& endpoint) { return endpoint.address == end.address; });
        };
        const bool both_known = named.size() >= 2;
        const bool translated =
            announcements.find(stream.source) == nothing && announcements.find(stream.destination) == nothing;
        return (both_known || translated) && (stranger(stream.source) || stranger(stream.destination));
    }

    // --- RTCP

    /// Same SSRC and addresses; of several the one whose ports fit best: shared, or the next one up.
    void attach_rtcp(std::vector<Stream>& out) {
        std::vector<std::uint32_t> by_ssrc(out.size());
        for (std::uint32_t i = 0; i < by_ssrc.size(); ++i) by_ssrc[i] = i;
        const auto ssrc_less = [&](std::uint32_t a, std::uint32_t b) { return out[a].ssrc < out[b].ssrc; };
        std::stable_sort(by_ssrc.begin(), by_ssrc.end(), ssrc_less);
        for (RtcpBook::Entry& said : rtcp.entries()) {
            const auto first = std::partition_point(by_ssrc.begin(), by_ssrc.end(),
                                                    [&](std::uint32_t i) { return out[i].ssrc < said.ssrc; });
            Stream* best = nullptr;
            int best_fit = 0;
            const auto room = std::min<std::ptrdiff_t>(by_ssrc.end() - first, limits::flow_streams);
            for (auto i = first; i != first + room && out[*i].ssrc == said.ssrc; ++i) {
                const int fit = fit_of(out[*i], said);
                if (fit > best_fit) best = &out[*i];
                best_fit = std::max(best_fit, fit);
            }
            if (best != nullptr) attach(*best, said);
        }
    }

    int fit_of(const Stream& stream, const RtcpBook::Entry& said) const {
        const Flow& flow = flows[said.flow];
        const Endpoint &from = flow.ends[said.direction], &to = flow.ends[1 - said.direction];
        if (from.address != stream.source.address || to.address != stream.destination.address) return 0;
        const auto near = [](std::uint16_t rtcp_port, std::uint16_t port) {
            return rtcp_port == port || rtcp_port == port + 1;
        };
        return 1 + (near(from.port, stream.source.port) ? 1 : 0) +
               (near(to.port, stream.destination.port) ? 1 : 0);
    }

    static void attach(Stream& stream, const RtcpBook::Entry& said) {
        if (stream.rtcp && stream.rtcp->reception_reports >= said.summary.reception_reports) return;
        stream.rtcp = said.summary;
        const std::uint32_t clock_rate =
            stream.payload_types.empty() ? 0 : stream.payload_types.front().clock_rate_hz;
        if (clock_rate != 0)
            stream.rtcp->reported_jitter_ms_max = said.jitter_ticks_max * 1000.0 / clock_rate;
    }
};

Tracker::Tracker(Resolved resolved, const TrackerLimits& limits)
    : m_state(std::make_unique<State>(std::move(resolved), limits)) {}
Tracker::~Tracker() = default;
Tracker::Tracker(Tracker&&) noexcept = default;
Tracker& Tracker::operator=(Tracker&&) noexcept = default;

void Tracker::announce(const Hint& hint) {
    m_state->announcements.add(hint);
}
Verdict Tracker::offer(const decode::Packet& packet, const Frame& frame) {
    return m_state->offer(packet, frame);
}
std::size_t Tracker::measure_known(std::span<const Glance> glances) {
    return m_state->measure_known(glances);
}
std::vector<Stream> Tracker::finish() {
    return m_state->finish();
}
std::vector<Stream> Tracker::peek() const {
    return m_state->peek();
}
std::size_t Tracker::stream_count() const {
    return m_state->streams.size();
}
std::size_t Tracker::flow_count() const {
    return m_state->flows.size();
}
Tracker::Forgotten Tracker::retain(std::span<const std::uint32_t> dialogs, Timestamp idle_since) {
    return m_state->retain(dialogs, idle_since);
}
std::vector<Fax> Tracker::faxes() const {
    return m_state->faxes;
}
Tracker::Counters Tracker::counters() const {
    Counters counters = m_state->counters;
    counters.beyond_endpoints = m_state->announcements.beyond_endpoints();
    counters.beyond_sets = m_state->announcements.beyond_sets();
    counters.beyond_names = m_state->announcements.beyond_names();
    return counters;
}

} // namespace rungs::media
