#include "analyzer/grade/overrides.hpp"

#include <doctest/doctest.h>

#include "analyzer/grade/points.hpp"

using namespace rungs;
using namespace rungs::grade;

namespace {

ClassMarks marks() {
    StudentMark ana;
    ana.id = "2021001";
    ana.score = Points::of(10);
    ana.max = Points::of(40);
    ana.status = MarkStatus::review;
    for (const char* id : {"register", "cancel"}) {
        TaskMark task;
        task.id = id;
        task.max = Points::of(20);
        task.score = Points::of(task.id == "register" ? 10 : 0);
        task.verdict = task.id == "register" ? TaskVerdict::partial : TaskVerdict::not_assessable;
        ana.tasks.push_back(task);
    }
    ClassMarks all;
    all.students.push_back(ana);
    return all;
}

} // namespace

TEST_CASE("Points are read and written exactly") {
    CHECK(parse_points("12.5") == Points{25'000});
    CHECK(parse_points(" 12,5 ") == Points{25'000});
    CHECK(parse_points("-3") == Points{-6'000});
    CHECK(parse_points("0.0005") == Points{1});
    for (const char* wrong : {"", "a", "1.", ".5", "1.23456", "0.0001", "1e3", "99999999999", "--1"})
        CHECK_FALSE(parse_points(wrong).has_value());
    CHECK(to_decimal(Points{25'000}) == "12.5");
    CHECK(to_decimal(Points{1}) == "0.0005");
    CHECK(to_decimal(Points::of(-3)) == "-3");
    CHECK(to_decimal(Points{}) == "0");
}

TEST_CASE("An override changes a task, or the whole, and says why") {
    ClassMarks of_task = marks();
    const auto changes = parse_overrides("id,task,score,reason\n2021001,cancel,15,\"seen live\"\n");
    REQUIRE(changes);
    CHECK(apply_overrides(of_task, *changes).empty());
    const StudentMark& ana = of_task.students[0];
    CHECK(ana.score == Points::of(25));
    CHECK(ana.tasks[1].verdict == TaskVerdict::partial);
    CHECK(ana.status == MarkStatus::graded);
    CHECK(ana.overridden == "cancel: seen live");

    ClassMarks of_all = marks();
    const auto whole = parse_overrides("学号,分数,原因\n2021001,38.5,口试\n");
    REQUIRE(whole);
    CHECK(apply_overrides(of_all, *whole).empty());
    CHECK(to_decimal(of_all.students[0].score) == "38.5");
    CHECK(of_all.students[0].status == MarkStatus::graded);
    CHECK(of_all.students[0].overridden == "口试");
}

TEST_CASE("Overrides that name nobody are told") {
    ClassMarks all = marks();
    const auto changes = parse_overrides("id,task,score,reason\n9,,1,x\n2021001,none,1,x\n");
    REQUIRE(changes);
    const auto unused = apply_overrides(all, *changes);
    REQUIRE(unused.size() == 2);
    CHECK(unused[0] == "line 3 of the overrides: 2021001 has no task none");
    CHECK(unused[1] == "line 2 of the overrides: no student has the id 9");
    CHECK(all.students[0].overridden.empty());
}

TEST_CASE("A table of overrides that says too little fails by its line") {
    CHECK(parse_overrides("id,score,reason\n1,ten,x\n").error().message ==
          "line 2 of the overrides: \"ten\" is no score");
    CHECK(parse_overrides("id,score,reason\n1,10,\n").error().message ==
          "line 2 of the overrides: no reason is given");
    CHECK_FALSE(parse_overrides("id,score,reason\n,10,x\n"));
    CHECK_FALSE(parse_overrides("id,score\n1,10\n"));
}
