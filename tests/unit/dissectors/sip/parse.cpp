#include <doctest/doctest.h>

#include "core/limits/messages.hpp"
#include "core/text.hpp"
#include "tests/unit/dissectors/sip/support.hpp"

using namespace rungs;
using namespace rungs::sip;

TEST_CASE("a plain request is read without a fault") {
    const Sample sample(request("Content-Length: 0\r\n"));
    CHECK(sample.probed == Probe::certain);
    CHECK(sample.issues() == "-");
    CHECK(sample.message.method == Method::options);
    CHECK(sample.message.request_uri == "sip:bob@example.com");
    CHECK(sample.message.version == "SIP/2.0");
    CHECK(sample.message.identity.from_display_name == "Alice");
    CHECK(sample.message.content_length == 0);
    CHECK(sample.parsed.consumed == sample.bytes().size());
}

TEST_CASE("a response takes its method from CSeq") {
    const Sample sample(
        "SIP/2.0 180 Ringing tone\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKx\r\nf: <sip:a@a>;tag=1\r\n"
        "t: <sip:b@b>;tag=2\r\ni: x\r\nCSeq: 1 INVITE\r\n\r\n");
    CHECK_FALSE(sample.message.is_request);
    CHECK(sample.message.status == 180);
    CHECK(sample.message.reason_phrase == "Ringing tone");
    CHECK(sample.message.method == Method::invite);
    CHECK(sample.issues() == "-");
}

TEST_CASE("offsets count from the start line, whatever stands before it") {
    const Sample sample("\r\n\r\n" + request());
    CHECK(sample.probed == Probe::certain);
    CHECK(sample.message.junk_before == 4);
    CHECK(sample.message.headers.front().offset == 37);
    CHECK(as_text(sample.message.bytes).starts_with("OPTIONS"));
    CHECK(sample.parsed.consumed == sample.bytes().size());
    CHECK(sample.issues() == "-");
}

TEST_CASE("keep-alives are no message") {
    for (const std::string_view text : {std::string_view("\r\n\r\n"), std::string_view("\0\0\0\0", 4)}) {
        const Sample sample(text);
        CHECK(sample.probed == Probe::no);
        CHECK(sample.parsed.outcome == Outcome::malformed);
        CHECK(sample.parsed.consumed == 4);
        CHECK(sample.parsed.reason == "sip-keep-alive");
    }
}

TEST_CASE("junk lines before the start line are skipped, within 64 octets") {
    const Sample near("some junk\r\n" + request());
    CHECK(near.probed == Probe::maybe);
    CHECK(near.message.junk_before == 11);
    CHECK(near.issues() == "warning:sip-junk-before-start-line");
    const Sample far(std::string(65, 'x') + "\r\n" + request());
    CHECK(far.probed == Probe::no);
    CHECK(far.parsed.outcome == Outcome::malformed);
}

TEST_CASE("lines may end in LF, in CR or in LF CR") {
    const auto with_line_end = [](std::string_view line_end) {
        std::string text;
        for (const char c : request())
            if (c == '\n') {
                text += line_end;
            } else if (c != '\r') {
                text += c;
            }
        return Sample(text);
    };
    const Sample feed = with_line_end("\n");
    CHECK(feed.issues() == "warning:sip-bare-lf");
    const Sample carriage = with_line_end("\r");
    CHECK(carriage.issues() == "warning:sip-bare-cr");
    const Sample swapped = with_line_end("\n\r");
    for (const Sample* sample : {&feed, &carriage, &swapped}) {
        CHECK(sample->message.headers.size() == 6);
        CHECK(sample->message.identity.call_id == "c1@192.0.2.1");
        CHECK(trim(sample->message.body).empty());
    }
}

TEST_CASE("header lines that are none are kept and named") {
    const Sample sample(
        request("no colon here\r\n: no name\r\nWWW Authenticate: Digest nonce=1\r\nX\t : y\r\n"));
    CHECK(sample.message.headers.size() == 10);
    CHECK(sample.issues() == "error:sip-header-name,error:sip-header-no-colon");
    CHECK(sample.message.headers[6].value == "no colon here");
    CHECK(sample.message.headers[8].name_text == "WWW Authenticate");
    CHECK(sample.message.find("x")->value.empty() == false);
}

TEST_CASE("a datagram without the empty line is a message") {
    std::string text = request();
    text.resize(text.size() - 4);
    const Sample sample(text);
    CHECK(sample.parsed.outcome == Outcome::complete);
    CHECK(sample.message.identity.cseq_method == "OPTIONS");
    CHECK(sample.issues() == "warning:sip-headers-unterminated");
}

TEST_CASE("NUL octets and octets that are not UTF-8 are said and kept") {
    const Sample sample(request(std::string("Subject: a\0b\xff\r\n", 15)));
    CHECK(sample.message.find(HeaderName::subject)->value == std::string_view("a\0b\xff", 4));
    CHECK(sample.issues() == "note:sip-nul,warning:sip-not-utf8");
}

TEST_CASE("Content-Length decides in a datagram only when it can") {
    CHECK(Sample(request("l: 2\r\nc: text/plain\r\n", "abcd")).message.body == "ab");
    const Sample large(request("l: 9\r\nc: text/plain\r\n", "abcd"));
    CHECK(large.message.body == "abcd");
    CHECK(large.issues() == "error:sip-content-length-too-large");
    for (const std::string_view odd :
         {"-1", "+5", "0x10", "", "abc", "1 2", "10, 20", "99999999999999999999"}) {
        const Sample sample(request("l: " + std::string(odd) + "\r\nc: text/plain\r\n", "abcd"));
        CHECK(sample.message.body == "abcd");
        CHECK(sample.issues() == "error:sip-content-length");
    }
}

TEST_CASE("a stream asks for more until the message is whole, then leaves the rest") {
    const std::string one = request("Content-Length: 4\r\nContent-Type: text/plain\r\n", "abcd");
    const std::string two = one + request();
    for (std::size_t size = 1; size < one.size(); ++size)
        CHECK(Sample(two.substr(0, size), Framing::stream).parsed.outcome == Outcome::need_more);
    const Sample whole(two, Framing::stream);
    CHECK(whole.parsed.outcome == Outcome::complete);
    CHECK(whole.parsed.consumed == one.size());
    CHECK(whole.message.body == "abcd");
    CHECK(whole.issues() == "-");
}

TEST_CASE("on a stream a missing Content-Length means no body, and is an issue") {
    const Sample sample(request({}, "SIP/2.0 200 OK\r\n"), Framing::stream);
    CHECK(sample.parsed.consumed == request().size());
    CHECK(sample.message.body.empty());
    CHECK(sample.issues() == "error:sip-content-length-missing");
}

TEST_CASE("a message longer than the limit is refused on a stream") {
    const Sample promised(request("Content-Length: 1048577\r\n"), Framing::stream);
    CHECK(promised.parsed.outcome == Outcome::malformed);
    CHECK(promised.parsed.reason == "sip-message-too-long");
    const Sample endless(request().substr(0, 37) + "X-Long: " + std::string(limits::message_octets, 'x'),
                         Framing::stream);
    CHECK(endless.parsed.outcome == Outcome::malformed);
    CHECK(endless.parsed.consumed >= 1);
}

TEST_CASE("a line that is not SIP is skipped on a stream") {
    const Sample sample("HELLO world\r\n" + request("l: 0\r\n").substr(0, 20), Framing::stream);
    CHECK(sample.parsed.outcome == Outcome::malformed);
    CHECK(sample.parsed.consumed == 13);
    CHECK(sample.parsed.reason == "sip-start-line");
}

TEST_CASE("headers past the limit are counted out but still identify the message") {
    const auto with_headers = [](std::size_t count) {
        std::string text = "OPTIONS sip:b@example.com SIP/2.0\r\n";
        for (std::size_t i = 1; i < count; ++i) text += "Accept: a/b\r\n";
        return Sample(text + "Call-ID: last\r\n\r\n");
    };
    const Sample at_limit = with_headers(limits::headers);
    CHECK(at_limit.issues().find("sip-too-many-headers") == std::string::npos);
    const Sample above = with_headers(limits::headers + 1);
    CHECK(above.message.headers.size() == limits::headers);
    CHECK(above.message.identity.call_id == "last");
    CHECK(above.issues().find("sip-too-many-headers") != std::string::npos);
}

TEST_CASE("no more issues than the limit") {
    std::string lines;
    for (int i = 0; i < 100; ++i) lines += "no colon\r\n";
    CHECK(Sample(request(lines)).message.issues.size() == limits::issues);
}

TEST_CASE("a message that is reused forgets everything and keeps its room") {
    Message message;
    const std::string first = request("Subject: x\r\n"), second = "SIP/2.0 100 Trying\r\n\r\n";
    parse(as_bytes(first), Framing::datagram, message);
    const auto room = message.headers.capacity();
    parse(as_bytes(second), Framing::datagram, message);
    CHECK(message.headers.empty());
    CHECK(message.headers.capacity() == room);
    CHECK(message.request_uri.empty());
    CHECK(message.identity.call_id.empty());
}

TEST_CASE("with the identity alone, values that identify nothing are not judged") {
    const std::string text = request("Contact: <sip:\r\nExpires: soon\r\nRoute: <\r\n");
    const Sample all(text);
    CHECK(all.message.issues.size() >= 3);
    Message message;
    const Parsed parsed = parse(as_bytes(text), Framing::datagram, message, Checks::identity);
    CHECK(parsed.outcome == Outcome::complete);
    CHECK(parsed.consumed == all.parsed.consumed);
    CHECK(message.issues.empty());
    CHECK(message.headers.size() == all.message.headers.size());
    CHECK(message.identity.call_id == all.message.identity.call_id);
    CHECK(message.identity.from_tag == all.message.identity.from_tag);
    CHECK(message.identity.branch == all.message.identity.branch);
    CHECK(message.identity.cseq_number == all.message.identity.cseq_number);
    CHECK(message.content_length == all.message.content_length);
}
