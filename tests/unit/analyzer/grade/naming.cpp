#include "analyzer/grade/naming.hpp"

#include <ctime>

#include <doctest/doctest.h>

using namespace rungs;
using namespace rungs::grade;

TEST_CASE("Moodle's names") {
    NameParts parts = parse_name("Ana Lee_12345_assignsubmission_file_");
    CHECK(parts.source == NameSource::moodle);
    CHECK(parts.name == "Ana Lee");
    CHECK(parts.lms_id == "12345");
    CHECK(parts.file.empty());
    CHECK_FALSE(parts.anonymous);
    CHECK(parse_name("张三_12345_assignsubmission_file").name == "张三"); // 4.1 and later
    CHECK(parse_name("Ana Lee_12345_assignsubmission_onlinetext_onlinetext.html").lms_id == "12345");
    CHECK(parse_name("Ana Lee_12345_assignsubmission_file_my_lab.pcap").file == "my_lab.pcap");
    CHECK(parse_name("_12345_assignsubmission_file_").source == NameSource::moodle);
    CHECK(parse_name("Ana_Lee_12345_assignsubmission_file_").source != NameSource::moodle);
}

TEST_CASE("Moodle's blind marking hides names") {
    for (const char* name : {"Participant_77_assignsubmission_file_", "参与人_77_assignsubmission_file_",
                             "Group A-Participant_77_assignsubmission_file_x.pcap"}) {
        const NameParts parts = parse_name(name);
        CHECK(parts.anonymous);
        CHECK(parts.name.empty());
        CHECK(parts.lms_id == "77");
    }
}

TEST_CASE("Canvas' names") {
    NameParts parts = parse_name("leeana_LATE_123_456_lab.pcap");
    CHECK(parts.source == NameSource::canvas);
    CHECK(parts.name == "leeana");
    CHECK(parts.lms_id == "123");
    CHECK(parts.file == "lab.pcap");
    CHECK(parts.late);
    parts = parse_name("leeana_123_456_my_lab-1.pcap");
    CHECK(parts.file == "my_lab-1.pcap");
    CHECK_FALSE(parts.late);
    parts = parse_name("anon_aB3xY_LATE_456_lab.pcap");
    CHECK(parts.anonymous);
    CHECK(parts.lms_id == "anon_aB3xY");
    CHECK(parts.late);
    CHECK(parse_name("leeana_anon_aB3xY_456_lab.pcap").anonymous);
    CHECK(parse_name("lab_1.pcap").source == NameSource::plain);
}

TEST_CASE("Blackboard's names") {
    const NameParts parts = parse_name("SIP Lab_alee7_attempt_2026-11-20-08-15-30_lab_1.pcap");
    CHECK(parts.source == NameSource::blackboard);
    CHECK(parts.id == "alee7");
    CHECK(parts.file == "lab_1.pcap");
    REQUIRE(parts.handed_in.has_value());
    const std::time_t seconds = static_cast<std::time_t>(parts.handed_in->ns / 1'000'000'000);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    CHECK(local.tm_year == 126);
    CHECK(local.tm_mon == 10);
    CHECK(local.tm_mday == 20);
    CHECK(local.tm_hour == 8);
    CHECK(local.tm_sec == 30);
    CHECK(parse_name("SIP Lab_alee7_attempt_2026-11-20-08-15-30.txt").id == "alee7");
}

TEST_CASE("Numbers and Chinese names") {
    for (const char* name : {"2021001_张三_实验1.zip", "2021001-张三-实验1.pcapng", "2021001张三.rar",
                             "2021001 张三 实验一", "张三_2021001_实验1.7z", "张三2021001.zip"}) {
        const NameParts parts = parse_name(name);
        CHECK_MESSAGE(parts.source == NameSource::numbered, name);
        CHECK(parts.id == "2021001");
        CHECK(parts.name == "张三");
    }
    CHECK(parse_name("B2021001_古丽·买买提_实验1.zip").name == "古丽·买买提");
    CHECK(parse_name("实验_2021001_张三.zip").source == NameSource::plain);
    CHECK(parse_name("20261121_call.pcap").source == NameSource::plain);
    CHECK(parse_name("张三.pcap").source == NameSource::plain);
    CHECK(parse_name("张三.pcap").name == "张三");
}

TEST_CASE("A pattern names its groups") {
    const auto pattern = NamePattern::compile(R"(lab\d-(?P<id>[a-z]\d+))");
    REQUIRE(pattern);
    CHECK(pattern->match("lab1-u17.zip")->id == "u17");
    CHECK_FALSE(pattern->match("u17.zip").has_value());
    CHECK(NamePattern::compile("(?P<name>.+)")->match("x")->name == "x");
    CHECK_FALSE(NamePattern::compile("(?P<name>x*)")->match("y").has_value());
    CHECK(NamePattern::compile("(").error().message.find("missing )") != std::string::npos);
    CHECK(NamePattern::compile("(.*)").error().message.find("no group named id or name") !=
          std::string::npos);
}

TEST_CASE("Endings and Canvas' short names") {
    CHECK(without_ending("a.pcap.gz") == "a");
    CHECK(without_ending("a.b.ZIP") == "a.b");
    CHECK(without_ending(".zip") == ".zip");
    CHECK(squash("Lee, Ana-Maria") == "leeanamaria");
    CHECK(squash("张三") == "张三");
}
