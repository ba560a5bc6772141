#include "core/endpoint.hpp"

#include <algorithm>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "core/text.hpp"

namespace rungs {

IpAddress IpAddress::v4(std::uint32_t host_order) {
    IpAddress address;
    for (unsigned i = 0; i < 4; ++i) {
        address.m_octets[i] = static_cast<std::uint8_t>(host_order >> (24U - 8U * i));
    }
    address.m_family = 4;
    return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
        text = text.substr(1, text.size() - 2);
        if (text.find(':') == std::string_view::npos) return std::nullopt;
    }
    // inet_pton wants a terminated string; 45 characters are the longest IPv6 text (RFC 4291 section 2.2).
    if (text.empty() || text.size() > 45 || text.find('\0') != std::string_view::npos) return std::nullopt;
    const std::string terminated(text);
    IpAddress address;
    if (inet_pton(AF_INET, terminated.c_str(), address.m_octets.data()) == 1) {
        address.m_family = 4;
        return address;
    }
    address.m_octets = {};
    if (inet_pton(AF_INET6, terminated.c_str(), address.m_octets.data()) == 1) {
        address.m_family = 6;
        return address;
    }
    return std::nullopt;
}

bool IpAddress::is_unspecified() const {
    return is_set() &&
           std::all_of(m_octets.begin(), m_octets.end(), [](std::uint8_t octet) { return octet == 0; });
}

bool IpAddress::is_loopback() const {
    if (is_v4()) return m_octets[0] == 127;
    return is_v6() && m_octets[15] == 1 &&
           std::all_of(m_octets.begin(), m_octets.end() - 1, [](std::uint8_t octet) { return octet == 0; });
}

bool IpAddress::is_multicast() const {
    if (is_v4()) return (m_octets[0] & 0xf0U) == 0xe0U;
    return is_v6() && m_octets[0] == 0xff;
}

bool IpAddress::is_private() const {
    if (is_v4()) {
        const auto [a, b] = std::pair{m_octets[0], m_octets[1]};
        return a == 10 || (a == 172 && (b & 0xf0U) == 16) || (a == 192 && b == 168) ||
               (a == 169 && b == 254) || (a == 100 && (b & 0xc0U) == 64);
    }
    if (!is_v6()) return false;
    return (m_octets[0] & 0xfeU) == 0xfcU || (m_octets[0] == 0xfe && (m_octets[1] & 0xc0U) == 0x80U);
}

std::string IpAddress::to_string() const {
    if (!is_set()) return "?";
    if (is_v4()) return fmt::format("{}.{}.{}.{}", m_octets[0], m_octets[1], m_octets[2], m_octets[3]);
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(AF_INET6, m_octets.data(), text.data(), text.size());
    return text.data();
}

std::string to_string(const Endpoint& endpoint) {
    const std::string address = endpoint.address.to_string();
    const std::string port = std::to_string(endpoint.port);
    return endpoint.address.is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto host = text.substr(0, colon);
    if (host.find(':') != std::string_view::npos && (host.front() != '[' || host.back() != ']'))
        return std::nullopt;
    const auto address = IpAddress::parse(host);
    const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
    if (!address || !port) return std::nullopt;
    return Endpoint{*address, *port};
}

} // namespace rungs
