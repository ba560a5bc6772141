#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Microseconds since the epoch.
using Time = std::uint64_t;

/// IPv4.
struct Address {
    std::uint32_t ip = 0;
    std::uint16_t port = 0;
};
std::string host(Address address);      ///< "192.0.2.1"
std::string to_string(Address address); ///< "192.0.2.1:5060"

/// Octets in network order.
class Octets {
  public:
    void u8(std::uint64_t value) { m_data.push_back(static_cast<char>(value)); }
    void u16(std::uint64_t value) {
        u8(value >> 8U & 0xffU);
        u8(value & 0xffU);
    }
    void u32(std::uint64_t value) {
        u16(value >> 16U & 0xffffU);
        u16(value & 0xffffU);
    }
    void text(std::string_view text) { m_data.append(text); }
    void fill(std::size_t count, char value) { m_data.append(count, value); }
    void clear() { m_data.clear(); }
    [[nodiscard]] std::string_view view() const { return m_data; }

  private:
    std::string m_data;
};

/// Writes UDP datagrams in Ethernet frames as pcap or pcapng, little-endian, with microseconds.
class CaptureFile {
  public:
    CaptureFile(const std::string& path, bool pcapng);

    /// `again`: the same packet seen twice, with the same IP identification.
    void write(Time time, Address source, Address destination, std::string_view payload, bool again = false);
    /// False when something could not be written.
    bool close();

    [[nodiscard]] std::uint64_t packets() const { return m_packets; }
    [[nodiscard]] std::uint64_t octets() const { return m_octets; } ///< of the file

  private:
    void little(std::uint32_t value);
    void put(std::string_view octets);

    std::vector<char> m_buffer;
    std::ofstream m_file;
    bool m_pcapng;
    std::uint64_t m_packets = 0, m_octets = 0;
    std::uint16_t m_identification = 0;
    Octets m_frame;
};

} // namespace bench
