#include "tests/bench/capture_file.hpp"

#include <array>

#include <fmt/format.h>

namespace bench {
namespace {

constexpr std::size_t ethernet_octets = 14, ip_octets = 20, udp_octets = 8;

/// Of the IPv4 header, RFC 1071.
std::uint32_t checksum(std::string_view header) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < header.size(); i += 2) {
        sum += static_cast<std::uint32_t>(static_cast<unsigned char>(header[i])) << 8U |
               static_cast<unsigned char>(header[i + 1]);
    }
    while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
    return ~sum & 0xffffU;
}

std::string_view ip_header(Octets& octets, std::size_t length, std::uint16_t identification, Address source,
                           Address destination, std::uint32_t sum) {
    octets.clear();
    octets.u16(0x4500);
    octets.u16(length);
    octets.u16(identification);
    octets.u16(0);
    octets.u16(0x4011); // TTL 64, UDP
    octets.u16(sum);
    octets.u32(source.ip);
    octets.u32(destination.ip);
    return octets.view();
}

} // namespace

std::string host(Address address) {
    return fmt::format("{}.{}.{}.{}", address.ip >> 24U, address.ip >> 16U & 0xffU, address.ip >> 8U & 0xffU,
                       address.ip & 0xffU);
}

std::string to_string(Address address) {
    return fmt::format("{}:{}", host(address), address.port);
}

CaptureFile::CaptureFile(const std::string& path, bool pcapng) : m_buffer(1U << 20U), m_pcapng(pcapng) {
    m_file.rdbuf()->pubsetbuf(m_buffer.data(), static_cast<std::streamsize>(m_buffer.size()));
    m_file.open(path, std::ios::binary | std::ios::trunc);
    if (m_pcapng) {
        // Section header and interface description, each with its length at both ends.
        for (const std::uint32_t word : {0x0a0d0d0aU, 28U, 0x1a2b3c4dU, 1U, ~0U, ~0U, 28U}) little(word);
        for (const std::uint32_t word : {1U, 20U, 1U, 0x40000U, 20U}) little(word);
    } else {
        for (const std::uint32_t word : {0xa1b2c3d4U, 0x00040002U, 0U, 0U, 0x40000U, 1U}) little(word);
    }
}

void CaptureFile::write(Time time, Address source, Address destination, std::string_view payload,
                        bool again) {
    if (!again) ++m_identification;
    Octets header;
    const std::size_t length = ip_octets + udp_octets + payload.size();
    const std::uint32_t sum = checksum(ip_header(header, length, m_identification, source, destination, 0));
    m_frame.clear();
    m_frame.text(std::string_view("\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0", ethernet_octets));
    m_frame.text(ip_header(header, length, m_identification, source, destination, sum));
    m_frame.u16(source.port);
    m_frame.u16(destination.port);
    m_frame.u16(udp_octets + payload.size());
    m_frame.u16(0); // no checksum, which IPv4 allows
    m_frame.text(payload);

    const auto size = static_cast<std::uint32_t>(m_frame.view().size());
    const std::uint32_t padding = m_pcapng ? (4 - size % 4) % 4 : 0;
    if (m_pcapng) {
        for (const std::uint32_t word : {6U, 32 + size + padding, 0U}) little(word);
        little(static_cast<std::uint32_t>(time >> 32U));
        little(static_cast<std::uint32_t>(time));
    } else {
        little(static_cast<std::uint32_t>(time / 1'000'000));
        little(static_cast<std::uint32_t>(time % 1'000'000));
    }
    little(size);
    little(size);
    put(m_frame.view());
    if (m_pcapng) {
        put(std::string_view("\0\0\0", padding));
        little(32 + size + padding);
    }
    ++m_packets;
}

bool CaptureFile::close() {
    m_file.close();
    return m_file.good();
}

void CaptureFile::little(std::uint32_t value) {
    const std::array<char, 4> octets{static_cast<char>(value & 0xffU), static_cast<char>(value >> 8U & 0xffU),
                                     static_cast<char>(value >> 16U & 0xffU),
                                     static_cast<char>(value >> 24U)};
    put({octets.data(), octets.size()});
}

void CaptureFile::put(std::string_view octets) {
    m_file.write(octets.data(), static_cast<std::streamsize>(octets.size()));
    m_octets += octets.size();
}

} // namespace bench
