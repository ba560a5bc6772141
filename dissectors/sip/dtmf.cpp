#include "dissectors/sip/dtmf.hpp"

#include <cstdint>

#include "core/text.hpp"
#include "dissectors/rtp/payload.hpp"
#include "dissectors/sip/multipart.hpp"

namespace rungs::sip {
namespace {

constexpr std::uint32_t longest_press_ms = 60'000;

/// The key itself, or its number as an event of RFC 4733 (Signal=10 is "*", 16 is flash).
std::string key_named(std::string_view signal) {
    constexpr std::string_view keys = "*#ABCD";
    if (signal.size() == 1) {
        const char letter = signal.front();
        const char key = is_alpha(letter) ? static_cast<char>(ascii_lower(letter) - 'a' + 'A') : letter;
        return is_digit(key) || keys.find(key) != keys.npos ? std::string(1, key) : std::string();
    }
    const auto event = parse_number<std::uint8_t>(signal);
    return event ? std::string(rtp::key_name(*event)) : std::string();
}

} // namespace

std::optional<InfoKey> key_of(const Message& message) {
    if (message.method != Method::info || message.status != 0) return std::nullopt;
    std::string_view body = find_body(message, "application/dtmf-relay");
    if (body.empty()) body = find_body(message, "application/dtmf");
    std::string_view signal = trim(body);
    InfoKey pressed;
    while (!body.empty()) {
        std::string_view value = take_until(body, '\n');
        if (value.find('=') == value.npos) continue;
        const std::string_view name = trim(take_until(value, '='));
        if (iequals(name, "signal")) signal = trim(value);
        const auto milliseconds = parse_number<std::uint32_t>(trim(value));
        if (iequals(name, "duration") && milliseconds && *milliseconds <= longest_press_ms)
            pressed.duration = std::chrono::milliseconds(*milliseconds);
    }
    pressed.key = key_named(signal);
    if (pressed.key.empty()) return std::nullopt;
    return pressed;
}

} // namespace rungs::sip
