#include "reports/similarity.hpp"

#include <doctest/doctest.h>

using namespace rungs;
using namespace rungs::reports;

namespace {

std::vector<grade::SimilarPair> one_pair() {
    grade::SimilarPair pair;
    pair.a = "=cmd()";
    pair.b = "<b>Ben</b>";
    pair.strength = 0.965;
    pair.capture_a = "busy.pcap";
    pair.capture_b = "mine.pcap";
    pair.signals.push_back({"same-frames", "2 frames carry the same octets", {1, 2}, {5, 6}});
    pair.signals.push_back({"same-call-id", "one Call-ID is the same", {1}, {5}});
    return {pair};
}

} // namespace

TEST_CASE("Pairs as CSV: a formula in a name stays text") {
    StringSink sink;
    write_similarity_csv(one_pair(), sink);
    CHECK(sink.text() ==
          "\xEF\xBB\xBF"
          "a,capture_a,b,capture_b,strength,signals,evidence\r\n"
          "\"'=cmd()\",\"busy.pcap\",\"<b>Ben</b>\",\"mine.pcap\",0.96,\"same-frames same-call-id\","
          "\"2 frames carry the same octets; one Call-ID is the same\"\r\n");
}

TEST_CASE("The page of pairs shows frames side by side and escapes what students wrote") {
    FrameBook book;
    book.add("=cmd()", "busy.pcap",
             std::vector{grade::FrameLine{1, {}, "192.0.2.1:5060", "192.0.2.2:5060", "<script>"}});
    StringSink english, chinese;
    write_similarity_page(one_pair(), book, Language::en, english);
    CHECK(english.text().find("<script>") == std::string::npos);
    CHECK(english.text().find("<b>Ben") == std::string::npos);
    CHECK(english.text().find(
              "192.0.2.1:5060 → 192.0.2.2:5060<br>&lt;script&gt;</td><td class=\"frame\">5</td>") !=
          std::string::npos);
    CHECK(english.text().find("Evidence, no verdict") != std::string::npos);
    write_similarity_page(one_pair(), book, Language::zh_cn, chinese);
    CHECK(chinese.text().find("这是线索，不是结论") != std::string::npos);
    CHECK(chinese.text().find("Evidence") == std::string::npos);

    StringSink none;
    write_similarity_page({}, book, Language::en, none);
    CHECK(none.text().find("<p>None.</p>") != std::string::npos);
}
