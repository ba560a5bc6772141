#include "analyzer/decode/fragments.hpp"

#include <algorithm>
#include <iterator>
#include <list>

#include <tsl/robin_map.h>

#include "analyzer/decode/flow_key.hpp"
#include "analyzer/decode/islands.hpp"
#include "core/limits/decode.hpp"

namespace rungs::decode {
namespace {

/// RFC 791 and RFC 8200 section 4.5; the next header of IPv6 may differ between fragments, so it is left out.
FlowKey datagram_key(const Packet& packet) {
    const bool v6 = packet.source.address.is_v6();
    const std::uint64_t protocol = v6 ? 256 : packet.ip_protocol;
    return flow_key(words_of(packet.source.address), words_of(packet.destination.address),
                    std::uint64_t{packet.ip_id} << 16U | protocol, packet.enclosure);
}

struct Datagram {
    FlowKey key;
    Packet first; ///< the fragment with offset 0, or the first seen until that comes; its views are dead
    Islands islands;
    Timestamp since;
    std::uint64_t octets = 0; ///< present, each counted once
    std::uint64_t reach = 0;  ///< end of the fragment that reaches farthest
    bool has_last = false;
    bool discarded = false; ///< RFC 5722: an overlap; later fragments are swallowed

    [[nodiscard]] bool complete() const { return has_last && octets == reach; }
    [[nodiscard]] std::size_t cost() const { return sizeof(Datagram) + 64 + islands.cost(); }
};

/// RFC 8200 section 4.5 allows the exact copy of a fragment, RFC 5722 no other overlap.
bool is_copy(const Islands& islands, std::uint64_t offset, Bytes bytes) {
    const auto found = islands.all().find(offset);
    return found != islands.all().end() && std::ranges::equal(found->second.bytes, bytes);
}

} // namespace

struct FragmentReassembler::State {
    using Datagrams = std::list<Datagram>; // oldest first
    Datagrams waiting;
    tsl::robin_map<FlowKey, Datagrams::iterator, FlowKeyHash> index;
    std::size_t cost = 0;
    std::vector<std::uint8_t> whole; ///< octets of the datagram returned last
    Counters counters;

    void remove(Datagrams::iterator datagram) {
        cost -= datagram->cost();
        index.erase(datagram->key);
        waiting.erase(datagram);
        counters.waiting = waiting.size();
    }

    static bool too_old(const Datagram& datagram, Timestamp now) {
        return (now - datagram.since).count() > limits::fragment_timeout_ns;
    }

    void make_room(Timestamp now) {
        while (!waiting.empty() && too_old(waiting.front(), now)) {
            ++counters.timed_out;
            remove(waiting.begin());
        }
        while (cost > limits::fragment_octets) {
            ++counters.evicted;
            remove(waiting.begin());
        }
    }

    Datagrams::iterator find_or_begin(const Packet& packet, Timestamp now) {
        const FlowKey key = datagram_key(packet);
        if (const auto found = index.find(key); found != index.end()) {
            if (!too_old(*found->second, now)) return found->second;
            ++counters.timed_out;
            remove(found->second);
        }
        waiting.emplace_back();
        const auto datagram = std::prev(waiting.end());
        datagram->key = key;
        datagram->first = packet;
        datagram->since = now;
        cost += datagram->cost();
        index.emplace(key, datagram);
        counters.waiting = waiting.size();
        return datagram;
    }

    void put(Datagram& datagram, const Packet& packet, const Frame& frame) {
        if (datagram.discarded) return;
        const bool v6 = packet.source.address.is_v6();
        if (v6 && is_copy(datagram.islands, packet.fragment_offset, packet.fragment)) return;
        cost -= datagram.cost();
        const auto inserted = datagram.islands.insert(packet.fragment_offset, packet.fragment, frame);
        if (inserted.overlapped) {
            ++counters.overlaps;
            datagram.discarded = v6;
        }
        if (datagram.discarded) datagram.islands = {};
        cost += datagram.cost();
        if (packet.fragment_offset == 0) datagram.first = packet;
        datagram.octets += inserted.octets;
        const std::uint64_t end = packet.fragment_offset + packet.fragment.size() + packet.payload_missing;
        datagram.reach = std::max(datagram.reach, end);
        datagram.has_last = datagram.has_last || !packet.more_fragments;
    }

    Whole assemble(const Datagram& datagram) {
        Whole result;
        whole.clear();
        for (const auto& [offset, island] : datagram.islands.all()) {
            whole.insert(whole.end(), island.bytes.begin(), island.bytes.end());
            result.frames.push_back(island.frame);
        }
        std::ranges::sort(result.frames);
        // std::ranges::unique of libstdc++ 12 does not compile with clang 14.
        result.frames.erase(std::unique(result.frames.begin(), result.frames.end()), result.frames.end());
        result.packet = decode_ip_payload(datagram.first, whole);
        ++counters.datagrams;
        return result;
    }
};

FragmentReassembler::FragmentReassembler() : m_state(std::make_unique<State>()) {}
FragmentReassembler::~FragmentReassembler() = default;
FragmentReassembler::FragmentReassembler(FragmentReassembler&&) noexcept = default;
FragmentReassembler& FragmentReassembler::operator=(FragmentReassembler&&) noexcept = default;

std::optional<FragmentReassembler::Whole> FragmentReassembler::add(const Packet& packet, const Frame& frame) {
    m_state->make_room(frame.time);
    const auto datagram = m_state->find_or_begin(packet, frame.time);
    m_state->put(*datagram, packet, frame);
    if (datagram->discarded || !datagram->complete()) return std::nullopt;
    Whole whole = m_state->assemble(*datagram);
    m_state->remove(datagram);
    return whole;
}

const FragmentReassembler::Counters& FragmentReassembler::counters() const {
    return m_state->counters;
}

} // namespace rungs::decode
