#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"

namespace rungs {

/// An IPv4 or IPv6 address in network order. IPv4 uses the first four octets, the rest is zero.
class IpAddress {
  public:
    IpAddress() = default;
    static IpAddress v4(std::uint32_t host_order);
    /// `octets` has 4 or 16 elements; anything else gives the default (no) address. Inline: two for each
    /// packet.
    static IpAddress from_octets(Bytes octets) {
        IpAddress address;
        if (octets.size() != 4 && octets.size() != 16) return address;
        std::copy(octets.begin(), octets.end(), address.m_octets.begin());
        address.m_family = octets.size() == 4 ? 4 : 6;
        return address;
    }
    /// Dotted IPv4 or RFC 4291 IPv6 text, with or without square brackets. Names are not resolved, ever.
    static std::optional<IpAddress> parse(std::string_view text);

    [[nodiscard]] bool is_v4() const { return m_family == 4; }
    [[nodiscard]] bool is_v6() const { return m_family == 6; }
    [[nodiscard]] bool is_set() const { return m_family != 0; }
    /// 0.0.0.0 or ::, which SDP used for hold before RFC 3264.
    [[nodiscard]] bool is_unspecified() const;
    [[nodiscard]] bool is_loopback() const;
    [[nodiscard]] bool is_multicast() const;
    /// RFC 1918, RFC 6598 (shared), RFC 4193 (ULA) and link-local: not reachable from the Internet.
    [[nodiscard]] bool is_private() const;
    [[nodiscard]] const std::array<std::uint8_t, 16>& octets() const { return m_octets; }
    /// RFC 5952 text for IPv6, without brackets.
    [[nodiscard]] std::string to_string() const;

    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

  private:
    std::array<std::uint8_t, 16> m_octets{};
    std::uint8_t m_family = 0;
};

/// A transport address. Port 0 means that there is none (a fragment, ICMP).
struct Endpoint {
    IpAddress address;
    std::uint16_t port = 0;

    friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// "ip:port", "[ip6]:port".
std::string to_string(const Endpoint& endpoint);

/// The inverse of `to_string`; an IPv6 address with a port needs its brackets.
std::optional<Endpoint> parse_endpoint(std::string_view text);

} // namespace rungs
