#include "analyzer/decode/packet.hpp"

#include <doctest/doctest.h>

#include "core/limits/decode.hpp"
#include "core/limits/messages.hpp"
#include "tests/support/packet_builder.hpp"

using namespace rungs;
using namespace rungs::build;
using rungs::decode::Packet;
using rungs::decode::Status;
using rungs::decode::Transport;

namespace {

const std::string_view hello = "OPTIONS sip:bob@example.com SIP/2.0\r\n\r\n";

Octets inner_udp() {
    return udp(5060, 5062, text(hello));
}
Octets inner_ip() {
    return ipv4({}, inner_udp());
}

/// The datagram that `inner_ip` makes was found, whatever stood around it.
void check_inner(const Packet& packet) {
    CHECK(packet.status == Status::transport);
    CHECK(packet.transport == Transport::udp);
    CHECK(to_string(packet.source) == "192.0.2.1:5060");
    CHECK(to_string(packet.destination) == "192.0.2.2:5062");
    CHECK(as_text(packet.payload) == hello);
    CHECK(packet.payload_missing == 0);
}

Packet check_link(LinkType link_type, const Octets& octets) {
    const OwnedFrame frame(octets, link_type);
    const Packet packet = decode::decode(frame.get());
    check_inner(packet);
    return packet; // its views are dead: callers look at numbers only
}

void check_malformed(const Octets& octets, std::string_view layer, std::size_t offset,
                     LinkType link_type = 1) {
    const OwnedFrame frame(octets, link_type);
    const Packet packet = decode::decode(frame.get());
    CHECK(packet.status == Status::malformed);
    CHECK(packet.malformed_layer == layer);
    CHECK(packet.malformed_offset == offset);
    CHECK_FALSE(packet.malformed_reason.empty());
}

Status status_of(const Octets& octets, LinkType link_type = 1) {
    const OwnedFrame frame(octets, link_type);
    return decode::decode(frame.get()).status;
}

} // namespace

TEST_CASE("Ethernet with IPv4 and UDP, on the straight way and on the walk") {
    const Packet plain = check_link(1, ethernet(0x0800, inner_ip()));
    CHECK(plain.ip_protocol == 17);
    CHECK(plain.dscp == 46); // 0xb8: expedited forwarding
    CHECK(plain.ttl == 64);
    CHECK(plain.ip_id == 1);
    CHECK(plain.vlan == 0);
    CHECK(plain.enclosure == 0);
    CHECK_FALSE(plain.tunnelled);

    // Raw IP never takes the straight way: both must say the same.
    const Packet walked = check_link(101, inner_ip());
    CHECK(walked.dscp == plain.dscp);
    CHECK(walked.ttl == plain.ttl);
    CHECK(walked.ip_id == plain.ip_id);
    CHECK(walked.ip_protocol == plain.ip_protocol);
    CHECK(walked.enclosure == 0);
}

TEST_CASE("link layers") {
    const Octets ip = inner_ip();
    const Octets v6 = ipv6({}, inner_udp());
    SUBCASE("802.3 with LLC and SNAP; the length cuts the padding") {
        const Octets llc = Octets{0xaa, 0xaa, 0x03, 0, 0, 0} + u16(0x0800) + ip;
        check_link(1, ethernet(static_cast<std::uint16_t>(llc.size()), llc + zeros(9)));
    }
    SUBCASE("Linux cooked v1") {
        check_link(113, zeros(14) + u16(0x0800) + ip);
    }
    SUBCASE("Linux cooked v1 with a VLAN") {
        CHECK(check_link(113, zeros(14) + u16(0x8100) + u16(7) + u16(0x0800) + ip).vlan == 7);
    }
    SUBCASE("Linux cooked v2") {
        check_link(276, u16(0x0800) + zeros(18) + ip);
    }
    SUBCASE("NULL in both byte orders") {
        check_link(0, Octets{2, 0, 0, 0} + ip);
        check_link(0, Octets{0, 0, 0, 2} + ip);
    }
    SUBCASE("NULL with each system's AF_INET6") {
        for (const unsigned family : {10U, 24U, 28U, 30U}) {
            const OwnedFrame frame(u8(family) + zeros(3) + v6, 0);
            CHECK(to_string(decode::decode(frame.get()).source) == "[2001:db8::1]:5060");
        }
    }
    SUBCASE("LOOP") {
        check_link(108, u32(2) + ip);
    }
    SUBCASE("raw IP, by its own numbers and by version") {
        for (const LinkType link_type : std::initializer_list<LinkType>{12, 14, 101, 228})
            check_link(link_type, ip);
        const OwnedFrame frame(v6, 229);
        CHECK(as_text(decode::decode(frame.get()).payload) == hello);
    }
    SUBCASE("PPP: bare, with HDLC framing, with a compressed protocol") {
        check_link(9, u16(0x0021) + ip);
        check_link(9, u16(0xff03) + u16(0x0021) + ip);
        check_link(50, u16(0xff03) + u8(0x21) + ip);
    }
    SUBCASE("Cisco HDLC") {
        check_link(104, u16(0x0f00) + u16(0x0800) + ip);
    }
    SUBCASE("PPPoE; the length cuts the padding") {
        const Octets ppp = u16(0x0021) + ip;
        const Packet packet =
            check_link(1, ethernet(0x8864, u16(0x1100) + u16(99) + u16(ppp.size()) + ppp + zeros(3)));
        CHECK(packet.enclosure != 0);
    }
    SUBCASE("MPLS: two labels; a pseudowire with a control word") {
        check_link(1, ethernet(0x8847, u32(0x00010040) + u32(0x00020140) + ip));
        check_link(1, ethernet(0x8848, u32(0x00020140) + u32(0) + ethernet(0x0800, ip)));
    }
    SUBCASE("none of ours") {
        CHECK(status_of(ethernet(0x0806, zeros(28))) == Status::no_ip);
        CHECK(status_of(ethernet(0x88cc, zeros(28))) == Status::no_ip);
        CHECK(status_of(inner_ip(), 147) == Status::no_ip);
        CHECK(status_of(inner_ip(), 65535) == Status::no_ip);
        CHECK(status_of(Octets{9, 9, 9, 9} + inner_ip(), 0) == Status::no_ip);
    }
    SUBCASE("cut or wrong") {
        check_malformed(zeros(13), "ethernet", 0);
        check_malformed({}, "ip", 0, 101);
        check_malformed({2}, "null", 0, 0);
        check_malformed(zeros(15), "sll", 0, 113);
        check_malformed(zeros(19), "sll2", 0, 276);
        check_malformed(Octets{0x50} + zeros(30), "ip", 0, 101);
        check_malformed(ethernet(0x8100, zeros(3)), "vlan", 14);
    }
}

TEST_CASE("VLAN tags: the outermost is kept, each encloses, priority tags do not") {
    const Octets ip = u16(0x0800) + inner_ip();
    const Packet plain = check_link(1, ethernet(0x8100, u16(0x2007) + ip));
    CHECK(plain.vlan == 7);
    CHECK(check_link(1, ethernet(0x8100, u16(0xe007) + ip)).enclosure == plain.enclosure); // other priority
    CHECK(check_link(1, ethernet(0x8100, u16(0x2008) + ip)).enclosure != plain.enclosure);
    CHECK(check_link(1, ethernet(0x8100, u16(0x2000) + ip)).enclosure == 0);
    for (const std::uint16_t outer : std::initializer_list<std::uint16_t>{0x88a8, 0x9100}) {
        const Packet double_tagged = check_link(1, ethernet(outer, u16(5) + u16(0x8100) + u16(7) + ip));
        CHECK(double_tagged.vlan == 5);
        CHECK(double_tagged.enclosure != plain.enclosure);
    }
}

TEST_CASE("IPv4: lengths that lie, options, padding") {
    const auto decoded_payload = [](const Octets& octets, std::string_view wanted, std::uint32_t missing) {
        const OwnedFrame frame(octets);
        const Packet packet = decode::decode(frame.get());
        CHECK(packet.status == Status::transport);
        CHECK(as_text(packet.payload) == wanted);
        CHECK(packet.payload_missing == missing);
    };
    SUBCASE("Ethernet padding is no payload") {
        decoded_payload(ethernet(0x0800, inner_ip() + zeros(12)), hello, 0);
        decoded_payload(ethernet(0x0800, ipv4({.protocol = 6}, tcp({}, {})) + zeros(6)), "", 0);
    }
    SUBCASE("a total length of 0 means segmentation offload") {
        decoded_payload(ethernet(0x0800, ipv4({.total_length = 0}, inner_udp())), hello, 0);
        decoded_payload(ethernet(0x0800, ipv4({.protocol = 6, .total_length = 0}, tcp({}, text("abc")))),
                        "abc", 0);
    }
    SUBCASE("a total length beyond the frame: the rest is missing") {
        const Octets segment = tcp({}, text("abc"));
        decoded_payload(ethernet(0x0800, ipv4({.protocol = 6, .total_length = 143}, segment)), "abc", 100);
    }
    SUBCASE("options are skipped") {
        decoded_payload(ethernet(0x0800, ipv4({.header_words = 6, .options = {1, 1, 1, 0}}, inner_udp())),
                        hello, 0);
    }
    SUBCASE("header lengths") {
        check_malformed(ethernet(0x0800, ipv4({.header_words = 0}, inner_udp())), "ipv4", 14);
        check_malformed(ethernet(0x0800, ipv4({.header_words = 4}, inner_udp())), "ipv4", 14);
        check_malformed(ethernet(0x0800, ipv4({.header_words = 15}, u32(0))), "ipv4", 14);
        check_malformed(ethernet(0x0800, ipv4({.total_length = 19}, inner_udp())), "ipv4", 14);
        check_malformed(ethernet(0x0800, ipv4({.total_length = 24}, inner_udp())), "udp", 34);
    }
    SUBCASE("another protocol, another version") {
        CHECK(status_of(ethernet(0x0800, ipv4({.protocol = 50}, zeros(40)))) == Status::other_ip);
        check_malformed(ethernet(0x0800, ipv6({}, inner_udp())), "ipv4", 14);
    }
}

TEST_CASE("every cut of a frame is either malformed or short of its payload") {
    const Octets whole = ethernet(0x8100, u16(5) + u16(0x0800) + inner_ip());
    for (std::size_t captured = 0; captured < whole.size(); ++captured) {
        OwnedFrame frame(whole);
        const Packet packet = decode::decode(frame.cut(captured).get());
        constexpr std::size_t headers = 14 + 4 + 20 + 8;
        if (captured < headers) {
            CHECK(packet.status == Status::malformed);
        } else {
            CHECK(packet.status == Status::transport);
            CHECK(packet.payload.size() == captured - headers);
            CHECK(packet.payload_missing == whole.size() - captured);
        }
    }
}

TEST_CASE("a snapshot length cuts the payload also where no length field tells") {
    OwnedFrame frame(ethernet(0x0800, ipv4({.protocol = 6, .total_length = 0}, tcp({}, text("abcdef")))));
    const Packet packet = decode::decode(frame.cut(14 + 40 + 2).get());
    CHECK(as_text(packet.payload) == "ab");
    CHECK(packet.payload_missing == 4);
}

TEST_CASE("UDP lengths that lie") {
    const auto decoded = [](std::size_t length, const Octets& payload, auto check) {
        const OwnedFrame frame(ethernet(0x0800, ipv4({}, udp(5060, 5062, payload, length))));
        check(decode::decode(frame.get()));
    };
    decoded(0, text("abc"), [](const Packet& packet) { CHECK(as_text(packet.payload) == "abc"); });
    decoded(8, text("abc"), [](const Packet& packet) { CHECK(packet.payload.empty()); });
    decoded(9, text("abc"), [](const Packet& packet) { CHECK(as_text(packet.payload) == "a"); });
    decoded(65535, text("abc"), [](const Packet& packet) {
        CHECK(as_text(packet.payload) == "abc");
        CHECK(packet.payload_missing == 65535 - 8 - 3);
    });
    for (const std::size_t length : {1U, 7U}) {
        decoded(length, text("abc"), [](const Packet& packet) {
            CHECK(packet.status == Status::malformed);
            CHECK(packet.malformed_layer == "udp");
            CHECK(packet.source.port == 5060);
        });
    }
}

TEST_CASE("TCP: fields, options, header lengths that lie") {
    const Tcp header{.source = 40000,
                     .destination = 5060,
                     .sequence = 0xfffffffe,
                     .acknowledgement = 77,
                     .flags = 0x18,
                     .options = Octets{1, 1, 8, 10} + zeros(8)};
    const OwnedFrame frame(ethernet(0x86dd, ipv6({.next = 6}, tcp(header, text("abc")))));
    const Packet packet = decode::decode(frame.get());
    CHECK(packet.transport == Transport::tcp);
    CHECK(to_string(packet.source) == "[2001:db8::1]:40000");
    CHECK(packet.tcp_sequence == 0xfffffffe);
    CHECK(packet.tcp_acknowledgement == 77);
    CHECK(packet.tcp_flags == (decode::tcp_flag::psh | decode::tcp_flag::ack));
    CHECK(as_text(packet.payload) == "abc");
    CHECK(packet.dscp == 46);
    CHECK(packet.ttl == 63);

    for (const std::size_t words : {0U, 1U, 4U, 15U}) {
        check_malformed(ethernet(0x0800, ipv4({.protocol = 6}, tcp({.header_words = words}, text("abc")))),
                        "tcp", 34);
    }
    check_malformed(ethernet(0x0800, ipv4({.protocol = 6}, zeros(12))), "tcp", 34);
}

TEST_CASE("SCTP gives ports and chunks") {
    const OwnedFrame frame(
        ethernet(0x0800, ipv4({.protocol = 132}, u16(5060) + u16(5061) + zeros(8) + text("chunk"))));
    const Packet packet = decode::decode(frame.get());
    CHECK(packet.transport == Transport::sctp);
    CHECK(packet.source.port == 5060);
    CHECK(packet.destination.port == 5061);
    CHECK(as_text(packet.payload) == "chunk");
}

TEST_CASE("IPv6 extension headers") {
    const Octets udp_octets = inner_udp();
    const auto check = [](const Octets& octets) {
        const OwnedFrame frame(ethernet(0x86dd, octets));
        const Packet packet = decode::decode(frame.get());
        CHECK(packet.status == Status::transport);
        CHECK(packet.ip_protocol == 17);
        CHECK(as_text(packet.payload) == hello);
    };
    check(ipv6({.next = 0}, Octets{17, 0, 1, 4, 0, 0, 0, 0} + udp_octets));  // hop-by-hop
    check(ipv6({.next = 43}, Octets{17, 2, 0, 0} + zeros(20) + udp_octets)); // routing
    check(ipv6({.next = 60}, Octets{17, 0, 1, 4, 0, 0, 0, 0} + udp_octets)); // destination
    check(ipv6({.next = 51}, Octets{17, 4, 0, 0} + zeros(20) + udp_octets)); // AH: (4 + 2) * 4 octets
    check(ipv6({.next = 44}, Octets{17, 0, 0, 0, 0, 0, 0, 9} + udp_octets)); // atomic fragment
    check(ipv6({.next = 0}, Octets{60, 0, 1, 4, 0, 0, 0, 0} + Octets{17, 0, 1, 4, 0, 0, 0, 0} + udp_octets));
    check(ipv6({.payload_length = 0}, udp_octets)); // jumbogram or offload
    check(ipv6({}, udp_octets) + zeros(4));         // padding

    check_malformed(ethernet(0x86dd, ipv6({.next = 0}, Octets{60, 255} + zeros(6) + udp_octets)), "ipv6", 54);
    check_malformed(ethernet(0x86dd, ipv6({.next = 51}, Octets{17, 0, 0})), "ipv6", 54);
    check_malformed(ethernet(0x86dd, ipv6({.next = 0}, {})), "ipv6", 54);
    CHECK(status_of(ethernet(0x86dd, ipv6({.next = 59}, zeros(4)))) == Status::other_ip);
}

TEST_CASE("fragments are handed out with their place") {
    const OwnedFrame v4(ethernet(0x0800, ipv4({.id = 0xbeef, .fragment = 0x2000 | 3}, text("12345678"))));
    Packet packet = decode::decode(v4.get());
    CHECK(packet.status == Status::fragment);
    CHECK(packet.fragment_offset == 24);
    CHECK(packet.more_fragments);
    CHECK(packet.ip_id == 0xbeef);
    CHECK(as_text(packet.fragment) == "12345678");

    const OwnedFrame v6(
        ethernet(0x86dd, ipv6({.next = 44}, Octets{17, 0, 0, 24, 1, 2, 3, 4} + text("12345678"))));
    packet = decode::decode(v6.get());
    CHECK(packet.status == Status::fragment);
    CHECK(packet.fragment_offset == 24);
    CHECK_FALSE(packet.more_fragments);
    CHECK(packet.ip_id == 0x01020304);
    CHECK(packet.ip_protocol == 17);
    CHECK(as_text(packet.fragment) == "12345678");

    // RFC 791: no datagram is longer than 65535 octets.
    check_malformed(ethernet(0x0800, ipv4({.fragment = 0x1fff}, zeros(8))), "ipv4", 34);
    CHECK(status_of(ethernet(0x0800, ipv4({.fragment = 0x1fff}, zeros(7)))) == Status::fragment);
}

TEST_CASE("ICMP errors quote, other ICMP does not") {
    const Octets quoted = ipv4({.source = "198.51.100.1"}, inner_udp());
    const OwnedFrame unreachable(ethernet(0x0800, ipv4({.protocol = 1}, Octets{3, 3} + zeros(6) + quoted)));
    Packet packet = decode::decode(unreachable.get());
    CHECK(packet.transport == Transport::icmp);
    CHECK(packet.icmp_type == 3);
    CHECK(packet.icmp_code == 3);
    CHECK(packet.source.port == 0);
    CHECK(packet.payload.size() == quoted.size());
    const Packet inside = decode::decode_quoted(packet.payload);
    CHECK(inside.status == Status::transport);
    CHECK(to_string(inside.source) == "198.51.100.1:5060");
    CHECK(as_text(inside.payload) == hello);

    const OwnedFrame echo(ethernet(0x0800, ipv4({.protocol = 1}, Octets{8, 0} + zeros(30))));
    packet = decode::decode(echo.get());
    CHECK(packet.transport == Transport::icmp);
    CHECK(packet.payload.empty());

    const OwnedFrame v6(
        ethernet(0x86dd, ipv6({.next = 58}, Octets{1, 4} + zeros(6) + ipv6({}, inner_udp()))));
    packet = decode::decode(v6.get());
    CHECK(packet.transport == Transport::icmp);
    CHECK(as_text(decode::decode_quoted(packet.payload).payload) == hello);
}

TEST_CASE("a quotation may be cut behind 8 octets (RFC 792)") {
    const Octets segment = tcp({.source = 40000, .destination = 5060, .sequence = 99}, text("abc"));
    Octets quoted = ipv4({.protocol = 6}, segment);
    quoted.resize(28);
    const OwnedFrame exact(quoted);
    const Packet packet = decode::decode_quoted(exact.get().bytes);
    CHECK(packet.status == Status::transport);
    CHECK(packet.source.port == 40000);
    CHECK(packet.destination.port == 5060);
    CHECK(packet.tcp_sequence == 99);
    CHECK(packet.payload.empty());
}

TEST_CASE("tunnels over IP") {
    const auto outer = [](std::uint8_t protocol, const Octets& content) {
        const Packet packet = check_link(
            1, ethernet(0x0800,
                        ipv4({.source = "203.0.113.1", .destination = "203.0.113.2", .protocol = protocol},
                             content)));
        CHECK(packet.tunnelled);
        CHECK(packet.enclosure != 0);
        return packet.enclosure;
    };
    const Octets ip = inner_ip();
    const Octets inner_ethernet = ethernet(0x0800, ip);
    SUBCASE("IP in IP, and the same enclosure in both directions") {
        const auto there = outer(4, ip);
        const OwnedFrame back(ethernet(
            0x0800, ipv4({.source = "203.0.113.2", .destination = "203.0.113.1", .protocol = 4}, ip)));
        CHECK(decode::decode(back.get()).enclosure == there);
        const OwnedFrame other(ethernet(
            0x0800, ipv4({.source = "203.0.113.2", .destination = "203.0.113.3", .protocol = 4}, ip)));
        CHECK(decode::decode(other.get()).enclosure != there);
    }
    SUBCASE("IPv4 in IPv6 and IPv6 in IPv4") {
        check_link(1, ethernet(0x86dd, ipv6({.next = 4}, ip)));
        const OwnedFrame frame(ethernet(0x0800, ipv4({.protocol = 41}, ipv6({}, inner_udp()))));
        CHECK(to_string(decode::decode(frame.get()).destination) == "[2001:db8::2]:5062");
    }
    SUBCASE("GRE") {
        outer(47, u16(0) + u16(0x0800) + ip);
    }
    SUBCASE("GRE with checksum, key and sequence number") {
        const auto key_1 = outer(47, u16(0xb000) + u16(0x0800) + u32(0) + u32(1) + u32(9) + ip);
        const auto key_2 = outer(47, u16(0xb000) + u16(0x0800) + u32(0) + u32(2) + u32(9) + ip);
        CHECK(key_1 != key_2);
    }
    SUBCASE("GRE with Ethernet") {
        outer(47, u16(0) + u16(0x6558) + inner_ethernet);
    }
    SUBCASE("PPTP, with and without an acknowledgement") {
        const Octets ppp = u16(0xff03) + u16(0x0021) + ip;
        outer(47, u16(0x3001) + u16(0x880b) + u16(ppp.size()) + u16(1) + u32(5) + ppp);
        outer(47, u16(0x3081) + u16(0x880b) + u16(ppp.size()) + u16(1) + u32(5) + u32(4) + ppp);
    }
    SUBCASE("a PPTP acknowledgement alone") {
        const Octets gre = u16(0x2081) + u16(0x880b) + u16(0) + u16(1) + u32(4);
        CHECK(status_of(ethernet(0x0800, ipv4({.protocol = 47}, gre))) == Status::other_ip);
    }
    SUBCASE("ERSPAN I, II and III") {
        outer(47, u16(0) + u16(0x88be) + inner_ethernet);
        outer(47, u16(0x1000) + u16(0x88be) + u32(1) + zeros(8) + inner_ethernet);
        outer(47, u16(0x1000) + u16(0x22eb) + u32(1) + zeros(12) + inner_ethernet);
        outer(47, u16(0x1000) + u16(0x22eb) + u32(1) + zeros(10) + u16(1) + zeros(8) + inner_ethernet);
        outer(47, u16(0x1000) + u16(0x22eb) + u32(1) + zeros(10) + u16(2U << 10U) + ip);
    }
    SUBCASE("cut inside GRE") {
        check_malformed(ethernet(0x0800, ipv4({.protocol = 47}, u16(0xb000) + u16(0x0800) + u32(0))), "gre",
                        34);
    }
}

TEST_CASE("tunnels over UDP, only where the content is one") {
    const auto over_udp = [](std::uint16_t port, const Octets& content) {
        return ethernet(
            0x0800, ipv4({.source = "203.0.113.1", .destination = "203.0.113.2"}, udp(40000, port, content)));
    };
    const auto stays = [&](std::uint16_t port, const Octets& content) {
        const OwnedFrame frame(over_udp(port, content));
        const Packet packet = decode::decode(frame.get());
        CHECK(packet.status == Status::transport);
        CHECK(packet.destination.port == port);
        CHECK(packet.payload.size() == content.size());
        CHECK_FALSE(packet.tunnelled);
    };
    const Octets ip = inner_ip();
    const Octets inner_ethernet = ethernet(0x0800, ip);
    const std::size_t size = ip.size();
    SUBCASE("GTP-U: plain, with a sequence number, with extension headers") {
        CHECK(check_link(1, over_udp(2152, Octets{0x30, 255} + u16(size) + u32(7) + ip)).tunnelled);
        check_link(1,
                   over_udp(2152, Octets{0x32, 255} + u16(size + 4) + u32(7) + u16(1) + u8(0) + u8(0) + ip));
        check_link(1, over_udp(2152, Octets{0x34, 255} + u16(size + 8) + u32(7) + u16(0) + u8(0) +
                                         Octets{0x85, 1, 0x10, 9, 0} + ip));
    }
    SUBCASE("both directions of a GTP-U tunnel are one enclosure, whatever their tunnel ids") {
        const auto up = check_link(1, over_udp(2152, Octets{0x30, 255} + u16(size) + u32(7) + ip)).enclosure;
        const auto down =
            check_link(1, over_udp(2152, Octets{0x30, 255} + u16(size) + u32(8) + ip)).enclosure;
        CHECK(up == down);
    }
    SUBCASE("no GTP-U") {
        stays(2152, text(hello));
        stays(2152, Octets{0x30, 1} + u16(4) + u32(0) + u32(0));      // echo request
        stays(2152, Octets{0x30, 255} + u16(size + 1) + u32(7) + ip); // length beyond the datagram
        stays(2152, Octets{0x30, 255} + u16(9) + u32(7) + text("not an ip"));
        stays(2152, Octets{0x34, 255} + u16(8) + u32(7) + u32(0x85) + u32(0)); // extension of length 0
    }
    SUBCASE("VXLAN") {
        const auto network_5 = check_link(1, over_udp(4789, u32(0x08000000) + u32(0x500) + inner_ethernet));
        const auto network_6 = check_link(1, over_udp(4789, u32(0x08000000) + u32(0x600) + inner_ethernet));
        CHECK(network_5.tunnelled);
        CHECK(network_5.enclosure != network_6.enclosure);
    }
    SUBCASE("no VXLAN") {
        stays(4789, text(hello));
        stays(4789, u32(0) + u32(0x500) + inner_ethernet);
        stays(4789, u32(0x08000000) + u32(0x500) + ethernet(0x0806, zeros(28)));
        stays(4789, u32(0x08000000));
    }
}

TEST_CASE("headers nest up to limits::nested_layers and no further") {
    const auto nested = [](unsigned ip_headers) {
        Octets octets = inner_ip();
        for (unsigned i = 1; i < ip_headers; ++i) octets = ipv4({.protocol = 4}, octets);
        return ethernet(0x0800, octets);
    };
    check_link(1, nested(limits::nested_layers - 1)); // with Ethernet: as many as are allowed
    const OwnedFrame frame(nested(limits::nested_layers));
    const Packet packet = decode::decode(frame.get());
    CHECK(packet.status == Status::malformed);
    CHECK(packet.malformed_layer == "layers");
    CHECK(status_of(nested(2000)) == Status::malformed);
}
