#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/intake.hpp"

/// What a live analysis tells while it runs.
namespace rungs::live {

inline constexpr std::size_t outcome_count = static_cast<std::size_t>(CallOutcome::unknown) + 1;

/// What had to be given up to stay within limits::live_*.
struct GivenUp {
    std::uint64_t ended_calls = 0, open_calls = 0; ///< also registrations and the like
    std::uint64_t dialogs = 0, messages = 0;
    std::uint64_t streams = 0, flows = 0; ///< RTP streams without a call, and port pairs that were not media
    std::uint64_t times = 0;              ///< that room was made

    [[nodiscard]] bool anything() const { return dialogs + messages + streams != 0; }
};

struct Statistics {
    /// See capture::DeviceCounters; of all devices.
    std::uint64_t received = 0, dropped = 0, interface_dropped = 0;
    std::uint64_t packets = 0, octets = 0; ///< analysed
    Accounting accounting{};
    std::uint64_t calls = 0;                             ///< that began, or were first seen
    std::uint64_t open = 0;                              ///< of them now
    std::uint64_t ended = 0;                             ///< of them told as ended
    std::array<std::uint64_t, outcome_count> outcomes{}; ///< of those that ended
    std::uint64_t registrations = 0, registrations_refused = 0;
    std::uint64_t dialogs = 0, messages = 0, streams = 0, flows = 0; ///< remembered now
    std::uint64_t invitations = 0; ///< of MSN, without a call, told as ended
    /// How often limits were reached that leave something out, by name; nothing for those that were not.
    LimitsReached limits;
    GivenUp given_up;
};

enum class EventKind : std::uint8_t {
    call_started,
    ringing,
    answered,
    call_ended,
    registration,
    finding,
    stream,
    statistics,
};
std::string_view to_string(EventKind kind); ///< "call_started"

/// One thing that happened. Views and pointers: alive during the call that tells it; which are set depends on
/// the kind.
struct Event {
    EventKind kind = EventKind::statistics;
    Timestamp time;
    std::uint64_t frame = 0;
    std::uint32_t number = 0; ///< of the call, from 1 in order of first sight; 0 for none
    std::string_view call_id, caller, callee;
    Endpoint source, destination;
    std::uint16_t status = 0;
    std::string_view reason;

    // call_ended: all of it, in an analysis of the calls around it. finding: the call that it is about.
    const Analysis* analysis = nullptr;
    Id call = 0;
    std::vector<std::uint32_t> numbers; ///< of all legs, ascending

    const Finding* finding = nullptr;
    const media::Stream* stream = nullptr;       ///< as it stands
    std::uint64_t new_packets = 0, new_lost = 0; ///< since the last time
    const Statistics* statistics = nullptr;
};

} // namespace rungs::live
