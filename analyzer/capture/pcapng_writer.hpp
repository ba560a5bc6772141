#pragma once

#include <span>
#include <string>

#include "analyzer/capture/live_source.hpp"
#include "core/frame.hpp"

/// The blocks of a pcapng file (draft-ietf-opsawg-pcapng), as octets to be written one after another.
namespace rungs::capture {

/// A section header and the description of each interface: its link type, its name and nanosecond times.
std::string pcapng_head(std::span<const Summary> interfaces, std::string_view application);
/// A packet of interface `frame.capture`.
void append_pcapng_packet(std::string& out, const Frame& frame);
/// What the kernel counted on each interface, when the file is closed at `time`.
std::string pcapng_statistics(std::span<const DeviceCounters> counters, Timestamp time);

} // namespace rungs::capture
