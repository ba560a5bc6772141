#include "analyzer/grade/rubric.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <initializer_list>

#include <fmt/format.h>

#include "analyzer/check/builtin.hpp"
#include "analyzer/check/flow_file.hpp"
#include "analyzer/check/yaml_reader.hpp"
#include "analyzer/findings/rules.hpp"
#include "analyzer/grade/glob.hpp"
#include "core/limits/rubric.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace rungs::grade {
namespace {

using namespace check::yaml;

/// The words that a roster gives a value for.
constexpr std::array<std::string_view, 4> roster_words{"EXT", "ID", "NAME", "TEAM"};

/// The value whose name `node` is.
template <typename T>
T choose(const YAML::Node& node, std::initializer_list<T> values) {
    const std::string& word = scalar(node);
    std::vector<std::string_view> known;
    for (const T value : values) {
        if (to_string(value) == word) return value;
        known.push_back(to_string(value));
    }
    refuse(node, fmt::format("\"{}\" is not known here", printable(word)), one_of(word, known));
}

/// `15 min`, `2 h`, `7 days`.
Duration read_span(const YAML::Node& node) {
    std::string_view text = trim(scalar(node));
    const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789"));
    const auto number = parse_number<std::uint32_t>(digits);
    const std::string_view unit = trim(text.substr(digits.size()));
    std::optional<Duration> one;
    if (unit == "s") one = std::chrono::seconds(1);
    if (unit == "min") one = std::chrono::minutes(1);
    if (unit == "h" || unit == "hour" || unit == "hours") one = std::chrono::hours(1);
    if (unit == "d" || unit == "day" || unit == "days") one = std::chrono::hours(24);
    if (unit == "week" || unit == "weeks") one = std::chrono::hours(24 * 7);
    constexpr Duration longest = std::chrono::hours(10 * 366 * 24);
    if (!number || !one || *number > longest / *one)
        refuse(node, "this is no length of time", "15 min, 2 h, 1 day");
    return *one * *number;
}

unsigned read_percent(const YAML::Node& node) {
    std::string_view text = trim(scalar(node));
    if (text.ends_with('%')) text.remove_suffix(1);
    const auto number = parse_number<unsigned>(trim(text));
    if (!number || *number > 100) refuse(node, "this is no percentage", "10%");
    return *number;
}

bool is_identifier(std::string_view id) {
    return !id.empty() &&
           std::ranges::all_of(id, [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; });
}

class RubricReader {
  public:
    explicit RubricReader(const std::string& path) : m_path(path) {}

    Rubric read(const YAML::Node& document) {
        if (!document.IsMap()) refuse(document, "a rubric is a map", "it begins with rubric: TITLE");
        check_keys(document, {"schema", "rubric", "tasks", "late", "round", "cap", "floor", "points"});
        Rubric rubric;
        rubric.source = m_path;
        rubric.title = read_text(need(document, "rubric", "rubric: {en: SIP lab, zh_CN: SIP 实验}"));
        const YAML::Node tasks = need(document, "tasks", "tasks: [{id: busy, points: 20, flow: busy}]");
        if (!tasks.IsSequence() || tasks.size() == 0) refuse(tasks, "a list of tasks belongs here");
        if (tasks.size() > limits::rubric_tasks)
            refuse(tasks, fmt::format("more than {} tasks (limit rubric_tasks)", limits::rubric_tasks));
        for (const YAML::Node& item : tasks) {
            Task task = read_task(item);
            if (std::ranges::find(rubric.tasks, task.id, &Task::id) != rubric.tasks.end())
                refuse(item["id"], fmt::format("task \"{}\" is there twice", task.id));
            rubric.tasks.push_back(std::move(task));
        }
        if (const auto node = document["late"]) rubric.late = read_late(node);
        if (const auto node = document["round"]) rubric.round = read_points(node);
        if (const auto node = document["cap"]) rubric.cap = read_points(node);
        if (const auto node = document["floor"]) rubric.floor = read_points(node);
        if (const auto node = document["points"]) rubric.points = read_points(node);
        return rubric;
    }

  private:
    Task read_task(const YAML::Node& item) {
        if (!item.IsMap()) refuse(item, "a task is a map", "{id: busy, points: 20, flow: busy}");
        check_keys(item, {"id", "title", "points", "capture", "pick", "flow", "partial", "also", "deductions",
                          "hint", "required", "visibility"});
        Task task;
        task.place = check::yaml::place_of(item);
        const YAML::Node id = need(item, "id", "id: busy");
        task.id = scalar(id);
        if (!is_identifier(task.id)) refuse(id, "an id is made of letters, digits, - and _", "id: no-answer");
        task.title = item["title"] ? read_text(item["title"]) : Text{task.id, {}};
        task.points = read_points(need(item, "points", "points: 20"));
        if (const auto node = item["capture"]) read_patterns(node, task);
        if (const auto node = item["pick"])
            task.pick = choose(node, {Pick::best, Pick::newest, Pick::all, Pick::named});
        if (const auto node = item["flow"]) task.flow = read_flow_of(node);
        if (const auto node = item["partial"]) {
            task.partial =
                choose(node, {PartialCredit::steps, PartialCredit::proportional, PartialCredit::none});
        }
        if (const auto node = item["also"])
            each(node, [&](const YAML::Node& also) { task.also.push_back(read_criterion(also)); });
        if (const auto node = item["deductions"])
            each(node, [&](const YAML::Node& taken) { task.deductions.push_back(read_deduction(taken)); });
        if (const auto node = item["hint"]) task.hint = read_text(node);
        task.required = is_true(item["required"]);
        if (const auto node = item["visibility"]) task.visible = read_visibility(node);
        if (!task.flow && task.also.empty())
            refuse(item, "the task asks for nothing",
                   "flow: NAME says how the call has to go, also: what else");
        return task;
    }

    static bool read_visibility(const YAML::Node& node) {
        const std::string& word = scalar(node);
        if (word != "visible" && word != "hidden")
            refuse(node, fmt::format("\"{}\" is not known here", printable(word)),
                   one_of(word, {"visible", "hidden"}));
        return word == "visible";
    }

    static void read_patterns(const YAML::Node& node, Task& task) {
        each(node, [&](const YAML::Node& item) {
            const std::string& pattern = scalar(item);
            const std::size_t skipped = pattern.starts_with('!') ? 1 : 0;
            if (pattern.size() == skipped) refuse(item, "an empty pattern fits no file", "\"*busy*\"");
            if (const auto offset = glob_mistake(std::string_view(pattern).substr(skipped))) {
                refuse(item, check::SyntaxError{*offset + skipped, "this set of characters can match nothing",
                                                "[0-9] is one digit, [[] a bracket"});
            }
            task.captures.push_back(pattern);
        });
    }

    /// Written here, a file beside the rubric, or a built-in one.
    check::Flow read_flow_of(const YAML::Node& node) const {
        if (node.IsMap()) return check::read_flow(node, m_path);
        const std::string& name = scalar(node);
        if (const check::Flow* flow = check::find_builtin(name)) return *flow;
        if (name.find_first_of("./") == std::string::npos) {
            std::vector<std::string_view> known;
            for (const check::Flow& flow : check::builtin_flows()) known.push_back(flow.name);
            std::string hint = did_you_mean(nearest(name, known));
            if (hint.empty())
                hint = "rungs flows list names the built-in ones; a file has a dot in its name: my.yaml";
            refuse(node, fmt::format("there is no flow \"{}\"", printable(name)), std::move(hint));
        }
        auto flow = check::read_flow_file((std::filesystem::path(m_path).parent_path() / name).string());
        if (!flow) refuse(node, flow.error().message, flow.error().hint);
        return std::move(*flow);
    }

    static Condition read_condition(const YAML::Node& item) {
        Condition condition;
        condition.where = read_predicates(item["where"]);
        each(item["where"], [&condition, i = std::size_t{0}](const YAML::Node& text) mutable {
            check_roster_word(text, condition.where[i++]);
        });
        if (const auto node = item["of"])
            condition.of = check::yaml::parse(node, check::parse_pattern(scalar(node)));
        return condition;
    }

    static void check_roster_word(const YAML::Node& node, const check::Predicate& predicate) {
        if (!predicate.value.starts_with('$')) return;
        const std::string_view word = std::string_view(predicate.value).substr(1);
        if (std::ranges::find(roster_words, word) != roster_words.end()) return;
        refuse(node, fmt::format("there is no value \"${}\"", printable(word)),
               one_of(word, {roster_words.begin(), roster_words.end()}));
    }

    static Criterion read_criterion(const YAML::Node& item) {
        if (!item.IsMap())
            refuse(item, "a condition is a map", "{where: call.caller.user = $EXT, points: 5}");
        check_keys(item, {"where", "of", "points", "feedback", "required"});
        Criterion criterion;
        need(item, "where", "where: call.caller.user = $EXT");
        criterion.condition = read_condition(item);
        criterion.points = item["points"] ? read_points(item["points"]) : Points{};
        if (const auto node = item["feedback"]) criterion.feedback = read_text(node);
        criterion.required = is_true(item["required"]);
        criterion.place = check::yaml::place_of(item);
        return criterion;
    }

    static Deduction read_deduction(const YAML::Node& item) {
        if (!item.IsMap()) refuse(item, "a deduction is a map", "{finding: ack-missing, points: 2}");
        check_keys(item, {"finding", "where", "of", "points", "feedback"});
        Deduction deduction;
        deduction.points = read_points(need(item, "points", "points: 2"));
        if (const auto node = item["feedback"]) deduction.feedback = read_text(node);
        deduction.place = check::yaml::place_of(item);
        const YAML::Node finding = item["finding"];
        if (bool{finding} == bool{item["where"]})
            refuse(item, "a deduction is for a finding or for a condition",
                   "finding: ack-missing, or where: ...");
        if (!finding) {
            deduction.condition = read_condition(item);
            return deduction;
        }
        deduction.finding = scalar(finding);
        if (findings::rule_of(deduction.finding) == nullptr)
            refuse(finding, fmt::format("no finding has the code \"{}\"", printable(deduction.finding)),
                   "rungs explain --list names all codes");
        return deduction;
    }

    static LateRule read_late(const YAML::Node& item) {
        if (!item.IsMap())
            refuse(item, "late rules are a map", "{due: 2026-11-20 23:59 +08:00, percent: 10%}");
        check_keys(item, {"due", "grace", "every", "percent", "max", "zero_after"});
        LateRule late;
        const YAML::Node due = need(item, "due", "due: 2026-11-20 23:59 +08:00");
        const auto time = parse_time(scalar(due));
        if (!time)
            refuse(due, "this is no time with an offset from UTC",
                   "2026-11-20 23:59 +08:00, or 2026-11-20T15:59:00Z");
        late.due = *time;
        late.due_text = scalar(due);
        if (const auto node = item["grace"]) late.grace = read_span(node);
        if (const auto node = item["every"]) late.every = read_span(node);
        if (late.every <= Duration::zero()) refuse(item["every"], "a period is longer than nothing", "1 day");
        if (const auto node = item["percent"]) late.percent = read_percent(node);
        if (const auto node = item["max"]) late.most_percent = read_percent(node);
        if (const auto node = item["zero_after"]) late.zero_after = read_span(node);
        return late;
    }

    const std::string& m_path;
};

/// Digits of a fixed number at the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
    const auto number = parse_number<int>(text.substr(0, count));
    if (text.size() < count || !number) return std::nullopt;
    text.remove_prefix(count);
    return number;
}

bool take_char(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::chrono::minutes> read_offset(std::string_view text) {
    if (text == "Z" || text == "z") return std::chrono::minutes(0);
    const bool west = text.starts_with('-');
    if (!take_char(text, "+-")) return std::nullopt;
    const auto hours = take_digits(text, 2);
    take_char(text, ":");
    const auto minutes = take_digits(text, 2);
    if (!hours || !minutes || !text.empty() || *hours > 14 || *minutes > 59) return std::nullopt;
    const auto offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    return west ? -offset : offset;
}

} // namespace

std::string Condition::text() const {
    std::string text;
    for (const check::Predicate& predicate : where) text += (text.empty() ? "" : ", ") + predicate.text;
    return text;
}

Points Task::flow_points() const {
    Points left = points;
    for (const Criterion& criterion : also) left.parts -= criterion.points.parts;
    return left;
}

bool Task::wants(std::string_view file_name) const {
    const std::string_view last = file_name.substr(file_name.find_last_of("/\\") + 1);
    bool wanted = captures.empty() || captures.front().starts_with('!');
    for (std::string_view pattern : captures) {
        const bool excludes = pattern.starts_with('!');
        if (excludes) pattern.remove_prefix(1);
        if (glob_matches(pattern, last) || glob_matches(pattern, file_name)) wanted = !excludes;
    }
    return wanted;
}

Points Rubric::max() const {
    Points sum;
    for (const Task& task : tasks) sum += task.points;
    return cap ? std::min(sum, *cap) : sum;
}

std::optional<Timestamp> parse_time(std::string_view text) {
    text = trim(text);
    const auto year = take_digits(text, 4);
    const bool first_dash = take_char(text, "-");
    const auto month = take_digits(text, 2);
    const bool second_dash = take_char(text, "-");
    const auto day = take_digits(text, 2);
    const bool separated = take_char(text, "Tt ");
    const auto hour = take_digits(text, 2);
    const bool colon = take_char(text, ":");
    const auto minute = take_digits(text, 2);
    std::optional<int> second = 0;
    if (take_char(text, ":")) second = take_digits(text, 2);
    const auto offset = read_offset(trim(text));
    if (!year || !month || !day || !hour || !minute || !second || !offset) return std::nullopt;
    if (!first_dash || !second_dash || !separated || !colon) return std::nullopt;
    namespace chrono = std::chrono;
    const chrono::year_month_day date{chrono::year(*year), chrono::month(static_cast<unsigned>(*month)),
                                      chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60 || *year < 1970 || *year > 2200)
        return std::nullopt;
    const auto moment = chrono::sys_days(date) + chrono::hours(*hour) + chrono::minutes(*minute) +
                        chrono::seconds(*second) - *offset;
    return Timestamp{chrono::duration_cast<Duration>(moment.time_since_epoch()).count()};
}

Result<Rubric> parse_rubric(std::string_view yaml, const std::string& path) {
    return check::yaml::read(
        yaml, path, "docs/grading.md shows how rubrics are written",
        [&path](const YAML::Node& document) { return RubricReader(path).read(document); });
}

Result<Rubric> read_rubric_file(const std::string& path) {
    const auto text = check::yaml::read_file(path, "samples/rubrics has some to start from");
    if (!text) return tl::unexpected(text.error());
    return parse_rubric(*text, path);
}

std::string_view to_string(Pick pick) {
    switch (pick) {
    case Pick::best: return "best";
    case Pick::newest: return "newest";
    case Pick::all: return "all";
    case Pick::named: return "named";
    }
    return "";
}

std::string_view to_string(PartialCredit partial) {
    switch (partial) {
    case PartialCredit::steps: return "steps";
    case PartialCredit::proportional: return "proportional";
    case PartialCredit::none: return "none";
    }
    return "";
}

} // namespace rungs::grade
