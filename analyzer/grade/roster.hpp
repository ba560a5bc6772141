#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/grade/naming.hpp"
#include "analyzer/grade/submission.hpp"
#include "core/result.hpp"

namespace rungs::grade {

struct Student {
    std::string id, name, extension, team, lms_id, email;
};

/// Who is in the class.
struct Roster {
    std::vector<Student> students; ///< as in the file
    std::vector<Remark> remarks;   ///< lines that were left out
};

/// `csv` is UTF-8 or GB18030, with or without a byte order mark, separated by commas, semicolons or tabs. The
/// first line names the columns, in English or Chinese: id or name must be there, extension, team, LMS id and
/// email may. Fails when neither id nor name is.
Result<Roster> parse_roster(std::string_view csv);

/// Positions in `roster.students` of those whom the name means: by LMS id, student number or e-mail address,
/// then by exact name, then all of the team of that name. Empty: nobody. Several without being one team: the
/// name is ambiguous.
struct RosterMatch {
    std::vector<std::size_t> students;
    bool ambiguous = false;
};
RosterMatch find_students(const Roster& roster, const NameParts& parts);

} // namespace rungs::grade
