#include "dissectors/rtcp/packet.hpp"

#include <algorithm>

namespace rungs::rtcp {
namespace {

constexpr std::size_t sender_info_octets = 24; ///< with the sender's SSRC
constexpr std::size_t report_block_octets = 24;
constexpr std::uint8_t voip_metrics_block = 7;

bool is_report(Type type) {
    return type == Type::sender_report || type == Type::receiver_report;
}

bool begins_packet(Bytes octets) {
    return octets.size() >= 4 && (octets[0] & 0xc0U) == 0x80U && octets[1] >= 192 && octets[1] <= 223;
}

void strip_padding(Packet& packet) {
    const std::size_t count = packet.body.empty() ? 0 : packet.body.back();
    if (count == 0 || count > packet.body.size())
        packet.issue = "rtcp-padding";
    else
        packet.body = packet.body.first(packet.body.size() - count);
}

std::int32_t signed_24(std::uint32_t value) {
    const auto wide = static_cast<std::int32_t>(value);
    return value >= 0x800000U ? wide - 0x1000000 : wide;
}

} // namespace

Probe probe(Bytes datagram) {
    CompoundReader reader(datagram);
    const auto first = reader.next();
    if (!first) return Probe::no;
    bool fits = first->issue.empty();
    while (const auto packet = reader.next()) fits = fits && packet->issue.empty();
    if (fits && reader.trailing() == 0 && is_report(first->type)) return Probe::certain;
    return first->issue.empty() ? Probe::maybe : Probe::no;
}

std::optional<Packet> CompoundReader::next() {
    if (!begins_packet(m_rest)) return std::nullopt;
    ByteCursor cursor(m_rest);
    const unsigned flags = cursor.u8();
    Packet packet;
    packet.count = static_cast<std::uint8_t>(flags & 0x1fU);
    packet.type = static_cast<Type>(cursor.u8());
    const std::size_t length = cursor.u16() * std::size_t{4};
    if (length > cursor.remaining()) packet.issue = "rtcp-length";
    packet.body = cursor.take(std::min(length, cursor.remaining()));
    if ((flags & 0x20U) != 0 && packet.issue.empty()) strip_padding(packet);
    m_rest = cursor.rest();
    return packet;
}

std::optional<SenderInfo> sender_info(const Packet& packet) {
    if (packet.type != Type::sender_report) return std::nullopt;
    ByteCursor cursor(packet.body);
    SenderInfo info;
    info.ssrc = cursor.u32();
    info.ntp = cursor.u64();
    info.rtp_timestamp = cursor.u32();
    info.packets = cursor.u32();
    info.octets = cursor.u32();
    if (cursor.failed()) return std::nullopt;
    return info;
}

std::optional<ReportBlock> report_block(const Packet& packet, std::size_t index) {
    if (!is_report(packet.type) || index >= packet.count) return std::nullopt;
    ByteCursor cursor(packet.body);
    cursor.skip((packet.type == Type::sender_report ? sender_info_octets : 4) + index * report_block_octets);
    ReportBlock block;
    block.ssrc = cursor.u32();
    block.fraction_lost = cursor.u8();
    block.cumulative_lost = signed_24(cursor.u24());
    block.highest_sequence = cursor.u32();
    block.jitter = cursor.u32();
    block.last_sr = cursor.u32();
    block.delay_since_last_sr = cursor.u32();
    if (cursor.failed()) return std::nullopt;
    return block;
}

std::optional<std::uint32_t> sender_ssrc(const Packet& packet) {
    if (packet.type == Type::source_description || packet.type == Type::bye) return std::nullopt;
    ByteCursor cursor(packet.body);
    const std::uint32_t ssrc = cursor.u32();
    if (cursor.failed()) return std::nullopt;
    return ssrc;
}

// A chunk: SSRC, items of type, length and text, a zero octet, and zeros up to the next word.
std::optional<SdesItem> SdesReader::next() {
    while (!m_cursor.empty()) {
        if (!m_in_chunk) {
            m_ssrc = m_cursor.u32();
            if (m_cursor.failed()) return std::nullopt;
            m_in_chunk = true;
        }
        SdesItem item{m_ssrc, m_cursor.u8(), {}};
        if (item.type == 0) {
            m_in_chunk = false;
            m_cursor.skip((4 - m_cursor.offset() % 4) % 4);
            if (m_cursor.failed()) return std::nullopt;
            continue;
        }
        item.text = as_text(m_cursor.take(m_cursor.u8()));
        if (m_cursor.failed()) return std::nullopt;
        return item;
    }
    return std::nullopt;
}

std::optional<std::uint32_t> bye_source(const Packet& packet, std::size_t index) {
    if (packet.type != Type::bye || index >= packet.count) return std::nullopt;
    ByteCursor cursor(packet.body);
    cursor.skip(index * 4);
    const std::uint32_t ssrc = cursor.u32();
    if (cursor.failed()) return std::nullopt;
    return ssrc;
}

std::string_view bye_reason(const Packet& packet) {
    if (packet.type != Type::bye) return {};
    ByteCursor cursor(packet.body);
    cursor.skip(packet.count * std::size_t{4});
    return as_text(cursor.take(cursor.u8()));
}

std::optional<Application> application(const Packet& packet) {
    if (packet.type != Type::application) return std::nullopt;
    ByteCursor cursor(packet.body);
    Application app;
    app.ssrc = cursor.u32();
    app.name = as_text(cursor.take(4));
    app.data = cursor.rest();
    if (cursor.failed()) return std::nullopt;
    return app;
}

std::optional<Feedback> feedback(const Packet& packet) {
    if (packet.type != Type::transport_feedback && packet.type != Type::payload_feedback) return std::nullopt;
    ByteCursor cursor(packet.body);
    Feedback feedback;
    feedback.sender_ssrc = cursor.u32();
    feedback.media_ssrc = cursor.u32();
    feedback.control_information = cursor.rest();
    if (cursor.failed()) return std::nullopt;
    return feedback;
}

std::optional<XrBlock> XrReader::next() {
    if (m_cursor.empty()) return std::nullopt;
    XrBlock block;
    block.type = m_cursor.u8();
    block.specific = m_cursor.u8();
    block.body = m_cursor.take(m_cursor.u16() * std::size_t{4});
    if (m_cursor.failed()) return std::nullopt;
    return block;
}

std::optional<VoipMetrics> voip_metrics(const XrBlock& block) {
    if (block.type != voip_metrics_block) return std::nullopt;
    ByteCursor cursor(block.body);
    VoipMetrics metrics;
    metrics.ssrc = cursor.u32();
    metrics.loss_rate = cursor.u8();
    metrics.discard_rate = cursor.u8();
    metrics.burst_density = cursor.u8();
    metrics.gap_density = cursor.u8();
    metrics.burst_ms = cursor.u16();
    metrics.gap_ms = cursor.u16();
    metrics.round_trip_ms = cursor.u16();
    metrics.end_system_delay_ms = cursor.u16();
    metrics.signal_dbm = static_cast<std::int8_t>(cursor.u8());
    metrics.noise_dbm = static_cast<std::int8_t>(cursor.u8());
    metrics.residual_echo_db = cursor.u8();
    metrics.gmin = cursor.u8();
    metrics.r_factor = cursor.u8();
    metrics.external_r_factor = cursor.u8();
    metrics.mos_lq_tenths = cursor.u8();
    metrics.mos_cq_tenths = cursor.u8();
    metrics.receiver_configuration = cursor.u8();
    cursor.skip(1);
    metrics.jitter_buffer_ms = cursor.u16();
    metrics.jitter_buffer_max_ms = cursor.u16();
    metrics.jitter_buffer_absolute_max_ms = cursor.u16();
    if (cursor.failed()) return std::nullopt;
    return metrics;
}

} // namespace rungs::rtcp
