#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"

/// What a class handed in: who, which files, and what could not be told.
namespace rungs::grade {

/// A file of a submission, read into memory: archives are never extracted to disk.
struct SubmittedFile {
    std::string name;   ///< UTF-8, as in the folder or archive, for display only: never used as a path
    std::string octets; ///< complete
    std::optional<Timestamp> modified; ///< as the archive or folder says
};

/// What is wrong with a submission or a part of it: a code of `rungs explain`, and a sentence.
struct Remark {
    std::string code;
    std::string en, zh_cn;
};

/// One student's work, or one team's.
struct Submission {
    std::string id;        ///< student number, LMS identifier, or the name where nothing better is known
    std::string name;      ///< for people; may be empty
    std::string origin;    ///< folder, file or archive entry that it came from, UTF-8
    std::string extension; ///< the student's own number or user, from the roster; may be empty
    std::string team;      ///< from the roster; may be empty
    std::string lms_id;    ///< Moodle's or Canvas' identifier, to find the row of a worksheet; may be empty
    bool late = false;     ///< as the LMS marks it
    std::optional<Timestamp> handed_in; ///< LMS metadata, else the newest entry's time
    std::vector<SubmittedFile> files;   ///< in order of names
    std::vector<Remark> remarks;
};

struct ClassWork {
    std::vector<Submission> submissions; ///< by id, then by origin; one for each student who handed in
    std::vector<Submission> missing;     ///< of the roster, without files
    std::vector<std::string> unmatched; ///< origins that no student could be found for: listed, never guessed
    std::vector<Remark> remarks;
};

} // namespace rungs::grade
