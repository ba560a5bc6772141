#include <doctest/doctest.h>

#include "reports/markup.hpp"

using namespace rungs::reports;

TEST_CASE("captured text cannot leave its place in markup") {
    CHECK(markup("<a href=\"x\">&'") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    CHECK(markup("\x1b[31m") == "\\x1B[31m");
    CHECK(markup("a\xe2\x80\xaez") == "aU+202Ez");
    CHECK(markup("呼叫") == "呼叫");
}

TEST_CASE("labels of diagrams hold nothing but text") {
    CHECK(mermaid_text("end; %%{x}") == "#101;nd#59; #37;#37;#123;x#125;");
    CHECK(plantuml_text("%getenv() <b>\n") == "&#37;getenv() &#60;b&#62;&#92;n");
    CHECK(mermaid_text("名字 bob@example.com") == "名字 bob@example.com");
}
