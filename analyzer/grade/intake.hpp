#pragma once

#include <string>
#include <vector>

#include "analyzer/grade/contents.hpp"
#include "analyzer/grade/naming.hpp"
#include "analyzer/grade/roster.hpp"
#include "analyzer/grade/submission.hpp"
#include "core/result.hpp"

/// From a folder or an archive to a class: whose each file is. docs/formats/submissions.md says which layouts
/// are known.
namespace rungs::grade {

struct IntakeOptions {
    std::string roster;     ///< --roster: path of a CSV; empty for none
    std::string id_pattern; ///< --id-pattern; empty for none
    /// --gradescope: path of submission_metadata.json; then all of the folder is one submission. Empty for
    /// none.
    std::string gradescope_metadata;
    ArchiveReading read_inside = read_archive; ///< for the archives that students made
};

/// `path` is a folder or an archive (zip, 7z, rar, tar). With a roster or a pattern, what they do not fit is
/// listed as unmatched; without them a name that is none of a known platform is the student's own.
/// Fails for what cannot be read at all, and for a roster or pattern that says nothing.
Result<ClassWork> read_class(const std::string& path, const IntakeOptions& options = {});

/// The same without any file: `items` in any order. `roster` and `pattern` may be null.
ClassWork sort_out(std::vector<Item> items, const Roster* roster, const NamePattern* pattern);

/// A file of a table, as the user named it: at most `class_table_octets`.
Result<std::string> read_table(const std::string& path);

} // namespace rungs::grade
