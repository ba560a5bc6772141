#include <doctest/doctest.h>

#include "core/text.hpp"
#include "dissectors/sip/message.hpp"
#include "tests/unit/dissectors/sip/support.hpp"

using namespace rungs;
using namespace rungs::sip;

namespace {

/// "100", "180", "200 v=0": the statuses and bodies of a datagram's messages, by repeated reading.
std::vector<std::string> read_all(std::string_view datagram) {
    std::vector<std::string> found;
    const std::vector<std::uint8_t> octets(datagram.begin(), datagram.end());
    Bytes rest(octets);
    Message message;
    while (!rest.empty()) {
        const Parsed parsed = parse(rest, Framing::datagram, message);
        if (parsed.outcome != Outcome::complete) break;
        std::string text(message.is_request ? std::string(message.method_text)
                                            : std::to_string(message.status));
        const auto body = trim(message.body);
        found.push_back(body.empty() ? text : text.append(" ").append(body));
        if (!message.followed) break;
        rest = rest.subspan(parsed.consumed);
    }
    return found;
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("status lines that begin a line are messages of their own") {
    CHECK(read_all("SIP/2.0 100 Trying\r\nSIP/2.0 180 Ring\r\nSIP/2.0 200 OK\r\n"
                   "Content-Type: application/sdp\r\n\r\nv=0\r\n") == Texts{"100", "180", "200 v=0"});
    CHECK(read_all("SIP/2.0 100 Trying\n\nSIP/2.0 180 Ring\n\n") == Texts{"100", "180"});
}

TEST_CASE("status lines may stand on one line") {
    CHECK(read_all("SIP/2.0 100 Trying SIP/2.0 180 Ring SIP/2.0 200 OK\r\n\r\nv=0\r\n") ==
          Texts{"100", "180", "200 v=0"});
}

TEST_CASE("a status line ends a session description") {
    CHECK(read_all("SIP/2.0 200 OK\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n"
                   "SIP/2.0 400 Bad Request\r\n\r\n") == Texts{"200 v=0", "400"});
}

TEST_CASE("a request may stand behind a response and not behind a request") {
    CHECK(read_all("SIP/2.0 200 OK\r\n\r\nBYE sip:ana@lab.example SIP/2.0\r\n\r\n") == Texts{"200", "BYE"});
    CHECK(read_all("ACK sip:a@lab.example SIP/2.0\r\n\r\nBYE sip:ana@lab.example SIP/2.0\r\n").size() == 1);
}

TEST_CASE("where Content-Length or another type closes the body, nothing is taken out of it") {
    CHECK(read_all("SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\nSIP/2.0 180 Ringing\r\n\r\n") == Texts{"200"});
    CHECK(read_all("NOTIFY sip:a@lab.example SIP/2.0\r\nContent-Type: message/sipfrag\r\n\r\n"
                   "SIP/2.0 180 Ringing\r\n") == Texts{"NOTIFY SIP/2.0 180 Ringing"});
    CHECK(read_all("MESSAGE sip:a@lab.example SIP/2.0\r\n\r\nit said SIP/2.0 180 Ringing\r\n").size() == 1);
}

TEST_CASE("several messages in one datagram are said, once for each that another follows") {
    const Sample first("SIP/2.0 100 Trying\r\nSIP/2.0 180 Ring\r\n\r\n");
    CHECK(first.issues().find("sip-several-in-datagram") != std::string::npos);
    CHECK(first.message.followed);
    const Sample alone("SIP/2.0 100 Trying\r\n\r\n");
    CHECK(alone.issues().find("sip-several-in-datagram") == std::string::npos);
}

TEST_CASE("headers behind an empty line are taken until the body begins") {
    const Sample sample(
        "INVITE sip:ben@lab.example SIP/2.0\r\n\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n");
    CHECK(sample.message.content_type == "application/sdp");
    CHECK(trim(sample.message.body) == "v=0");
    CHECK(sample.issues().find("sip-headers-behind-empty-line") != std::string::npos);
    const Sample text("MESSAGE sip:ben@lab.example SIP/2.0\r\nCall-ID: 1\r\n\r\nTo: you\r\n");
    CHECK(text.message.body == "To: you\r\n");
}

TEST_CASE("a header name with blanks for hyphens is known, and wrong") {
    const Sample sample("SIP/2.0 401 Unauthorized\r\nWWW Authenticate: Digest nonce=2290\r\n\r\n");
    CHECK(sample.message.find(HeaderName::www_authenticate) != nullptr);
    CHECK(sample.issues().find("sip-header-name") != std::string::npos);
}

TEST_CASE("a method in mixed case is taken as meant where no Call-ID stands by it") {
    const Sample bare("Register sip:ana@lab.example SIP/2.0\r\n\r\n");
    CHECK(bare.message.method == Method::register_);
    CHECK(bare.issues().find("sip-method") != std::string::npos);
    const Sample full("Register sip:ana@lab.example SIP/2.0\r\nCall-ID: 1\r\n\r\n");
    CHECK(full.message.method == Method::unknown);
}

TEST_CASE("text without a start line becomes a message that says so") {
    const std::string_view text = "Please register me\r\n";
    const std::vector<std::uint8_t> octets(text.begin(), text.end());
    Message message;
    CHECK(parse_malformed(octets, message).outcome == Outcome::complete);
    CHECK(message.method == Method::unknown);
    CHECK(message.method_text == "Please");
    REQUIRE(message.issues.size() == 1);
    CHECK(message.issues[0].code == "sip-start-line");
}
