#include "analyzer/media/rtcp_book.hpp"

#include <algorithm>

#include "core/hash.hpp"
#include "core/limits/media.hpp"
#include "dissectors/rtcp/packet.hpp"

namespace rungs::media {
namespace {

constexpr std::uint8_t cname_item = 1;

void note_sender_report(RtcpBook::Entry& entry, const rtcp::SenderInfo& info, Timestamp time) {
    auto& passed = entry.sender_reports[entry.summary.sender_reports % entry.sender_reports.size()];
    passed = {static_cast<std::uint32_t>(info.ntp >> 16U), time};
    ++entry.summary.sender_reports;
    entry.summary.reported_packets = info.packets;
}

/// RFC 3550 section 6.4.1, with the time at which the sender report passed here in place of its NTP time.
void note_round_trip(RtcpBook::Entry& entry, const rtcp::ReportBlock& block, Timestamp time) {
    if (block.last_sr == 0) return;
    for (const auto& passed : entry.sender_reports) {
        if (passed.middle_ntp != block.last_sr) continue;
        const double delay_ms = block.delay_since_last_sr * 1000.0 / 65536;
        const double round_trip_ms = to_milliseconds(time - passed.time) - delay_ms;
        if (round_trip_ms < 0) return;
        entry.round_trip_sum_ms += round_trip_ms;
        ++entry.round_trips;
        entry.summary.round_trip_ms_mean = entry.round_trip_sum_ms / entry.round_trips;
        entry.summary.round_trip_ms_max =
            std::max(entry.summary.round_trip_ms_max.value_or(0), round_trip_ms);
        return;
    }
}

void note_reception(RtcpBook::Entry& entry, const rtcp::ReportBlock& block, Timestamp time) {
    RtcpSummary& summary = entry.summary;
    ++summary.reception_reports;
    summary.reported_lost = block.cumulative_lost;
    summary.reported_loss_percent_max =
        std::max(summary.reported_loss_percent_max, block.fraction_lost * 100.0 / 256);
    entry.jitter_ticks_max = std::max(entry.jitter_ticks_max, block.jitter);
    note_round_trip(entry, block, time);
}

void note_voip_metrics(RtcpSummary& summary, const rtcp::VoipMetrics& metrics) {
    if (metrics.r_factor != rtcp::VoipMetrics::unavailable) summary.reported_r_factor = metrics.r_factor;
    if (metrics.mos_cq_tenths != rtcp::VoipMetrics::unavailable)
        summary.reported_mos_tenths = metrics.mos_cq_tenths;
}

std::uint64_t key_of(std::uint32_t flow, unsigned direction, std::uint32_t ssrc) {
    return (std::uint64_t{flow} << 1U | direction) << 32U | ssrc;
}

} // namespace

std::size_t RtcpBook::KeyHash::operator()(std::uint64_t key) const {
    return seeded_hash(&key, sizeof key);
}

void RtcpBook::retain(const std::vector<std::uint32_t>& flows) {
    m_index.clear();
    std::vector<Entry> kept;
    for (Entry& entry : m_entries) {
        entry.flow = flows[entry.flow];
        if (entry.flow == ~std::uint32_t{0}) continue;
        m_index.emplace(key_of(entry.flow, entry.direction, entry.ssrc),
                        static_cast<std::uint32_t>(kept.size()));
        kept.push_back(std::move(entry));
    }
    m_entries = std::move(kept);
}

RtcpBook::Entry* RtcpBook::find(std::uint32_t flow, unsigned direction, std::uint32_t ssrc) {
    const std::uint64_t key = key_of(flow, direction, ssrc);
    if (const auto known = m_index.find(key); known != m_index.end()) return &m_entries[known->second];
    if (m_entries.size() == limits::rtcp_sources) {
        ++m_beyond_limit;
        return nullptr;
    }
    m_index.emplace(key, static_cast<std::uint32_t>(m_entries.size()));
    Entry& entry = m_entries.emplace_back();
    entry.ssrc = ssrc;
    entry.flow = flow;
    entry.direction = direction;
    return &entry;
}

void RtcpBook::add(Bytes datagram, std::uint32_t flow, unsigned direction, Timestamp time) {
    const unsigned back = 1 - direction; // reports speak of the media that comes the other way
    rtcp::CompoundReader reader(datagram);
    while (const auto packet = reader.next()) {
        if (const auto info = rtcp::sender_info(*packet))
            if (auto* entry = find(flow, direction, info->ssrc)) note_sender_report(*entry, *info, time);
        for (std::size_t i = 0; const auto block = rtcp::report_block(*packet, i); ++i)
            if (auto* entry = find(flow, back, block->ssrc)) note_reception(*entry, *block, time);
        if (packet->type == rtcp::Type::source_description)
            for (rtcp::SdesReader items(*packet); const auto item = items.next();)
                if (item->type == cname_item)
                    if (auto* entry = find(flow, direction, item->ssrc)) entry->summary.cname = item->text;
        for (std::size_t i = 0; const auto source = rtcp::bye_source(*packet, i); ++i)
            if (auto* entry = find(flow, direction, *source)) entry->summary.bye = true;
        if (packet->type == rtcp::Type::extended_report)
            for (rtcp::XrReader blocks(*packet); const auto block = blocks.next();)
                if (const auto metrics = rtcp::voip_metrics(*block))
                    if (auto* entry = find(flow, back, metrics->ssrc))
                        note_voip_metrics(entry->summary, *metrics);
    }
}

} // namespace rungs::media
