#pragma once

#include <cstdint>

/// What a SIP status code says, whatever the response is about (RFC 3261 section 21).
namespace rungs::sip {

/// 2xx.
constexpr bool is_success(std::uint16_t status) {
    return status >= 200 && status < 300;
}

/// 401 and 407 ask for credentials: a refusal only when no new try follows.
constexpr bool is_challenge(std::uint16_t status) {
    return status == 401 || status == 407;
}

} // namespace rungs::sip
