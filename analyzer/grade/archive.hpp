#pragma once

#include <string>
#include <vector>

#include "analyzer/grade/contents.hpp"

namespace rungs::grade {

/// What `read_archive` does, for an archive in a file that the user named: the class's. All of `budget` is
/// its. The archives in it are read by `read_inside`.
std::vector<Item> read_archive_file(const std::string& file, Budget& budget,
                                    const ArchiveReading& read_inside);

} // namespace rungs::grade
