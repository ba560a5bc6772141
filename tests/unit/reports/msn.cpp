#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "analyzer/pipeline.hpp"
#include "reports/json.hpp"
#include "reports/report.hpp"
#include "tests/support/captures.hpp"

using namespace rungs;

namespace {

std::string sample(std::string_view name) {
    std::ifstream file(RUNGS_SOURCE_DIR "/samples/msn/" + std::string(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

nlohmann::ordered_json analysis_of(const std::string& capture) {
    const test::TemporaryFile file(capture);
    const auto analysis = analyze({file.path()});
    REQUIRE(analysis.has_value());
    reports::StringSink sink;
    reports::write_json(*analysis, "0", sink);
    return nlohmann::ordered_json::parse(sink.text());
}

unsigned octet(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

std::uint32_t big_endian(std::string_view text, std::size_t at, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8U | octet(text, at + i);
    return value;
}

void put_big_endian(std::string& text, std::size_t at, std::size_t count, std::uint32_t value) {
    for (std::size_t i = 0; i < count; ++i) text[at + i] = static_cast<char>(value >> 8U * (count - 1 - i));
}

/// The capture (little-endian pcap of Ethernet and IPv4) with the data of each TCP segment in pieces of
/// `size` octets, neighbours exchanged, every third sent twice.
std::string in_pieces(std::string_view capture, std::size_t size) {
    constexpr std::size_t ip = 14;
    std::string out(capture.substr(0, 24));
    const auto length_at = [&](std::size_t at) {
        return octet(capture, at) | octet(capture, at + 1) << 8U | octet(capture, at + 2) << 16U;
    };
    for (std::size_t at = 24; at < capture.size();) {
        const std::size_t captured = length_at(at + 8);
        const auto head = capture.substr(at, 8);
        const auto packet = capture.substr(at + 16, captured);
        at += 16 + captured;
        const auto write = [&](std::string_view octets) {
            out += test::Octets().text(head).u32(octets.size()).u32(octets.size()).text(octets).str();
        };
        const bool tcp = octet(packet, ip + 9) == 6;
        const std::size_t header = ip + 4 * (octet(packet, ip) & 15U);
        const std::size_t data = tcp ? header + 4 * (octet(packet, header + 12) >> 4U) : 0;
        const std::size_t end = ip + big_endian(packet, ip + 2, 2);
        if (!tcp || data == end) {
            write(packet);
            continue;
        }
        std::vector<std::string> pieces;
        for (std::size_t begin = data; begin < end; begin += size) {
            const auto part = packet.substr(begin, std::min(size, end - begin));
            std::string piece(packet.substr(0, data));
            piece += part;
            put_big_endian(piece, ip + 2, 2, static_cast<std::uint32_t>(piece.size() - ip));
            put_big_endian(piece, header + 4, 4,
                           big_endian(packet, header + 4, 4) + static_cast<std::uint32_t>(begin - data));
            pieces.push_back(piece);
        }
        for (std::size_t i = 0; i + 1 < pieces.size(); i += 2) std::swap(pieces[i], pieces[i + 1]);
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            write(pieces[i]);
            if (i % 3 == 0) write(pieces[i]);
        }
    }
    return out;
}

/// Takes out where things stood in the file.
void forget_frames(nlohmann::ordered_json& json) {
    for (const auto* key : {"frames", "frame", "first_frame", "last_frame", "captures", "tool"}) {
        if (json.is_object()) json.erase(key);
    }
    if (json.is_structured())
        for (auto& part : json) forget_frames(part);
}

} // namespace

TEST_CASE("msn: an invitation, the call it led to and its media are one call") {
    const auto json = analysis_of(sample("audio-accepted.pcap"));
    REQUIRE(json["calls"].size() == 1);
    const auto& call = json["calls"][0];
    CHECK(call["kind"] == "call");
    CHECK(call["outcome"] == "answered");
    CHECK(call["ended_by"] == "caller");
    CHECK(call["caller"]["uri"] == "alice@example.com");
    CHECK(call["caller"]["address"] == "192.168.0.127:12449");
    CHECK(call["callee"]["uri"] == "bob@example.net");
    CHECK(call["legs"].size() == 2);
    CHECK(call["streams"].size() == 2);
    CHECK(call["invitations"] == nlohmann::ordered_json{1});

    REQUIRE(json["invitations"].size() == 1);
    const auto& invitation = json["invitations"][0];
    CHECK(invitation["state"] == "accepted");
    CHECK(invitation["inviter"] == "alice@example.com");
    CHECK(invitation["call"] == 1);
    REQUIRE(invitation["endpoints"].size() == 2);
    CHECK(invitation["endpoints"][0]["address"] == "192.168.0.127:12449");
    CHECK(invitation["endpoints"][1]["address"] == "192.168.0.165:11630");

    const auto& message = json["messages"][invitation["messages"][0].get<std::size_t>() - 1];
    CHECK(message["protocol"] == "MSN");
    CHECK(message["method"] == "MSG");
    CHECK(message["invitation"]["id"] == 1);
    CHECK(message["invitation"]["command"] == "INVITE");
    CHECK(message["invitation"]["requested"] == nlohmann::ordered_json{"audio"});
    CHECK(message["invitation"]["private_ip"] == "192.168.0.127");
}

TEST_CASE("msn: a refused invitation leads to no call") {
    const auto json = analysis_of(sample("audio-rejected.pcap"));
    REQUIRE(json["calls"].size() == 1);
    CHECK(json["calls"][0]["kind"] == "invitation");
    CHECK(json["calls"][0]["outcome"] == "rejected");
    CHECK(json["invitations"][0]["state"] == "rejected");
    CHECK(json["invitations"][0]["ended_by"] == "bob@example.net");
}

TEST_CASE("msn: how TCP cuts the octets changes nothing but frame numbers") {
    const std::string capture = sample("audio-accepted.pcap");
    auto whole = analysis_of(capture);
    forget_frames(whole);
    for (const std::size_t size : {1U, 7U, 1460U}) {
        CAPTURE(size);
        auto cut = analysis_of(in_pieces(capture, size));
        forget_frames(cut);
        CHECK((cut == whole));
    }
}

TEST_CASE("msn: tickets, hashes and cookies are in no output") {
    // The secrets of the samples: the login's ticket and its reverse, MSPAuth, the switchboard's cookies.
    for (const auto* name : {"audio-accepted.pcap", "chat.pcap", "gateway.pcap"}) {
        CAPTURE(name);
        const std::string text = analysis_of(sample(name)).dump();
        CHECK(text.find(" t=") == std::string::npos);
        CHECK(text.find("1064898110.23581") == std::string::npos);
        CHECK(text.find("18532.0118984601") == std::string::npos);
        CHECK(text.find("MSPAuth: 2") == std::string::npos);
    }
}
