#include "cli/terminal.hpp"

#include <cstdlib>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "cli/progress.hpp"

using namespace rungs;

namespace {

/// Variables as given while it lives, and the rest of the locale unset.
class Environment {
  public:
    explicit Environment(std::map<std::string, std::string> values) {
        for (const char* name : {"LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANG"}) {
            const char* const old = std::getenv(name);
            if (old != nullptr) m_old[name] = old;
            ::unsetenv(name);
        }
        for (const auto& [name, value] : values) ::setenv(name.c_str(), value.c_str(), 1);
    }
    ~Environment() {
        for (const char* name : {"LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANG"}) ::unsetenv(name);
        for (const auto& [name, value] : m_old) ::setenv(name.c_str(), value.c_str(), 1);
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

  private:
    std::map<std::string, std::string> m_old;
};

} // namespace

TEST_CASE("the locale says whether UTF-8 can be drawn") {
    const auto utf8 = [](std::map<std::string, std::string> values) {
        const Environment environment(std::move(values));
        return cli::locale_is_utf8();
    };
    CHECK_FALSE(utf8({}));
    CHECK_FALSE(utf8({{"LANG", "C"}}));
    CHECK_FALSE(utf8({{"LANG", "zh_CN.GB18030"}}));
    CHECK(utf8({{"LANG", "en_US.UTF-8"}}));
    CHECK(utf8({{"LANG", "C.utf8"}}));
    CHECK(utf8({{"LANG", "ca_ES.UTF-8@valencia"}}));
    CHECK_FALSE(utf8({{"LANG", "en_US.UTF-8"}, {"LC_ALL", "C"}})); // LC_ALL wins
    CHECK(utf8({{"LANG", "C"}, {"LC_CTYPE", "en_US.UTF-8"}}));
}

TEST_CASE("the locale says the language, when it can be shown") {
    const auto language = [](std::map<std::string, std::string> values) {
        const Environment environment(std::move(values));
        return cli::locale_language();
    };
    CHECK(language({}) == reports::Language::en);
    CHECK(language({{"LANG", "zh_CN.UTF-8"}}) == reports::Language::zh_cn);
    CHECK(language({{"LANG", "zh_CN.GB18030"}}) == reports::Language::en);
    CHECK(language({{"LANG", "zh_CN.UTF-8"}, {"LC_ALL", "en_US.UTF-8"}}) == reports::Language::en);
}

TEST_CASE("progress reads as sizes") {
    CHECK(cli::progress_text(999, 0) == "999 B");
    CHECK(cli::progress_text(1'200'000'000, 5'000'000'000) == "1.2 GB of 5.0 GB (24 %)");
    CHECK(cli::progress_text(7'000, 5'000) == "7.0 kB of 5.0 kB (100 %)"); // a file that grew
}
