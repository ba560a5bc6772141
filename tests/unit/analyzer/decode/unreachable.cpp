#include "analyzer/decode/unreachable.hpp"

#include <string>

#include <doctest/doctest.h>

#include "analyzer/pipeline.hpp"

using namespace rungs;

TEST_CASE("port unreachable belongs to the INVITE and to the media that it quotes") {
    const auto analysis = analyze({std::string(RUNGS_SOURCE_DIR) + "/samples/students/silence.pcap"});
    REQUIRE(analysis);
    std::size_t about_media = 0, about_messages = 0;
    for (const Finding& finding : analysis->findings) {
        if (finding.code != "port-unreachable") continue;
        CHECK_FALSE(finding.frames.empty());
        const bool media = finding.text.find("media from") != std::string::npos;
        ++(media ? about_media : about_messages);
        if (!media) CHECK(analysis->call(finding.call).kind == CallKind::call);
    }
    CHECK(about_messages == 1);
    CHECK(about_media <= 1);
}
