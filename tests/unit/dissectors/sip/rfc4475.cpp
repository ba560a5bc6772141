#include <fstream>
#include <iterator>
#include <vector>

#include <doctest/doctest.h>

#include "core/text.hpp"
#include "dissectors/sip/headers.hpp"
#include "dissectors/sip/multipart.hpp"
#include "dissectors/sip/uri.hpp"
#include "tests/unit/dissectors/sip/support.hpp"

using namespace rungs;
using namespace rungs::sip;

namespace {

const std::string folder = RUNGS_SOURCE_DIR "/tests/corpus/rfc4475/";

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE_MESSAGE(file.good(), path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::vector<std::string>> expectations() {
    std::vector<std::vector<std::string>> rows;
    const std::string table = read_file(folder + "expect.tsv");
    std::string_view rest = table;
    while (!rest.empty()) {
        auto line = take_until(rest, '\n');
        if (line.starts_with('#')) continue;
        auto& row = rows.emplace_back();
        while (!line.empty()) row.emplace_back(take_until(line, '\t'));
        REQUIRE(row.size() == 7);
    }
    return rows;
}

Sample torture(std::string_view name) {
    return Sample(read_file(folder + std::string(name) + ".dat"));
}

} // namespace

TEST_CASE("every message of RFC 4475 is recognised and read as the table says") {
    const auto rows = expectations();
    CHECK(rows.size() == 49);
    for (const auto& row : rows) {
        const std::string& name = row[0];
        CAPTURE(name);
        const Sample sample = torture(name);
        CHECK(sample.probed == Probe::certain);
        CHECK(sample.parsed.outcome == Outcome::complete);
        const Message& message = sample.message;
        if (message.is_request) {
            CHECK(message.method_text == row[2]);
        } else if (name != "bigcode") {
            CHECK(std::to_string(message.status) == row[2]);
        }
        CHECK((row[3] == "-" ? "" : row[3]) == message.identity.call_id);
        CHECK(message.headers.size() == std::stoul(row[4]));
        CHECK(message.body.size() == std::stoul(row[5]));
        CHECK(sample.issues() == row[6]);
        if (row[1] == "valid") CHECK(sample.issues().find("error:") == std::string::npos);
    }
}

TEST_CASE("wsinv: folding, blanks and compact forms hide nothing (section 3.1.1.1)") {
    const Sample sample = torture("wsinv");
    const Identity& identity = sample.message.identity;
    CHECK(identity.from_tag == "98asjd8");
    CHECK(identity.from_display_name == "J Rosenberg \\\\\\\"");
    CHECK(identity.to_tag == "1918181833n");
    CHECK(identity.cseq_number == 9);
    CHECK(identity.cseq_method == "INVITE");
    CHECK(identity.via_count == 3);
    CHECK(identity.branch == "390skdjuw");
    CHECK(identity.sent_by == "192.0.2.2");
    CHECK(identity.origin_sent_by == "192.168.255.111");
    CHECK(identity.origin_branch == "z9hG4bK30239");
    const Header* contact = sample.message.find("m");
    REQUIRE(contact != nullptr);
    CHECK(find_parameter(parse_name_addr(contact->value).parameters, "q") == "0.33");
    CHECK(sample.message.find(HeaderName::subject)->value.empty());
}

TEST_CASE("escapes in a user are resolved after the URI is split (section 3.1.1.3, 3.1.1.4, 3.1.1.9)") {
    const Sample escaped = torture("esc01");
    const Uri uri = parse_uri(escaped.message.request_uri);
    CHECK(uri.scheme == "sip");
    CHECK(percent_decode(uri.user) == "sips:user@example.com");
    CHECK(uri.host == "example.net");
    const Sample with_nul = torture("escnull");
    CHECK(percent_decode(parse_uri(with_nul.message.identity.from_uri).user) ==
          std::string("null-\0-null", 11));
    const Sample semicolon = torture("semiuri");
    CHECK(parse_uri(semicolon.message.request_uri).user == "user;par=u%40example.net");
    const Sample characters = torture("intmeth");
    const Uri strange = parse_uri(characters.message.request_uri);
    CHECK(strange.valid);
    CHECK(strange.password == "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
}

TEST_CASE("dblreq: the second request stays behind the end of the first (section 3.1.1.8)") {
    const Sample sample = torture("dblreq");
    CHECK(sample.message.method == Method::register_);
    const auto behind = as_text(sample.bytes()).substr(sample.parsed.consumed);
    CHECK(behind.starts_with("\r\nINVITE sip:joe@example.com"));
}

TEST_CASE("mpart01: the binary part is not touched by line ends inside (section 3.1.1.11)") {
    const Sample sample = torture("mpart01");
    const auto parts = parse_multipart(sample.message.content_type, sample.message.body);
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].body == "Hello");
    CHECK(parts[1].content_type == "application/octet-stream");
    // The DER of the signature: SEQUENCE of 0x152 octets and its four octets of tag and length.
    CHECK(parts[1].body.size() == 0x152 + 4);
    CHECK(find_body(sample.message, "text/plain") == "Hello");
}

TEST_CASE("one parameter, in the header or in the URI (3.3.12, 3.3.13)") {
    const auto contact = [](const Sample& sample) {
        return parse_name_addr(sample.message.find(HeaderName::contact)->value);
    };
    const Sample outside = torture("cparam01");
    CHECK(contact(outside).parameters == ";unknownparam");
    const Sample inside = torture("cparam02");
    CHECK(contact(inside).parameters.empty());
    CHECK(parse_uri(contact(inside).uri).parameters == ";unknownparam");
}

TEST_CASE("numbers that are too big do not wrap (section 3.1.2.4, 3.1.2.5, 3.1.2.19)") {
    CHECK_FALSE(torture("scalar02").message.identity.cseq_number.has_value());
    CHECK_FALSE(torture("scalarlg").message.identity.cseq_number.has_value());
    CHECK(torture("bigcode").message.status == 0);
}

TEST_CASE("quotbal: a quote that never closes does not hide the address (section 3.1.2.6)") {
    const Sample sample = torture("quotbal");
    CHECK(sample.message.identity.to_uri == "sip:j.user@example.com");
}

TEST_CASE("multi01: of repeated headers the first counts (3.3.8)") {
    const Sample sample = torture("multi01");
    CHECK(sample.message.identity.cseq_number == 5);
    CHECK(sample.message.identity.from_uri == "sip:caller@example.com");
    CHECK(sample.message.identity.to_uri == "sip:user@example.com");
}
