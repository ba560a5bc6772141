#include "tests/bench/media.hpp"

#include <algorithm>

namespace bench {
namespace {

constexpr Time packet_time = 20'000, report_time = 5'000'000;
constexpr Time largest_jitter = 6'000; ///< below the packet time: jitter alone reorders nothing
constexpr unsigned samples = 160;
constexpr unsigned lost = 10, doubled = 2, overtaken = 5; ///< of a thousand

} // namespace

MediaStream::MediaStream(Address source, Address destination, std::uint32_t ssrc, std::uint32_t other_ssrc,
                         Time start, Time end, std::uint64_t seed)
    : m_other_ssrc(other_ssrc), m_random(seed), m_next_sent(start), m_end(end),
      m_next_report(start + report_time) {
    m_truth.ssrc = ssrc;
    m_truth.source = source;
    m_truth.destination = destination;
    const bool wraps = m_random.happens(250);
    m_number = 0x10000 + (wraps ? 0xffff - m_random.between(10, 40) : m_random.between(0, 0x7fff));
    m_first_number = m_number;
    if (wraps) m_wrap_at = 0x20000;
    send();
}

std::optional<Time> MediaStream::next() const {
    if (m_under_way.empty()) return std::nullopt;
    return m_under_way.back().arrival;
}

void MediaStream::send() {
    while (m_next_sent < m_end && (m_under_way.empty() || m_next_sent <= m_under_way.back().arrival))
        send_one();
}

void MediaStream::send_one() {
    const Time sent = m_next_sent;
    const std::uint64_t number = m_number++;
    m_next_sent += packet_time;
    if (sent >= m_next_report) {
        m_next_report += report_time;
        add({sent + 500, number, false, true});
    }
    const bool staged = m_wrap_at != 0 && number + 2 >= m_wrap_at && number <= m_wrap_at + 1;
    if (staged) { // 65534 comes between 0 and 1
        add({number + 2 == m_wrap_at ? sent + 2 * packet_time + packet_time / 2 : sent, number});
        return;
    }
    if (m_random.happens(lost)) return;
    Time arrival = sent + m_random.between(0, largest_jitter);
    if (m_random.happens(overtaken))
        arrival += m_random.between(packet_time + largest_jitter, 3 * packet_time);
    add({arrival, number});
    if (m_random.happens(doubled)) add({arrival + m_random.between(50, 900), number, true});
}

void MediaStream::add(const Packet& packet) {
    const auto place = std::ranges::find_if(
        m_under_way, [&](const Packet& other) { return other.arrival <= packet.arrival; });
    m_under_way.insert(place, packet);
}

void MediaStream::emit(CaptureFile& file) {
    const Packet packet = m_under_way.back();
    m_under_way.pop_back();
    packet.rtcp ? write_rtcp(file, packet) : write_rtp(file, packet);
    send();
}

void MediaStream::write_rtp(CaptureFile& file, const Packet& packet) {
    ++m_truth.packets;
    if (packet.again)
        ++m_truth.duplicates;
    else if (packet.number < m_highest)
        ++m_truth.out_of_order;
    m_lowest = std::min(m_lowest, packet.number);
    m_highest = std::max(m_highest, packet.number);

    m_octets.clear();
    m_octets.u8(0x80);
    m_octets.u8(packet.number == m_first_number ? 0x80 : 0); // PCMU, a marker where the talk begins
    m_octets.u16(packet.number & 0xffffU);
    m_octets.u32((packet.number - m_first_number) * samples & 0xffffffffU);
    m_octets.u32(m_truth.ssrc);
    m_octets.fill(samples, static_cast<char>(packet.number % 100));
    file.write(packet.arrival, m_truth.source, m_truth.destination, m_octets.view(), packet.again);
}

/// Sender report with one block, and a name (RFC 3550 sections 6.4.1 and 6.5).
void MediaStream::write_rtcp(CaptureFile& file, const Packet& packet) {
    ++m_rtcp_packets;
    const Time ntp_seconds = packet.arrival / 1'000'000 + 2'208'988'800U;
    m_octets.clear();
    m_octets.u16(0x81c8);
    m_octets.u16(12);
    m_octets.u32(m_truth.ssrc);
    m_octets.u32(ntp_seconds);
    m_octets.u32(0);
    m_octets.u32((packet.number - m_first_number) * samples & 0xffffffffU);
    m_octets.u32(packet.number - m_first_number);
    m_octets.u32((packet.number - m_first_number) * samples);
    m_octets.u32(m_other_ssrc);
    m_octets.u32(0x02000003);
    m_octets.u32(packet.number);
    for (const unsigned word : {20U, 0U, 0U}) m_octets.u32(word);
    m_octets.u16(0x81ca);
    m_octets.u16(4);
    m_octets.u32(m_truth.ssrc);
    m_octets.text(std::string_view("\x01\x08stream@a\0\0", 12));
    const auto control = [](Address address) {
        ++address.port;
        return address;
    };
    file.write(packet.arrival, control(m_truth.source), control(m_truth.destination), m_octets.view());
}

StreamTruth MediaStream::truth() const {
    StreamTruth truth = m_truth;
    truth.expected = truth.packets == 0 ? 0 : m_highest - m_lowest + 1;
    truth.lost = truth.expected - (truth.packets - truth.duplicates);
    return truth;
}

} // namespace bench
