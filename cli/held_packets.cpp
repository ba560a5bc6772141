#include "cli/held_packets.hpp"

#include <utility>

#include "core/limits/live.hpp"

namespace rungs::cli {

void HeldPackets::add(Packet packet) {
    if (!packet.wanted) ++m_undecided[packet.pair];
    m_octets += packet.octets.size();
    m_packets.push_back(std::move(packet));
}

void HeldPackets::want(std::uint64_t pair) {
    if (m_undecided.erase(pair) == 0) return;
    for (Packet& packet : m_packets) packet.wanted = packet.wanted || packet.pair == pair;
}

std::optional<HeldPackets::Packet> HeldPackets::take(Timestamp now) {
    while (!m_packets.empty()) {
        Packet& first = m_packets.front();
        const bool waited = m_octets > limits::live_hold_octets || first.time + patience <= now;
        if (!first.wanted && !waited) return std::nullopt;
        Packet packet = std::move(first);
        m_packets.pop_front();
        m_octets -= packet.octets.size();
        if (packet.wanted) return packet;
        const auto undecided = m_undecided.find(packet.pair);
        if (--undecided.value() == 0) m_undecided.erase(undecided);
    }
    return std::nullopt;
}

} // namespace rungs::cli
