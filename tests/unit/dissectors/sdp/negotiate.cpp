#include <doctest/doctest.h>

#include <string>

#include "dissectors/sdp/description.hpp"

using namespace rungs;

namespace {

struct Exchange {
    std::string offer_text, answer_text;
    sdp::Description offer, answer;
    std::vector<sdp::NegotiatedMedia> lines;

    Exchange(std::string offered, std::string answered)
        : offer_text("v=0\nc=IN IP4 192.0.2.1\n" + offered),
          answer_text("v=0\nc=IN IP4 192.0.2.2\n" + answered) {
        REQUIRE(sdp::parse(offer_text, offer));
        REQUIRE(sdp::parse(answer_text, answer));
        lines = sdp::negotiate(offer, answer);
    }
};

sdp::Hold hold(const std::string& offered, const std::string& answered) {
    return Exchange("m=audio 1 RTP/AVP 0\n" + offered, "m=audio 2 RTP/AVP 0\n" + answered).lines[0].hold;
}

} // namespace

TEST_CASE("formats are those of the answer, by codec and not by number") {
    const Exchange exchange(
        "m=audio 1 RTP/AVP 0 8 97 101\na=rtpmap:97 iLBC/8000\na=rtpmap:101 telephone-event/8000\n",
        "m=audio 2 RTP/AVP 98 0 18\na=rtpmap:98 ilbc/8000/1\n");
    REQUIRE(exchange.lines.size() == 1);
    REQUIRE(exchange.lines[0].formats.size() == 2);
    CHECK(exchange.lines[0].formats[0]->payload_type == 98);
    CHECK(exchange.lines[0].formats[1]->encoding == "PCMU");
    CHECK_FALSE(exchange.lines[0].refused);
}

TEST_CASE("a stream refused, one missing, one too many") {
    const Exchange exchange("m=audio 1 RTP/AVP 0\nm=video 3 RTP/AVP 31\n",
                            "m=audio 2 RTP/AVP 0\nm=video 0 RTP/AVP 31\nm=image 5 udptl t38\n");
    REQUIRE(exchange.lines.size() == 3);
    CHECK(exchange.lines[0].formats.size() == 1);
    CHECK(exchange.lines[1].refused);
    CHECK(exchange.lines[1].formats.empty());
    CHECK(exchange.lines[2].offer == nullptr);
    const Exchange fewer("m=audio 1 RTP/AVP 0\nm=image 3 udptl t38\n", "m=audio 2 RTP/AVP 0\n");
    CHECK(fewer.lines[1].answer == nullptr);
}

TEST_CASE("T.38 is agreed on by its token") {
    const Exchange exchange("m=image 1 udptl t38\n", "m=image 2 udptl T38\n");
    CHECK(exchange.lines[0].formats.size() == 1);
}

TEST_CASE("hold: RFC 3264 section 8.4 and c=0.0.0.0") {
    CHECK(hold("", "") == sdp::Hold::none);
    CHECK(hold("a=sendonly\n", "a=recvonly\n") == sdp::Hold::by_offerer);
    CHECK(hold("a=recvonly\n", "a=sendonly\n") == sdp::Hold::by_answerer);
    CHECK(hold("a=inactive\n", "a=inactive\n") == sdp::Hold::both);
    CHECK(hold("c=IN IP4 0.0.0.0\n", "") == sdp::Hold::by_offerer);
    CHECK(hold("", "c=IN IP4 0.0.0.0\n") == sdp::Hold::by_answerer);
}
