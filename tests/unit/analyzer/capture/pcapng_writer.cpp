#include "analyzer/capture/pcapng_writer.hpp"

#include <doctest/doctest.h>

#include "tests/support/captures.hpp"

using namespace rungs;

TEST_CASE("pcapng writer: what is written is read again") {
    std::vector<capture::Summary> interfaces(2);
    interfaces[0].path = "eth0";
    interfaces[0].link_types = {1};
    interfaces[1].path = "any";
    interfaces[1].link_types = {276};
    std::string file = capture::pcapng_head(interfaces, "rungs test");

    const std::string first = test::packet(61), second = test::packet(60, 9);
    Frame frame;
    frame.time = {1'790'000'000'123'456'789};
    frame.bytes = as_bytes(first);
    frame.original_length = 1500;
    capture::append_pcapng_packet(file, frame);
    frame.time = {1'790'000'001'000'000'001};
    frame.bytes = as_bytes(second);
    frame.original_length = 60;
    frame.capture = 1;
    capture::append_pcapng_packet(file, frame);
    file +=
        capture::pcapng_statistics(std::vector<capture::DeviceCounters>{{2, 1, 0}, {0, 0, 0}}, frame.time);

    const test::TemporaryFile temporary(file);
    auto source = capture::open({temporary.path()}).value();
    capture::FrameBatch batch;
    REQUIRE(source->next(batch));
    REQUIRE(batch.frames.size() == 2);
    CHECK(batch.frames[0].time.ns == 1'790'000'000'123'456'789);
    CHECK(as_text(batch.frames[0].bytes) == first);
    CHECK(batch.frames[0].original_length == 1500);
    CHECK(batch.frames[0].link_type == 1);
    CHECK(batch.frames[1].time.ns == 1'790'000'001'000'000'001);
    CHECK(as_text(batch.frames[1].bytes) == second);
    CHECK(batch.frames[1].link_type == 276);
    CHECK_FALSE(source->next(batch));
    CHECK(source->captures().front().remarks.empty());
    CHECK_FALSE(source->captures().front().truncated);
}
