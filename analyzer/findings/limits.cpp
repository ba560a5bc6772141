#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "analyzer/findings/find.hpp"
#include "core/limits/correlation.hpp"
#include "core/limits/decode.hpp"
#include "core/limits/live.hpp"
#include "core/limits/media.hpp"
#include "core/limits/messages.hpp"
#include "core/limits/msn.hpp"

namespace rungs::findings {
namespace {

/// What is counted when a limit is reached, and what became of it.
struct Meaning {
    std::string_view limit;
    std::uint64_t value;
    std::string_view thing, fate;
};

constexpr std::array meanings{
    Meaning{"nested_layers", limits::nested_layers, "packet", "not read to the end"},
    Meaning{"fragment_octets", limits::fragment_octets, "datagram", "given up to make room for others"},
    Meaning{"fragment_timeout_ns", limits::fragment_timeout_ns, "datagram",
            "given up: fragments did not come"},
    Meaning{"tcp_flows", limits::tcp_flows, "TCP connection", "given up to make room for others"},
    Meaning{"tcp_flow_gap_octets", limits::tcp_flow_gap_octets, "gap in a TCP stream", "not waited for"},
    Meaning{"tcp_gap_octets", limits::tcp_gap_octets, "gap in a TCP stream", "not waited for"},
    Meaning{"message_octets", limits::message_octets, "message", "left out"},
    Meaning{"multipart_parts", limits::multipart_parts, "message", "with parts that were not looked at"},
    Meaning{"multipart_depth", limits::multipart_depth, "message",
            "with bodies nested too deep to be looked at"},
    Meaning{"issues", limits::issues, "message", "with as many issues as are kept, or more"},
    Meaning{"bare_sip_ends", limits::bare_sip_ends, "message without Call-ID",
            "not remembered by its endpoints"},
    Meaning{"media_flows", limits::media_flows, "packet", "not looked at for RTP"},
    Meaning{"rtp_streams", limits::rtp_streams, "RTP packet", "not measured"},
    Meaning{"flow_streams", limits::flow_streams, "RTP packet", "not measured"},
    Meaning{"rtcp_sources", limits::rtcp_sources, "RTCP report", "not kept"},
    Meaning{"stream_seconds", limits::stream_seconds, "RTP stream", "counted together from there on"},
    Meaning{"announced_endpoints", limits::announced_endpoints, "endpoint in SDP",
            "not expected to get media"},
    Meaning{"payload_set_octets", limits::payload_set_octets, "list of payload types in SDP",
            "not used to name codecs"},
    Meaning{"encoding_name_octets", limits::encoding_name_octets, "name of a codec in SDP", "not kept"},
    Meaning{"live_flows", limits::live_flows, "packet", "not looked at for RTP"},
    Meaning{"live_streams", limits::live_streams, "RTP packet", "not measured"},
    Meaning{"live_endpoints", limits::live_endpoints, "endpoint in SDP", "not expected to get media"},
    Meaning{"live_stream_seconds", limits::live_stream_seconds, "RTP stream",
            "counted together from there on"},
    Meaning{"unreachable_ports", limits::unreachable_ports, "ICMP message", "about a port not kept"},
    Meaning{"dtmf_events", limits::dtmf_events, "RTP stream or INFO", "with more keys than are listed"},
    Meaning{"hops", limits::hops, "message", "not compared with later ones"},
    Meaning{"legs", limits::legs, "piece of evidence", "not used: too many dialogs share it"},
    Meaning{"msn_p2p_messages", limits::msn_p2p_messages, "message in chunks",
            "given up to make room for others"},
    Meaning{"msn_p2p_message_octets", limits::msn_p2p_message_octets, "message in chunks",
            "not put together"},
    Meaning{"msn_invitation_events", limits::msn_invitation_events, "message",
            "not used to judge its invitation"},
    Meaning{"msn_copies", limits::msn_copies, "time", "that copies on other connections were forgotten"},
    Meaning{"msn_participants", limits::msn_participants, "participant", "not listed"},
    Meaning{"msn_passports", limits::msn_passports, "nickname", "not kept"},
};

} // namespace

void report_limits(const Analysis& analysis, Collector& out) {
    for (const auto& [limit, times] : analysis.limits_reached) {
        const auto* const meaning = std::ranges::find(meanings, limit, &Meaning::limit);
        if (times == 0 || meaning == meanings.end()) continue;
        out.add(rule::limit_reached, 0,
                fmt::format("{} {} (limit {}: {}).", counted(times, meaning->thing), meaning->fate, limit,
                            meaning->value),
                {});
    }
}

} // namespace rungs::findings
