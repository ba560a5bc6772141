#include "cli/live_options.hpp"

#include <doctest/doctest.h>

#include "cli/failure.hpp"

using namespace rungs;
using namespace rungs::cli;

TEST_CASE("live options: -b and -a have dumpcap's words and units") {
    Rotation rotation;
    parse_rotation("duration:3600", rotation);
    parse_rotation("filesize:100", rotation);
    parse_rotation("files:24", rotation);
    CHECK(rotation.seconds == 3600);
    CHECK(rotation.octets == 100'000);
    CHECK(rotation.files == 24);
    AutoStop stop;
    parse_auto_stop("duration:60", stop);
    parse_auto_stop("filesize:2", stop);
    CHECK(stop.seconds == 60);
    CHECK(stop.octets == 2000);
}

TEST_CASE("live options: what is no setting is refused with what it could be") {
    Rotation rotation;
    for (const char* word : {"", "duration", "duration:", "duration:0", "duration:-1", "duration:1x",
                             "files:9999999999999", "hours:2"}) {
        CAPTURE(word);
        CHECK_THROWS_AS(parse_rotation(word, rotation), Failure);
    }
    try {
        parse_rotation("filesiz:3", rotation);
        FAIL("must not be taken");
    } catch (const Failure& failure) {
        CHECK(failure.error.hint.find("filesize") != std::string::npos);
    }
}

TEST_CASE("live options: the page is for this machine unless it is told otherwise") {
    const ServeAddress v4 = parse_serve("127.0.0.1:8080", false);
    CHECK(v4.host == "127.0.0.1");
    CHECK(v4.port == 8080);
    CHECK(parse_serve("[::1]:0", false).host == "::1");
    CHECK(parse_serve("192.0.2.1:80", true).host == "192.0.2.1");
    for (const char* word :
         {"192.0.2.1:80", "0.0.0.0:80", "[::]:80", "127.0.0.1", "localhost:80", ":80", ""}) {
        CAPTURE(word);
        CHECK_THROWS_AS(parse_serve(word, false), Failure);
    }
}

TEST_CASE("live options: sizes") {
    CHECK(parse_octets("-B", "2048", 1024) == 2U << 20U);
    CHECK(parse_octets("-B", "16M", 1024) == 16U << 20U);
    CHECK(parse_octets("-s", "64K", 1) == 65'536);
    for (const char* word : {"", "M", "0", "3G", "-1", "4096M", "99999999999"}) {
        CAPTURE(word);
        CHECK_THROWS_AS(parse_octets("-B", word, 1024), Failure);
    }
}

TEST_CASE("live options: files of a rotation are named as dumpcap names them") {
    // date -u -d 2026-11-21T16:30:05Z +%s
    const Timestamp time{1'795'278'605'000'000'000};
    CHECK(rotated_name("/tmp/calls.pcapng", 7, time) == "/tmp/calls_00007_20261121163005.pcapng");
    CHECK(rotated_name("calls", 12345, time) == "calls_12345_20261121163005");
}
