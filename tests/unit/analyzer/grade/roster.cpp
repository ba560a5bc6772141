#include "analyzer/grade/roster.hpp"

#include <doctest/doctest.h>

using namespace rungs;
using namespace rungs::grade;

namespace {

using Positions = std::vector<std::size_t>;

Roster roster() {
    return parse_roster("id,name,extension,team,lms id,email\n"
                        "2021001,张三,1001,Team A,77,\n"
                        "2021002,李四,1002,Team A,,li@example.com\n"
                        "2021003,张伟,1003,,,\n"
                        "2021004,张伟,1004,,,\n"
                        "7,Ana Lee,1005,Team B,,\n")
        .value();
}

} // namespace

TEST_CASE("A roster in English, in Chinese, in GB18030") {
    const auto english =
        parse_roster("\xef\xbb\xbfStudent ID;Full_name;Ext\r\n2021001;\"Lee; Ana\";1001\r\n");
    REQUIRE(english);
    REQUIRE(english->students.size() == 1);
    CHECK(english->students[0].id == "2021001");
    CHECK(english->students[0].name == "Lee; Ana");
    CHECK(english->students[0].extension == "1001");
    const auto chinese =
        parse_roster("姓名\t学号\t分机\t小组\t标识符\n张三\t2021001\t1001\t一组\t参与人77\n");
    REQUIRE(chinese);
    CHECK(chinese->students[0].id == "2021001");
    CHECK(chinese->students[0].team == "一组");
    CHECK(chinese->students[0].lms_id == "77");
    // 学号,姓名 and 张三 in GB18030
    const auto gb = parse_roster("\xd1\xa7\xba\xc5,\xd0\xd5\xc3\xfb\n2021001,\xd5\xc5\xc8\xfd\n");
    REQUIRE(gb);
    CHECK(gb->students[0].name == "张三");
}

TEST_CASE("Lines that say nothing are left out, and told") {
    const auto read = parse_roster("id,name\n1,Ana\n,\n1,Ben\n2\n");
    REQUIRE(read);
    CHECK(read->students.size() == 2);
    REQUIRE(read->remarks.size() == 2);
    CHECK(read->remarks[0].en == "Line 3 of the roster has neither id nor name.");
    CHECK(read->remarks[1].en == "Line 4 of the roster repeats 1.");
    const auto none = parse_roster("2021001,张三\n");
    REQUIRE_FALSE(none);
    CHECK(none.error().message.find("2021001, 张三") != std::string::npos);
    CHECK_FALSE(parse_roster(""));
}

TEST_CASE("By number, then by exact name, then by team; nobody is guessed") {
    const Roster known = roster();
    const auto find = [&](const char* name) { return find_students(known, parse_name(name)); };
    CHECK(find("2021002_李四_实验1.zip").students == Positions{1});
    CHECK(find("lab1-2021002.zip").students == Positions{1});
    CHECK(find("实验1_张三.zip").students == Positions{0});
    CHECK(find("Ana Lee").students == Positions{4});
    CHECK(find("7.pcap").students == Positions{4});
    CHECK(find("lab_7.pcap").students.empty()); // rather the number of a task
    CHECK(find("张三丰.zip").students.empty());
    CHECK(find("ana lee").students.empty());
    CHECK(find("202100").students.empty());
    CHECK(find("Team A").students == Positions{0, 1});

    CHECK(find("张伟.zip").ambiguous);
    CHECK(find("2021004_张伟.zip").students == Positions{3});
    CHECK(find("2021001_李四.zip").ambiguous); // number and name disagree
    CHECK(find("2021001_2021002.zip").ambiguous);
}

TEST_CASE("Platforms' names find their students") {
    const Roster known = roster();
    const auto find = [&](const char* name) { return find_students(known, parse_name(name)); };
    CHECK(find("Ana Lee_501_assignsubmission_file_").students == Positions{4});
    CHECK(find("Somebody_77_assignsubmission_file_").students == Positions{0});
    CHECK(find("Participant_77_assignsubmission_file_").students == Positions{0});
    CHECK(find("Participant_78_assignsubmission_file_").students.empty());
    CHECK(find("Team A_12_assignsubmission_file_").students == Positions{0, 1});
    CHECK(find("张伟_502_assignsubmission_file_").ambiguous);
    CHECK(find("leeana_9_1_lab.pcap").students == Positions{4});
    CHECK(find("analee_9_1_lab.pcap").students == Positions{4});
    CHECK(find("张三_9_1_lab.pcap").students == Positions{0});
    // a user number of Canvas is no student number, even where they are equal
    CHECK(find("nobody_2021002_1_lab.pcap").students.empty());
}
