#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/decode/fragments.hpp"
#include "analyzer/decode/packet.hpp"
#include "analyzer/decode/tcp.hpp"
#include "analyzer/media/glance.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace rungs;
using namespace rungs::fuzz;
using decode::Packet;

namespace {

void check_packet(Bytes whole, const Packet& packet) {
    for (const Bytes part : {packet.payload, packet.fragment}) require_inside(whole, part);
    require(packet.malformed_offset <= whole.size(), "what is malformed stands in the frame");
    require((packet.status == decode::Status::malformed) == !packet.malformed_reason.empty(),
            "what is malformed has a reason, and nothing else has");
    if (packet.status == decode::Status::transport)
        require(packet.source.address.is_set() && packet.destination.address.is_set(),
                "a transport has addresses");
}

std::string digest_of(const Packet& packet) {
    return std::to_string(static_cast<int>(packet.status)) + " " +
           std::to_string(static_cast<int>(packet.transport)) + to_string(packet.source) +
           to_string(packet.destination) + std::to_string(packet.payload.size()) + " " +
           std::to_string(packet.payload_missing) + " " + std::to_string(packet.enclosure) + " " +
           std::string(packet.malformed_reason);
}

} // namespace

FUZZ_TARGET(link) {
    Dice dice(input);
    constexpr std::array<LinkType, 14> link_types{1,   113, 276, 0,   108, 101, 9,
                                                  104, 51,  228, 229, 12,  50,  107};
    Frame frame;
    const std::uint8_t choice = dice.u8();
    frame.link_type = choice < link_types.size() ? link_types[choice] : choice;
    const std::uint8_t cut = dice.u8();
    frame.bytes = dice.rest();
    frame.original_length = static_cast<std::uint32_t>(frame.bytes.size()) + cut;
    const Packet packet = decode::decode(frame);
    check_packet(frame.bytes, packet);
    require(digest_of(decode::decode(frame)) == digest_of(packet), "decoding again gives the same");
    media::Glance at_frame, at_packet;
    if (media::glance_at(frame, at_frame))
        require(media::glance_at(frame, packet, at_packet) && at_frame == at_packet,
                "a glance at the frame sees what a glance at the decoded packet sees");
    if (packet.transport == decode::Transport::icmp)
        check_packet(packet.payload, decode::decode_quoted(packet.payload));
    check_packet(frame.bytes, decode::decode_quoted(frame.bytes));
}

/// Instructions: which datagram, offset, length, flags. The octet at `offset` of a datagram's n-th fragment
/// is known, so what comes out can be compared with a map of octets.
FUZZ_TARGET(fragments) {
    Dice dice(input);
    decode::FragmentReassembler reassembler;
    struct Model {
        std::map<std::uint32_t, std::uint8_t> octets;
        std::optional<std::uint32_t> end;
    };
    std::map<std::uint8_t, Model> models;
    Frame frame;
    while (!dice.empty() && frame.number < 512) {
        ++frame.number;
        const std::uint8_t flags = dice.u8();
        const std::uint8_t id = dice.u8() % 4;
        Packet packet;
        packet.status = decode::Status::fragment;
        packet.source.address = IpAddress::v4(0xc0000201);
        packet.destination.address = IpAddress::v4(0xc0000202);
        packet.ip_protocol = 253; // for experiments: no header of its own
        packet.ip_id = id;
        packet.fragment_offset = dice.u8() * 8U;
        packet.more_fragments = (flags & 1U) != 0;
        std::vector<std::uint8_t> octets(dice.u8() * ((flags & 2U) != 0 ? 8U : 1U));
        // Decoding makes a fragment of nothing that is a whole datagram.
        if (packet.fragment_offset == 0 && !packet.more_fragments) continue;
        for (std::size_t i = 0; i < octets.size(); ++i)
            octets[i] = static_cast<std::uint8_t>(packet.fragment_offset + i + frame.number * 31);
        packet.fragment = octets;
        if ((flags & 4U) != 0) packet.payload_missing = flags >> 4U;
        Model& model = models[id];
        for (std::size_t i = 0; i < octets.size(); ++i)
            model.octets.emplace(packet.fragment_offset + static_cast<std::uint32_t>(i), octets[i]);
        const auto whole = reassembler.add(packet, frame);
        if (!whole) continue;
        require(!whole->frames.empty() && whole->frames.back() <= frame.number,
                "a datagram names its fragments");
        require(model.octets.size() == model.octets.rbegin()->first + 1U, "a whole datagram has no holes");
        models.erase(id);
    }
    require(reassembler.counters().waiting <= 4, "datagrams that wait are counted");
}

/// Instructions for segments of two connections. The octet at each sequence number is known, so every chunk
/// can be compared with where it must stand.
FUZZ_TARGET(tcp) {
    Dice dice(input);
    struct Seen {
        std::optional<std::uint64_t> next; ///< position of the octet to come, as far as octets tell
        bool ended = false;
    };
    std::map<decode::StreamId, Seen> streams;
    const auto octet_at = [](std::uint32_t sequence) { return static_cast<std::uint8_t>(sequence); };
    std::uint64_t delivered = 0, sent = 0;
    decode::TcpReassembler reassembler(
        [&](const decode::StreamChunk& chunk) {
            Seen& seen = streams[chunk.stream];
            require(!seen.ended, "nothing comes after the end");
            require(!chunk.bytes.empty(), "a chunk has octets");
            require(chunk.stream != chunk.reverse, "directions have ids of their own");
            std::uint64_t expected = seen.next ? *seen.next + chunk.gap_before : chunk.bytes.front();
            for (const std::uint8_t octet : chunk.bytes)
                require(octet == octet_at(static_cast<std::uint32_t>(expected++)), "octets come in sequence");
            seen.next = expected;
            delivered += chunk.bytes.size();
        },
        [&](decode::StreamId id) {
            require(!streams[id].ended, "a stream ends once");
            streams[id].ended = true;
        });
    Frame frame;
    const std::uint32_t base = dice.u32();
    while (!dice.empty() && frame.number < 512) {
        ++frame.number;
        const std::uint8_t choice = dice.u8();
        Packet packet;
        packet.status = decode::Status::transport;
        packet.transport = decode::Transport::tcp;
        packet.source = {IpAddress::v4(0xc0000201), static_cast<std::uint16_t>(40000 + (choice & 1U))};
        packet.destination = {IpAddress::v4(0xc0000202), 5060};
        if ((choice & 2U) != 0) std::swap(packet.source, packet.destination);
        packet.tcp_flags = dice.u8();
        packet.tcp_sequence = base + dice.u16();
        packet.tcp_acknowledgement = base + dice.u16();
        std::vector<std::uint8_t> octets((choice & 4U) != 0 ? dice.u8() : choice >> 3U);
        const std::uint32_t first = packet.tcp_sequence + ((packet.tcp_flags & 2U) != 0 ? 1U : 0U);
        for (std::uint32_t i = 0; i < octets.size(); ++i) octets[i] = octet_at(first + i);
        packet.payload = octets;
        if ((choice & 0xe0U) == 0xe0U) packet.payload_missing = dice.u8();
        sent += octets.size();
        reassembler.add(packet, frame);
        require(delivered <= sent, "no more octets come out than went in");
    }
    reassembler.flush();
    require(delivered <= sent, "no more octets come out than went in");
    for (const auto& [id, seen] : streams) require(seen.ended, "flushing ends every stream");
}
