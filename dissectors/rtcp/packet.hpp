#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/bytes.hpp"
#include "dissectors/dissector.hpp"

/// RTCP, RFC 3550 section 6: compound packets, read one after the other without allocating. Views live as
/// long as the datagram. Whatever a length field says, nothing past the datagram is read.
namespace rungs::rtcp {

enum class Type : std::uint8_t {
    sender_report = 200,
    receiver_report = 201,
    source_description = 202,
    bye = 203,
    application = 204,
    transport_feedback = 205, ///< RFC 4585
    payload_feedback = 206,   ///< RFC 4585
    extended_report = 207,    ///< RFC 3611
};

/// `certain`: a compound that begins with a sender or receiver report and whose lengths end exactly at the
/// datagram's end. `maybe`: version 2 and a packet type 192 to 223 (RFC 5761), its length field plausible
/// (reduced size, RFC 5506).
Probe probe(Bytes datagram);

/// One packet of a compound.
struct Packet {
    Type type{};
    std::uint8_t count = 0; ///< reports, sources or chunks; the format of feedback
    Bytes body;             ///< behind the four octets of header, without padding
    /// "rtcp-length" when the length field goes past the datagram (the body then ends with it),
    /// "rtcp-padding" when the padding count does not fit, or empty.
    std::string_view issue;
};

class CompoundReader {
  public:
    explicit CompoundReader(Bytes datagram) : m_rest(datagram) {}
    /// The next packet; nothing at the end, or when what follows is no RTCP (`trailing` then says how much).
    std::optional<Packet> next();
    /// Octets that are left after the last packet: 0 in good compounds (SRTCP has its trailer there).
    [[nodiscard]] std::size_t trailing() const { return m_rest.size(); }

  private:
    Bytes m_rest;
};

/// RFC 3550 section 6.4.1.
struct SenderInfo {
    std::uint32_t ssrc = 0;
    std::uint64_t ntp = 0; ///< seconds since 1900 in the upper half
    std::uint32_t rtp_timestamp = 0, packets = 0, octets = 0;
};
/// Of a sender report; nothing for other types and cut ones.
std::optional<SenderInfo> sender_info(const Packet& packet);

struct ReportBlock {
    std::uint32_t ssrc = 0;         ///< of the stream that is reported on
    std::uint8_t fraction_lost = 0; ///< in 1/256
    std::int32_t cumulative_lost = 0;
    std::uint32_t highest_sequence = 0; ///< extended
    std::uint32_t jitter = 0;           ///< in units of the stream's clock
    std::uint32_t last_sr = 0; ///< middle 32 bits of the NTP time of the last sender report; 0 for none
    std::uint32_t delay_since_last_sr = 0; ///< in 1/65536 s
};
/// Block `index` of a sender or receiver report; nothing past the count or the end.
std::optional<ReportBlock> report_block(const Packet& packet, std::size_t index);

/// The SSRC that a packet of any type but SDES and BYE begins with: who sent it.
std::optional<std::uint32_t> sender_ssrc(const Packet& packet);

/// RFC 3550 section 6.5: one item of a source description.
struct SdesItem {
    std::uint32_t ssrc = 0;
    std::uint8_t type = 0; ///< 1 CNAME, 2 NAME, ...
    std::string_view text;
};
class SdesReader {
  public:
    /// Of a packet of type source_description.
    explicit SdesReader(const Packet& packet) : m_cursor(packet.body) {}
    std::optional<SdesItem> next();

  private:
    ByteCursor m_cursor;
    std::uint32_t m_ssrc = 0;
    bool m_in_chunk = false;
};

/// Source `index` of a BYE; nothing past the count or the end.
std::optional<std::uint32_t> bye_source(const Packet& packet, std::size_t index);
/// Why; empty when the BYE does not say.
std::string_view bye_reason(const Packet& packet);

/// RFC 3550 section 6.7; the subtype is Packet::count.
struct Application {
    std::uint32_t ssrc = 0;
    std::string_view name; ///< four characters
    Bytes data;
};
std::optional<Application> application(const Packet& packet);

/// RFC 4585 section 6.1; the format (1 is NACK or PLI) is Packet::count.
struct Feedback {
    std::uint32_t sender_ssrc = 0, media_ssrc = 0;
    Bytes control_information;
};
std::optional<Feedback> feedback(const Packet& packet);

/// One report block of an extended report (RFC 3611 section 3).
struct XrBlock {
    std::uint8_t type = 0;
    std::uint8_t specific = 0;
    Bytes body;
};
class XrReader {
  public:
    /// Of a packet of type extended_report.
    explicit XrReader(const Packet& packet) : m_cursor(packet.body) { m_cursor.skip(4); }
    std::optional<XrBlock> next();

  private:
    ByteCursor m_cursor;
};

/// RFC 3611 section 4.7, block type 7. 127 means unavailable for signal, noise, R and MOS fields.
struct VoipMetrics {
    static constexpr std::uint8_t unavailable = 127;
    std::uint32_t ssrc = 0;
    std::uint8_t loss_rate = 0, discard_rate = 0, burst_density = 0, gap_density = 0; ///< in 1/256
    std::uint16_t burst_ms = 0, gap_ms = 0, round_trip_ms = 0, end_system_delay_ms = 0;
    std::int8_t signal_dbm = 0, noise_dbm = 0;
    std::uint8_t residual_echo_db = 0, gmin = 0;
    std::uint8_t r_factor = unavailable, external_r_factor = unavailable;
    std::uint8_t mos_lq_tenths = unavailable, mos_cq_tenths = unavailable;
    std::uint8_t receiver_configuration = 0;
    std::uint16_t jitter_buffer_ms = 0, jitter_buffer_max_ms = 0, jitter_buffer_absolute_max_ms = 0;
};
std::optional<VoipMetrics> voip_metrics(const XrBlock& block);

} // namespace rungs::rtcp
