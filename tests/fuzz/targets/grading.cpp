#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "analyzer/check/step_syntax.hpp"
#include "analyzer/grade/contents.hpp"
#include "analyzer/grade/glob.hpp"
#include "analyzer/grade/gradescope.hpp"
#include "analyzer/grade/naming.hpp"
#include "analyzer/grade/overrides.hpp"
#include "analyzer/grade/points.hpp"
#include "analyzer/grade/roster.hpp"
#include "analyzer/grade/rubric.hpp"
#include "core/csv.hpp"
#include "core/limits/rubric.hpp"
#include "core/text.hpp"
#include "reports/gradebook.hpp"
#include "reports/grades.hpp"
#include "tests/fuzz/fuzz.hpp"

// What a class hands in, and the tables and rubrics around it.
using namespace rungs;
using namespace rungs::fuzz;
using namespace rungs::grade;

namespace {

void check_remark(const Remark& remark) {
    require(!remark.code.empty() && !remark.en.empty() && !remark.zh_cn.empty(), "a remark says what");
    require(printable(remark.en) == remark.en && printable(remark.zh_cn) == remark.zh_cn,
            "remarks are printable");
}

/// Nothing in it leads anywhere but below.
void check_path(const Path& path) {
    for (const std::string& part : path) {
        require(!part.empty() && part != "." && part != "..", "a path leads down only");
        require(is_utf8(part), "names are UTF-8");
    }
    require(path.size() <= limits::submission_depth, "paths are bounded");
    for (std::size_t i = 0; i + 1 < path.size(); ++i)
        require(path[i].find_first_of("/\\") == std::string::npos, "a name is one step");
}

void check_name(const std::string& segment, const NameParts& parts) {
    require(segment.starts_with(parts.stem), "the stem is what a name begins with");
    require(segment.ends_with(parts.file), "a file's own name is what stands last");
    require(squash(squash(parts.name)) == squash(parts.name), "what is squashed stays so");
}

std::string text_of(Bytes octets) {
    return std::string(as_text(octets));
}

bool is_decimal(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const std::string_view whole = text.substr(0, text.find_first_of(".,"));
    const std::string_view part = text.substr(std::min(text.size(), whole.size() + 1));
    return !whole.empty() && std::ranges::all_of(whole, is_digit) && std::ranges::all_of(part, is_digit);
}

} // namespace

FUZZ_TARGET(rubric) {
    const auto text = as_text(input);
    const auto rubric = parse_rubric(text, "fuzz.yaml");
    if (!rubric) return require(!rubric.error().message.empty(), "a refusal says why");
    require(!rubric->tasks.empty() && rubric->tasks.size() <= limits::rubric_tasks, "tasks are bounded");
    Points sum;
    std::set<std::string> ids;
    for (const Task& task : rubric->tasks) {
        require(ids.insert(task.id).second, "a task has an id of its own");
        sum.parts += task.points.parts;
        static_cast<void>(task.flow_points());
        static_cast<void>(task.wants("张三/no-answer.pcap"));
        for (const Criterion& criterion : task.also) static_cast<void>(criterion.condition.text());
    }
    require(rubric->max() <= sum, "there is no more to reach than the tasks give");
    for (const RubricProblem& problem : problems_of(*rubric))
        require(!problem.text.en.empty() && !problem.text.zh_cn.empty(), "a problem says what");
    require(parse_rubric(text, "fuzz.yaml").has_value(), "reading again gives the same");
}

FUZZ_TARGET(archive_name) {
    bool leads_out = false;
    const Path path = entry_path(as_text(input), leads_out);
    check_path(path);
    bool again_leads_out = true;
    require(entry_path(to_string(path), again_leads_out) == path, "a path is its own path");
    require(!again_leads_out, "a path leads nowhere else");
    static_cast<void>(is_litter(path));
}

FUZZ_TARGET(archive) {
    Dice dice(input);
    const std::uint8_t choice = dice.u8();
    Budget budget;
    budget.entries = 8;
    budget.archive_entries = 1U + choice % 8U;
    budget.octets = 1U << 18U;
    budget.file_octets = 1U << (8U + choice / 32U);
    budget.depth = choice % 3U;
    budget.ratio_octets = 1U << 12U;
    const Budget before = budget;
    const Path place{"张三"};
    std::uint64_t octets = 0;
    std::size_t files = 0;
    const auto items = read_archive(as_text(dice.rest()), place, budget);
    for (const Item& item : items) {
        require(!item.path.empty() && item.path[0] == place[0], "everything is below its place");
        check_path(
            {item.path.begin() + 1, item.path.begin() + std::min<std::ptrdiff_t>(2, std::ssize(item.path))});
        if (item.remark) {
            check_remark(*item.remark);
            continue;
        }
        ++files;
        require(item.octets.size() <= before.file_octets, "a file is bounded");
        octets += item.octets.size();
    }
    require(files <= before.archive_entries && files <= before.entries, "files are bounded");
    require(octets <= before.octets && octets <= before.octets - budget.octets,
            "what was unpacked is bounded and paid for");
    require(!items.empty() || files == 0, "an archive without files is told");
}

FUZZ_TARGET(student_name) {
    const auto text = as_text(input);
    const std::string segment = text_of(as_bytes(text.substr(0, text.find('\n'))));
    const NameParts parts = parse_name(segment);
    check_name(segment, parts);
    require(segment.starts_with(without_ending(segment)), "an ending stands at the end");
    if (segment.size() == text.size()) return;
    const auto pattern = NamePattern::compile(text_of(as_bytes(text.substr(segment.size() + 1))));
    if (!pattern) return require(!pattern.error().message.empty(), "a refusal says why");
    if (const auto found = pattern->match(segment)) {
        require(segment.find(found->id) != std::string::npos, "an id stands in the name");
        require(segment.find(found->name) != std::string::npos, "a name stands in the name");
    }
}

FUZZ_TARGET(class_table) {
    const auto text = as_text(input);
    const CsvTable table = parse_csv(text);
    std::size_t at = 0;
    for (const CsvRow& row : table.rows) {
        require(!row.empty(), "a row has cells");
        for (const CsvCell& cell : row) {
            require(cell.begin >= at && cell.begin <= cell.end && cell.end <= text.size(),
                    "cells stand in the text, in order");
            at = cell.end;
        }
    }
    if (const auto roster = parse_roster(text)) {
        require(roster->students.size() + roster->remarks.size() <
                    std::max<std::size_t>(table.rows.size(), 1),
                "each line is a student or told, but the first");
        std::set<std::string> ids;
        for (const Student& student : roster->students) {
            require(student.id.empty() || ids.insert(student.id).second, "a student number is one student's");
            if (roster->students.size() > 16) continue;
            for (const std::size_t who :
                 find_students(*roster, parse_name(student.id + "_" + student.name)).students)
                require(who < roster->students.size(), "who is found is in the roster");
        }
        for (const Remark& remark : roster->remarks) check_remark(remark);
    }
    if (const auto overrides = parse_overrides(text)) {
        for (const Override& each : *overrides)
            require(!each.student.empty() && !each.reason.empty() && each.line >= 2,
                    "an override says who and why");
    }
}

/// A cell that is set changes no other.
FUZZ_TARGET(worksheet) {
    Dice dice(input);
    const std::size_t row = dice.u8(), column = dice.u8();
    const std::string value = text_of(dice.take(dice.u8()));
    const std::string text = text_of(dice.rest());
    reports::Sheet sheet(text);
    require(sheet.text() == text, "a sheet is as it came");
    ClassMarks marks;
    marks.students.emplace_back();
    marks.students[0].id = "1";
    marks.students[0].name = "Ana Lee";
    marks.students[0].lms_id = "2";
    static_cast<void>(reports::fill_moodle_worksheet(text, marks));
    static_cast<void>(reports::fill_canvas_gradebook(text, marks, ""));
    if (row == 0 || row >= sheet.rows() || !is_utf8(value) || !is_utf8(text)) return;
    if (!sheet.set(row, column, value)) return;
    const std::string changed = sheet.text();
    const reports::Sheet again(changed);
    if (again.rows() != sheet.rows()) // a table's only cell that became empty is no row
        return require(value.empty(), "no value makes rows");
    for (std::size_t i = 0; i < sheet.rows(); ++i)
        for (std::size_t j = 0; j < 256; ++j)
            require(again.cell(i, j) ==
                        (i == row && j == column ? std::string(trim(value)) : sheet.cell(i, j)),
                    "a cell that is set changes no other");
}

FUZZ_TARGET(gradescope) {
    const auto text = as_text(input);
    static_cast<void>(parse_rfc3339(text));
    static_cast<void>(parse_time(text));
    const auto submission = parse_gradescope_metadata(text);
    if (!submission) return require(!submission.error().message.empty(), "a refusal says why");
    require(!submission->id.empty() && submission->files.empty(), "a submission is somebody's");
}

FUZZ_TARGET(glob) {
    const auto text = as_text(input);
    const auto pattern = text.substr(0, text.find('\n'));
    static_cast<void>(glob_matches(pattern, text.substr(pattern.size())));
    require(glob_matches("*", pattern), "a star is any text");
    if (const auto mistake = glob_mistake(pattern))
        return require(*mistake < pattern.size(), "a mistake stands in the pattern");
    if (!is_utf8(pattern)) return; // octets beside each other may become a character
    const bool negated = pattern.find("[!") != pattern.npos || pattern.find("[^") != pattern.npos;
    require(glob_matches(pattern, glob_example(pattern)) || negated, "an example fits its pattern");
}

/// The small languages inside flows and rubrics.
FUZZ_TARGET(step) {
    const auto text = as_text(input);
    std::vector<check::Role> roles(2);
    roles[0].name = "caller";
    roles[1].name = "proxy";
    const auto told = [&](const auto& parsed) {
        if (parsed) return;
        require(!parsed.error().message.empty() && parsed.error().offset <= text.size(),
                "an error says what and where");
    };
    const auto pattern = check::parse_pattern(text);
    told(pattern);
    if (pattern)
        require(check::parse_pattern(check::to_string(*pattern)).has_value(), "a pattern is written as one");
    const auto step = check::parse_step(text, roles);
    told(step);
    if (step)
        require(check::parse_step(check::to_string(*step, roles), roles).has_value(),
                "a step is written as one");
    told(check::parse_duration(text));
    told(check::parse_bound(text, true));
    told(check::parse_predicate(text));
    told(check::parse_binding("x", text));
    const auto points = parse_points(text);
    if (!points) return;
    require(is_decimal(trim(text)), "points are a number");
    require(parse_points(to_decimal(*points)) == points, "points are written as they are");
}
