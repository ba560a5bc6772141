#include "analyzer/grade/roster.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "analyzer/grade/intake_rules.hpp"
#include "analyzer/grade/table.hpp"
#include "core/text.hpp"

namespace rungs::grade {
namespace {

using namespace std::string_view_literals;

constexpr std::array id_names{"id"sv,     "student id"sv, "student number"sv, "id number"sv, "sis user id"sv,
                              "number"sv, "学号"sv,       "学生学号"sv,       "学生编号"sv};
constexpr std::array name_names{"name"sv, "full name"sv, "student name"sv, "student"sv,
                                "姓名"sv, "全名"sv,      "学生姓名"sv,     "学生"sv};
constexpr std::array extension_names{"extension"sv, "ext"sv,    "phone"sv, "user"sv,     "sip user"sv,
                                     "分机"sv,      "分机号"sv, "号码"sv,  "电话号码"sv, "用户名"sv};
constexpr std::array team_names{"team"sv, "group"sv, "小组"sv, "组"sv, "组别"sv, "组号"sv, "团队"sv};
constexpr std::array lms_names{"lms id"sv,     "canvas id"sv, "moodle id"sv, "participant"sv,
                               "identifier"sv, "标识符"sv,    "平台编号"sv};
constexpr std::array email_names{"email"sv, "email address"sv, "e mail"sv,   "mail"sv,
                                 "邮箱"sv,  "电子邮件"sv,      "电子邮箱"sv, "电子邮件地址"sv};

Remark left_out(std::size_t line, std::string_view en, std::string_view zh_cn) {
    return {std::string(rule::roster_row.code), fmt::format("Line {} of the roster {}.", line, en),
            fmt::format("名单第 {} 行{}。", line, zh_cn)};
}

/// Moodle writes the number with a word in front: `Participant 12345`, `参与人12345`.
std::string number_at_end(const std::string& text) {
    const std::size_t last = text.find_last_not_of("0123456789");
    return last == std::string::npos || last + 1 == text.size() ? text : text.substr(last + 1);
}

constexpr std::size_t shortest_run = 5; ///< of digits, to be a number of a student within a word

/// `2021001张三` as `2021001` and `张三`; nothing when there is no long run of digits beside something else.
void add_runs(std::string_view piece, std::vector<std::string>& pieces) {
    const auto digits = [](std::string_view text) {
        return static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
    };
    const std::size_t leading = digits(piece);
    if (leading >= shortest_run && leading < piece.size()) {
        pieces.emplace_back(piece.substr(0, leading));
        pieces.emplace_back(piece.substr(leading));
    }
    const std::size_t before = piece.find_last_not_of("0123456789");
    if (before != std::string_view::npos && piece.size() - before - 1 >= shortest_run) {
        pieces.emplace_back(piece.substr(0, before + 1));
        pieces.emplace_back(piece.substr(before + 1));
    }
}

/// `text` cut at each of the separators, which may be longer than an octet.
void add_split(std::string_view text, std::span<const std::string_view> separators,
               std::vector<std::string>& pieces) {
    std::string piece;
    const auto finish = [&] {
        if (const std::string_view kept = trim(piece); !kept.empty()) {
            pieces.emplace_back(kept);
            add_runs(kept, pieces);
        }
        piece.clear();
    };
    while (!text.empty()) {
        const auto found = std::ranges::find_if(
            separators, [text](std::string_view separator) { return text.starts_with(separator); });
        if (found != separators.end()) {
            finish();
            text.remove_prefix(found->size());
        } else {
            piece += text.front();
            text.remove_prefix(1);
        }
    }
    finish();
}

/// Everything in a name that can be a number or a name of a student.
std::vector<std::string> pieces_of(const std::string& stem) {
    static constexpr std::array underscore{"_"sv};
    static constexpr std::array all{"_"sv,  "-"sv,  "+"sv,  " "sv,  "("sv,  ")"sv, "["sv,
                                    "]"sv,  ","sv,  "."sv,  "－"sv, "—"sv,  "–"sv, "（"sv,
                                    "）"sv, "【"sv, "】"sv, "，"sv, "、"sv, "　"sv};
    std::vector<std::string> pieces{stem};
    add_split(stem, underscore, pieces);
    add_split(stem, all, pieces);
    return pieces;
}

using Found = std::set<std::size_t>;

template <typename Fits>
Found all_that(const Roster& roster, const Fits& fits) {
    Found found;
    for (std::size_t each = 0; each < roster.students.size(); ++each)
        if (fits(roster.students[each])) found.insert(each);
    return found;
}

bool is(const std::string& known, std::string_view asked) {
    return !known.empty() && known == asked;
}

Found by_number(const Roster& roster, const std::vector<std::string>& pieces) {
    constexpr std::size_t shortest = 4; // a shorter one in the middle is more likely the number of a task
    return all_that(roster, [&](const Student& student) {
        for (std::size_t each = 0; each < pieces.size(); ++each) {
            const bool counts = each <= 1 || pieces[each].size() >= shortest;
            if (counts && (is(student.id, pieces[each]) || is(student.email, pieces[each]))) return true;
        }
        return false;
    });
}

Found by_name(const Roster& roster, const std::vector<std::string>& pieces) {
    return all_that(roster, [&](const Student& student) {
        return !student.name.empty() && std::ranges::find(pieces, student.name) != pieces.end();
    });
}

/// Canvas sorts by the last name: `Ana Lee` is handed in as `leeana`.
Found by_squashed_name(const Roster& roster, const std::string& squashed) {
    return all_that(roster, [&](const Student& student) {
        const std::size_t blank = student.name.rfind(' ');
        std::string sorted = squash(student.name);
        if (blank != std::string::npos)
            sorted = squash(student.name.substr(blank)) + squash(student.name.substr(0, blank));
        return is(squash(student.name), squashed) || is(sorted, squashed);
    });
}

/// Underscores are blanks in Moodle's names.
Found by_moodle_name(const Roster& roster, const std::string& name) {
    return all_that(roster, [&](const Student& student) {
        std::string known = student.name;
        std::ranges::replace(known, '_', ' ');
        return is(known, name);
    });
}

RosterMatch one_of(const Found& found) {
    if (found.size() > 1) return {{}, true};
    return {{found.begin(), found.end()}, false};
}

RosterMatch team_of(const Roster& roster, const NameParts& parts) {
    const Found found = all_that(roster, [&](const Student& student) {
        return is(student.team, parts.name) || is(student.team, parts.stem);
    });
    return {{found.begin(), found.end()}, false};
}

} // namespace

Result<Roster> parse_roster(std::string_view csv) {
    const NamedColumns table(csv);
    const auto id = table.find(id_names);
    const auto name = table.find(name_names);
    if (!id && !name)
        return fail(fmt::format("the roster's first line names neither id nor name, but: {}", table.names()),
                    "begin it with: id,name,extension,team (or 学号,姓名,分机,小组)");
    const auto extension = table.find(extension_names);
    const auto team = table.find(team_names);
    const auto lms_id = table.find(lms_names);
    const auto email = table.find(email_names);
    Roster roster;
    std::set<std::string> ids;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const std::size_t line = row + 2;
        Student student{table.cell(row, id),
                        table.cell(row, name),
                        table.cell(row, extension),
                        table.cell(row, team),
                        number_at_end(table.cell(row, lms_id)),
                        table.cell(row, email)};
        if (student.id.empty() && student.name.empty()) {
            roster.remarks.push_back(left_out(line, "has neither id nor name", "没有学号，也没有姓名"));
        } else if (!student.id.empty() && !ids.insert(student.id).second) {
            roster.remarks.push_back(left_out(line, fmt::format("repeats {}", printable(student.id)),
                                              fmt::format("重复了 {}", printable(student.id))));
        } else {
            roster.students.push_back(std::move(student));
        }
    }
    return roster;
}

RosterMatch find_students(const Roster& roster, const NameParts& parts) {
    const bool of_platform = parts.source == NameSource::moodle || parts.source == NameSource::canvas;
    if (of_platform) {
        const Found known =
            all_that(roster, [&](const Student& student) { return is(student.lms_id, parts.lms_id); });
        if (!known.empty()) return one_of(known);
        if (parts.anonymous) return {};
    }
    std::vector<std::string> pieces;
    if (parts.source == NameSource::plain || parts.source == NameSource::numbered)
        pieces = pieces_of(parts.stem);
    else if (!of_platform)
        pieces = {parts.id, parts.name};
    const Found numbers = by_number(roster, pieces);
    const Found names = parts.source == NameSource::moodle   ? by_moodle_name(roster, parts.name)
                        : parts.source == NameSource::canvas ? by_squashed_name(roster, parts.name)
                                                             : by_name(roster, pieces);
    if (numbers.size() == 1 && !names.empty() && !names.contains(*numbers.begin())) return {{}, true};
    if (!numbers.empty()) return one_of(numbers);
    if (!names.empty()) return one_of(names);
    return team_of(roster, parts);
}

} // namespace rungs::grade
