#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "dissectors/sip/message.hpp"

namespace rungs::sip {

/// A key press that an INFO request carries. No RFC describes it: `application/dtmf-relay` has lines
/// "Signal=5" and "Duration=160" (ms), `application/dtmf` is the key alone.
struct InfoKey {
    std::string key; ///< "0" to "9", "*", "#", "A" to "D", "flash"
    std::optional<Duration> duration;
};

/// Nothing when `message` is no INFO with one of these bodies, or its signal is no key.
std::optional<InfoKey> key_of(const Message& message);

} // namespace rungs::sip
