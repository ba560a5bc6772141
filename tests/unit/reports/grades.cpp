#include "reports/grades.hpp"

#include <doctest/doctest.h>
#include <libxml/parser.h>
#include <nlohmann/json.hpp>

#include "core/charset.hpp"
#include "core/csv.hpp"
#include "tests/support/class_marks.hpp"

using namespace rungs;
using namespace rungs::reports;
using nlohmann::json;

namespace {

template <typename Write>
std::string written(const Write& write) {
    StringSink sink;
    write(sink);
    return sink.text();
}

/// `text` with `from` replaced by `to`, once; the test is wrong when it is not there.
std::string with(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    REQUIRE_MESSAGE(at != std::string::npos, from);
    return text.replace(at, from.size(), to);
}

using Lines = std::vector<std::string>;

constexpr const char* html_en =
    "28.5/40<br>Registration: 20/20<br>The caller gives up: 10.5/20<br>"
    "- The 487 was never ACKed &lt;by you&gt; &amp; it shows (frames 12, 15): -9.5"
    "<br>- One day late: -2";
constexpr const char* html_zh = "28.5/40<br>注册: 20/20<br>主叫挂断: 10.5/20<br>- 487 没有得到 ACK（帧 12, "
                                "15）：-9.5 分<br>- 迟交一天：-2 分";

} // namespace

TEST_CASE("Feedback names each task, each reason and its frames") {
    const auto marks = test::class_marks();
    CHECK(feedback(marks.students[0], Language::en) ==
          "28.5/40\nRegistration: 20/20\nThe caller gives up: 10.5/20\n"
          "- The 487 was never ACKed <by you> & it shows (frames 12, 15): -9.5\n- One day late: -2\n");
    CHECK(feedback(marks.students[1], Language::zh_cn) ==
          "0/40，待教师查看\n注册: 0/20，无法评分，由教师查看\n主叫挂断: 0/20，无法评分，由教师查看\n");
}

TEST_CASE("grades.csv opens in a spreadsheet, and no name is a formula") {
    const std::string csv = written([](Sink& sink) { write_grades_csv(test::class_marks(), sink); });
    CHECK(csv.starts_with("\xef\xbb\xbfstudent_id,name,score,max_score,late,penalty,status,feedback_en,"
                          "feedback_zh,report\n"));
    const CsvTable table = parse_csv(csv);
    REQUIRE(table.rows.size() == 3);
    REQUIRE(table.rows[1].size() == 10);
    CHECK(table.rows[1][2].value == "28.5");
    CHECK(table.rows[1][4].value == "yes");
    CHECK(table.rows[1][5].value == "2");
    CHECK(table.rows[1][9].value == "students/2021001.html");
    CHECK(table.rows[2][1].value == "'=HYPERLINK(\"http://example.com\")");
    CHECK(table.rows[2][6].value == "review");
}

TEST_CASE("A worksheet of Moodle changes in two cells of a row only") {
    const std::string sheet =
        "\xef\xbb\xbfIdentifier,\"Full name\",\"Email address\",Status,Grade,\"Maximum Grade\",\"Grade can "
        "be "
        "changed\",\"Last modified (submission)\",\"Last modified (grade)\",\"Feedback comments\"\r\n"
        "\"Participant 11\",\"张三\",zhang@example.com,\"Submitted, for grading\",,100.00,Yes,\"Friday, 20 "
        "November 2026, 8:15 AM\",-,\"\"\r\n"
        "\"Participant "
        "12\",\"=HYPERLINK(\"\"http://example.com\"\")\",b@example.com,,5.00,100.00,Yes,-,-,old\r\n"
        "\"Participant 13\",\"Cat \"\"C\"\" Xu\",c@example.com,\"No "
        "submission\",,100.00,Yes,-,-,\"two\r\nlines\"\r\n";
    const auto book = fill_moodle_worksheet(sheet, test::class_marks());
    REQUIRE(book);
    std::string expected = with(sheet, "grading\",,100.00", "grading\",28.5,100.00");
    expected = with(expected, "8:15 AM\",-,\"\"", std::string("8:15 AM\",-,\"") + html_en + "\"");
    CHECK(book->text == expected);
    CHECK(book->rows_left == Lines{"Cat \"C\" Xu (Participant 13)"});
    CHECK(book->students_left.empty());
    REQUIRE(book->warnings.size() == 1);
    CHECK(book->warnings[0].find("to be reviewed") != std::string::npos);
}

TEST_CASE("A Chinese worksheet, semicolons, decimal commas, LF, no mark") {
    const std::string sheet =
        "标识符;全名;状态;成绩;最高分;允许更改成绩;上次修改（作业）;上次修改（评分）;反馈意见\n"
        "参与人11;张三;已提交;7,50;20,00;是;-;-;旧\n"
        "参与人99;李四;;;20,00;是;-;-;";
    WorksheetOptions options;
    options.languages = {Language::zh_cn, Language::en};
    const auto book = fill_moodle_worksheet(sheet, test::class_marks(), options);
    REQUIRE(book);
    std::string html = std::string(html_zh) + "<br><br>" + html_en;
    html = csv_cell(html, ';', false); // `&lt;` has the separator in it
    CHECK(html.starts_with('"'));
    CHECK(book->text == with(with(sheet, "7,50", "28,5"), "旧", html));
    CHECK(book->students_left == Lines{"2021002"});
    REQUIRE(book->warnings.size() == 1);
    CHECK(book->warnings[0].find("more than the maximum of 20") != std::string::npos);
}

TEST_CASE("A worksheet that went through Excel in China is GB18030 and stays so") {
    const std::string sheet = to_gb18030("标识符,全名,成绩,反馈意见\r\n参与人 11,张三,,\r\n");
    WorksheetOptions options;
    options.languages = {Language::zh_cn};
    const auto book = fill_moodle_worksheet(sheet, test::class_marks(), options);
    REQUIRE(book);
    CHECK(to_utf8(book->text) ==
          std::string("标识符,全名,成绩,反馈意见\r\n参与人 11,张三,28.5,\"") + html_zh + "\"\r\n");
}

TEST_CASE("Columns of other languages are named by the user") {
    const std::string sheet = "Identifier;Vollständiger Name;Bewertung;Kommentar\nTeilnehmer/in 11;Ana;;\n";
    const auto guessed = fill_moodle_worksheet(sheet, test::class_marks());
    REQUIRE_FALSE(guessed);
    CHECK(guessed.error().message == "the worksheet has no column \"Grade\"");
    CHECK(guessed.error().hint.find("Bewertung") != std::string::npos);
    WorksheetOptions options;
    options.grade_column = "Bewertung";
    options.feedback_column = "Kommentar";
    const auto book = fill_moodle_worksheet(sheet, test::class_marks(), options);
    REQUIRE(book);
    CHECK(book->text.find("11;Ana;28.5;") != std::string::npos);
    options.grade_column = "Bewertng";
    CHECK(fill_moodle_worksheet(sheet, test::class_marks(), options).error().hint ==
          "did you mean Bewertung?");
    CHECK_FALSE(fill_moodle_worksheet("a,b\n", test::class_marks()));
    CHECK_FALSE(fill_moodle_worksheet("", test::class_marks()));
}

TEST_CASE("A worksheet of another assignment is suspected, and a row without cells survives") {
    const std::string sheet =
        "Identifier,Full name,Grade,Feedback comments\nParticipant 11,Dan\nParticipant 12\n";
    const auto book = fill_moodle_worksheet(sheet, test::class_marks());
    REQUIRE(book);
    CHECK(book->text == sheet);
    CHECK(book->warnings[0].find("is it this assignment's worksheet?") != std::string::npos);
    CHECK(book->warnings[1].find("too short") != std::string::npos);
}

TEST_CASE("Rows without a platform's number are found by student number, then by name") {
    const std::string sheet = "标识符,全名,学号,成绩,反馈意见\n参与人1,某某,2021001,,\n";
    const auto by_number = fill_moodle_worksheet(sheet, test::class_marks());
    REQUIRE(by_number);
    CHECK(by_number->text.find("2021001,28.5,") != std::string::npos);
    auto marks = test::class_marks();
    const auto by_name = fill_moodle_worksheet("标识符,全名,成绩\n参与人1,张三,\n", marks);
    REQUIRE(by_name);
    CHECK(by_name->text == "标识符,全名,成绩\n参与人1,张三,28.5\n");
    marks.students[1].name = "张三"; // two of one name: neither
    CHECK(fill_moodle_worksheet("标识符,全名,成绩\n参与人1,张三,\n", marks)->text ==
          "标识符,全名,成绩\n参与人1,张三,\n");
}

TEST_CASE("A gradebook of Canvas changes in one column only") {
    const std::string sheet =
        "Student,ID,SIS User ID,SIS Login ID,Section,Quiz (7),SIP lab (8),Current Score\r\n"
        ",,,,,Manual Posting,,\r\n"
        "    Points Possible,,,,,10.0,40.0,(read only)\r\n"
        "\"San, Zhang\",11,x1,zhang,\"Class 1, Monday\",9,,90.0\r\n"
        "\"Wong, Ben\",12,x2,ben,Class 1,,3,\r\n"
        "\"Xu, Cat\",13,x3,cat,Class 1,,EX,\r\n"
        "\"Student, Test\",99,,abc,Class 1,,,\r\n";
    const auto book = fill_canvas_gradebook(sheet, test::class_marks(), "SIP lab (8)");
    REQUIRE(book);
    CHECK(book->text == with(sheet, "9,,90.0", "9,28.5,90.0"));
    CHECK(book->rows_left == Lines{"Xu, Cat"});
    CHECK(book->students_left.empty());
    REQUIRE(book->warnings.size() == 1);
    CHECK(book->warnings[0] == "Wong, Ben is to be reviewed; the cell is left as it is");

    const auto unknown = fill_canvas_gradebook(sheet, test::class_marks(), "SIP lab (9)");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().hint == "did you mean SIP lab (8)?");
    CHECK_FALSE(fill_canvas_gradebook(sheet, test::class_marks(), "")); // two assignments
    CHECK_FALSE(fill_canvas_gradebook(sheet, test::class_marks(), "Current Score"));
    CHECK_FALSE(fill_canvas_gradebook("Name,ID,Section,Lab (1)\n", test::class_marks(), ""));
}

TEST_CASE("Canvas' variants: no SIS columns, two columns of names, semicolons, excused") {
    const std::string plain =
        "Student,ID,Section,Lab (1)\nPoints Possible,,,20\n张三,,S,\n张三 李,5,S,\n张三,50,S,\n";
    const auto by_name = fill_canvas_gradebook(plain, test::class_marks(), "");
    REQUIRE(by_name);
    CHECK(by_name->text == with(plain, "张三,50,S,", "张三,50,S,28.5"));
    CHECK(by_name->warnings == Lines{"张三 gets 28.5 of 20 points"});

    const std::string names = "LastName,FirstName,ID,SIS User ID,Section,Lab (1)\nSan,Zhang,4,2021001,S,\n";
    const auto by_sis = fill_canvas_gradebook(names, test::class_marks(), "Lab (1)");
    REQUIRE(by_sis);
    CHECK(by_sis->text == with(names, "S,\n", "S,28.5\n"));

    const std::string comma = "Student;ID;Integration ID;Section;Lab (1)\r\nZhang;11;;S;\r\n";
    CHECK(fill_canvas_gradebook(comma, test::class_marks(), "")->text == with(comma, "S;\r\n", "S;28,5\r\n"));

    const std::string excused = "Student,ID,Section,Lab (1)\nZhang,11,S,EX\n";
    const auto kept = fill_canvas_gradebook(excused, test::class_marks(), "");
    CHECK(kept->text == excused);
    CHECK(kept->warnings == Lines{"Zhang is excused; the cell is left as it is"});

    const std::string fixed = "Student,ID,Section,Lab (1)\nPoints Possible,,,(read only)\nZhang,11,S,\n";
    CHECK(fill_canvas_gradebook(fixed, test::class_marks(), "Lab (1)").error().message ==
          "\"Lab (1)\" is read only in Canvas");
}

TEST_CASE("Gradescope's results") {
    auto marks = test::class_marks();
    const std::vector<Language> languages{Language::en};
    json ana =
        json::parse(written([&](Sink& sink) { write_gradescope_json(marks.students[0], languages, sink); }));
    CHECK(ana["score"] == 28.5);
    CHECK(ana["stdout_visibility"] == "hidden");
    CHECK(ana["output"] == "28.5/40\n- One day late: -2");
    REQUIRE(ana["tests"].size() == 2);
    CHECK(ana["tests"][0]["status"] == "passed");
    CHECK(ana["tests"][1]["status"] == "failed");
    CHECK(ana["tests"][1]["score"] == 10.5);
    CHECK(ana["tests"][1]["max_score"] == 20);
    CHECK(ana["tests"][1]["output_format"] == "text");

    marks.students[0].tasks[1].visible = false;
    ana =
        json::parse(written([&](Sink& sink) { write_gradescope_json(marks.students[0], languages, sink); }));
    CHECK(ana["tests"][1]["visibility"] == "after_published");
    CHECK_FALSE(ana.contains("output")); // the total would tell

    const json ben =
        json::parse(written([&](Sink& sink) { write_gradescope_json(marks.students[1], languages, sink); }));
    CHECK(ben["visibility"] == "hidden");
    CHECK_FALSE(ben["tests"][0].contains("score"));
    CHECK_FALSE(ben["tests"][0].contains("status"));
}

TEST_CASE("GitHub Classroom's result") {
    const auto marks = test::class_marks();
    const json ana = json::parse(
        written([&](Sink& sink) { write_classroom_json(marks.students[0], Language::en, sink); }));
    CHECK(ana["version"] == 1);
    CHECK(ana["status"] == "fail");
    CHECK(ana["max_score"] == 40);
    CHECK(ana["tests"][0]["name"] == "Registration");
    CHECK(ana["tests"][0]["status"] == "pass");
    CHECK(ana["tests"][1]["score"] == 10.5);
    CHECK(ana["tests"][1]["message"].get<std::string>().find("frames 12, 15") != std::string::npos);
    const json ben = json::parse(
        written([&](Sink& sink) { write_classroom_json(marks.students[1], Language::en, sink); }));
    CHECK(ben["status"] == "error");
    CHECK(ben["tests"][0]["status"] == "error");
}

TEST_CASE("JUnit is XML, whatever the names") {
    const std::string xml = written([](Sink& sink) { write_grades_junit(test::class_marks(), sink); });
    xmlDoc* document =
        xmlReadMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr, XML_PARSE_NONET);
    CHECK(document != nullptr);
    xmlFreeDoc(document);
    CHECK(
        xml.find("<testsuite name=\"2021001 张三\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\">") !=
        std::string::npos);
    CHECK(xml.find("<testcase classname=\"2021001\" name=\"register: Registration\"/>") != std::string::npos);
    CHECK(xml.find("<failure message=\"partial 10.5/20\">") != std::string::npos);
    CHECK(xml.find("<skipped message=\"not_assessable 0/20\">") != std::string::npos);
}
