#include "reports/html_block.hpp"

#include <array>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <zlib.h>

#include "core/bytes.hpp"

using rungs::as_bytes;
using rungs::reports::HtmlBlock;
using rungs::reports::HtmlData;
using rungs::reports::StringSink;

namespace {

std::string block(std::string_view text, HtmlData how, std::size_t plain_octets) {
    StringSink sink;
    HtmlBlock block("data", how, sink, plain_octets);
    for (std::size_t at = 0; at < text.size(); at += 1000) block.write(text.substr(at, 1000));
    block.finish();
    return sink.text();
}

constexpr std::string_view gzip_tag = "<script type=\"application/gzip\" id=\"data\">";
constexpr std::string_view end_tag = "</script>\n";

/// What a compressed block holds, unpacked by zlib.
std::string unpacked(std::string_view page, std::size_t size) {
    REQUIRE(page.starts_with(gzip_tag));
    REQUIRE(page.ends_with(end_tag));
    const std::string base64(page.substr(gzip_tag.size(), page.size() - gzip_tag.size() - end_tag.size()));
    std::vector<std::uint8_t> packed(base64.size());
    const std::vector<std::uint8_t> text(base64.begin(), base64.end());
    REQUIRE(EVP_DecodeBlock(packed.data(), text.data(), static_cast<int>(text.size())) > 0);
    std::vector<std::uint8_t> octets(size + 1);
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
    stream.next_in = packed.data();
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = octets.data();
    stream.avail_out = static_cast<uInt>(octets.size());
    CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
    octets.resize(octets.size() - stream.avail_out);
    inflateEnd(&stream);
    return {octets.begin(), octets.end()};
}

/// Text that hardly compresses, so that more than one piece of Base64 is written.
std::string noise(std::size_t size) {
    std::string text;
    std::uint32_t state = 1;
    while (text.size() < size) {
        state = state * 1664525 + 1013904223;
        text += static_cast<char>(' ' + (state >> 24U) % 90);
    }
    return text;
}

} // namespace

TEST_CASE("a small block is plain JSON that no browser takes for markup") {
    CHECK(block("{\"a\":\"</script><b>&\"}", HtmlData::automatic, 100) ==
          "<script type=\"application/json\" "
          "id=\"data\">{\"a\":\"\\u003c/script\\u003e\\u003cb\\u003e\\u0026\"}"
          "</script>\n");
}

TEST_CASE("a block is compressed when it is larger than the limit") {
    const std::string at_limit(5000, 'x');
    CHECK(block(at_limit, HtmlData::automatic, 5000).find(at_limit) != std::string::npos);
    CHECK(unpacked(block(at_limit + "y", HtmlData::automatic, 5000), 5001) == at_limit + "y");
    CHECK(block(at_limit + "y", HtmlData::plain, 5000).find(at_limit) != std::string::npos);
    CHECK(unpacked(block("{}", HtmlData::gzip, 5000), 2) == "{}");
}

TEST_CASE("compressed blocks of any size come back whole") {
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{49'151}, std::size_t{49'152}, std::size_t{300'001}}) {
        CAPTURE(size);
        const std::string text = noise(size);
        const std::string page = block(text, HtmlData::gzip, 0);
        CHECK(unpacked(page, size) == text);
        CHECK(page == block(text, HtmlData::gzip, 0));
    }
}
