#pragma once

#include "analyzer/grade/contents.hpp"
#include "cli/workers.hpp"

namespace rungs::cli {

/// What an archive that was handed in may take while it is read.
Box archive_box();

/// What `grade::read_archive` does, in a process of its own: an archive that makes the library crash, or asks
/// for more memory or time than it may have, is one that could not be read, and says so.
std::vector<grade::Item> read_archive_apart(std::string_view octets, const grade::Path& place,
                                            grade::Budget& budget, const Box& box = archive_box());

} // namespace rungs::cli
