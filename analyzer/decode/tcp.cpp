#include "analyzer/decode/tcp.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include <tsl/robin_map.h>

#include "analyzer/decode/flow_key.hpp"
#include "analyzer/decode/islands.hpp"
#include "core/limits/decode.hpp"

namespace rungs::decode {
namespace {

/// Sequence numbers unwrapped to 64 bits, so that they can be compared and be keys of a map. 0 stands for
/// "unknown".
using Position = std::uint64_t;

Position first_position(std::uint32_t sequence) {
    return (Position{1} << 32U) + sequence;
}

/// The position with this sequence number that is nearest to `reference` (RFC 9293 section 3.4).
Position near(Position reference, std::uint32_t sequence) {
    const auto distance = static_cast<std::int32_t>(sequence - static_cast<std::uint32_t>(reference));
    return reference + static_cast<Position>(std::int64_t{distance});
}

/// What waits behind a gap of one direction.
struct Waiting {
    Islands islands;
    std::uint64_t lost = 0;   ///< octets given up, to be told with the next chunk
    std::uint64_t ticket = 0; ///< since when; key of State::waiting
};

struct Direction {
    Position next = 0;   ///< of the octet to be delivered next
    Position passed = 0; ///< octets before it that are still absent will not come
    Position end = 0;    ///< of the FIN
    std::unique_ptr<Waiting> waiting;
    StreamId id = 0;
    std::uint32_t start = 0; ///< sequence number of the first octet
    bool begun = false, midway = false, delivered = false, ended = false;
};

using FlowIndex = std::uint32_t;
constexpr FlowIndex nobody = ~FlowIndex{0};

/// Both directions of a connection; side 0 is what the endpoint with the lower address and port sends.
struct Flow {
    FlowKey key{};
    std::array<Endpoint, 2> endpoints;
    std::array<Direction, 2> directions;
    FlowIndex newer = nobody, older = nobody; ///< by last use
};

struct Place {
    FlowKey key;
    unsigned side;
};

Place place_of(const Packet& packet) {
    AddressWords low = words_of(packet.source.address);
    AddressWords high = words_of(packet.destination.address);
    std::uint64_t low_port = packet.source.port;
    std::uint64_t high_port = packet.destination.port;
    const bool swap = std::tie(high, high_port) < std::tie(low, low_port);
    if (swap) {
        std::swap(low, high);
        std::swap(low_port, high_port);
    }
    const std::uint64_t family = packet.source.address.is_v6() ? 1 : 0;
    return {flow_key(low, high, low_port << 32U | high_port << 1U | family, packet.enclosure),
            swap ? 1U : 0U};
}

bool has(const Packet& packet, std::uint8_t flag) {
    return (packet.tcp_flags & flag) != 0;
}

/// The sequence number of the first data octet: SYN takes one.
std::uint32_t data_sequence(const Packet& packet) {
    return packet.tcp_sequence + (has(packet, tcp_flag::syn) ? 1U : 0U);
}

/// Whether a segment belongs to a new connection on the ports of an old one.
bool begins_anew(const Direction& own, const Direction& other, const Packet& packet) {
    const std::uint32_t sequence = data_sequence(packet);
    if (has(packet, tcp_flag::syn)) {
        if (own.begun && own.start != sequence) return true;
        if (has(packet, tcp_flag::ack)) return false;
        if (own.ended) return true; // tried again after a refusal
        const bool answered_before = own.passed != 0 && static_cast<std::uint32_t>(own.passed) == sequence;
        return !own.begun && other.begun && !answered_before;
    }
    // The old one has ended and more octets come.
    return own.ended && !packet.payload.empty() &&
           (!own.begun || near(own.next, sequence) + packet.payload.size() > own.next);
}

} // namespace

struct TcpReassembler::State {
    Deliver deliver;
    End end;
    std::vector<Flow> flows;
    tsl::robin_map<FlowKey, FlowIndex, FlowKeyHash> index;
    FlowIndex newest = nobody, oldest = nobody;
    StreamId next_id = 0;
    /// Directions with octets behind a gap, longest waiting first: flow * 2 + side.
    std::map<std::uint64_t, std::uint64_t> waiting;
    std::uint64_t next_ticket = 0;
    std::size_t waiting_cost = 0;
    Counters counters;

    // Flows, ordered by last use.

    void unlink(FlowIndex at) {
        const Flow& flow = flows[at];
        (flow.newer == nobody ? newest : flows[flow.newer].older) = flow.older;
        (flow.older == nobody ? oldest : flows[flow.older].newer) = flow.newer;
    }

    void link_newest(FlowIndex at) {
        flows[at].newer = nobody;
        flows[at].older = newest;
        (newest == nobody ? oldest : flows[newest].newer) = at;
        newest = at;
    }

    void touch(FlowIndex at) {
        if (at == newest) return;
        unlink(at);
        link_newest(at);
    }

    void name_streams(Flow& flow, unsigned side) {
        flow.directions[side].id = next_id++;
        flow.directions[1 - side].id = next_id++;
        counters.streams = next_id;
    }

    FlowIndex free_place() {
        if (flows.size() < limits::tcp_flows) {
            flows.emplace_back();
            return static_cast<FlowIndex>(flows.size() - 1);
        }
        const FlowIndex evicted = oldest;
        end_flow(evicted);
        ++counters.evicted;
        unlink(evicted);
        index.erase(flows[evicted].key);
        flows[evicted] = Flow{};
        return evicted;
    }

    FlowIndex find_or_begin(const Place& place, const Packet& packet) {
        if (const auto found = index.find(place.key); found != index.end()) {
            touch(found->second);
            return found->second;
        }
        const FlowIndex at = free_place();
        Flow& flow = flows[at];
        flow.key = place.key;
        flow.endpoints[place.side] = packet.source;
        flow.endpoints[1 - place.side] = packet.destination;
        name_streams(flow, place.side);
        index.emplace(place.key, at);
        link_newest(at);
        return at;
    }

    // Delivery.

    void emit(Flow& flow, unsigned side, Bytes bytes, std::uint64_t frame, Timestamp time) {
        Direction& own = flow.directions[side];
        StreamChunk chunk{own.id,
                          flow.directions[1 - side].id,
                          flow.endpoints[side],
                          flow.endpoints[1 - side],
                          bytes,
                          frame,
                          time};
        if (own.waiting) chunk.gap_before = std::exchange(own.waiting->lost, 0);
        if (chunk.gap_before > 0) {
            ++counters.gaps;
            counters.gap_octets += chunk.gap_before;
        }
        chunk.begins_midway = own.midway && !own.delivered;
        own.delivered = true;
        own.next += bytes.size();
        deliver(chunk);
    }

    void emit_first_island(Flow& flow, unsigned side) {
        Islands& islands = flow.directions[side].waiting->islands;
        waiting_cost -= islands.cost();
        const Islands::Island island = islands.take_first();
        waiting_cost += islands.cost();
        emit(flow, side, island.bytes, island.frame, island.time);
    }

    /// Delivers the islands that nothing separates from what was delivered.
    void drain(Flow& flow, unsigned side) {
        Direction& own = flow.directions[side];
        if (!own.waiting) return;
        const Islands& islands = own.waiting->islands;
        while (!islands.empty() && islands.first_position() == own.next) emit_first_island(flow, side);
        if (!islands.empty()) return;
        waiting.erase(own.waiting->ticket);
        own.waiting.reset();
    }

    /// Gives up the absent octets before `position`, at most up to the first island.
    void give_up(Flow& flow, unsigned side, Position position) {
        Direction& own = flow.directions[side];
        const Position to = std::min(position, own.waiting->islands.first_position());
        own.waiting->lost += to - own.next;
        own.next = to;
        drain(flow, side);
    }

    void give_up_first_gap(Flow& flow, unsigned side) {
        give_up(flow, side, flow.directions[side].waiting->islands.first_position());
    }

    void give_up_what_is_passed(Flow& flow, unsigned side) {
        const Direction& own = flow.directions[side];
        while (own.waiting && own.passed > own.next) give_up(flow, side, own.passed);
    }

    void end_direction(Flow& flow, unsigned side) {
        Direction& own = flow.directions[side];
        if (own.ended) return;
        while (own.waiting) give_up_first_gap(flow, side);
        own.ended = true;
        end(own.id);
    }

    void end_flow(FlowIndex at) {
        end_direction(flows[at], 0);
        end_direction(flows[at], 1);
    }

    void end_if_finished(Flow& flow, unsigned side) {
        const Direction& own = flow.directions[side];
        if (own.end == 0) return;
        const bool all_delivered = own.next >= own.end;
        const bool rest_is_lost = !own.waiting && own.passed > own.end;
        if (all_delivered || rest_is_lost) end_direction(flow, side);
    }

    // Segments.

    void begin(Direction& own, std::uint32_t sequence, bool midway) {
        own.begun = true;
        own.midway = midway;
        own.start = sequence;
        own.next = own.passed == 0 ? first_position(sequence) : near(own.passed, sequence);
        // The other side acknowledged a little less: this segment came too early, the one before it is on its
        // way.
        if (midway && own.passed != 0 && own.next > own.passed &&
            own.next - own.passed <= limits::tcp_flow_gap_octets) {
            own.next = own.passed;
        }
    }

    void note_acknowledgement(Flow& flow, unsigned side, std::uint32_t acknowledgement) {
        Direction& own = flow.directions[side];
        if (own.ended) return;
        const Position reference = own.begun ? own.next : own.passed;
        const Position position =
            reference == 0 ? first_position(acknowledgement) : near(reference, acknowledgement);
        own.passed = std::max(own.passed, position);
        give_up_what_is_passed(flow, side);
        end_if_finished(flow, side);
    }

    /// `bytes` begin at the next octet to be delivered; where islands overlap them, those came first.
    void deliver_in_order(Flow& flow, unsigned side, Bytes bytes, const Frame& frame) {
        const Direction& own = flow.directions[side];
        bool overlapped = false;
        while (!bytes.empty()) {
            std::size_t count = bytes.size();
            if (own.waiting && !own.waiting->islands.empty()) {
                count = std::min<std::size_t>(count, own.waiting->islands.first_position() - own.next);
            }
            if (count > 0) emit(flow, side, bytes.first(count), frame.number, frame.time);
            bytes = bytes.subspan(count);
            if (bytes.empty()) break;
            overlapped = true;
            const Position before = own.next;
            emit_first_island(flow, side);
            bytes = bytes.subspan(std::min<std::size_t>(own.next - before, bytes.size()));
        }
        if (overlapped) ++counters.overlaps;
        drain(flow, side);
    }

    SegmentKind keep_waiting(FlowIndex at, unsigned side, Position position, Bytes bytes,
                             const Frame& frame) {
        Flow& flow = flows[at];
        Direction& own = flow.directions[side];
        if (!own.waiting) {
            own.waiting = std::make_unique<Waiting>();
            own.waiting->ticket = next_ticket++;
            waiting.emplace(own.waiting->ticket, std::uint64_t{at} * 2 + side);
        }
        Islands& islands = own.waiting->islands;
        waiting_cost -= islands.cost();
        const Islands::Inserted inserted = islands.insert(position, bytes, frame);
        waiting_cost += islands.cost();
        if (inserted.octets == 0) {
            ++counters.retransmitted_segments;
            return SegmentKind::retransmission;
        }
        ++counters.out_of_order_segments;
        if (inserted.overlapped) ++counters.overlaps;
        give_up_what_is_passed(flow, side);
        while (own.waiting && own.waiting->islands.cost() > limits::tcp_flow_gap_octets) {
            ++counters.flow_gap_limit;
            give_up_first_gap(flow, side);
        }
        while (waiting_cost > limits::tcp_gap_octets) {
            ++counters.gap_limit;
            const std::uint64_t longest = waiting.begin()->second;
            give_up_first_gap(flows[longest / 2], static_cast<unsigned>(longest % 2));
        }
        return SegmentKind::data;
    }

    SegmentKind take_data(FlowIndex at, unsigned side, Position position, Bytes bytes, const Frame& frame) {
        Flow& flow = flows[at];
        const Position next = flow.directions[side].next;
        const Position end_of_bytes = position + bytes.size();
        if (end_of_bytes <= next) {
            const bool keep_alive = bytes.size() == 1 && end_of_bytes == next;
            if (keep_alive) return SegmentKind::control;
            ++counters.retransmitted_segments;
            return SegmentKind::retransmission;
        }
        if (position > next) return keep_waiting(at, side, position, bytes, frame);
        if (position < next) ++counters.overlaps;
        deliver_in_order(flow, side, bytes.subspan(next - position), frame);
        return SegmentKind::data;
    }

    SegmentKind take_segment(FlowIndex at, unsigned side, const Packet& packet, const Frame& frame) {
        Flow& flow = flows[at];
        Direction& own = flow.directions[side];
        const std::size_t octets = packet.payload.size();
        if (own.ended) return octets == 0 ? SegmentKind::control : SegmentKind::retransmission;
        const bool syn = has(packet, tcp_flag::syn);
        const bool fin = has(packet, tcp_flag::fin);
        const std::uint32_t sequence = data_sequence(packet);
        if (!own.begun) {
            // A bare acknowledgement does not begin a stream: it may be a keep-alive, one octet below.
            if (!syn && !fin && octets == 0) return SegmentKind::control;
            begin(own, sequence, !syn);
        }
        const Position position = near(own.next, sequence);
        const Position end_on_wire = position + octets + packet.payload_missing;
        SegmentKind kind = SegmentKind::control;
        if (octets > 0) kind = take_data(at, side, position, packet.payload, frame);
        if (packet.payload_missing > 0) {
            own.passed = std::max(own.passed, end_on_wire);
            give_up_what_is_passed(flow, side);
        }
        if (fin && own.end == 0) own.end = end_on_wire;
        end_if_finished(flow, side);
        return kind;
    }

    /// A reset counts when it fits the stream (compare RFC 5961 section 3); others are noise or an attack.
    [[nodiscard]] static bool resets(const Direction& own, const Packet& packet) {
        if (!has(packet, tcp_flag::rst)) return false;
        if (!own.begun) return true;
        const auto distance = static_cast<std::int64_t>(near(own.next, packet.tcp_sequence) - own.next);
        const auto window = static_cast<std::int64_t>(limits::tcp_flow_gap_octets);
        return distance >= -window && distance <= window;
    }

    Added add(const Packet& packet, const Frame& frame) {
        const Place place = place_of(packet);
        const FlowIndex at = find_or_begin(place, packet);
        Flow& flow = flows[at];
        Direction& own = flow.directions[place.side];
        if (begins_anew(own, flow.directions[1 - place.side], packet)) {
            end_flow(at);
            flow.directions = {};
            name_streams(flow, place.side);
        }
        const StreamId stream = own.id;
        if (has(packet, tcp_flag::ack))
            note_acknowledgement(flow, 1 - place.side, packet.tcp_acknowledgement);
        const SegmentKind kind = take_segment(at, place.side, packet, frame);
        if (resets(own, packet)) end_flow(at);
        return {kind, stream};
    }
};

TcpReassembler::TcpReassembler(Deliver deliver, End end) : m_state(std::make_unique<State>()) {
    m_state->deliver = std::move(deliver);
    m_state->end = std::move(end);
}
TcpReassembler::~TcpReassembler() = default;
TcpReassembler::TcpReassembler(TcpReassembler&&) noexcept = default;
TcpReassembler& TcpReassembler::operator=(TcpReassembler&&) noexcept = default;

TcpReassembler::Added TcpReassembler::add(const Packet& packet, const Frame& frame) {
    return m_state->add(packet, frame);
}

void TcpReassembler::flush() {
    for (FlowIndex at = m_state->oldest; at != nobody; at = m_state->flows[at].newer) m_state->end_flow(at);
}

const TcpReassembler::Counters& TcpReassembler::counters() const {
    return m_state->counters;
}

} // namespace rungs::decode
