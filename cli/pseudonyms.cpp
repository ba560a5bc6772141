#include "cli/pseudonyms.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "analyzer/check/digest.hpp"
#include "core/csv.hpp"
#include "reports/csv.hpp"

namespace rungs::cli {
namespace {

std::string pseudonym_of(const grade::Submission& submission) {
    std::string all = submission.id;
    for (const grade::SubmittedFile& file : submission.files) all += "\n" + file.octets;
    const std::string digest = check::digest_hex(check::DigestAlgorithm::sha_256, all);
    return "anon-" + digest.substr(0, 8);
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
    if (what.size() < 2) return; // one letter would hit everything
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

} // namespace

Pseudonyms::Pseudonyms(std::string_view table) {
    const CsvTable rows = parse_csv(table);
    for (std::size_t i = 1; i < rows.rows.size(); ++i) {
        const CsvRow& row = rows.rows[i];
        if (row.size() < 4) continue;
        m_people[row[1].value] = {row[0].value, row[2].value, row[3].value};
    }
}

void Pseudonyms::hide(grade::Submission& submission) {
    const auto [place, is_new] =
        m_people.try_emplace(submission.id, Person{{}, submission.name, submission.lms_id});
    Person& person = place->second;
    if (person.pseudonym.empty()) person.pseudonym = pseudonym_of(submission);
    const std::string id = submission.id;
    const std::string name = submission.name;
    const std::string lms_id = submission.lms_id;
    const auto hide_in = [&](std::string& text) {
        replace_all(text, name, person.pseudonym);
        replace_all(text, id, person.pseudonym);
        replace_all(text, lms_id, person.pseudonym);
    };
    for (grade::SubmittedFile& file : submission.files) hide_in(file.name);
    for (grade::Remark& remark : submission.remarks) {
        hide_in(remark.en);
        hide_in(remark.zh_cn);
    }
    submission.origin.clear();
    submission.id = person.pseudonym;
    submission.name.clear();
    submission.lms_id.clear();
}

void Pseudonyms::hide(grade::Override& change) const {
    const auto person = m_people.find(change.student);
    if (person != m_people.end()) change.student = person->second.pseudonym;
}

grade::ClassMarks Pseudonyms::reveal(grade::ClassMarks marks) const {
    for (grade::StudentMark& mark : marks.students) {
        const auto person = std::ranges::find_if(
            m_people, [&mark](const auto& entry) { return entry.second.pseudonym == mark.id; });
        if (person == m_people.end()) continue;
        mark.id = person->first;
        mark.name = person->second.name;
        mark.lms_id = person->second.lms_id;
    }
    return marks;
}

void Pseudonyms::write(reports::Sink& sink) const {
    sink.write("\xEF\xBB\xBFpseudonym,id,name,lms_id\r\n");
    for (const auto& [id, person] : m_people) {
        std::string line;
        for (const std::string* field : {&person.pseudonym, &id, &person.name, &person.lms_id})
            reports::append_csv(line, *field);
        sink.write(line + "\r\n");
    }
}

} // namespace rungs::cli
