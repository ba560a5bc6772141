#include <doctest/doctest.h>

#include "core/text.hpp"
#include "dissectors/sip/outline.hpp"
#include "tests/unit/dissectors/sip/support.hpp"

using namespace rungs;
using namespace rungs::sip;

namespace {

/// The outline of `sample` says what parsing it has said.
void check_same(const Sample& sample) {
    REQUIRE(sample.issues() == "-");
    const Message& parsed = sample.message;
    Message outline;
    REQUIRE(read_outline(as_text(parsed.bytes), outline));
    CHECK(outline.is_request == parsed.is_request);
    CHECK(outline.method == parsed.method);
    CHECK(outline.method_text == parsed.method_text);
    CHECK(outline.request_uri == parsed.request_uri);
    CHECK(outline.version == parsed.version);
    CHECK(outline.status == parsed.status);
    CHECK(outline.reason_phrase == parsed.reason_phrase);
    CHECK(outline.identity.cseq_number == parsed.identity.cseq_number);
    CHECK(outline.identity.cseq_method == parsed.identity.cseq_method);
    CHECK(outline.content_type == parsed.content_type);
    CHECK(outline.body == parsed.body);
    REQUIRE(outline.find(HeaderName::cseq) != nullptr);
    CHECK(outline.find(HeaderName::cseq)->offset == parsed.find(HeaderName::cseq)->offset);
}

} // namespace

TEST_CASE("the outline of a message is what parsing it has said") {
    check_same(Sample(request()));
    check_same(Sample(request("Content-Type: application/sdp\r\nContent-Length: 5\r\n", "v=0\r\n")));
    check_same(Sample(request("c : text/plain\r\nl: 2\r\nContact: <sip:a@192.0.2.1>\r\n", "hi")));
    check_same(Sample("sip/2.0 180 Ringing tone\r\nv: SIP/2.0/UDP a;branch=z9hG4bKx\r\nf: <sip:a@a>;tag=1\r\n"
                      "t: <sip:b@b>;tag=2\r\ni: x\r\ncseq :  12   INVITE\r\n\r\n"));
    check_same(Sample("SIP/2.0 200 \r\nVia: SIP/2.0/TCP a;branch=z9hG4bKx\r\nFrom: <sip:a@a>;tag=1\r\n"
                      "To: <sip:b@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 BYE\r\n\r\n"));
}

TEST_CASE("a message with folded headers has no outline") {
    const Sample sample(request("Subject: one\r\n two\r\n"));
    REQUIRE(sample.issues() == "-");
    Message outline;
    CHECK_FALSE(read_outline(as_text(sample.message.bytes), outline));
}
