#include "analyzer/grade/intake.hpp"

#include <algorithm>
#include <filesystem>

#include <doctest/doctest.h>

#include "core/limits/grade.hpp"
#include "tests/support/archives.hpp"

using namespace rungs;
using namespace rungs::grade;
using test::ArchiveKind;

namespace {

Item file(const std::string& path, std::string octets = "x", std::int64_t second = 100) {
    bool ignored = false;
    return {entry_path(path, ignored), std::move(octets), Timestamp{second * 1'000'000'000}, {}};
}

std::vector<Item> items(std::initializer_list<const char*> paths) {
    std::vector<Item> all;
    for (const char* path : paths) all.push_back(file(path));
    return all;
}

/// `id: file, file` for each submission.
std::vector<std::string> summary(const ClassWork& work) {
    std::vector<std::string> lines;
    for (const Submission& submission : work.submissions) {
        std::string line = submission.id + ":";
        for (const SubmittedFile& each : submission.files) line += " " + each.name;
        lines.push_back(line);
    }
    return lines;
}

bool has(const std::vector<Remark>& remarks, std::string_view code) {
    return std::ranges::find(remarks, code, &Remark::code) != remarks.end();
}

Roster roster(std::string_view csv) {
    return parse_roster(csv).value();
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("A folder for each student") {
    const ClassWork work = sort_out(items({"ben/b.pcap", "ana/sub/a.pcap", "ana/c.pcap"}), nullptr, nullptr);
    CHECK(summary(work) == Lines{"ana: c.pcap sub/a.pcap", "ben: b.pcap"});
    CHECK(work.submissions[0].origin == "ana");
    CHECK(work.submissions[0].handed_in == Timestamp{100'000'000'000});
    CHECK(work.unmatched.empty());
}

TEST_CASE("Files of one folder, lists left aside") {
    const ClassWork work = sort_out(items({"ana.pcap", "ben.zip/1.pcap", "marks.xlsx"}), nullptr, nullptr);
    CHECK(summary(work) == Lines{"ana: ana.pcap", "ben: 1.pcap"});
    CHECK(work.unmatched == Lines{"marks.xlsx"});
}

TEST_CASE("A folder around everything is looked through") {
    const ClassWork work = sort_out(items({"class/ana/a.pcap", "class/ben/b.pcap"}), nullptr, nullptr);
    CHECK(summary(work) == Lines{"ana: a.pcap", "ben: b.pcap"});
    const ClassWork one = sort_out(items({"ana/a.pcap", "ana/b.pcap"}), nullptr, nullptr);
    CHECK(summary(one) == Lines{"ana: a.pcap b.pcap"});
}

TEST_CASE("Class folders") {
    const ClassWork work =
        sort_out(items({"一班/2021001_张三_实验1.zip/a.pcap", "一班/2021002_李四_实验1.pcap",
                        "二班/2021003_王五_实验1.pcap", "二班/2021004_赵六_实验1/x.pcap"}),
                 nullptr, nullptr);
    CHECK(summary(work) == Lines{"2021001: a.pcap", "2021002: 2021002_李四_实验1.pcap",
                                 "2021003: 2021003_王五_实验1.pcap", "2021004: x.pcap"});
    CHECK(work.submissions[0].name == "张三");
    // A student's own captures with dates and Chinese words are no class.
    const ClassWork own =
        sort_out(items({"ana/20261121_通话.pcap", "ana/20261121_拒接.pcap", "ben/20261121_通话.pcap"}),
                 nullptr, nullptr);
    CHECK(own.submissions.size() == 2);
    CHECK(own.submissions[0].id == "ana");
}

TEST_CASE("A download of Moodle") {
    const ClassWork work = sort_out(items({"Ana Lee_11_assignsubmission_file_/a.pcap",
                                           "Ana Lee_11_assignsubmission_onlinetext_/onlinetext.html",
                                           "Ana Lee_12_assignsubmission_file_/a.pcap", "note.txt"}),
                                    nullptr, nullptr);
    CHECK(summary(work) == Lines{"11: a.pcap onlinetext.html", "12: a.pcap"});
    CHECK(work.submissions[0].lms_id == "11");
    CHECK(work.submissions[0].name == "Ana Lee");
    CHECK_FALSE(has(work.submissions[0].remarks, "submission-repeated"));
    CHECK(work.unmatched == Lines{"note.txt"});

    const ClassWork flat = sort_out(
        items({"Ana Lee_11_assignsubmission_file_a.pcap", "Ana Lee_11_assignsubmission_file_b.pcap"}),
        nullptr, nullptr);
    CHECK(summary(flat) == Lines{"11: a.pcap b.pcap"});

    const ClassWork blind = sort_out(items({"参与人_11_assignsubmission_file_/a.pcap"}), nullptr, nullptr);
    CHECK(summary(blind) == Lines{"11: a.pcap"});
    CHECK(has(blind.remarks, "submission-anonymous"));
}

TEST_CASE("A download of Canvas") {
    const ClassWork work = sort_out(items({"leeana_LATE_5_1_a.pcap", "leeana_LATE_5_2_b.pcap",
                                           "wongben_6_3_c.pcap", "anon_xyz_4_d.pcap"}),
                                    nullptr, nullptr);
    CHECK(summary(work) == Lines{"5: a.pcap b.pcap", "6: c.pcap", "anon_xyz: d.pcap"});
    CHECK(work.submissions[0].late);
    CHECK_FALSE(work.submissions[1].late);
}

TEST_CASE("A roster decides, and lists what it does not know") {
    const Roster known =
        roster("学号,姓名,分机,小组\n2021001,张三,1001,A\n2021002,李四,1002,A\n2021003,王五,1003,\n");
    const ClassWork work = sort_out(
        items({"一班/2021001_张三/a.pcap", "一班/陌生人/2021003_b.pcap", "二班/李四.pcap", "readme.txt"}),
        &known, nullptr);
    CHECK(summary(work) == Lines{"2021001: a.pcap", "2021002: 李四.pcap"});
    CHECK(work.submissions[0].extension == "1001");
    CHECK(work.unmatched ==
          Lines{"readme.txt", "一班/陌生人"}); // nobody's folder is searched for other names
    REQUIRE(work.missing.size() == 1);
    CHECK(work.missing[0].id == "2021003");
    CHECK(work.missing[0].files.empty());
}

TEST_CASE("A team's work is each member's") {
    const Roster known =
        roster("id,name,team\n1001,Ana Lee,Team A\n1002,Ben Wong,Team A\n1003,Cat Xu,Team B\n");
    const ClassWork work = sort_out(items({"Team A_9_assignsubmission_file_/a.pcap"}), &known, nullptr);
    CHECK(summary(work) == Lines{"1001: a.pcap", "1002: a.pcap"});
    CHECK(work.submissions[0].files[0].octets == "x");
    CHECK(work.submissions[1].files[0].octets == "x");
    CHECK(work.missing.size() == 1);
}

TEST_CASE("Students of one name are told apart, or listed") {
    const Roster known = roster("id,name\n2021003,张伟\n2021004,张伟\n");
    const ClassWork work = sort_out(items({"2021003_张伟.pcap", "张伟.pcap"}), &known, nullptr);
    CHECK(summary(work) == Lines{"2021003: 2021003_张伟.pcap"});
    CHECK(work.unmatched == Lines{"张伟.pcap"});
    CHECK(has(work.remarks, "submission-ambiguous"));

    const auto pattern = NamePattern::compile("^(?P<name>张.)");
    const ClassWork apart = sort_out(items({"一班/张伟.pcap", "二班/张伟.pcap"}), nullptr, &*pattern);
    CHECK(summary(apart) == Lines{"一班/张伟.pcap: 张伟.pcap", "二班/张伟.pcap: 张伟.pcap"});
}

TEST_CASE("Two hand-ins of one student") {
    const ClassWork work =
        sort_out(items({"2021001_张三.zip/a.pcap", "2021001_张三_new.zip/a.pcap"}), nullptr, nullptr);
    CHECK(summary(work) == Lines{"2021001: 2021001_张三.zip/a.pcap 2021001_张三_new.zip/a.pcap"});
    CHECK(has(work.submissions[0].remarks, "submission-repeated"));
    const ClassWork at_once =
        sort_out(items({"2021001_张三_1.pcap", "2021001_张三_2.pcap"}), nullptr, nullptr);
    CHECK(at_once.submissions.size() == 1);
    CHECK_FALSE(has(at_once.submissions[0].remarks, "submission-repeated"));
}

TEST_CASE("A pattern decides alone, too") {
    const auto pattern = NamePattern::compile(R"(^lab1-(?P<id>u\d+))");
    const ClassWork work =
        sort_out(items({"lab1-u17.pcap", "lab1-u18/x.pcap", "lab2-u17.pcap"}), nullptr, &*pattern);
    CHECK(summary(work) == Lines{"u17: lab1-u17.pcap", "u18: x.pcap"});
    CHECK(work.unmatched == Lines{"lab2-u17.pcap"});
}

TEST_CASE("Two files of one name stay two") {
    const ClassWork work = sort_out(items({"ana/a.pcap", "ana/a.pcap", "ben/b.pcap"}), nullptr, nullptr);
    CHECK(summary(work) == Lines{"ana: a.pcap a (2).pcap", "ben: b.pcap"});
}

TEST_CASE("A submission that cannot be read is still one") {
    std::vector<Item> all = items({"ben/b.pcap"});
    all.push_back({{"ana.zip"}, {}, {}, Remark{"archive-encrypted", "Encrypted.", "已加密。"}});
    all.push_back({{}, {}, {}, Remark{"submission-limit", "Too much.", "太多。"}});
    const ClassWork work = sort_out(std::move(all), nullptr, nullptr);
    CHECK(summary(work) == Lines{"ana:", "ben: b.pcap"});
    CHECK(has(work.submissions[0].remarks, "archive-encrypted"));
    CHECK_FALSE(work.submissions[0].handed_in.has_value());
    CHECK(has(work.remarks, "submission-limit"));
}

TEST_CASE("A link beside submissions is nobody's") {
    std::vector<Item> all = items({"ben/b.pcap"});
    all.push_back({{"pipe"}, {}, {}, Remark{"submission-link", "Not followed.", "没有打开。"}});
    const ClassWork work = sort_out(std::move(all), nullptr, nullptr);
    CHECK(summary(work) == Lines{"ben: b.pcap"});
    CHECK(work.unmatched == Lines{"pipe"});
    CHECK(has(work.remarks, "submission-link"));
}

TEST_CASE("No submissions at all") {
    const ClassWork work = sort_out({}, nullptr, nullptr);
    CHECK(work.submissions.empty());
}

TEST_CASE("From an archive with a GB18030 roster to a class") {
    const test::TemporaryFolder folder;
    const std::string inner = test::rar_of({{"\xba\xf4\xbd\xd0.pcap", "call", {}}}); // 呼叫
    const std::string zip =
        test::archive_of(ArchiveKind::zip, {{"\xd2\xbb\xb0\xe0/2021001_\xd5\xc5\xc8\xfd_\xca\xb5\xd1\xe9"
                                             "1.rar",
                                             inner,
                                             {}}});
    IntakeOptions options;
    options.roster =
        folder.write("roster.csv", "\xd1\xa7\xba\xc5,\xd0\xd5\xc3\xfb\n2021001,\xd5\xc5\xc8\xfd\n");
    const auto work = read_class(folder.write("class.zip", zip), options);
    REQUIRE(work);
    CHECK(summary(*work) == Lines{"2021001: 呼叫.pcap"});
    CHECK(work->submissions[0].name == "张三");
    CHECK(work->submissions[0].origin == "一班/2021001_张三_实验1.rar");

    options.id_pattern = "(";
    CHECK_FALSE(read_class(folder.path(), options));
    options = {};
    options.roster = folder.path() + "/none.csv";
    CHECK(read_class(folder.path(), options).error().message.ends_with("none.csv: cannot be read"));
}

TEST_CASE("Gradescope's folder is one submission") {
    const test::TemporaryFolder folder;
    folder.write("submission/a.pcap", "a");
    folder.write("submission/sub/b.pcap", "b");
    IntakeOptions options;
    options.gradescope_metadata =
        folder.write("submission_metadata.json",
                     R"({"id": 1, "created_at": "2026-11-20T20:00:01.5-08:00", "assignment": {"due_date":
        "2026-11-20T20:00:00.000000-08:00"}, "users": [{"email": "ana@example.com", "id": 5, "name": "Ana Lee"},
        {"email": "ben@example.com", "id": 6, "name": "Ben Wong"}]})");
    const auto work = read_class(folder.path() + "/submission", options);
    REQUIRE(work);
    REQUIRE(work->submissions.size() == 1);
    const Submission& one = work->submissions[0];
    CHECK(one.id == "ana@example.com");
    CHECK(one.name == "Ana Lee, Ben Wong");
    CHECK(one.lms_id == "5");
    CHECK(one.late);
    REQUIRE(one.handed_in.has_value());
    CHECK(to_rfc3339(*one.handed_in) == "2026-11-21T04:00:01.500000000Z");
    CHECK(summary(*work) == Lines{"ana@example.com: a.pcap sub/b.pcap"});
    folder.write("submission_metadata.json", "[]");
    CHECK_FALSE(read_class(folder.path() + "/submission", options));
}

TEST_CASE("limits::class_table_octets, on both sides") {
    const test::TemporaryFolder folder;
    const std::string path = folder.write("roster.csv", "id\n");
    std::filesystem::resize_file(path, limits::class_table_octets);
    CHECK(read_table(path).has_value());
    std::filesystem::resize_file(path, limits::class_table_octets + 1);
    const auto refused = read_table(path);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("class_table_octets") != std::string::npos);
}
