#include "analyzer/filter/fields.hpp"

#include <algorithm>
#include <limits>

#include "dissectors/sip/uri.hpp"

namespace rungs::filter {
namespace {

/// The names of an enumeration from its first value to `last`.
template <typename Enum, Enum last>
std::vector<std::string_view> names() {
    std::vector<std::string_view> all;
    for (unsigned i = 0; i <= static_cast<unsigned>(last); ++i)
        all.push_back(to_string(static_cast<Enum>(i)));
    return all;
}

constexpr std::uint64_t any = std::numeric_limits<std::uint64_t>::max();

constexpr std::array table{
    FieldInfo{Field::frame_number, "frame.number", Type::number, any},
    FieldInfo{Field::frame_time_relative, "frame.time_relative", Type::seconds},
    FieldInfo{Field::ip, "ip", Type::presence},
    FieldInfo{Field::ip_address, "ip.addr", Type::ipv4},
    FieldInfo{Field::ip_source, "ip.src", Type::ipv4},
    FieldInfo{Field::ip_destination, "ip.dst", Type::ipv4},
    FieldInfo{Field::ipv6, "ipv6", Type::presence},
    FieldInfo{Field::ipv6_address, "ipv6.addr", Type::ipv6},
    FieldInfo{Field::ipv6_source, "ipv6.src", Type::ipv6},
    FieldInfo{Field::ipv6_destination, "ipv6.dst", Type::ipv6},
    FieldInfo{Field::udp, "udp", Type::presence},
    FieldInfo{Field::udp_port, "udp.port", Type::number, 65'535},
    FieldInfo{Field::udp_source_port, "udp.srcport", Type::number, 65'535},
    FieldInfo{Field::udp_destination_port, "udp.dstport", Type::number, 65'535},
    FieldInfo{Field::tcp, "tcp", Type::presence},
    FieldInfo{Field::tcp_port, "tcp.port", Type::number, 65'535},
    FieldInfo{Field::tcp_source_port, "tcp.srcport", Type::number, 65'535},
    FieldInfo{Field::tcp_destination_port, "tcp.dstport", Type::number, 65'535},
    FieldInfo{Field::sip, "sip", Type::presence},
    FieldInfo{Field::sip_method, "sip.Method", Type::text},
    FieldInfo{Field::sip_status_code, "sip.Status-Code", Type::number, any},
    FieldInfo{Field::sip_call_id, "sip.Call-ID", Type::text},
    FieldInfo{Field::sip_from_user, "sip.from.user", Type::text},
    FieldInfo{Field::sip_to_user, "sip.to.user", Type::text},
    FieldInfo{Field::sip_cseq_method, "sip.CSeq.method", Type::text},
    FieldInfo{Field::sdp, "sdp", Type::presence},
    FieldInfo{Field::msnms, "msnms", Type::presence},
    FieldInfo{Field::call_id, "call.id", Type::number, any},
    FieldInfo{Field::call_kind, "call.kind", Type::word, 0, names<CallKind, CallKind::other>},
    FieldInfo{Field::call_outcome, "call.outcome", Type::word, 0, names<CallOutcome, CallOutcome::unknown>},
};

} // namespace

std::span<const FieldInfo> fields() {
    return table;
}

const FieldInfo* find_field(std::string_view name) {
    const auto* const found = std::ranges::find(table, name, &FieldInfo::name);
    return found == table.end() ? nullptr : found;
}

MessageFields::MessageFields(const Analysis& analysis) : m_analysis(analysis) {
    bool any_packets = false;
    for (const Capture& capture : analysis.captures) {
        if (capture.file.packets == 0) continue;
        m_first = any_packets ? std::min(m_first, capture.file.first) : capture.file.first;
        any_packets = true;
    }
}

void MessageFields::look_at(Id message) {
    m_id = message;
    m_is_parsed = false;
}

const Call* MessageFields::call() const {
    if (message().dialog == 0) return nullptr;
    const Id call = m_analysis.dialog(message().dialog).call;
    return call == 0 ? nullptr : &m_analysis.call(call);
}

std::string_view MessageFields::call_id_text() {
    if (message().dialog == 0) return parsed().identity.call_id;
    return m_analysis.text(m_analysis.dialog(message().dialog).call_id);
}

const sip::Message& MessageFields::parsed() {
    if (m_is_parsed) return m_parsed;
    m_is_parsed = true;
    m_parsed.clear();
    if (message().protocol == Protocol::sip && m_analysis.octets.read(message().location, m_octets)) {
        sip::parse(m_octets, Framing::datagram, m_parsed);
    }
    return m_parsed;
}

void MessageFields::add_addresses(Values& values, bool v6, bool source, bool destination) const {
    const IpAddress& from = m_analysis.endpoint(message().source).address;
    const IpAddress& to = m_analysis.endpoint(message().destination).address;
    if (source && (v6 ? from.is_v6() : from.is_v4())) values.add(from);
    if (destination && (v6 ? to.is_v6() : to.is_v4())) values.add(to);
}

void MessageFields::add_ports(Values& values, bool udp, bool source, bool destination) const {
    if ((message().carrier == Carrier::udp) != udp) return;
    if (source) values.add(std::uint64_t{m_analysis.endpoint(message().source).port});
    if (destination) values.add(std::uint64_t{m_analysis.endpoint(message().destination).port});
}

void MessageFields::add_text(Values& values, std::string_view text) const {
    if (!text.empty()) values.add(text);
}

void MessageFields::add_presence(Values& values, bool present) const {
    if (present) values.add(std::uint64_t{1});
}

Values MessageFields::get(Field field) {
    Values values;
    const Message& seen = message();
    const bool is_sip = seen.protocol == Protocol::sip;
    switch (field) {
    case Field::frame_number: values.add(seen.frame); break;
    case Field::frame_time_relative: values.add(to_seconds(seen.time - m_first)); break;
    case Field::ip: add_presence(values, m_analysis.endpoint(seen.source).address.is_v4()); break;
    case Field::ip_address: add_addresses(values, false, true, true); break;
    case Field::ip_source: add_addresses(values, false, true, false); break;
    case Field::ip_destination: add_addresses(values, false, false, true); break;
    case Field::ipv6: add_presence(values, m_analysis.endpoint(seen.source).address.is_v6()); break;
    case Field::ipv6_address: add_addresses(values, true, true, true); break;
    case Field::ipv6_source: add_addresses(values, true, true, false); break;
    case Field::ipv6_destination: add_addresses(values, true, false, true); break;
    case Field::udp: add_presence(values, seen.carrier == Carrier::udp); break;
    case Field::udp_port: add_ports(values, true, true, true); break;
    case Field::udp_source_port: add_ports(values, true, true, false); break;
    case Field::udp_destination_port: add_ports(values, true, false, true); break;
    case Field::tcp: add_presence(values, seen.carrier != Carrier::udp); break;
    case Field::tcp_port: add_ports(values, false, true, true); break;
    case Field::tcp_source_port: add_ports(values, false, true, false); break;
    case Field::tcp_destination_port: add_ports(values, false, false, true); break;
    case Field::sip: add_presence(values, is_sip); break;
    case Field::sip_method:
        // Wireshark has it in requests alone; a response is known by sip.CSeq.method.
        if (!is_sip || seen.status != 0) break;
        add_text(values, seen.method == sip::Method::unknown ? parsed().method_text : to_string(seen.method));
        break;
    case Field::sip_status_code:
        if (is_sip && seen.status != 0) values.add(std::uint64_t{seen.status});
        break;
    case Field::sip_call_id:
        if (is_sip) add_text(values, call_id_text());
        break;
    case Field::sip_from_user: add_text(values, sip::parse_uri(parsed().identity.from_uri).user); break;
    case Field::sip_to_user: add_text(values, sip::parse_uri(parsed().identity.to_uri).user); break;
    case Field::sip_cseq_method: add_text(values, parsed().identity.cseq_method); break;
    case Field::sdp: add_presence(values, seen.has_sdp); break;
    case Field::msnms: add_presence(values, !is_sip); break;
    case Field::call_id:
        if (call() != nullptr) values.add(std::uint64_t{m_analysis.dialog(seen.dialog).call});
        break;
    case Field::call_kind:
        if (call() != nullptr) add_text(values, to_string(call()->kind));
        break;
    case Field::call_outcome:
        if (call() != nullptr) add_text(values, to_string(call()->outcome));
        break;
    }
    return values;
}

} // namespace rungs::filter
