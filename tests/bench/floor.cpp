/// What reading a capture costs when next to nothing is done with it, to compare with:
///     bench_floor read FILE      read() in pieces of 1 MiB
///     bench_floor pcap FILE      libpcap, packets counted
///     bench_floor decode FILE    libpcap, Ethernet, IPv4 and UDP decoded, RTP streams found in a hash table
///     and measured
///                                (RFC 3550 sequence and jitter)

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <pcap/pcap.h>
#include <tsl/robin_map.h>
#include <unistd.h>

#include "core/bytes.hpp"

namespace {

int read_all(const char* path) {
    const int file = ::open(path, O_RDONLY);
    if (file < 0) return 2;
    std::vector<char> buffer(1U << 20U);
    std::uint64_t octets = 0;
    for (ssize_t count = 0; (count = ::read(file, buffer.data(), buffer.size())) > 0;)
        octets += static_cast<std::uint64_t>(count);
    ::close(file);
    fmt::print("{} octets\n", octets);
    return 0;
}

struct Stream {
    std::uint64_t packets = 0, highest = 0;
    double jitter = 0, transit = 0;
};

struct Key {
    std::uint64_t addresses = 0, ports_and_ssrc = 0;
    friend bool operator==(const Key&, const Key&) = default;
};
struct KeyHash {
    std::size_t operator()(const Key& key) const {
        return (key.addresses * 0x9e3779b97f4a7c15U) ^ (key.ports_and_ssrc * 0xbf58476d1ce4e5b9U);
    }
};

void measure(rungs::Bytes frame, const pcap_pkthdr& header, tsl::robin_map<Key, Stream, KeyHash>& streams) {
    rungs::ByteCursor cursor(frame);
    cursor.skip(12);
    if (cursor.u16() != 0x0800) return;
    const std::uint8_t version = cursor.u8();
    cursor.skip(8);
    const bool udp = cursor.u8() == 17;
    cursor.skip(2);
    Key key;
    key.addresses = cursor.u64();
    cursor.skip((version & 0x0fU) * 4U - 20U);
    const std::uint32_t ports = cursor.u32();
    cursor.skip(4);
    if (cursor.u8() != 0x80 || !udp) return;
    cursor.skip(1);
    const std::uint16_t sequence = cursor.u16();
    const std::uint32_t timestamp = cursor.u32();
    key.ports_and_ssrc = std::uint64_t{ports} << 32U | cursor.u32();
    if (cursor.failed()) return;
    Stream& stream = streams[key];
    const auto step = static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(stream.highest));
    if (stream.packets == 0) stream.highest = sequence;
    if (stream.packets++ != 0 && step > 0) stream.highest += static_cast<std::uint16_t>(step);
    const double arrival = static_cast<double>(header.ts.tv_sec % 100'000) * 8000 +
                           static_cast<double>(header.ts.tv_usec) * 0.008;
    const double transit = arrival - timestamp;
    stream.jitter += (std::abs(transit - stream.transit) - stream.jitter) / 16;
    stream.transit = transit;
}

int read_with_libpcap(const char* path, bool decode) {
    std::array<char, PCAP_ERRBUF_SIZE> error{};
    pcap_t* capture = pcap_open_offline(path, error.data());
    if (capture == nullptr) return 2;
    tsl::robin_map<Key, Stream, KeyHash> streams;
    pcap_pkthdr* header = nullptr;
    const u_char* octets = nullptr;
    std::uint64_t packets = 0;
    while (pcap_next_ex(capture, &header, &octets) == 1) {
        ++packets;
        if (decode) measure({octets, header->caplen}, *header, streams);
    }
    pcap_close(capture);
    fmt::print("{} packets, {} streams\n", packets, streams.size());
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view what = argc == 3 ? argv[1] : "";
    if (what == "read") return read_all(argv[2]);
    if (what == "pcap" || what == "decode") return read_with_libpcap(argv[2], what == "decode");
    fmt::print(stderr, "usage: bench_floor read|pcap|decode FILE\n");
    return 2;
}
