#include "analyzer/capture/filter.hpp"

#include <doctest/doctest.h>

#include "core/limits/messages.hpp"
#include "tests/support/captures.hpp"

using namespace rungs;
using namespace rungs::test;

namespace {

using Numbers = std::vector<std::uint64_t>;

struct Ip {
    std::uint16_t identification = 1;
    std::uint16_t flags_and_offset = 0; ///< 0x2000: more fragments
    std::uint8_t last_octet = 1;        ///< of the source 192.0.2.x
    std::uint8_t protocol = 17;
};

constexpr std::uint16_t more = 0x2000;

std::string ipv4(const Ip& ip, std::string_view payload) {
    return Octets(false)
        .u16(0x4500)
        .u16(20 + payload.size())
        .u16(ip.identification)
        .u16(ip.flags_and_offset)
        .u8(64)
        .u8(ip.protocol)
        .u16(0)
        .u32(0xc0000200U + ip.last_octet)
        .u32(0xc00002feU)
        .text(payload)
        .str();
}

/// With a hop-by-hop header, and a fragment header behind it: `offset_and_more` ends in the bit for more
/// fragments.
std::string ipv6(std::uint32_t identification, std::uint16_t offset_and_more, std::string_view payload) {
    const std::string address = Octets(false).u32(0x20010db8).u64(0).u32(1).str();
    return Octets(false)
        .u32(0x60000000)
        .u16(16 + payload.size())
        .u8(0)
        .u8(64)
        .text(address)
        .text(address)
        .u8(44)
        .u8(0)
        .text(std::string_view("\1\4\0\0\0\0", 6))
        .u8(17)
        .u8(0)
        .u16(offset_and_more)
        .u32(identification)
        .text(payload)
        .str();
}

std::string udp(std::uint16_t port) {
    return Octets(false).u16(port).u16(port).u16(24).u16(0).text(packet(16)).str();
}

std::string ethernet(std::string_view ip, std::uint16_t type = 0x0800) {
    return Octets(false).text("\2\2\2\2\2\2\4\4\4\4\4\4").u16(type).text(ip).str();
}

std::string capture_of(const std::vector<std::string>& packets, std::uint32_t link_type = 1) {
    std::string file = pcap_header(true, 0xa1b2c3d4, link_type);
    std::uint32_t second = 0;
    for (const std::string& octets : packets) file += pcap_record(octets, ++second);
    return file;
}

Numbers kept(std::string_view content, const std::string& filter) {
    return read_capture(content, {.filter = filter, .packet_limit = 0}).numbers();
}

} // namespace

TEST_CASE("a filter leaves packets out; the others keep their numbers") {
    const std::string file = capture_of({ethernet(ipv4({}, udp(5060))), ethernet(ipv4({}, udp(4000))),
                                         ethernet(ipv4({.last_octet = 9}, udp(5060)))});
    CHECK(kept(file, "udp port 5060") == Numbers{1, 3});
    CHECK(kept(file, "host 192.0.2.9") == Numbers{3});
    CHECK(kept(file, "tcp").empty());
    const Everything read = read_capture(file, {.filter = "udp port 5060", .packet_limit = 0});
    CHECK(read.summary().packets == 2);
    CHECK(read.summary().filtered == 1);
    CHECK(read.summary().octets == 2 * (14 + 20 + 24));
    const Everything one = read_capture(file, {.filter = "host 192.0.2.9", .packet_limit = 1});
    CHECK(one.numbers() == Numbers{3});
    CHECK(one.summary().first.ns == 3'000'000'000);
}

TEST_CASE("a filter works on merged captures, which are numbered before it") {
    const TemporaryFile a(capture_of({ethernet(ipv4({}, udp(5060))), ethernet(ipv4({}, udp(4000)))}));
    const TemporaryFile b(capture_of({ipv4({}, udp(4000)), ipv4({}, udp(5060))}, 101));
    const Everything read = read_files({a.path(), b.path()}, {.filter = "udp port 5060", .packet_limit = 0});
    CHECK(read.numbers() == Numbers{1, 4});
    CHECK(read.captures[0].filtered == 1);
    CHECK(read.captures[1].filtered == 1);
}

TEST_CASE("an expression that is none is an error with libpcap's text") {
    const TemporaryFile file(capture_of({}));
    const TemporaryFile next(section());
    for (const TemporaryFile* given : {&file, &next}) {
        const Everything read = read_files({given->path()}, {.filter = "udp prt 5060", .packet_limit = 0});
        CHECK(read.error == given->path() + ": the filter \"udp prt 5060\" is not valid: can't parse filter "
                                            "expression: syntax error");
        CHECK_FALSE(read.hint.empty());
    }
}

TEST_CASE("each link type has its own program") {
    const std::string ip = ipv4({}, udp(5060));
    const std::string file = section() + interface_block(1) + interface_block(101) + interface_block(113) +
                             enhanced(ethernet(ip), 1, 0) + enhanced(ip, 2, 1) +
                             enhanced(Octets(false).text(packet(14)).u16(0x0800).text(ip).str(), 3, 2) +
                             enhanced(ipv4({}, udp(4000)), 4, 1);
    CHECK(kept(file, "udp port 5060") == Numbers{1, 2, 3});
}

TEST_CASE("where an expression means nothing, packets are left out with a remark") {
    const std::string file = section() + interface_block(1) + interface_block(101) +
                             enhanced(ethernet(ipv4({}, udp(5060))), 1, 0) +
                             enhanced(ipv4({}, udp(5060)), 2, 1);
    const std::string filter = "ether host 02:02:02:02:02:02";
    const Everything read = read_capture(file, {.filter = filter, .packet_limit = 0});
    CHECK(read.numbers() == Numbers{1});
    REQUIRE(read.summary().remarks.size() == 1);
    CHECK(read.summary().remarks[0].starts_with("No packet of link type 101 was kept: "));
    // When it means nothing for all of a file, it is an error.
    CHECK_FALSE(read_capture(capture_of({}, 101), {.filter = filter, .packet_limit = 0}).error.empty());
}

TEST_CASE("fragments share the fate of the first one") {
    const std::string rest = packet(24);
    const std::vector<std::string> packets = {
        ipv4({.identification = 1, .flags_and_offset = more}, udp(5060)),
        ipv4({.identification = 2, .flags_and_offset = more}, udp(4000)),
        ipv4({.identification = 1, .flags_and_offset = 0x2003}, rest),
        ipv4({.identification = 2, .flags_and_offset = 0x2003}, rest),
        ipv4({.identification = 2, .flags_and_offset = 6}, rest),
        ipv4({.identification = 1, .flags_and_offset = 6}, rest),
        ipv4({.identification = 2, .flags_and_offset = 6, .last_octet = 7},
             rest), // another source: unknown, kept
        ipv4({.identification = 2, .flags_and_offset = 6, .protocol = 6}, rest), // another protocol
        ipv4({.identification = 3, .flags_and_offset = 6}, rest),                // before its first fragment
        ipv4({.identification = 3, .flags_and_offset = more}, udp(4000)),
        ipv4({.identification = 3, .flags_and_offset = 3}, rest),
    };
    const Numbers expected = {1, 3, 6, 7, 8, 9};
    CHECK(kept(capture_of(packets, 101), "udp port 5060") == expected);

    std::vector<std::string> on_ethernet, on_loopback, cooked_2;
    for (const std::string& ip : packets) {
        on_ethernet.push_back(ethernet(ip));
        on_loopback.push_back(Octets(true).u32(2).text(ip).str());
        cooked_2.push_back(Octets(false).u16(0x0800).text(std::string(18, '\0')).text(ip).str());
    }
    CHECK(kept(capture_of(on_ethernet), "udp port 5060") == expected);
    CHECK(kept(capture_of(on_loopback, 0), "udp port 5060") == expected);
    CHECK(kept(capture_of(cooked_2, 276), "udp port 5060") == expected);
}

TEST_CASE("fragments behind VLAN tags") {
    const std::string tag = Octets(false).u16(5).u16(0x0800).str();
    const std::string two_tags = Octets(false).u16(5).u16(0x8100).text(tag).str();
    const auto first = ipv4({.identification = 1, .flags_and_offset = more}, udp(4000));
    const auto second = ipv4({.identification = 1, .flags_and_offset = 3}, packet(24));
    CHECK(kept(capture_of({ethernet(tag + first, 0x8100), ethernet(tag + second, 0x8100)}), "tcp").empty());
    CHECK(kept(capture_of({ethernet(two_tags + first, 0x88a8), ethernet(two_tags + second, 0x88a8)}), "tcp")
              .empty());
}

TEST_CASE("fragments of IPv6, behind extension headers") {
    const std::vector<std::string> packets = {
        ipv6(1, 1, udp(5060)),  ipv6(2, 1, udp(4000)), ipv6(1, 24, packet(8)), ipv6(2, 24, packet(8)),
        ipv6(3, 24, packet(8)), ipv6(3, 0, udp(4000)), // whole, though it has the header
    };
    // libpcap does not look behind extension headers: the first ones are told apart by length.
    CHECK(kept(capture_of(packets, 101), "ip6[4:2] = 40 and ip6[56:2] = 5060") == Numbers{1, 3, 5});
}

TEST_CASE("frames too short for their headers are no fragments") {
    const std::string whole = ethernet(ipv4({.flags_and_offset = 3}, {}));
    REQUIRE(capture::find_fragment(1, as_bytes(whole)).has_value());
    const std::string six = ipv6(1, 24, {});
    REQUIRE(capture::find_fragment(101, as_bytes(six)).has_value());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const std::vector<std::uint8_t> exact(whole.begin(),
                                              whole.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK_FALSE(capture::find_fragment(1, exact).has_value());
    }
    for (std::size_t size = 0; size < six.size(); ++size) {
        const std::vector<std::uint8_t> exact(six.begin(), six.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK_FALSE(capture::find_fragment(101, exact).has_value());
    }
    CHECK_FALSE(capture::find_fragment(147, as_bytes(whole)).has_value());
    CHECK_FALSE(capture::find_fragment(1, as_bytes(ethernet(ipv4({}, udp(1))))).has_value());
}

TEST_CASE("the oldest datagram is forgotten when there are more than remembered") {
    const auto decide = [](capture::FragmentMemory& memory, std::uint16_t id, bool first, bool matches) {
        const std::string octets =
            ipv4({.identification = id, .flags_and_offset = first ? more : std::uint16_t{3}}, packet(24));
        Frame frame;
        frame.link_type = 101;
        frame.bytes = as_bytes(octets);
        return memory.decide(frame, matches);
    };
    capture::FragmentMemory memory(3);
    const std::vector<std::uint16_t> ids = {1, 2, 3};
    for (const std::uint16_t id : ids) CHECK_FALSE(decide(memory, id, true, false));
    for (const std::uint16_t id : ids) CHECK_FALSE(decide(memory, id, false, false));
    CHECK(decide(memory, 2, true, true)); // the same again takes no new place
    CHECK_FALSE(decide(memory, 4, true, false));
    CHECK(decide(memory, 1, false, false)); // forgotten: kept, as if its first had not been seen
    CHECK(decide(memory, 2, false, false));
    CHECK_FALSE(decide(memory, 3, false, false));
    CHECK_FALSE(decide(memory, 4, false, false));
    CHECK(decide(memory, 3, false, true));
}
