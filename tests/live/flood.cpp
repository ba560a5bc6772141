// Sends the packets of a capture (pcap, the byte order of this machine) at an even rate, faster than
// tcpreplay can: flood INTERFACE FILE PACKETS_PER_SECOND SECONDS. Ends with the file, or after so many
// seconds; prints how many packets went, how many of them to UDP port 5060 (Ethernet, IPv4), and in how many
// seconds.
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Octets = std::span<char>;

constexpr std::size_t file_header = 24, record_header = 16, packets_at_once = 32;

std::vector<Octets> packets_of(std::vector<char>& file) {
    std::vector<Octets> packets;
    Octets rest = Octets(file).subspan(std::min(file.size(), file_header));
    while (rest.size() >= record_header) {
        std::uint32_t captured = 0;
        std::memcpy(&captured, rest.subspan(8, sizeof captured).data(), sizeof captured);
        if (rest.size() - record_header < captured) break;
        packets.push_back(rest.subspan(record_header, captured));
        rest = rest.subspan(record_header + captured);
    }
    return packets;
}

bool is_sip(Octets packet) {
    return packet.size() > 38 && packet[36] == 5060 / 256 && packet[37] == static_cast<char>(5060 % 256);
}

/// A socket that hands packets to the interface without a queue between them; -1 when it cannot be made.
int open_socket(const std::string& interface) {
    const int descriptor = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    const int yes = 1;
    if (descriptor < 0 || ::setsockopt(descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes) != 0)
        return -1;
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
    // NOLINTNEXTLINE: what bind takes
    return ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? descriptor
                                                                                                : -1;
}

/// Sends all of them; what finds no room is tried again.
bool send_all(int descriptor, std::span<Octets> packets) {
    std::array<iovec, packets_at_once> parts{};
    std::array<mmsghdr, packets_at_once> headers{};
    for (std::size_t i = 0; i < packets.size(); ++i) {
        parts[i] = {packets[i].data(), packets[i].size()};
        headers[i].msg_hdr.msg_iov = &parts[i];
        headers[i].msg_hdr.msg_iovlen = 1;
    }
    for (std::size_t sent = 0; sent < packets.size();) {
        const int count =
            ::sendmmsg(descriptor, &headers[sent], static_cast<unsigned>(packets.size() - sent), 0);
        if (count < 0 && errno != ENOBUFS && errno != EAGAIN) return false;
        sent += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    return true;
}

} // namespace

int main(int count, char** words) {
    const std::vector<std::string> arguments(words, words + count);
    if (arguments.size() != 5) return 2;
    std::ifstream in(arguments[2], std::ios::binary | std::ios::ate);
    std::vector<char> file(in ? static_cast<std::size_t>(in.tellg()) : 0);
    in.seekg(0).read(file.data(), static_cast<std::streamsize>(file.size()));
    std::vector<Octets> packets = packets_of(file);
    const int descriptor = open_socket(arguments[1]);
    if (packets.empty() || descriptor < 0) {
        std::fputs("flood: no packets, or no socket\n", stderr);
        return 2;
    }
    const double rate = std::stod(arguments[3]);
    packets.resize(std::min(packets.size(), static_cast<std::size_t>(rate * std::stod(arguments[4]))));
    const auto begun = Clock::now();
    const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - begun).count(); };
    for (std::size_t sent = 0; sent < packets.size(); sent += packets_at_once) {
        const double early = static_cast<double>(sent) / rate - elapsed();
        if (early > 0.0005) std::this_thread::sleep_for(std::chrono::duration<double>(early));
        const std::size_t next = std::min(packets_at_once, packets.size() - sent);
        if (!send_all(descriptor, std::span(packets).subspan(sent, next))) {
            std::perror("flood");
            return 1;
        }
    }
    const double seconds = elapsed();
    std::printf("%zu packets, %td SIP, in %.3f s: %.0f a second\n", packets.size(),
                std::ranges::count_if(packets, is_sip), seconds,
                static_cast<double>(packets.size()) / seconds);
}
