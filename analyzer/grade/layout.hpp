#pragma once

#include <span>
#include <vector>

#include "analyzer/grade/contents.hpp"
#include "analyzer/grade/naming.hpp"
#include "analyzer/grade/roster.hpp"

/// Where in a tree the submissions are: on which level, and whose.
namespace rungs::grade {

/// A file or folder that was handed in, with all below it.
struct Delivery {
    std::span<Item> items;
    std::size_t depth = 0; ///< items[0].path[depth] is its name
    NameParts parts;
    std::vector<std::size_t> students; ///< positions in the roster: one, or a team; empty without a roster
};

struct Layout {
    std::vector<Delivery> deliveries;
    std::vector<std::span<Item>> unmatched;   ///< each with the depth below
    std::vector<std::size_t> unmatched_depth; ///< of the name that fits nobody
    std::vector<Remark> remarks;              ///< of places above all submissions
};

/// `items` are in order of paths and outlive the layout. Names that say who (by the pattern, the roster, a
/// platform's or a Chinese class's form) are looked for from the outside in; the first level that has one is
/// the level of the submissions in that folder, so that nobody's folder is searched for names of others.
Layout find_deliveries(std::span<Item> items, const Roster* roster, const NamePattern* pattern);

} // namespace rungs::grade
