#pragma once

#include <array>

#include "analyzer/findings/rules.hpp"

/// What can be odd about what a class hands in. `rungs explain CODE` knows each code.
namespace rungs::grade::rule {

using findings::Rule;
using enum Severity;

inline constexpr Rule archive_encrypted{"archive-encrypted", error, "",
                                        "An archive is encrypted: what needs its password was not read."};
inline constexpr Rule archive_damaged{"archive-damaged", error, "",
                                      "An archive is cut or damaged: what could be read of it is kept."};
inline constexpr Rule archive_nested{"archive-nested", warning, "",
                                     "An archive lies too deep inside others and was left closed."};
inline constexpr Rule archive_path{"archive-path", warning, "",
                                   "A name in an archive leads out of it; it is used for display only."};
inline constexpr Rule submission_link{"submission-link", warning, "",
                                      "A link or a special file was handed in; it was not followed."};
inline constexpr Rule submission_limit{"submission-limit", warning, "",
                                       "There is more than the program reads of a submission or a class."};
inline constexpr Rule submission_unreadable{"submission-unreadable", error, "",
                                            "A file of a submission could not be read."};
inline constexpr Rule submission_empty{"submission-empty", warning, "",
                                       "A folder or archive was handed in that holds no file."};
inline constexpr Rule submission_repeated{"submission-repeated", note, "",
                                          "A student handed in more than once; all files are looked at."};
inline constexpr Rule submission_ambiguous{
    "submission-ambiguous", warning, "",
    "The name of a submission fits several students: nobody is guessed."};
inline constexpr Rule submission_anonymous{
    "submission-anonymous", note, "", "Names are hidden (blind marking): the platform's numbers are used."};
inline constexpr Rule roster_row{"roster-row", warning, "", "A line of the roster was left out."};

inline constexpr std::array intake{
    archive_encrypted,   archive_damaged,      archive_nested,        archive_path,
    submission_link,     submission_limit,     submission_unreadable, submission_empty,
    submission_repeated, submission_ambiguous, submission_anonymous,  roster_row,
};

} // namespace rungs::grade::rule
