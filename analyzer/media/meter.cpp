#include "analyzer/media/meter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/limits/media.hpp"
#include "core/text.hpp"
#include "dissectors/rtp/payload.hpp"
#include "dissectors/rtp/payload_types.hpp"

namespace rungs::media {
namespace {

constexpr double assumed_delay_ms = 100; ///< one way; up to here delay costs nothing (G.107)
constexpr std::uint32_t default_event_clock_hz = 8000;
constexpr double clock_jump_ms = 10'000; ///< more is a new base of RTP time, neither jitter nor skew
constexpr std::size_t skew_seconds = 10;

/// Timestamps wrap, and a later packet may have an earlier one.
std::int32_t ticks_between(std::uint32_t from, std::uint32_t to) {
    return static_cast<std::int32_t>(to - from);
}

bool is_event(const Observation& packet, const Codec& codec) {
    if (!codec.encoding.empty()) return iequals(codec.encoding, "telephone-event");
    return packet.payload_type >= 96 && packet.payload_octets == 4 && packet.first_octets[0] <= 16;
}

bool is_comfort_noise(const Observation& packet, const Codec& codec) {
    return packet.payload_type == 13 || iequals(codec.encoding, "CN");
}

/// RFC 2198: the primary's header is one octet with the upper bit clear, each older block's has four octets.
/// With more than one older block it lies further than what is kept.
std::optional<std::uint8_t> red_primary(const Observation& packet) {
    for (const std::size_t position : {std::size_t{0}, std::size_t{4}}) {
        if (position >= packet.payload_octets) break;
        const std::uint8_t first = packet.first_octets[position];
        if ((first & 0x80U) == 0) return first;
    }
    return std::nullopt;
}

template <typename Small>
void add_saturated(Small& counter, std::uint64_t by) {
    constexpr std::uint64_t most = std::numeric_limits<Small>::max();
    counter = static_cast<Small>(std::min(most, counter + by));
}

/// BurstR of G.107 clause 3.5: how much longer runs of losses are than if they were random.
double burst_ratio(const Stream& stream) {
    if (stream.loss_runs == 0) return 1;
    const double mean_run = static_cast<double>(stream.lost) / static_cast<double>(stream.loss_runs);
    return std::max(1.0, mean_run * (1 - stream.loss_percent() / 100));
}

} // namespace

void Meter::set_codec(std::uint8_t payload_type, const Codec& codec) {
    write_back();
    const auto known = std::find_if(m_uses.begin(), m_uses.end(),
                                    [&](const Use& use) { return use.number == payload_type; });
    m_current = static_cast<std::size_t>(known - m_uses.begin());
    if (known == m_uses.end()) m_uses.emplace_back().number = payload_type;
    Use& use = m_uses[m_current];
    use.codec = codec;
    m_now = {use.packets, codec.clock_rate_hz, payload_type, use.event, use.comfort_noise};
}

void Meter::write_back() {
    if (m_now.payload_type != no_payload_type) m_uses[m_current].packets = m_now.packets;
}

void Meter::add(const Observation& packet) {
    if (!m_began) begin(packet);
    if (++m_now.packets == 1) add_first_of(m_uses[m_current], packet);
    m_octets += packet.datagram_octets;
    if (packet.marker) ++m_markers;
    if (m_now.comfort_noise) ++m_comfort_noise;
    if (packet.dscp != m_dscp) m_dscp_changed = true;

    const Arrival arrival = m_sequences.add(packet.sequence);
    const double delta = to_milliseconds(packet.time - m_end); // 0 for the first packet
    if (m_now.event)
        add_event(packet);
    else
        measure_time(packet, arrival, delta);
    if (m_sequences.packets() > 1) {
        m_delta_sum += delta;
        m_delta_max = std::max(m_delta_max, delta);
    }
    m_end = packet.time;
    m_last_frame = packet.frame;
    count_second(packet, delta);
}

/// What kind of payload a type carries is told by its first packet.
void Meter::add_first_of(Use& use, const Observation& packet) {
    use.event = m_now.event = is_event(packet, use.codec);
    use.comfort_noise = m_now.comfort_noise = is_comfort_noise(packet, use.codec);
    use.audio = !use.event && !use.comfort_noise && use.codec.clock_rate_hz != 90000;
    if (iequals(use.codec.encoding, "red")) use.red_primary = red_primary(packet);
}

void Meter::begin(const Observation& packet) {
    m_began = true;
    m_start = m_end = packet.time;
    m_first_frame = packet.frame;
    m_dscp = packet.dscp;
}

/// Jitter, transit time and silence: between this packet and the one before it that was no event, if both
/// count time with one clock.
void Meter::measure_time(const Observation& packet, Arrival arrival, double delta_ms) {
    const std::uint32_t clock_rate = m_now.clock_rate_hz;
    const bool comparable = clock_rate != 0 && clock_rate == m_previous_clock_rate &&
                            arrival != Arrival::stray && arrival != Arrival::restart;
    if (comparable) {
        const auto ticks = ticks_between(m_previous_timestamp, packet.timestamp);
        const double elapsed =
            m_previous_time == m_end ? delta_ms : to_milliseconds(packet.time - m_previous_time);
        const double change = elapsed - static_cast<double>(ticks) * 1000.0 / clock_rate;
        if (std::abs(change) < clock_jump_ms) {
            m_jitter.add(change);
            m_transit_ms += change;
            if (arrival == Arrival::in_order && m_sequences.skipped() == 0) measure_silence(ticks);
        }
    }
    m_previous_time = packet.time;
    m_previous_timestamp = packet.timestamp;
    m_previous_clock_rate = clock_rate;
    m_previous_comfort_noise = m_now.comfort_noise;
}

/// Nothing is missing between two packets and yet their RTP times lie further apart than usual. A new
/// distance that comes twice in a row is the usual one from then on (the sender changed its packet time).
void Meter::measure_silence(std::int32_t ticks) {
    if (ticks <= 0 || m_now.clock_rate_hz == 90000) return;
    const auto step = static_cast<std::uint32_t>(ticks);
    std::uint32_t silent = 0;
    if (m_previous_comfort_noise || m_now.comfort_noise)
        silent = step;
    else if (m_usual_step == 0 || step == m_previous_step)
        m_usual_step = step;
    else if (step / 2 > m_usual_step)
        silent = step - m_usual_step;
    m_previous_step = step;
    if (silent != 0) m_silence_ms += static_cast<double>(silent) * 1000.0 / m_now.clock_rate_hz;
}

void Meter::count_second(const Observation& packet, double delta_ms) {
    constexpr std::uint64_t second_ns = 1'000'000'000;
    const std::int64_t since_start = (packet.time - m_start).count();
    // Unsigned: what lies before the second is far behind it, too.
    const std::uint64_t into_second = static_cast<std::uint64_t>(since_start) - m_second.second * second_ns;
    if (into_second >= second_ns) begin_second(since_start / std::int64_t{second_ns});
    add_saturated(m_second.packets, 1);
    add_saturated(m_second.octets, packet.datagram_octets);
    add_saturated(m_second.skipped, m_sequences.skipped());
    m_second.sequence = packet.sequence;
    m_second.jitter_max_ms = std::max(m_second.jitter_max_ms, static_cast<float>(m_jitter.current_ms()));
    m_second.delta_max_ms = std::max(m_second.delta_max_ms, static_cast<float>(delta_ms));
    m_second.transit_min_ms = std::min(m_second.transit_min_ms, static_cast<float>(m_transit_ms));
}

/// An earlier second, and one beyond the limit, counts as part of the latest.
void Meter::begin_second(std::int64_t number) {
    const auto second = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(number, 0, std::numeric_limits<std::uint32_t>::max()));
    if (second <= m_second.second || m_seconds.size() + 1 >= m_most_seconds) return;
    m_seconds.push_back(m_second);
    m_second = {};
    m_second.second = second;
    m_second.transit_min_ms = static_cast<float>(m_transit_ms);
}

void Meter::add_event(const Observation& packet) {
    const auto event = rtp::parse_telephone_event(packet.first_octets);
    if (!event || packet.payload_octets < 4) return;
    const bool same_event = !m_events.empty() && m_events.back().event == event->event;
    const bool repeats = same_event && packet.timestamp == m_event_timestamp;
    // RFC 4733 section 2.5.1.3: a long press goes on in a new segment where the one before stopped counting.
    const bool continues = same_event && !repeats && !m_events.back().ended &&
                           packet.timestamp == m_event_timestamp + m_event_ticks;
    if (!repeats && !continues) {
        const bool older = !m_events.empty() && ticks_between(m_event_timestamp, packet.timestamp) < 0;
        if (older || m_events.size() == limits::dtmf_events) return;
        DtmfEvent& fresh = m_events.emplace_back();
        fresh.event = event->event;
        fresh.volume_dbm0 = event->volume_dbm0;
        fresh.frame = packet.frame;
        fresh.start = packet.time;
    }
    if (!repeats) {
        m_event_ticks_before = continues ? m_event_ticks_before + m_event_ticks : 0;
        m_event_timestamp = packet.timestamp;
        m_event_ticks = 0;
    }
    m_event_ticks = std::max<std::uint32_t>(m_event_ticks, event->duration);
    const auto clock_rate = m_now.clock_rate_hz;
    DtmfEvent& pressed = m_events.back();
    ++pressed.packets;
    pressed.ended = pressed.ended || event->end;
    pressed.duration = Duration((std::int64_t{m_event_ticks_before} + m_event_ticks) * 1'000'000'000 /
                                (clock_rate == 0 ? default_event_clock_hz : clock_rate));
}

/// The slope of the smallest transit time of each second (least squares): what jitter adds does not count.
double Meter::clock_skew_ppm() const {
    double mean_second = 0, mean_transit = 0;
    const auto count = static_cast<double>(m_seconds.size());
    for (const Second& entry : m_seconds) {
        mean_second += entry.second / count;
        mean_transit += static_cast<double>(entry.transit_min_ms) / count;
    }
    double covariance = 0, variance = 0;
    for (const Second& entry : m_seconds) {
        const double offset = entry.second - mean_second;
        covariance += offset * (static_cast<double>(entry.transit_min_ms) - mean_transit);
        variance += offset * offset;
    }
    return -1000 * covariance / variance;
}

void Meter::finish(Stream& stream) {
    write_back();
    if (m_began) m_seconds.push_back(m_second);
    m_sequences.finish();
    const LossPattern& losses = m_sequences.losses();
    stream.packets = m_sequences.packets();
    stream.expected = m_sequences.expected();
    stream.lost = m_sequences.lost();
    stream.lost_rfc3550 = m_sequences.lost_rfc3550();
    stream.duplicates = m_sequences.duplicates();
    stream.out_of_order = m_sequences.reordered();
    stream.strays = m_sequences.strays();
    stream.restarts = m_sequences.restarts();
    stream.loss_runs = losses.runs();
    stream.longest_loss = losses.longest_run();
    stream.bursts = losses.bursts();
    stream.burst_packets = losses.burst_packets();
    stream.burst_lost = losses.burst_lost();
    const bool timed = std::any_of(m_uses.begin(), m_uses.end(),
                                   [](const Use& use) { return !use.event && use.codec.clock_rate_hz != 0; });
    if (timed) {
        stream.jitter_ms_mean = m_jitter.mean_ms();
        stream.jitter_ms_max = m_jitter.max_ms();
        if (m_seconds.size() >= skew_seconds) stream.clock_skew_ppm = clock_skew_ppm();
    }
    // Each packet but the first has one.
    stream.delta_ms_mean = stream.packets < 2 ? 0 : m_delta_sum / static_cast<double>(stream.packets - 1);
    stream.delta_ms_max = m_delta_max;
    stream.silence = Duration(static_cast<std::int64_t>(m_silence_ms * 1e6));
    stream.markers = m_markers;
    stream.comfort_noise = m_comfort_noise;
    stream.octets = m_octets;
    stream.dscp = m_dscp;
    stream.dscp_changed = m_dscp_changed;
    stream.start = m_start;
    stream.end = m_end;
    stream.first_frame = m_first_frame;
    stream.last_frame = m_last_frame;
    finish_payload_types(stream);
    stream.dtmf = std::move(m_events);
    stream.seconds = std::move(m_seconds);
}

void Meter::finish_payload_types(Stream& stream) const {
    const Use* main = nullptr;
    for (const Use& use : m_uses) {
        stream.payload_types.push_back({use.number, std::string(use.codec.encoding), use.codec.clock_rate_hz,
                                        use.packets, use.codec.announced, use.red_primary});
        if (use.audio && (main == nullptr || use.packets > main->packets)) main = &use;
    }
    if (main == nullptr) return;
    auto encoding = main->codec.encoding;
    if (main->red_primary) encoding = rtp::static_payload_type(*main->red_primary).encoding;
    if (const auto impairment = impairment_of(encoding, main->codec.clock_rate_hz))
        stream.rating = rate(*impairment, stream.loss_percent(), burst_ratio(stream), assumed_delay_ms);
}

} // namespace rungs::media
