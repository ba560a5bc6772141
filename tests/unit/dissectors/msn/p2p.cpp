#include "dissectors/msn/p2p.hpp"

#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "core/limits/messages.hpp"
#include "core/limits/msn.hpp"
#include "dissectors/msn/issues.hpp"

using namespace rungs;
namespace issue = msn::issue;

namespace {

template <typename Integer>
void put_le(std::string& out, Integer value) {
    for (unsigned shift = 0; shift < sizeof(Integer) * 8; shift += 8) {
        out.push_back(static_cast<char>(value >> shift & 0xffU));
    }
}

std::string body(std::uint32_t id, std::uint64_t offset, std::uint64_t total, std::uint32_t length,
                 std::string_view data, std::string_view footer = std::string_view("\0\0\0\1", 4)) {
    std::string out;
    put_le<std::uint32_t>(out, 0x0a0b0c0d);
    put_le(out, id);
    put_le(out, offset);
    put_le(out, total);
    put_le(out, length);
    put_le<std::uint32_t>(out, msn::p2p_flag::acknowledgement);
    put_le<std::uint32_t>(out, 3);
    put_le<std::uint32_t>(out, 4);
    put_le<std::uint64_t>(out, 5);
    return out + std::string(data) + std::string(footer);
}

msn::P2pChunk parse(std::string_view text) {
    msn::P2pChunk out;
    msn::parse_p2p(text, out);
    return out;
}

bool has_issue(const msn::P2pChunk& chunk, std::string_view code) {
    for (const Issue& found : chunk.issues) {
        if (found.code == code) return true;
    }
    return false;
}

msn::P2pChunk chunk(std::uint32_t id, std::uint64_t offset, std::uint64_t total, std::string_view data) {
    msn::P2pChunk out;
    out.message_id = id;
    out.offset = offset;
    out.total_octets = total;
    out.length = static_cast<std::uint32_t>(data.size());
    out.data = data;
    return out;
}

} // namespace

TEST_CASE("p2p: header, data and footer") {
    const auto octets = body(2, 10, 20, 4, "DATA");
    REQUIRE(octets.size() == 56);
    const auto read = parse(octets);
    CHECK(read.has_header);
    CHECK(read.session_id == 0x0a0b0c0d);
    CHECK(read.message_id == 2);
    CHECK(read.offset == 10);
    CHECK(read.total_octets == 20);
    CHECK(read.length == 4);
    CHECK(read.flags == 2);
    CHECK(read.acknowledged_id == 3);
    CHECK(read.acknowledged_unique_id == 4);
    CHECK(read.acknowledged_octets == 5);
    CHECK(read.data == "DATA");
    CHECK(read.application == 1);
    CHECK(read.issues.empty());
}

TEST_CASE("p2p: lengths and offsets that lie") {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    CHECK(has_issue(parse(body(2, most, 4, 4, "DATA")), issue::p2p_offset_past_total));
    CHECK(has_issue(parse(body(2, 4, 4, 4, "DATA")), issue::p2p_offset_past_total));
    CHECK(has_issue(parse(body(2, most - 1, most, 4, "DATA")), issue::p2p_offset_past_total));
    CHECK(parse(body(2, 0, most, 4, "DATA")).issues.empty());
    const auto octets = body(2, 0, 4, 0xffffffff, "DATA");
    const auto longer = parse(octets);
    CHECK(has_issue(longer, issue::p2p_length_too_large));
    CHECK(longer.data.substr(0, 4) == "DATA");
    CHECK(longer.data.size() == 8);
    CHECK(has_issue(parse(body(2, 0, 4, 4, "DATA", "")), issue::p2p_footer_missing));
    const auto whole = body(2, 0, 4, 4, "DATA");
    for (std::size_t size = 0; size < msn::p2p_header_octets; ++size) {
        const auto cut = parse(std::string(whole, 0, size));
        CHECK_FALSE(cut.has_header);
        CHECK(cut.data.empty());
        CHECK(has_issue(cut, issue::p2p_header_short));
    }
}

TEST_CASE("p2p: MSNSLP without a header") {
    const auto read = parse("INVITE MSNMSGR:bob@example.net MSNSLP/1.0\r\n\r\n");
    CHECK_FALSE(read.has_header);
    CHECK(read.data.substr(0, 6) == "INVITE");
    CHECK(has_issue(read, issue::p2p_header_missing));
}

TEST_CASE("p2p: MSNSLP behind a header") {
    constexpr std::string_view slp = "INVITE MSNMSGR:bob@example.net MSNSLP/1.0\r\n\r\n";
    const auto octets = body(2, 0, slp.size(), static_cast<std::uint32_t>(slp.size()), slp);
    const auto read = parse(octets);
    CHECK(read.has_header);
    CHECK(read.message_id == 2);
    CHECK(read.data == slp);
    CHECK(read.issues.empty());
}

TEST_CASE("p2p assembler: chunks in any order, twice, from two senders") {
    msn::P2pAssembler assembler;
    CHECK_FALSE(assembler.add("a", chunk(1, 6, 9, "ghi")).has_value());
    CHECK_FALSE(assembler.add("b", chunk(1, 0, 9, "abc")).has_value());
    CHECK_FALSE(assembler.add("a", chunk(1, 0, 9, "abc")).has_value());
    CHECK_FALSE(assembler.add("a", chunk(1, 0, 9, "abc")).has_value());
    CHECK(assembler.waiting() == 2);
    const auto whole = assembler.add("a", chunk(1, 3, 9, "def"));
    REQUIRE(whole.has_value());
    CHECK(whole->data == "abcdefghi");
    CHECK(whole->message_id == 1);
    CHECK(whole->issues.empty());
    CHECK(assembler.waiting() == 1);
    const auto at_once = assembler.add("a", chunk(2, 0, 3, "xyz"));
    REQUIRE(at_once.has_value());
    CHECK(at_once->data == "xyz");
}

TEST_CASE("p2p assembler: overlaps keep what was said first") {
    msn::P2pAssembler assembler;
    CHECK_FALSE(assembler.add("a", chunk(1, 2, 8, "cd")).has_value());
    CHECK_FALSE(assembler.add("a", chunk(1, 5, 8, "f")).has_value());
    const auto whole = assembler.add("a", chunk(1, 0, 8, "ABXDEFGH"));
    REQUIRE(whole.has_value());
    CHECK(whole->data == "ABXDEFGH"); // one chunk held all of it
    CHECK_FALSE(assembler.add("a", chunk(1, 1, 8, "BXDEFGH")).has_value());
    const auto mixed = assembler.add("a", chunk(1, 0, 8, "A"));
    REQUIRE(mixed.has_value());
    CHECK(mixed->data == "ABcdEfGH");
    REQUIRE(mixed->issues.size() == 1);
    CHECK(mixed->issues[0].code == issue::p2p_overlap);
}

TEST_CASE("p2p assembler: data past the total, empty data and changed totals") {
    msn::P2pAssembler assembler;
    const auto cut = assembler.add("a", chunk(1, 0, 3, "abcdef"));
    REQUIRE(cut.has_value());
    CHECK(cut->data == "abc");
    CHECK_FALSE(assembler.add("a", chunk(1, 3, 3, "abc")).has_value());
    CHECK_FALSE(assembler.add("a", chunk(1, 0, 0, "")).has_value());
    CHECK(assembler.waiting() == 0);
    CHECK_FALSE(assembler.add("a", chunk(5, 0, 4, "ab")).has_value());
    CHECK_FALSE(assembler.add("a", chunk(5, 0, 6, "xyz")).has_value());
    const auto whole = assembler.add("a", chunk(5, 3, 6, "uvw"));
    REQUIRE(whole.has_value());
    CHECK(whole->data == "xyzuvw");
    CHECK(assembler.dropped() == 1);
}

TEST_CASE("p2p assembler: limits, both sides") {
    msn::P2pAssembler assembler;
    const std::string most(limits::msn_p2p_message_octets, 'x');
    CHECK(assembler.add("a", chunk(1, 0, most.size(), most)).has_value());
    CHECK_FALSE(assembler.add("a", chunk(1, 0, most.size() + 1, most + "x")).has_value());
    CHECK(assembler.dropped() == 1);
    for (std::uint32_t id = 0; id < limits::msn_p2p_messages; ++id) {
        CHECK_FALSE(assembler.add("a", chunk(id, 0, 4, "ab")).has_value());
    }
    CHECK(assembler.waiting() == limits::msn_p2p_messages);
    CHECK(assembler.dropped() == 1);
    CHECK_FALSE(assembler.add("b", chunk(0, 0, 4, "ab")).has_value());
    CHECK(assembler.waiting() == limits::msn_p2p_messages);
    CHECK(assembler.dropped() == 2);
    CHECK_FALSE(assembler.add("a", chunk(0, 2, 4, "cd")).has_value()); // the oldest was given up
    CHECK(assembler.add("a", chunk(7, 2, 4, "cd")).has_value());
}
