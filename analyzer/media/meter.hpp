#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/media/glance.hpp"
#include "analyzer/media/statistics.hpp"
#include "analyzer/media/stream.hpp"
#include "core/limits/media.hpp"

namespace rungs::media {

/// What a payload type is in one stream.
struct Codec {
    std::string_view encoding; ///< alive as long as the meter
    std::uint32_t clock_rate_hz = 0;
    bool announced = false;
};

/// Measures one stream, packet by packet. Allocates when a payload type is new, for a key press and once in a
/// while for the series of seconds, otherwise never.
class Meter {
  public:
    explicit Meter(std::size_t most_seconds = limits::stream_seconds) : m_most_seconds(most_seconds) {}

    /// Time of the latest packet.
    [[nodiscard]] Timestamp last() const { return m_end; }

    /// Fetches into the cache what `add` will need.
    void prefetch() const {
        __builtin_prefetch(&m_start, 1);
        __builtin_prefetch(&m_delta_sum, 1);
        __builtin_prefetch(&m_jitter, 1);
        __builtin_prefetch(&m_sequences, 1);
    }

    /// True when the packet's payload type is not the one of the packet before: `set_codec` is due before
    /// `add`.
    [[nodiscard]] bool needs_codec(const Observation& packet) const {
        return m_now.payload_type != packet.payload_type;
    }
    void set_codec(std::uint8_t payload_type, const Codec& codec);
    void add(const Observation& packet);

    /// Ends the measurement and fills everything but addresses, ids, flags and RTCP.
    void finish(Stream& stream);

  private:
    struct Use {
        std::uint8_t number = 0;
        Codec codec;
        std::uint64_t packets = 0;
        std::optional<std::uint8_t> red_primary;
        bool event = false, comfort_noise = false, audio = false;
    };
    /// What every packet asks of the use that it belongs to.
    struct Now {
        std::uint64_t packets = 0; ///< of this use; written back when another one follows
        std::uint32_t clock_rate_hz = 0;
        std::uint8_t payload_type = no_payload_type;
        bool event = false, comfort_noise = false;
    };

    void begin(const Observation& packet);
    void add_first_of(Use& use, const Observation& packet);
    void write_back();
    void measure_time(const Observation& packet, Arrival arrival, double delta_ms);
    void measure_silence(std::int32_t ticks);
    void count_second(const Observation& packet, double delta_ms);
    void begin_second(std::int64_t number);
    void add_event(const Observation& packet);
    [[nodiscard]] double clock_skew_ppm() const;
    void finish_payload_types(Stream& stream) const;

    static constexpr std::uint8_t no_payload_type = 0xff; ///< they have seven bits

    // What every packet reads or writes stands together, four cache lines of it; the rest comes behind.
    Timestamp m_start, m_end, m_previous_time;
    std::uint64_t m_last_frame = 0;
    std::uint32_t m_previous_timestamp = 0, m_previous_clock_rate = 0;
    std::uint32_t m_usual_step = 0, m_previous_step = 0; ///< ticks between packets that follow each other
    double m_transit_ms = 0;                             ///< of the packet before, relative to the first
    double m_delta_sum = 0, m_delta_max = 0;
    std::uint64_t m_octets = 0;
    Now m_now;
    Second m_second; ///< the latest; it goes to the others when the next one begins
    std::uint8_t m_dscp = 0;
    bool m_dscp_changed = false;
    bool m_previous_comfort_noise = false;
    bool m_began = false;
    Jitter m_jitter;
    SequenceWindow m_sequences;

    std::uint64_t m_first_frame = 0;
    double m_silence_ms = 0;
    std::uint64_t m_markers = 0, m_comfort_noise = 0;
    std::size_t m_current = 0; ///< into m_uses
    std::vector<Use> m_uses;
    std::size_t m_most_seconds;
    std::vector<Second> m_seconds; ///< that are over
    std::vector<DtmfEvent> m_events;
    std::uint32_t m_event_timestamp = 0, m_event_ticks = 0, m_event_ticks_before = 0;
};

} // namespace rungs::media
