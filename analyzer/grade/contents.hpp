#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/grade/submission.hpp"
#include "core/limits/grade.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

/// Everything below a folder or in an archive, read into memory. Nothing is written to disk, no link is
/// followed, and no name of an archive is used as a path.
namespace rungs::grade {

/// Names from the outside in, UTF-8. An archive is a step like a folder. Never empty names, `.` or `..`.
using Path = std::vector<std::string>;

/// With slashes, for display.
std::string to_string(const Path& path);

/// A file, or something to be told about a place.
struct Item {
    Path path; ///< empty: the class as a whole
    std::string octets;
    std::optional<Timestamp> modified;
    std::optional<Remark> remark; ///< then `octets` and `modified` say nothing
};

/// What may still be read: the limits of core/limits/grade.hpp, or smaller ones in tests.
struct Budget {
    std::size_t entries = limits::class_entries;
    std::uint64_t octets = limits::class_octets;
    std::size_t archive_entries = limits::submission_entries; ///< of each archive inside
    std::uint64_t file_octets = limits::submission_octets;    ///< of each file, each archive inside
    unsigned depth = limits::archive_depth;                   ///< archives in one another
    std::uint64_t ratio_octets = limits::archive_octets;
    std::uint64_t ratio = limits::archive_ratio;
};

/// The items of an archive in memory (zip, 7z, rar, tar; the latter also compressed), below `place`. Never
/// fails: what is odd becomes items with remarks. Takes what it reads from `budget`.
std::vector<Item> read_archive(std::string_view octets, const Path& place, Budget& budget);

/// How the archives inside of a folder or archive are read: like `read_archive`, perhaps more carefully.
using ArchiveReading = std::function<std::vector<Item>(std::string_view, const Path&, Budget&)>;

/// `path` is a folder or an archive that the user named. In order of paths. What systems leave behind
/// (`__MACOSX`, `.DS_Store`, `Thumbs.db`, `~$*`) is not there. Fails when `path` cannot be read at all or
/// is neither.
Result<std::vector<Item>> read_contents(const std::string& path, Budget budget = {},
                                        const ArchiveReading& read_inside = read_archive);

/// By their first octets; by name only for what has no mark of its own. Office documents and programs, which
/// are zip archives inside, are none.
bool is_archive(std::string_view name, std::string_view octets);

/// The name of an archive's entry as a path: UTF-8 or GB18030, `/` or `\` between its parts. `leads_out` says
/// that it was absolute or had `..` in it; such parts are left out.
Path entry_path(std::string_view name, bool& leads_out);

/// What systems leave behind in folders and archives.
bool is_litter(const Path& path);

} // namespace rungs::grade
