#include "dissectors/sdp/description.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "core/limits/messages.hpp"
#include "dissectors/sdp/issues.hpp"

using namespace rungs;

namespace {

std::vector<std::string_view> codes(const sdp::Description& description) {
    std::vector<std::string_view> found;
    for (const Issue& issue : description.issues) found.push_back(issue.code);
    return found;
}

bool has(const sdp::Description& description, std::string_view code) {
    const auto found = codes(description);
    return std::find(found.begin(), found.end(), code) != found.end();
}

sdp::Description parsed(std::string_view text) {
    sdp::Description description;
    CHECK(sdp::parse(text, description));
    return description;
}

constexpr std::string_view head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

sdp::Description with_media(const std::string& lines) {
    static std::string text;
    text = std::string(head) + lines;
    return parsed(text);
}

} // namespace

TEST_CASE("the example of RFC 8866 section 5 is read without an issue") {
    const auto description = parsed("v=0\r\n"
                                    "o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\n"
                                    "s=Call to John Smith\r\n"
                                    "i=SDP Offer #1\r\n"
                                    "u=http://www.jdoe.example.com/home.html\r\n"
                                    "e=Jane Doe <jane@jdoe.example.com>\r\n"
                                    "p=+1 617 555-6011\r\n"
                                    "c=IN IP4 198.51.100.1\r\n"
                                    "t=0 0\r\n"
                                    "m=audio 49170 RTP/AVP 0\r\n"
                                    "m=audio 49180 RTP/AVP 0\r\n"
                                    "m=video 51372 RTP/AVP 99\r\n"
                                    "c=IN IP6 2001:db8::2\r\n"
                                    "a=rtpmap:99 h263-1998/90000\r\n");
    CHECK(codes(description).empty());
    CHECK(description.origin.username == "jdoe");
    CHECK(description.origin.session_version == "3724394405");
    CHECK(description.session_name == "Call to John Smith");
    REQUIRE(description.media.size() == 3);
    CHECK(description.media[0].formats[0].encoding == "PCMU");
    CHECK(description.media[0].formats[0].clock_rate_hz == 8000);
    CHECK(description.media[1].connection == IpAddress::parse("198.51.100.1"));
    CHECK(description.media[2].connection == IpAddress::parse("2001:db8::2"));
    CHECK(description.media[2].formats[0].encoding == "h263-1998");
    CHECK(description.media[2].formats[0].clock_rate_hz == 90000);
}

TEST_CASE("attributes of a media line") {
    const auto description = with_media("a=sendonly\r\n"
                                        "m=audio 5004/2 RTP/SAVPF 111 0 101\r\n"
                                        "i=voice\r\n"
                                        "a=rtpmap:111 opus/48000/2\r\n"
                                        "a=fmtp:111 minptime=10; useinbandfec=1\r\n"
                                        "a=rtpmap:101 telephone-event/8000\r\n"
                                        "a=fmtp:101 0-16\r\n"
                                        "a=ptime:20\r\n"
                                        "a=rtcp:53020 IN IP4 192.0.2.9\r\n"
                                        "a=rtcp-mux\r\n"
                                        "a=ice-ufrag:8hhY\r\n"
                                        "a=fingerprint:sha-256 00:11\r\n"
                                        "m=video 5006 RTP/AVP 31\r\n"
                                        "a=inactive\r\n"
                                        "a=rtcp:6000\r\n");
    CHECK(codes(description).empty());
    REQUIRE(description.media.size() == 2);
    const auto& audio = description.media[0];
    CHECK(audio.port == 5004);
    CHECK(audio.port_count == 2);
    CHECK(audio.protocol == "RTP/SAVPF");
    CHECK(audio.title == "voice");
    CHECK(audio.direction == sdp::Direction::sendonly);
    CHECK(audio.formats[0].encoding == "opus");
    CHECK(audio.formats[0].clock_rate_hz == 48000);
    CHECK(audio.formats[0].encoding_parameters == "2");
    CHECK(audio.formats[0].fmtp == "minptime=10; useinbandfec=1");
    CHECK(audio.formats[2].fmtp == "0-16");
    CHECK(audio.ptime_ms == 20);
    CHECK(to_string(audio.rtcp.value()) == "192.0.2.9:53020");
    CHECK(audio.rtcp_mux);
    CHECK(audio.ice);
    CHECK(audio.secure);
    const auto& video = description.media[1];
    CHECK(video.direction == sdp::Direction::inactive);
    CHECK(to_string(video.rtcp.value()) == "192.0.2.1:6000");
    CHECK_FALSE(video.secure);
    CHECK(description.attributes.size() == 1);
}

TEST_CASE("T.38 has a format that is no payload type") {
    const auto description = with_media("m=image 4567 udptl t38\r\na=T38FaxVersion:0\r\n");
    CHECK(codes(description).empty());
    CHECK(description.media[0].type == "image");
    CHECK(description.media[0].formats[0].text == "t38");
    CHECK_FALSE(description.media[0].formats[0].payload_type);
}

TEST_CASE("MSN Messenger's oddities are read and said") {
    const auto description = with_media("m=audio 36772 RTP/AVP 97 0 3 101\r\n"
                                        "a=rtpmap:97 red/8000\r\n"
                                        "a=rtpmap: 3 GSM/8000\r\n"
                                        "a=rtpmap:101 telephone-event/8000\r\n"
                                        "a=fmp:101 0-16\r\n"
                                        "encryption:rejected\r\n");
    CHECK(codes(description) == std::vector{sdp::issue::attribute_misspelt, sdp::issue::attribute_without_a});
    CHECK(description.media[0].formats[2].encoding == "GSM");
    CHECK(description.media[0].formats[3].fmtp == "0-16");
    CHECK(description.media[0].attributes.back().name == "encryption");
    CHECK(description.media[0].attributes.back().value == "rejected");
    CHECK(description.issues[1].offset == description.media[0].offset + 34 + 22 + 22 + 35 + 16);
}

TEST_CASE("a skeleton is kept and everything missing is said") {
    const auto description = parsed("v=0\no=ana@lab.example 127.0.0.1\ns=x\nt=0\nm=audio 23032 RTP\n");
    CHECK(codes(description) == std::vector{sdp::issue::origin_malformed, sdp::issue::time_malformed,
                                            sdp::issue::media_without_formats,
                                            sdp::issue::connection_missing});
    CHECK(description.origin.username == "ana@lab.example");
    CHECK(description.origin.address == "127.0.0.1");
    REQUIRE(description.media.size() == 1);
    CHECK(description.media[0].port == 23032);
    CHECK_FALSE(description.media[0].connection.is_set());
}

TEST_CASE("absurd numbers and octets stay harmless") {
    const auto description = with_media("m=audio 99999999999999999999 RTP/AVP 0 128 4294967296 -1 0\r\n"
                                        "a=rtpmap:96 x/99999999999999999999\r\n"
                                        "a=ptime:99999999999\r\n"
                                        "a=rtcp:70000\r\n");
    CHECK(codes(description) == std::vector{sdp::issue::media_port, sdp::issue::payload_type,
                                            sdp::issue::payload_type, sdp::issue::payload_type,
                                            sdp::issue::payload_type_repeated, sdp::issue::rtpmap_malformed,
                                            sdp::issue::payload_type_not_listed, sdp::issue::ptime_malformed,
                                            sdp::issue::rtcp_malformed});
    CHECK(description.media[0].port == 0);
    CHECK(description.media[0].formats.size() == 5);
    CHECK_FALSE(description.media[0].formats[1].payload_type);

    using namespace std::string_literals;
    CHECK(has(parsed("v=0\r\ns=a\0b\r\n"s), sdp::issue::nul));
}

TEST_CASE("lines that are none, empty lines, order and unknown types") {
    const auto description =
        parsed("v=1\ns=-\no=- 1 1 IN IP4 192.0.2.1\n\nthis is no line\nx=1\n t=0 0\nv=0\n\n");
    CHECK(codes(description) == std::vector{sdp::issue::version_unknown, sdp::issue::line_order,
                                            sdp::issue::empty_line, sdp::issue::line_malformed,
                                            sdp::issue::line_type_unknown, sdp::issue::leading_blank,
                                            sdp::issue::line_repeated});
    CHECK(description.issues[3].offset == 34);
    CHECK(description.issues[3].found == "this is no line");
}

TEST_CASE("a dynamic payload type needs an rtpmap") {
    CHECK(has(with_media("m=audio 1 RTP/AVP 96\r\n"), sdp::issue::payload_type_unmapped));
    CHECK_FALSE(has(with_media("m=audio 1 RTP/AVP 0\r\n"), sdp::issue::payload_type_unmapped));
}

TEST_CASE("limits stop on both sides") {
    std::string formats = "m=audio 1 RTP/AVP";
    for (std::size_t i = 0; i < limits::sdp_formats; ++i) formats += " 0";
    CHECK_FALSE(has(with_media(formats + "\r\n"), sdp::issue::format_limit));
    const auto more_formats = with_media(formats + " 8\r\n");
    CHECK(more_formats.media[0].formats.size() == limits::sdp_formats);

    std::string lines;
    for (std::size_t i = 0; i < limits::sdp_media; ++i) lines += "m=audio 1 RTP/AVP 0\r\n";
    CHECK_FALSE(has(with_media(lines), sdp::issue::media_limit));
    const auto more_media =
        with_media(lines + "m=audio 2 RTP/AVP 0\r\na=sendonly\r\nm=audio 3 RTP/AVP 0\r\n");
    CHECK(more_media.media.size() == limits::sdp_media);
    CHECK(more_media.media.back().direction == sdp::Direction::unspecified);
    CHECK(more_media.direction == sdp::Direction::unspecified);
    CHECK(codes(more_media) == std::vector{sdp::issue::media_limit});

    std::string attributes;
    for (std::size_t i = 0; i < limits::sdp_attributes; ++i) attributes += "a=x\r\n";
    CHECK_FALSE(has(with_media(attributes), sdp::issue::attribute_limit));
    CHECK(has(with_media(attributes + "a=x\r\n"), sdp::issue::attribute_limit));

    std::string rubbish;
    for (std::size_t i = 0; i < 10 * limits::issues; ++i) rubbish += "?\n";
    CHECK(with_media(rubbish).issues.size() == limits::issues);
}

TEST_CASE("text that is no description") {
    sdp::Description description;
    CHECK_FALSE(sdp::parse("", description));
    CHECK_FALSE(sdp::parse("hello\r\n", description));
    CHECK(sdp::probe(" \r\nv=0\r\n"));
    CHECK_FALSE(sdp::probe("v=1"));
    CHECK_FALSE(sdp::probe(""));
}

TEST_CASE("every prefix of a description is safe to read") {
    const std::string text =
        std::string(head) + "m=audio 5004 RTP/AVP 97 0\r\na=rtpmap:97 red/8000/1\r\na=rtcp:1 IN IP4 ::1";
    sdp::Description description;
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const auto block = std::make_unique<char[]>(size);
        std::copy_n(text.data(), size, block.get());
        CHECK(sdp::parse({block.get(), size}, description) == (size >= 2));
    }
}

TEST_CASE("reading again starts from nothing") {
    sdp::Description description;
    REQUIRE(sdp::parse("v=0\nm=audio 1 RTP/AVP 0 8\na=rtcp-mux\na=sendonly\n", description));
    const auto* formats = description.media[0].formats.data();
    REQUIRE(sdp::parse("v=0\nm=video 2 RTP/AVP 34\n", description));
    REQUIRE(description.media.size() == 1);
    CHECK(description.media[0].formats.data() == formats); // the memory is used again
    CHECK(description.media[0].formats.size() == 1);
    CHECK(description.media[0].attributes.empty());
    CHECK_FALSE(description.media[0].rtcp_mux);
    CHECK(description.media[0].direction == sdp::Direction::unspecified);
}
