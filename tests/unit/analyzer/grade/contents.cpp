#include "analyzer/grade/contents.hpp"

#include <algorithm>
#include <filesystem>

#include <doctest/doctest.h>

#include "tests/support/archives.hpp"

using namespace rungs;
using namespace rungs::grade;
using test::ArchiveKind;

namespace {

std::vector<std::string> files(const std::vector<Item>& items) {
    std::vector<std::string> names;
    for (const Item& item : items)
        if (!item.remark) names.push_back(to_string(item.path));
    return names;
}

std::vector<std::string> remarks(const std::vector<Item>& items) {
    std::vector<std::string> codes;
    for (const Item& item : items)
        if (item.remark) codes.push_back(item.remark->code);
    return codes;
}

std::vector<Item> read(const std::string& octets, Budget budget = {}) {
    return read_archive(octets, {"x"}, budget);
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("Every kind of archive gives its files, names in UTF-8") {
    const std::vector<test::ArchivedFile> two{{"张三/a.pcap", "octets of a", {}}, {"b.pcap", "", {}}};
    for (const std::string& octets :
         {test::archive_of(ArchiveKind::zip, two), test::archive_of(ArchiveKind::seven_zip, two),
          test::archive_of(ArchiveKind::tar, two), test::archive_of(ArchiveKind::tar_gz, two),
          test::rar_of(two)}) {
        const auto items = read(octets);
        auto names = files(items);
        std::ranges::sort(names);
        CHECK(names == Names{"x/b.pcap", "x/张三/a.pcap"});
        CHECK(remarks(items).empty());
        const auto a = std::ranges::find(items, Path{"x", "张三", "a.pcap"}, &Item::path);
        REQUIRE(a != items.end());
        CHECK(a->octets == "octets of a");
        CHECK(a->modified.has_value());
    }
}

TEST_CASE("Names of GBK archives are Chinese again") {
    const std::vector<test::ArchivedFile> one{{"\xd5\xc5\xc8\xfd/\xca\xb5\xd1\xe9.pcap", "a", {}}};
    CHECK(files(read(test::archive_of(ArchiveKind::zip, one))) == Names{"x/张三/实验.pcap"});
    CHECK(files(read(test::archive_of(ArchiveKind::tar, one))) == Names{"x/张三/实验.pcap"});
    CHECK(files(read(test::rar_of(one))) == Names{"x/张三/实验.pcap"});
}

TEST_CASE("Names that lead out of an archive are only shown") {
    const auto items = read(test::archive_of(
        ArchiveKind::zip,
        {{"../../etc/passwd", "1", {}}, {"/root/a", "2", {}}, {"C:\\b\\..\\c.pcap", "3", {}}}));
    CHECK(files(items) == Names{"x/etc/passwd", "x/root/a", "x/b/c.pcap"});
    CHECK(remarks(items) == Names{"archive-path"});
    bool leads_out = true;
    CHECK(entry_path("a/./b//c", leads_out) == Path{"a", "b", "c"});
    CHECK_FALSE(leads_out);
    CHECK(entry_path("", leads_out).empty());
    std::string deep;
    for (int each = 0; each < 100; ++each) deep += "d/";
    CHECK(entry_path(deep, leads_out).size() == limits::submission_depth);
}

TEST_CASE("What systems leave behind is not there") {
    const auto items = read(test::archive_of(ArchiveKind::zip, {{"__MACOSX/._a.pcap", "1", {}},
                                                                {".DS_Store", "2", {}},
                                                                {"Thumbs.db", "3", {}},
                                                                {"~$report.docx", "4", {}},
                                                                {"a/._b.pcap", "5", {}},
                                                                {"a.pcap", "6", {}}}));
    CHECK(files(items) == Names{"x/a.pcap"});
    CHECK(remarks(items).empty());
}

TEST_CASE("Links in archives are not followed") {
    const auto items =
        read(test::archive_of(ArchiveKind::tar, {{"a.pcap", "", "/etc/passwd"}, {"b.pcap", "2", {}}}));
    CHECK(files(items) == Names{"x/b.pcap"});
    CHECK(remarks(items) == Names{"submission-link"});
}

TEST_CASE("Archives in archives are opened to a depth") {
    const std::string innermost = test::archive_of(ArchiveKind::zip, {{"c.pcap", "c", {}}});
    const std::string inner =
        test::archive_of(ArchiveKind::seven_zip, {{"b.pcap", "b", {}}, {"deep.zip", innermost, {}}});
    const std::string outer = test::archive_of(ArchiveKind::tar, {{"inner.7z", inner, {}}});
    const auto items = read(outer);
    CHECK(files(items) == Names{"x/inner.7z/b.pcap"});
    CHECK(remarks(items) == Names{"archive-nested"});
    Budget deeper;
    deeper.depth = 3;
    CHECK(files(read(outer, deeper)) == Names{"x/inner.7z/b.pcap", "x/inner.7z/deep.zip/c.pcap"});
}

TEST_CASE("Documents are no archives, though zip inside") {
    const std::string zip = test::archive_of(ArchiveKind::zip, {{"word/document.xml", "<w/>", {}}});
    CHECK_FALSE(is_archive("report.docx", zip));
    CHECK(is_archive("report", zip));
    CHECK(is_archive("a.rar", "not at all"));
    CHECK_FALSE(is_archive("a.pcap.gz", "\x1f\x8b"));
    CHECK(is_archive("a.tar.gz", "\x1f\x8b"));
}

TEST_CASE("What is cut is kept as far as it goes") {
    std::string noise; // does not compress
    std::uint32_t state = 1;
    for (int each = 0; each < 20'000; ++each)
        noise += static_cast<char>((state = state * 1103515245U + 12345U) >> 24U);
    const std::string whole =
        test::archive_of(ArchiveKind::zip, {{"a.pcap", "first", {}}, {"b.pcap", noise, {}}});
    const auto items = read(whole.substr(0, whole.size() / 2));
    CHECK(files(items) == Names{"x/a.pcap", "x/b.pcap"});
    CHECK(remarks(items) == Names{"archive-damaged"});
    const auto first = std::ranges::find(items, Path{"x", "a.pcap"}, &Item::path);
    REQUIRE(first != items.end());
    CHECK(first->octets == "first");
    CHECK(remarks(read("PK\x03\x04 and nothing else"))[0] == "archive-damaged");
    CHECK(remarks(read(test::archive_of(ArchiveKind::zip, {}))) == Names{"submission-empty"});
}

TEST_CASE("Encrypted entries are told, the others read") {
    // One stored entry `a` of one octet with general purpose bit 0 set (APPNOTE 4.4.4), after a plain one.
    std::string zip = test::archive_of(ArchiveKind::zip, {{"plain.pcap", "p", {}}, {"a.pcap", "secret", {}}});
    for (std::size_t at = zip.find("PK"); at != std::string::npos; at = zip.find("PK", at + 1)) {
        const bool local = zip.compare(at, 4, "PK\x03\x04") == 0;
        const bool central = zip.compare(at, 4, "PK\x01\x02") == 0;
        const std::size_t name = at + (local ? 30 : 46);
        const std::size_t flags = at + (local ? 6 : 8);
        if ((local || central) && zip.compare(name, 6, "a.pcap") == 0)
            zip[flags] = static_cast<char>(zip[flags] | 1);
    }
    const auto items = read(zip);
    CHECK(files(items) == Names{"x/plain.pcap"});
    CHECK(remarks(items) == Names{"archive-encrypted"});
}

TEST_CASE("Each limit stops what it bounds, and says so") {
    const std::vector<test::ArchivedFile> three{{"a", "1234", {}}, {"b", "5678", {}}, {"c", "90", {}}};
    const std::string zip = test::archive_of(ArchiveKind::zip, three);
    const auto with = [&](auto change) {
        Budget budget;
        change(budget);
        return read(zip, budget);
    };
    CHECK(files(with([](Budget& budget) { budget.archive_entries = 3; })).size() == 3);
    CHECK(remarks(with([](Budget& budget) { budget.archive_entries = 3; })).empty());
    const auto few = with([](Budget& budget) { budget.archive_entries = 2; });
    CHECK(files(few) == Names{"x/a", "x/b"});
    CHECK(remarks(few) == Names{"submission-limit"});
    CHECK(few.back().remark->en.find("submission_entries") != std::string::npos);

    CHECK(files(with([](Budget& budget) { budget.octets = 10; })).size() == 3);
    const auto small = with([](Budget& budget) { budget.octets = 9; });
    CHECK(files(small) == Names{"x/a", "x/b"});
    CHECK(remarks(small) == Names{"submission-limit"});

    const auto large_file = with([](Budget& budget) { budget.file_octets = 3; });
    CHECK(remarks(large_file).front() == "submission-limit");

    const std::string zeros =
        test::archive_of(ArchiveKind::zip, {{"bomb.pcap", std::string(4'000'000, '\0'), {}}});
    CHECK(remarks(read(zeros)).empty());
    Budget suspicious;
    suspicious.ratio_octets = 100'000;
    const auto bomb = read(zeros, suspicious);
    CHECK(files(bomb).empty());
    CHECK(remarks(bomb) == Names{"submission-limit"});
    CHECK(bomb.back().remark->en.find("archive_ratio") != std::string::npos);
}

TEST_CASE("A folder is read without leaving it") {
    const test::TemporaryFolder folder;
    folder.write("张三/a.pcap", "a");
    folder.write("b.zip", test::archive_of(ArchiveKind::zip, {{"c.pcap", "c", {}}}));
    folder.write(".DS_Store", "");
    std::filesystem::create_symlink("/etc", folder.path() + "/etc");
    std::filesystem::create_directory(folder.path() + "/empty");
    const auto items = read_contents(folder.path());
    REQUIRE(items);
    CHECK(files(*items) == Names{"b.zip/c.pcap", "张三/a.pcap"});
    CHECK(remarks(*items) == Names{"submission-empty", "submission-link"});

    Budget one;
    one.entries = 1;
    const auto limited = read_contents(folder.path(), one);
    REQUIRE(limited);
    CHECK(remarks(*limited).back() == "submission-limit");
}

TEST_CASE("What is no class at all is an error that says why") {
    const test::TemporaryFolder folder;
    CHECK(read_contents(folder.path() + "/none").error().message.ends_with("no such folder or archive"));
    const auto text = read_contents(folder.write("notes.txt", "not an archive, only some text\n"));
    REQUIRE_FALSE(text);
    CHECK(text.error().hint.find("zip, 7z, rar or tar") != std::string::npos);
    CHECK_FALSE(read_contents(folder.write("empty.zip", "")));
}
