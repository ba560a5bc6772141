#include "analyzer/capture/pcapng_writer.hpp"

namespace rungs::capture {
namespace {

// Block types and options: draft-ietf-opsawg-pcapng sections 4 and 3.5.
constexpr std::uint32_t section_header = 0x0a0d0d0a, interface_description = 1, interface_statistics = 5,
                        enhanced_packet = 6;
constexpr std::uint16_t opt_end = 0, shb_userappl = 4, if_name = 2, if_tsresol = 9, isb_ifrecv = 4,
                        isb_ifdrop = 5, isb_osdrop = 7;

void put(std::string& out, std::uint64_t value, unsigned octets) {
    for (unsigned i = 0; i < octets; ++i) out += static_cast<char>(value >> (8 * i) & 0xffU);
}

void pad(std::string& out) {
    while (out.size() % 4 != 0) out += '\0';
}

void put_option(std::string& out, std::uint16_t code, std::string_view value) {
    put(out, code, 2);
    put(out, value.size(), 2);
    out += value;
    pad(out);
}

void put_number(std::string& out, std::uint16_t code, std::uint64_t number) {
    std::string octets;
    put(octets, number, 8);
    put_option(out, code, octets);
}

std::string block(std::uint32_t type, std::string_view body) {
    std::string out;
    put(out, type, 4);
    put(out, body.size() + 12, 4);
    out += body;
    put(out, body.size() + 12, 4);
    return out;
}

/// Nanoseconds since 1970 in two halves, the upper one first.
void put_time(std::string& out, Timestamp time) {
    const auto ns = static_cast<std::uint64_t>(time.ns);
    put(out, ns >> 32U, 4);
    put(out, ns & 0xffff'ffffU, 4);
}

} // namespace

std::string pcapng_head(std::span<const Summary> interfaces, std::string_view application) {
    std::string body;
    put(body, 0x1a2b3c4d, 4);
    put(body, 1, 2);
    put(body, 0, 2);
    put(body, ~std::uint64_t{0}, 8); // length of the section: not known
    put_option(body, shb_userappl, application.substr(0, 200));
    put_option(body, opt_end, {});
    std::string out = block(section_header, body);
    for (const Summary& one : interfaces) {
        body.clear();
        put(body, one.link_types.empty() ? 1 : one.link_types.front(), 2);
        put(body, 0, 2);
        put(body, 0, 4); // no snapshot length
        put_option(body, if_name, one.path.substr(0, 200));
        put_option(body, if_tsresol, "\x09"); // 10^-9 s
        put_option(body, opt_end, {});
        out += block(interface_description, body);
    }
    return out;
}

void append_pcapng_packet(std::string& out, const Frame& frame) {
    const std::size_t padded = (frame.bytes.size() + 3) / 4 * 4;
    const std::size_t length = 32 + padded;
    put(out, enhanced_packet, 4);
    put(out, length, 4);
    put(out, frame.capture, 4);
    put_time(out, frame.time);
    put(out, frame.bytes.size(), 4);
    put(out, frame.original_length, 4);
    out += as_text(frame.bytes);
    out.append(padded - frame.bytes.size(), '\0');
    put(out, length, 4);
}

std::string pcapng_statistics(std::span<const DeviceCounters> counters, Timestamp time) {
    std::string out;
    for (std::size_t i = 0; i < counters.size(); ++i) {
        std::string body;
        put(body, i, 4);
        put_time(body, time);
        put_number(body, isb_ifrecv, counters[i].received);
        put_number(body, isb_ifdrop, counters[i].interface_dropped);
        put_number(body, isb_osdrop, counters[i].dropped);
        put_option(body, opt_end, {});
        out += block(interface_statistics, body);
    }
    return out;
}

} // namespace rungs::capture
