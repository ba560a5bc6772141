#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rungs {

enum class Severity : std::uint8_t { note, warning, error };

std::string_view to_string(Severity severity);

/// Something wrong with captured bytes. Malformed traffic is data: it is described, kept and shown, never
/// thrown.
struct Issue {
    /// Stable, kebab-case, prefixed by the layer: "sip-content-length-too-large". `rungs explain CODE` knows
    /// it.
    std::string_view code;
    Severity severity = Severity::warning;
    /// Offset in octets from the start of the message (or of the frame, for layers below).
    std::size_t offset = 0;
    /// What the rule asks for and what was there, as short printable text; empty when the code says it all.
    std::string needed;
    std::string found;
};

} // namespace rungs
