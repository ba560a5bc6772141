#include <utility>

#include "analyzer/capture/formats.hpp"
#include "analyzer/capture/pcap_reader.hpp"
#include "analyzer/capture/pcapng_reader.hpp"
#include "core/text.hpp"

namespace rungs::capture {
namespace {

constexpr std::uint32_t pcapng_magic = 0x0a0d0d0a;

std::string pcap_format(const PcapVariant& variant) {
    if (variant.modified) return "pcap-modified";
    return variant.ns_per_unit == 1 ? "pcap-ns" : "pcap";
}

} // namespace

Result<std::unique_ptr<Reader>> make_reader(OpenedFile file, Summary& summary, std::size_t buffer_octets) {
    const Bytes head = file.head;
    const std::string name = printable(summary.path);
    const std::string suffix = file.compression.empty() ? "" : "+" + file.compression;

    if (const auto variant = pcap_variant(head)) {
        if (head.size() < pcap_header_octets)
            return fail(name + ": the pcap file header is cut off (" + std::to_string(head.size()) +
                            " octets of " + std::to_string(pcap_header_octets) + ")",
                        "there are no packets in it: capture or copy it again");
        summary.format = pcap_format(*variant) + suffix;
        return std::make_unique<PcapReader>(Window(std::move(file), buffer_octets), summary, *variant);
    }
    if (ByteCursor(head).u32() == pcapng_magic) {
        const std::string_view problem = pcapng_section_problem(head);
        if (!problem.empty())
            return fail(name + ": not a pcapng file that can be read: " + std::string(problem),
                        "there is nothing to read in it: capture or copy it again");
        summary.format = "pcapng" + suffix;
        return std::make_unique<PcapngReader>(Window(std::move(file), buffer_octets), summary);
    }
    OtherFormat other = name_other_format(head);
    const std::string inside = file.compression.empty() ? "" : " inside " + file.compression;
    return fail(name + ": not a pcap or pcapng capture" + inside + ", but " + other.what,
                std::move(other.hint));
}

} // namespace rungs::capture
