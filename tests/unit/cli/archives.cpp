#include "cli/archives.hpp"

#include <doctest/doctest.h>

#include "tests/support/archives.hpp"

using namespace rungs;
using namespace rungs::cli;
using test::ArchiveKind;

namespace {

struct Read {
    std::vector<grade::Item> items;
    grade::Budget left;
};

Read here(const std::string& octets) {
    Read read;
    read.items = grade::read_archive(octets, {"张三"}, read.left);
    return read;
}

Read apart(const std::string& octets, const Box& box = archive_box()) {
    Read read;
    read.items = read_archive_apart(octets, {"张三"}, read.left, box);
    return read;
}

bool same(const grade::Item& a, const grade::Item& b) {
    const auto remark = [](const grade::Item& item) {
        return item.remark ? item.remark->code + item.remark->en + item.remark->zh_cn : std::string();
    };
    return a.path == b.path && a.octets == b.octets && a.modified == b.modified && remark(a) == remark(b);
}

} // namespace

TEST_CASE("An archive read apart gives what it gives here, remarks and all") {
    const std::string inner =
        test::archive_of(ArchiveKind::seven_zip, {{"b.pcap", std::string("\n5\n\0x", 5), {}}});
    const std::string outer =
        test::archive_of(ArchiveKind::tar,
                         {{"../a.pcap", "octets", {}}, {"inner.7z", inner, {}}, {"link", "", "/etc/passwd"}});
    for (const std::string& octets :
         {outer, outer.substr(0, outer.size() / 2), std::string("no archive"), std::string()}) {
        const Read expected = here(octets), read = apart(octets);
        REQUIRE(read.items.size() == expected.items.size());
        for (std::size_t i = 0; i < read.items.size(); ++i) CHECK(same(read.items[i], expected.items[i]));
        CHECK(read.left.entries == expected.left.entries);
        CHECK(read.left.octets == expected.left.octets);
    }
}

TEST_CASE(
    "An archive that wants more than it may have is told by the limit's name, and nothing of it is kept") {
    const std::string zeros =
        test::archive_of(ArchiveKind::zip, {{"zeros.pcap", std::string(60'000'000, '\0'), {}}});
    Box small = archive_box();
    small.result_octets = 1'000'000;
    const Read too_much = apart(zeros, small);
    REQUIRE(too_much.items.size() == 1);
    REQUIRE(too_much.items[0].remark);
    CHECK(too_much.items[0].remark->code == "submission-limit");
    CHECK(too_much.items[0].remark->en.find("grading_octets") != std::string::npos);
    if (SANITIZED) return;
    Box tight = archive_box();
    tight.octets = 32U << 20U;
    const Read no_memory = apart(zeros, tight);
    REQUIRE(no_memory.items.size() == 1);
    CHECK(no_memory.items[0].remark.has_value());
}
