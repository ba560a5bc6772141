#include "analyzer/media/candidate.hpp"

#include <algorithm>
#include <cmath>

#include "dissectors/rtp/payload_types.hpp"

namespace rungs::media {
namespace {

constexpr unsigned missing_allowed = 3;
constexpr std::size_t enough_of_known_codec = 5, enough_on_known_flow = 3;
constexpr unsigned largest_payload = 1500;
constexpr double shortest_span_ms = 100, pace_slack_ms = 40, pace_slack = 0.2;
constexpr std::array<double, 6> usual_clocks_khz{8, 16, 32, 44.1, 48, 90};

bool is_plausible_type(std::uint8_t payload_type) {
    return payload_type >= 96 || !rtp::static_payload_type(payload_type).encoding.empty();
}

bool repeats(const Observation& before, const Observation& packet) {
    return packet.sequence == before.sequence && packet.timestamp == before.timestamp &&
           packet.payload_octets == before.payload_octets && packet.payload_type == before.payload_type;
}

bool follows(const Observation& before, const Observation& packet) {
    const auto step = static_cast<std::uint16_t>(packet.sequence - before.sequence);
    const auto ticks = static_cast<std::int32_t>(packet.timestamp - before.timestamp);
    return step >= 1 && step <= 1 + missing_allowed && ticks >= 0 &&
           packet.payload_type == before.payload_type && packet.time >= before.time;
}

/// Ticks of the 8 kHz clock that a payload of these static types lasts; 0 for other types and odd sizes.
unsigned ticks_of(const Observation& packet) {
    const unsigned octets = packet.payload_octets;
    switch (packet.payload_type) {
    case 0:
    case 8:
    case 9: return octets;
    case 3: return octets % 33 == 0 ? octets / 33 * 160 : 0;
    case 18: return octets % 10 == 0 || octets % 10 == 2 ? octets / 10 * 80 : 0;
    default: return 0;
    }
}

} // namespace

Candidate::State Candidate::add(const Observation& packet, bool flow_has_stream) {
    if (!is_plausible_type(packet.payload_type) || packet.payload_octets == 0 ||
        packet.payload_octets > largest_payload)
        return State::refused;
    const bool repeated = m_count > 0 && repeats(m_held[m_count - 1], packet);
    if (m_count > 0 && !repeated && !follows(m_held[m_count - 1], packet)) return State::refused;
    m_held[m_count++] = packet;
    if (!repeated) ++m_distinct;
    const State state = decide(flow_has_stream);
    if (state == State::refused) --m_count;
    return state;
}

Candidate::State Candidate::decide(bool flow_has_stream) const {
    if (flow_has_stream && m_distinct >= enough_on_known_flow) return State::rtp;
    if (m_distinct >= enough_of_known_codec && (octets_match_time() || is_key_press())) return State::rtp;
    if (m_count < capacity) return State::undecided;
    return keeps_pace() ? State::rtp : State::refused;
}

bool Candidate::octets_match_time() const {
    for (std::size_t i = 1; i < m_count; ++i) {
        const Observation &before = m_held[i - 1], &packet = m_held[i];
        const auto step = static_cast<std::uint16_t>(packet.sequence - before.sequence);
        const unsigned ticks = ticks_of(before);
        if (ticks == 0 || packet.timestamp - before.timestamp != ticks * step) return false;
    }
    return true;
}

bool Candidate::is_key_press() const {
    const auto duration = [](const Observation& packet) {
        return packet.first_octets[2] << 8U | packet.first_octets[3];
    };
    for (std::size_t i = 0; i < m_count; ++i) {
        const Observation& packet = m_held[i];
        if (packet.payload_octets != 4 || packet.payload_type < 96 || packet.first_octets[0] > 16)
            return false;
        if (i == 0 || packet.timestamp != m_held[i - 1].timestamp) continue;
        if (packet.first_octets[0] != m_held[i - 1].first_octets[0]) return false;
        if (duration(packet) < duration(m_held[i - 1])) return false;
    }
    return true;
}

bool Candidate::keeps_pace() const {
    const Observation &first = m_held[0], &last = m_held[m_count - 1];
    const double span_ms = to_milliseconds(last.time - first.time);
    const double ticks = last.timestamp - first.timestamp;
    return span_ms >= shortest_span_ms &&
           std::any_of(usual_clocks_khz.begin(), usual_clocks_khz.end(), [&](double clock_khz) {
               return std::abs(ticks / clock_khz - span_ms) <= pace_slack * span_ms + pace_slack_ms;
           });
}

} // namespace rungs::media
