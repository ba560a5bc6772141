#pragma once

#include <optional>

#include "analyzer/capture/reader.hpp"

namespace rungs::capture {

/// The variants of the pcap format, told apart by the first four octets (draft-ietf-opsawg-pcap, section 4).
struct PcapVariant {
    bool little_endian = true;
    std::uint32_t ns_per_unit = 1000; ///< of the fraction in a record's time
    bool modified = false;            ///< Kuznetzov's: eight more octets in each record header
};

std::optional<PcapVariant> pcap_variant(Bytes head);

inline constexpr std::size_t pcap_header_octets = 24;

/// Reads the records after a file header:
///
///     seconds:u32 fraction:u32 captured:u32 original:u32 [interface:u32 protocol:u16 type:u8 pad:u8]
///     octets[captured]
class PcapReader final : public Reader {
  public:
    /// The window begins with the whole file header.
    PcapReader(Window window, Summary& summary, PcapVariant variant);

  private:
    void take_complete(FrameBatch& batch) override;

    PcapVariant m_variant;
    std::size_t m_record_header;
    LinkType m_link_type = 0;
};

} // namespace rungs::capture
