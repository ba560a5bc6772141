#include "core/csv.hpp"

#include <doctest/doctest.h>

using namespace rungs;

namespace {

std::vector<std::vector<std::string>> values(std::string_view text) {
    std::vector<std::vector<std::string>> all;
    for (const CsvRow& row : parse_csv(text).rows) {
        auto& cells = all.emplace_back();
        for (const CsvCell& cell : row) cells.push_back(cell.value);
    }
    return all;
}

using Rows = std::vector<std::vector<std::string>>;

} // namespace

TEST_CASE("A table is cells, whatever separates and quotes them") {
    CHECK(values("a,b\r\n1,2\r\n") == Rows{{"a", "b"}, {"1", "2"}});
    CHECK(values("a;b\n\"1,5\";2") == Rows{{"a", "b"}, {"1,5", "2"}});
    CHECK(values("a\tb\r1\t2\r") == Rows{{"a", "b"}, {"1", "2"}});
    CHECK(values("\"a\"\"b\",\"two\nlines\",\n") == Rows{{"a\"b", "two\nlines", ""}});
    CHECK(values("\xef\xbb\xbfid,name\n") == Rows{{"id", "name"}});
    CHECK(values("a,b\n\n\r\n1,2\n") == Rows{{"a", "b"}, {"1", "2"}});
    CHECK(values("").empty());
    CHECK(values("\"a;b\",c\n") == Rows{{"a;b", "c"}});
}

TEST_CASE("Broken quotes lose nothing") {
    CHECK(values("a,\"open\nend") == Rows{{"a", "open\nend"}});
    CHECK(values("\"a\"b,c") == Rows{{"ab", "c"}});
    CHECK(values("a\"b,c") == Rows{{"a\"b", "c"}});
    CHECK(values("\"") == Rows{{""}});
}

TEST_CASE("Cells know their octets") {
    const std::string text = "\xef\xbb\xbf\"x\",yy\n";
    const CsvTable table = parse_csv(text);
    REQUIRE(table.rows.size() == 1);
    CHECK(text.substr(table.rows[0][0].begin, table.rows[0][0].end - table.rows[0][0].begin) == "\"x\"");
    CHECK(text.substr(table.rows[0][1].begin, table.rows[0][1].end - table.rows[0][1].begin) == "yy");
    CHECK(table.rows[0][0].quoted);
    CHECK_FALSE(table.rows[0][1].quoted);
}

TEST_CASE("A cell is quoted where it must be") {
    CHECK(csv_cell("a", ',', false) == "a");
    CHECK(csv_cell("a", ',', true) == "\"a\"");
    CHECK(csv_cell("1,5", ',', false) == "\"1,5\"");
    CHECK(csv_cell("1,5", ';', false) == "1,5");
    CHECK(csv_cell("say \"hi\"", ',', false) == "\"say \"\"hi\"\"\"");
}
