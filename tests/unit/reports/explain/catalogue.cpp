#include "reports/explain/catalogue.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "core/text.hpp"

using namespace rungs;
using namespace rungs::reports;

namespace {

std::string content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool is_code_character(char c) {
    return is_alpha(c) || is_digit(c) || c == '-';
}

/// Codes that stand in the sources as `= "prefix-..."` or `{"prefix-..."`: what can be emitted.
std::set<std::string> codes_in(const std::filesystem::path& path) {
    std::set<std::string> codes;
    const std::string text = content(path);
    for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 1)) {
        const std::size_t end = text.find('"', at + 1);
        if (end == std::string::npos) break;
        const std::string_view before = trim(std::string_view(text).substr(0, at));
        const std::string word = text.substr(at + 1, end - at - 1);
        const bool is_code = !word.empty() && word.find('-') != std::string::npos &&
                             std::ranges::all_of(word, is_code_character) && ascii_lower(word[0]) == word[0];
        if (is_code && (before.ends_with('{') || before.ends_with('='))) codes.insert(word);
        at = end;
    }
    return codes;
}

} // namespace

TEST_CASE("Every code that can be emitted has an entry, and every entry a rule") {
    const std::filesystem::path root = RUNGS_SOURCE_DIR;
    std::set<std::string> emitted;
    for (const char* file :
         {"dissectors/sip/issues.hpp", "dissectors/sdp/issues.hpp", "dissectors/msn/issues.hpp",
          "analyzer/findings/rules.hpp", "analyzer/media/findings.hpp", "analyzer/grade/intake_rules.hpp",
          "analyzer/grade/marking_rules.hpp", "analyzer/grade/similarity_rules.hpp"}) {
        const auto codes = codes_in(root / file);
        CHECK_MESSAGE(codes.size() > 10, file);
        emitted.insert(codes.begin(), codes.end());
    }
    for (const std::string& code : emitted) {
        CHECK_MESSAGE(explain::find(code) != nullptr, code);
        CHECK_MESSAGE(findings::rule_of(code) != nullptr, code);
    }
    for (const explain::Entry& entry : explain::catalogue())
        CHECK_MESSAGE(emitted.contains(std::string(entry.code)), entry.code);

    for (const sip::Rule& rule : sip::rule::all) CHECK(emitted.contains(std::string(rule.code)));
    for (const findings::Rule& rule : findings::rule::all) CHECK(emitted.contains(std::string(rule.code)));
}

TEST_CASE("Findings made elsewhere in the analyzer have a rule, too") {
    const std::filesystem::path root = RUNGS_SOURCE_DIR;
    for (const char* file : {"analyzer/pipeline.cpp", "analyzer/correlate/correlator.cpp"}) {
        for (const std::string& code : codes_in(root / file)) {
            // Only what looks like the code of a finding: "capture-...", "limit-...".
            if (code.starts_with("capture-") || code.starts_with("limit-"))
                CHECK_MESSAGE(explain::find(code) != nullptr, code);
        }
    }
}

TEST_CASE("Entries are complete") {
    std::set<std::string_view> codes;
    for (const explain::Entry& entry : explain::catalogue()) {
        INFO(entry.code);
        CHECK(codes.insert(entry.code).second);
        for (const std::string_view text :
             {entry.meaning_zh, entry.why_en, entry.why_zh, entry.bad, entry.good}) {
            CHECK_FALSE(text.empty());
            CHECK(is_utf8(text));
        }
        CHECK(entry.bad != entry.good);
        CHECK(entry.meaning_zh.ends_with("。"));
        CHECK(entry.why_zh.ends_with("。"));
        CHECK(entry.why_en.ends_with('.'));
        CHECK(explain::meaning(entry.code, Language::en).ends_with('.'));
        CHECK(explain::meaning(entry.code, Language::zh_cn) == entry.meaning_zh);
    }
    CHECK(codes.size() > 140);
    CHECK(explain::find("no-such-code") == nullptr);
    CHECK(explain::meaning("no-such-code", Language::en).empty());
}

TEST_CASE("An entry says all of it, in both languages") {
    StringSink english, chinese;
    TextStyle style;
    explain::write_entry(*explain::find("ack-missing"), style, english);
    CHECK(
        english.text().starts_with("ack-missing  error  RFC 3261 13.2.2.4, 17.1.1.3\n\n  A final response"));
    CHECK(english.text().find("\n  wrong\n    INVITE ->\n    <- 200\n") != std::string::npos);
    CHECK(english.text().find("\n  right\n    INVITE ->\n    <- 200\n    ACK ->\n") != std::string::npos);

    style.language = Language::zh_cn;
    explain::write_entry(*explain::find("ack-missing"), style, chinese);
    CHECK(chinese.text().find("一直没有得到 ACK 确认") != std::string::npos);
    CHECK(chinese.text().find("正确示例") != std::string::npos);
    CHECK(chinese.text().find("final response") == std::string::npos);
}

TEST_CASE("docs/findings.md is the catalogue") {
    StringSink sink;
    explain::write_markdown(sink);
    CHECK_MESSAGE(content(std::filesystem::path(RUNGS_SOURCE_DIR) / "docs/findings.md") == sink.text(),
                  "write it again: rungs explain --list --to markdown -o docs/findings.md");
}
