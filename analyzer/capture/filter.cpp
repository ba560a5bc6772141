#include "analyzer/capture/filter.hpp"

#include <pcap.h>

#include "core/text.hpp"

namespace rungs::capture {
namespace {

constexpr int snapshot_length = 262'144; // what a matching program returns, nothing more

/// Files and libpcap's compiler number some link types differently (pcap-common.c); these are the common
/// ones.
int dlt_of(LinkType link_type) {
    switch (link_type) {
    case 100: return DLT_ATM_RFC1483;
    case 101: return DLT_RAW;
    default: return link_type;
    }
}

struct CloseHandle {
    void operator()(pcap_t* handle) const { pcap_close(handle); }
};

} // namespace

void PacketFilter::FreeProgram::operator()(bpf_program* program) const {
    pcap_freecode(program);
    delete program;
}

Result<void> PacketFilter::compile(LinkType link_type) {
    const std::unique_ptr<pcap_t, CloseHandle> handle(pcap_open_dead(dlt_of(link_type), snapshot_length));
    if (!handle) return fail("no filter can be made for link type " + std::to_string(link_type));
    Program program(new bpf_program{});
    if (pcap_compile(handle.get(), program.get(), m_expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
        return fail("the filter \"" + printable(m_expression) +
                        "\" is not valid: " + printable(pcap_geterr(handle.get())),
                    "filters are written as for tcpdump: man pcap-filter");
    m_programs[link_type] = std::move(program);
    return {};
}

bool PacketFilter::keeps(const Frame& frame) {
    const auto program = m_programs.find(frame.link_type);
    if (program == m_programs.end()) return false;
    pcap_pkthdr header{};
    header.caplen = static_cast<bpf_u_int32>(frame.bytes.size());
    header.len = frame.original_length;
    const bool matches = pcap_offline_filter(program->second.get(), &header, frame.bytes.data()) != 0;
    return m_fragments.decide(frame, matches);
}

} // namespace rungs::capture
