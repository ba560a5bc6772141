#include <doctest/doctest.h>

#include "reports/markup.hpp"

using rungs::reports::markup;

TEST_CASE("captured text cannot leave its place in markup") {
    CHECK(markup("<a href=\"x\">&'") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    CHECK(markup("\x1b[31m") == "\\x1B[31m");
    CHECK(markup("a\xe2\x80\xaez") == "aU+202Ez");
    CHECK(markup("呼叫") == "呼叫");
}
