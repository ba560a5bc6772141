#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/endpoint.hpp"
#include "core/frame.hpp"

/// Frames made by hand for tests. Checksums are 0: nothing checks them.
namespace rungs::build {

using Octets = std::vector<std::uint8_t>;

inline Octets operator+(Octets left, const Octets& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

inline Octets text(std::string_view characters) {
    return {characters.begin(), characters.end()};
}

inline Octets u8(std::size_t value) {
    return {static_cast<std::uint8_t>(value)};
}
inline Octets u16(std::size_t value) {
    return u8(value >> 8U) + u8(value);
}
inline Octets u32(std::size_t value) {
    return u16(value >> 16U) + u16(value);
}
inline Octets zeros(std::size_t count) {
    return Octets(count);
}

inline Octets address(std::string_view printed) {
    const IpAddress parsed = IpAddress::parse(printed).value();
    return {parsed.octets().begin(), parsed.octets().begin() + (parsed.is_v4() ? 4 : 16)};
}

/// `length` is what the header says, when it is to lie.
inline Octets udp(std::uint16_t source, std::uint16_t destination, const Octets& payload,
                  std::optional<std::size_t> length = {}) {
    return u16(source) + u16(destination) + u16(length.value_or(8 + payload.size())) + u16(0) + payload;
}

struct Tcp {
    std::uint16_t source = 40000, destination = 5060;
    std::uint32_t sequence = 0, acknowledgement = 0;
    std::uint8_t flags = 0x10;
    Octets options = {}; ///< a multiple of 4 octets
    std::optional<std::size_t> header_words = {};
};

inline Octets tcp(const Tcp& header, const Octets& payload) {
    const std::size_t words = header.header_words.value_or(5 + header.options.size() / 4);
    return u16(header.source) + u16(header.destination) + u32(header.sequence) + u32(header.acknowledgement) +
           u8(words << 4U) + u8(header.flags) + u16(65535) + u32(0) + header.options + payload;
}

struct Ipv4 {
    std::string_view source = "192.0.2.1", destination = "192.0.2.2";
    std::uint8_t protocol = 17;
    std::uint16_t id = 1;
    std::uint16_t fragment = 0; ///< flags and offset, as in the header
    std::optional<std::size_t> total_length = {};
    std::uint8_t header_words = 5;
    Octets options = {};
};

inline Octets ipv4(const Ipv4& header, const Octets& payload) {
    const std::size_t length = 20 + header.options.size() + payload.size();
    return u8(0x40U | header.header_words) + u8(0xb8) + u16(header.total_length.value_or(length)) +
           u16(header.id) + u16(header.fragment) + u8(64) + u8(header.protocol) + u16(0) +
           address(header.source) + address(header.destination) + header.options + payload;
}

struct Ipv6 {
    std::string_view source = "2001:db8::1", destination = "2001:db8::2";
    std::uint8_t next = 17;
    std::optional<std::size_t> payload_length = {};
};

inline Octets ipv6(const Ipv6& header, const Octets& payload) {
    return u32(0x6b800000) + u16(header.payload_length.value_or(payload.size())) + u8(header.next) + u8(63) +
           address(header.source) + address(header.destination) + payload;
}

inline Octets ethernet(std::uint16_t type, const Octets& payload) {
    return Octets{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1} + u16(type) + payload;
}

/// A frame over octets on the heap of exactly that size, so that the sanitizers see one octet too many.
class OwnedFrame {
  public:
    explicit OwnedFrame(const Octets& octets, LinkType link_type = 1, std::uint64_t number = 1,
                        std::int64_t ns = 0)
        : m_octets(octets.begin(), octets.end()) {
        m_octets.shrink_to_fit();
        m_frame.number = number;
        m_frame.time = {ns};
        m_frame.bytes = m_octets;
        m_frame.original_length = static_cast<std::uint32_t>(m_octets.size());
        m_frame.link_type = link_type;
    }
    OwnedFrame(const OwnedFrame&) = delete;
    OwnedFrame& operator=(const OwnedFrame&) = delete;

    /// As a snapshot length would have cut it.
    OwnedFrame& cut(std::size_t captured) {
        m_octets.resize(captured);
        m_octets.shrink_to_fit();
        m_frame.bytes = m_octets;
        return *this;
    }

    [[nodiscard]] const Frame& get() const { return m_frame; }

  private:
    Octets m_octets;
    Frame m_frame;
};

} // namespace rungs::build
