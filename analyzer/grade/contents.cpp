#include "analyzer/grade/contents.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analyzer/grade/remarks.hpp"
#include "core/charset.hpp"
#include "core/text.hpp"

namespace rungs::grade {
namespace {

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> endings) {
    return std::ranges::any_of(endings, [name](std::string_view ending) {
        return name.size() > ending.size() && iequals(name.substr(name.size() - ending.size()), ending);
    });
}

bool is_drive(std::string_view part) {
    return part.size() == 2 && is_alpha(part[0]) && part[1] == ':';
}

} // namespace

std::string to_string(const Path& path) {
    return fmt::format("{}", fmt::join(path, "/"));
}

Item limit_at(const Path& place, std::string_view limit, std::string_view where) {
    return remark_at(
        place, rule::submission_limit,
        fmt::format("{}: the limit {} was reached; what is beyond was not read.", printable(where), limit),
        fmt::format("{}：达到上限 {}，超出的部分没有读取。", printable(where), limit));
}

bool is_archive(std::string_view name, std::string_view octets) {
    using namespace std::string_view_literals;
    if (octets.starts_with("7z\xbc\xaf\x27\x1c"sv) || octets.starts_with("Rar!\x1a\x07"sv)) return true;
    if (octets.starts_with("PK\x03\x04"sv) || octets.starts_with("PK\x05\x06"sv))
        return !ends_with_any(name, {".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".jar", ".apk",
                                     ".vsdx", ".xmind", ".epub", ".wps"});
    constexpr std::size_t tar_mark = 257;
    if (octets.size() > tar_mark && octets.substr(tar_mark).starts_with("ustar")) return true;
    return ends_with_any(name, {".zip", ".7z", ".rar", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz",
                                ".tar.bz2", ".tbz2", ".tar.zst"});
}

Path entry_path(std::string_view name, bool& leads_out) {
    std::string text = to_utf8(name);
    std::ranges::replace(text, '\\', '/');
    leads_out = text.starts_with('/');
    Path path;
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view part = take_until(rest, '/');
        if (part.empty() || part == ".") continue;
        if (part == ".." || is_drive(part)) {
            leads_out = true;
            continue;
        }
        if (path.size() < limits::submission_depth) {
            path.emplace_back(part);
        } else { // deeper ones become one name
            path.back() += '/';
            path.back() += part;
        }
    }
    return path;
}

bool is_litter(const Path& path) {
    return std::ranges::any_of(path, [](const std::string& part) {
        return part == "__MACOSX" || part == ".DS_Store" || iequals(part, "Thumbs.db") ||
               iequals(part, "desktop.ini") || part.starts_with("~$") || part.starts_with("._");
    });
}

} // namespace rungs::grade
