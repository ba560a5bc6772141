#pragma once

#include <map>
#include <string>

#include "analyzer/grade/marks.hpp"
#include "analyzer/grade/overrides.hpp"
#include "analyzer/grade/submission.hpp"
#include "reports/report.hpp"

namespace rungs::cli {

/// Who is who in an anonymous class. A pseudonym comes from what was handed in, so that it stays the same
/// when the class is graded again and nobody can work it out from a list of student numbers.
class Pseudonyms {
  public:
    /// `table` is what `write` wrote before; those in it keep their pseudonyms.
    explicit Pseudonyms(std::string_view table = {});

    /// Takes names and numbers out of the submission: its own, and where they stand in names of files.
    void hide(grade::Submission& submission);
    /// Overrides name students by their ids or by their pseudonyms.
    void hide(grade::Override& change) const;
    /// The marks under the real names, for the platforms' tables.
    [[nodiscard]] grade::ClassMarks reveal(grade::ClassMarks marks) const;

    /// CSV: pseudonym, id, name, lms_id. For the instructor alone.
    void write(reports::Sink& sink) const;

  private:
    struct Person {
        std::string pseudonym, name, lms_id;
    };
    std::map<std::string, Person> m_people; ///< by id
};

} // namespace rungs::cli
