#include "analyzer/grade/grade.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "analyzer/check/facts.hpp"
#include "analyzer/findings/rules.hpp"
#include "analyzer/grade/captures.hpp"
#include "analyzer/grade/intake_rules.hpp"
#include "analyzer/grade/marking_rules.hpp"
#include "analyzer/grade/sentences.hpp"
#include "core/limits/rubric.hpp"
#include "core/text.hpp"

namespace rungs::grade {
namespace {

using check::Facts;
using check::Outcome;
using check::Predicate;
using check::Row;
using check::StepStatus;
using check::Truth;

/// What a bad row without points of its own costs: as much as a step.
constexpr std::int64_t step_weight = Points::per_point;

MarkReason because(const rule::Rule& rule, std::string en, std::string zh_cn) {
    return {std::string(rule.code), {std::move(en), std::move(zh_cn)}, {}, {}, {}};
}

/// `part` of `whole` of `points`, to the nearest part.
Points share(Points points, std::int64_t part, std::int64_t whole) {
    return whole == 0 ? Points{} : Points{(points.parts * part + whole / 2) / whole};
}

Points minus(Points a, Points b) {
    return {a.parts - b.parts};
}

/// Predicates about the call; the others ask a message.
bool about_call(const Predicate& predicate) {
    const std::string_view subject = predicate.subject;
    return subject.starts_with("call.") || subject.starts_with("rtp.") || subject == "dtmf" ||
           subject.starts_with("invitation.");
}

struct ConditionResult {
    Truth truth = Truth::no;
    std::vector<std::uint64_t> frames;
    std::string found; ///< of what did not hold; captured text
};

/// How one call does in a task.
struct Attempt {
    Id call = 0;
    std::optional<Outcome> outcome;
    TaskMark mark;
    std::size_t undecided = 0; ///< parts that cannot be judged

    [[nodiscard]] bool passed() const { return mark.verdict == TaskVerdict::pass; }
};

/// The one that counts: passed, then more points, then fewer doubts, then the flow that fits better.
bool better(const Attempt& a, const Attempt& b) {
    if (a.passed() != b.passed()) return a.passed();
    if (a.mark.score != b.mark.score) return a.mark.score > b.mark.score;
    if (a.undecided != b.undecided) return a.undecided < b.undecided;
    return a.outcome && b.outcome && check::better(*a.outcome, *b.outcome);
}

/// Judges one call by one task.
class CallMarker {
  public:
    CallMarker(const Analysis& analysis, Id call, const Task& task, const check::Values& values,
               const GradeOptions& options)
        : m_analysis(analysis), m_task(task), m_values(values), m_options(options),
          m_facts(analysis, call, options.passwords) {
        m_attempt.call = call;
    }

    Attempt mark() {
        TaskMark& mark = m_attempt.mark;
        mark.score = m_task.points;
        if (m_task.flow) follow(*m_task.flow);
        for (const Criterion& criterion : m_task.also) ask(criterion);
        for (const Deduction& deduction : m_task.deductions) deduct(deduction);
        std::ranges::sort(mark.frames);
        mark.frames.erase(std::unique(mark.frames.begin(), mark.frames.end()), mark.frames.end());
        if (mark.frames.size() > limits::mark_frames) mark.frames.resize(limits::mark_frames);
        decide();
        return std::move(m_attempt);
    }

  private:
    void lose(MarkReason reason, Points points) {
        Points& score = m_attempt.mark.score;
        reason.lost = std::min(points, score);
        score = minus(score, reason.lost);
        m_attempt.mark.reasons.push_back(std::move(reason));
    }

    /// The judge's own weight of the row, in parts; of what is wrong without points of its own, that of a
    /// step.
    [[nodiscard]] std::int64_t weight_of(const Row& row) const {
        const bool bad = row.status != StepStatus::met && row.status != StepStatus::undecidable;
        const bool weighs = row.possible.parts > 0 || bad;
        if (!weighs) return 0;
        if (m_task.partial == PartialCredit::proportional || row.possible.parts == 0) return step_weight;
        return row.possible.parts;
    }

    void follow(const check::Flow& flow) {
        const check::JudgeOptions judging{{}, m_values, false, m_options.passwords};
        const Outcome& outcome = m_attempt.outcome.emplace(judge(m_analysis, m_attempt.call, flow, judging));
        const std::int64_t whole =
            std::accumulate(outcome.rows.begin(), outcome.rows.end(), std::int64_t{0},
                            [this](std::int64_t sum, const Row& row) { return sum + weight_of(row); });
        Points left = m_task.flow_points(); // losses never add up to more than the flow's share
        const bool all_or_nothing = m_task.partial == PartialCredit::none;
        for (std::size_t i = 0; i < outcome.rows.size(); ++i) {
            const Row& row = outcome.rows[i];
            if (row.status == StepStatus::met) {
                if (row.event && row.kind == Row::Kind::step) cite(outcome.course.events[*row.event]);
                continue;
            }
            MarkReason reason = reason_for_row(m_analysis, flow, outcome, i);
            if (row.status == StepStatus::undecidable) {
                ++m_attempt.undecided;
                m_attempt.mark.reasons.push_back(std::move(reason));
                continue;
            }
            const std::int64_t weight = weight_of(row);
            Points lost = share(m_task.flow_points(),
                                row.status == StepStatus::out_of_order ? weight / 2 : weight, whole);
            if (all_or_nothing) lost = left;
            lost = std::min(lost, left);
            left = minus(left, lost);
            lose(std::move(reason), lost);
        }
        if (outcome.required_failed)
            lose(because(rule::required_failed, "A step is missing without which the task is worth nothing.",
                         "缺少必需的一步，本题不得分。"),
                 m_attempt.mark.score);
        if (outcome.capped) {
            ++m_attempt.undecided;
            m_attempt.mark.reasons.push_back(because(rule::not_decidable,
                                                     "The call is too large to be compared completely.",
                                                     "这个呼叫太大，无法完整比较。"));
        }
    }

    void cite(const check::Event& event) {
        for (const std::uint64_t frame : check::frames_of(m_analysis, event))
            m_attempt.mark.frames.push_back(frame);
    }

    void ask(const Criterion& criterion) {
        const ConditionResult result = judge_condition(criterion.condition);
        if (result.truth == Truth::yes) {
            m_attempt.mark.frames.insert(m_attempt.mark.frames.end(), result.frames.begin(),
                                         result.frames.end());
            return;
        }
        const std::string asked = printable(criterion.condition.text());
        if (result.truth == Truth::unknown) {
            ++m_attempt.undecided;
            MarkReason reason = because(
                rule::not_decidable,
                fmt::format("The capture, the roster or the passwords do not tell whether this holds: {}.",
                            asked),
                fmt::format("从抓包、名单或密码无法判断是否满足：{}。", asked));
            reason.frames = result.frames;
            reason.step = asked;
            m_attempt.mark.reasons.push_back(std::move(reason));
            return;
        }
        const std::string found = printable(result.found);
        const std::string wanted = with_values(criterion.condition);
        MarkReason reason = because(
            rule::condition_failed,
            fmt::format("{}Asked for is: {}.{}", spaced(criterion.feedback.en, criterion.feedback.zh_cn),
                        wanted, found.empty() ? "" : fmt::format(" Found: \"{}\".", found)),
            fmt::format("{}要求：{}。{}", spaced(criterion.feedback.zh_cn, criterion.feedback.en), wanted,
                        found.empty() ? "" : fmt::format("实际是“{}”。", found)));
        reason.frames = result.frames;
        reason.step = asked;
        lose(std::move(reason), criterion.points);
        if (criterion.required)
            lose(because(rule::required_failed, "Without that the task is worth nothing.",
                         "不满足这一条，本题不得分。"),
                 m_attempt.mark.score);
    }

    /// The predicates with what the roster has for `$EXT` and the like.
    [[nodiscard]] std::string with_values(const Condition& condition) const {
        std::string text;
        for (const Predicate& predicate : condition.where) {
            std::string one = predicate.text;
            const std::size_t at = one.rfind(predicate.value);
            const auto known =
                predicate.value.starts_with('$') ? m_values.find(predicate.value.substr(1)) : m_values.end();
            if (known != m_values.end() && at != std::string::npos)
                one.replace(at, predicate.value.size(), known->second);
            text += (text.empty() ? "" : ", ") + one;
        }
        return printable(text);
    }

    static std::string spaced(const std::string& text, const std::string& other) {
        const std::string& said = text.empty() ? other : text;
        return said.empty() ? said : said + " ";
    }

    void deduct(const Deduction& deduction) {
        if (deduction.finding.empty()) {
            const ConditionResult result = judge_condition(deduction.condition);
            if (result.truth != Truth::yes) return;
            const std::string what = printable(deduction.condition.text());
            MarkReason reason =
                because(rule::deduction, deduction.feedback.en.empty() ? what : deduction.feedback.en,
                        deduction.feedback.zh_cn.empty() ? what : deduction.feedback.zh_cn);
            reason.frames = result.frames;
            reason.step = what;
            return lose(std::move(reason), deduction.points);
        }
        const auto found = std::ranges::find_if(m_analysis.findings, [&](const Finding& finding) {
            return finding.code == deduction.finding && finding.call == m_attempt.call;
        });
        if (found == m_analysis.findings.end()) return;
        MarkReason reason{deduction.finding,
                          {deduction.feedback.en.empty() ? found->text : deduction.feedback.en,
                           deduction.feedback.zh_cn.empty() ? found->text : deduction.feedback.zh_cn},
                          {},
                          found->frames};
        if (reason.frames.size() > limits::mark_frames) reason.frames.resize(limits::mark_frames);
        lose(std::move(reason), deduction.points);
    }

    // --- conditions

    ConditionResult judge_condition(const Condition& condition) {
        const Call& call = m_analysis.call(m_attempt.call);
        if (!condition.of && std::ranges::all_of(condition.where, about_call)) {
            ConditionResult result = all_hold(condition.where, 0);
            if (call.first_dialog != 0)
                result.frames = {
                    m_analysis.message(m_analysis.dialog(call.first_dialog).first_message).frame};
            return result;
        }
        ConditionResult best;
        for (const Id id : check::messages_of(m_analysis, call)) {
            const Message& message = m_analysis.message(id);
            if (condition.of ? !check::fits(*condition.of, message) : message.protocol != Protocol::sip)
                continue;
            ConditionResult result = all_hold(condition.where, id);
            result.frames = {message.frame};
            if (result.truth == Truth::yes) return result;
            if (best.frames.empty() || best.truth == Truth::no) best = std::move(result);
        }
        return best;
    }

    ConditionResult all_hold(const std::vector<Predicate>& predicates, Id message) {
        ConditionResult result{Truth::yes, {}, {}};
        for (const Predicate& predicate : predicates) {
            const check::Judgement judgement = m_facts.holds(predicate, message, m_values);
            if (judgement.truth == Truth::no) return {Truth::no, {}, judgement.found};
            if (judgement.truth == Truth::unknown) result.truth = Truth::unknown;
        }
        return result;
    }

    // --- the verdict

    void decide() {
        TaskMark& mark = m_attempt.mark;
        const bool met = !m_attempt.outcome || m_attempt.outcome->verdict == check::Verdict::pass;
        const bool inconclusive =
            m_attempt.outcome && m_attempt.outcome->verdict == check::Verdict::inconclusive;
        const bool breaks_off = !met && std::ranges::any_of(m_analysis.captures, [](const Capture& capture) {
            return capture.file.truncated;
        });
        if (breaks_off && !inconclusive) {
            ++m_attempt.undecided;
            mark.reasons.insert(mark.reasons.begin(),
                                because(rule::capture_cut, "The capture file breaks off: it is not complete.",
                                        "抓包文件在中途断掉，不完整。"));
        }
        if (inconclusive || breaks_off || (met && m_attempt.undecided > 0)) {
            mark.verdict = TaskVerdict::not_assessable;
        } else if (met && mark.score == m_task.points) {
            mark.verdict = TaskVerdict::pass;
        } else {
            mark.verdict = mark.score.parts > 0 ? TaskVerdict::partial : TaskVerdict::fail;
        }
    }

    const Analysis& m_analysis;
    const Task& m_task;
    const check::Values& m_values;
    const GradeOptions& m_options;
    Facts m_facts;
    Attempt m_attempt;
};

class Grader {
  public:
    Grader(const Submission& submission, const Rubric& rubric, const GradeOptions& options)
        : m_submission(submission), m_rubric(rubric), m_options(options), m_captures(submission) {
        set_value("EXT", submission.extension);
        set_value("ID", submission.id);
        set_value("NAME", submission.name);
        set_value("TEAM", submission.team);
    }

    GradedSubmission grade() {
        GradedSubmission graded;
        graded.mark.id = m_submission.id;
        graded.mark.name = m_submission.name;
        graded.mark.lms_id = m_submission.lms_id;
        for (const Task& task : m_rubric.tasks) {
            if (m_options.visible_only && !task.visible) continue;
            Candidate candidate = mark_task(task);
            if (candidate.mark.verdict == TaskVerdict::not_assessable) candidate.mark.score = Points{};
            candidate.mark.id = task.id;
            candidate.mark.title = task.title;
            candidate.mark.max = task.points;
            candidate.mark.visible = task.visible;
            graded.mark.tasks.push_back(std::move(candidate.mark));
            graded.evidence.push_back({&task, std::move(candidate.analysis), std::move(candidate.outcome)});
        }
        sum_up(graded.mark, m_submission, m_rubric);
        return graded;
    }

  private:
    struct Candidate {
        TaskMark mark;
        std::shared_ptr<const Analysis> analysis;
        std::optional<Outcome> outcome;
    };

    /// What the roster does not know stays unknown: nobody loses points by it.
    void set_value(const char* name, const std::string& value) {
        if (!value.empty()) m_values[name] = value;
    }

    static Candidate not_judged(TaskVerdict verdict, MarkReason reason, const Task& task) {
        Candidate candidate;
        candidate.mark.verdict = verdict;
        if (verdict == TaskVerdict::fail) reason.lost = task.points;
        candidate.mark.reasons.push_back(std::move(reason));
        return candidate;
    }

    Candidate mark_task(const Task& task) {
        std::vector<std::size_t> files = wanted_files(task);
        if (files.empty()) return without_file(task);
        if (files.size() > limits::graded_files) {
            const std::size_t named = files.size();
            files.resize(limits::graded_files);
            Candidate candidate = mark_files(task, std::move(files));
            candidate.mark.reasons.push_back(too_many_files(named));
            return candidate;
        }
        return mark_files(task, std::move(files));
    }

    static MarkReason too_many_files(std::size_t named) {
        return because(
            rule::submission_limit,
            fmt::format("{} files have a fitting name; the first {} were looked at (limit graded_files).",
                        named, limits::graded_files),
            fmt::format("有 {} 个文件名字符合，只看了前 {} 个（上限 graded_files）。", named,
                        limits::graded_files));
    }

    Candidate mark_files(const Task& task, std::vector<std::size_t> files) {
        if (task.pick == Pick::named && files.size() > 1) return ambiguous(task, files);
        if (task.pick == Pick::newest) files = {newest_of(files)};
        if (task.pick == Pick::all) return judge_files(task, files);
        std::optional<Candidate> best;
        for (const std::size_t file : files) {
            Candidate candidate = judge_files(task, {file});
            if (!best || ahead(candidate, *best)) best = std::move(candidate);
        }
        return std::move(*best);
    }

    /// Files with a fitting name: those that are captures if any is, else all of them.
    [[nodiscard]] std::vector<std::size_t> wanted_files(const Task& task) const {
        std::vector<std::size_t> named;
        std::vector<std::size_t> captures;
        for (std::size_t i = 0; i < m_submission.files.size(); ++i) {
            if (!task.wants(m_submission.files[i].name)) continue;
            named.push_back(i);
            if (m_captures.is_capture(i)) captures.push_back(i);
        }
        return captures.empty() ? named : captures;
    }

    Candidate without_file(const Task& task) const {
        if (m_submission.files.empty()) {
            return not_judged(TaskVerdict::not_assessable,
                              because(rule::not_handed_in, "Nothing was handed in.", "没有提交任何文件。"),
                              task);
        }
        std::string strangers; // captures that no task wants may be this one under another name
        for (std::size_t i = 0; i < m_submission.files.size(); ++i) {
            const std::string& name = m_submission.files[i].name;
            const bool wanted =
                std::ranges::any_of(m_rubric.tasks, [&](const Task& other) { return other.wants(name); });
            if (!wanted && m_captures.is_capture(i))
                strangers += (strangers.empty() ? "" : ", ") + printable(name);
        }
        std::string patterns;
        for (const std::string& pattern : task.captures) {
            if (!pattern.starts_with('!')) patterns += (patterns.empty() ? "" : ", ") + printable(pattern);
        }
        if (!strangers.empty()) {
            return not_judged(
                TaskVerdict::not_assessable,
                because(rule::name_unknown,
                        fmt::format("No file is named like {}, but there are captures with other names: {}.",
                                    patterns, strangers),
                        fmt::format("没有名为 {} 的文件，但有其他名字的抓包：{}。", patterns, strangers)),
                task);
        }
        return not_judged(TaskVerdict::fail,
                          because(rule::no_capture, fmt::format("No file is named like {}.", patterns),
                                  fmt::format("没有名为 {} 的文件。", patterns)),
                          task);
    }

    Candidate ambiguous(const Task& task, const std::vector<std::size_t>& files) const {
        std::string names;
        for (const std::size_t file : files)
            names += (names.empty() ? "" : ", ") + printable(m_submission.files[file].name);
        return not_judged(TaskVerdict::not_assessable,
                          because(rule::name_ambiguous,
                                  fmt::format("One file was to be named so, there are several: {}.", names),
                                  fmt::format("应当只有一个文件叫这个名字，实际有几个：{}。", names)),
                          task);
    }

    /// Of those without a time, and of equal times, the last by name.
    [[nodiscard]] std::size_t newest_of(const std::vector<std::size_t>& files) const {
        return *std::ranges::max_element(files, [this](std::size_t a, std::size_t b) {
            const auto& first = m_submission.files[a];
            const auto& second = m_submission.files[b];
            return std::tie(first.modified, first.name) < std::tie(second.modified, second.name);
        });
    }

    /// What can be judged before what cannot, then more points; a pass before a doubt.
    static bool ahead(const Candidate& a, const Candidate& b) {
        const auto rank = [](const Candidate& candidate) {
            return candidate.mark.verdict == TaskVerdict::pass ? 0
                   : candidate.outcome                         ? 1
                   : candidate.analysis                        ? 2
                                                               : 3;
        };
        if (rank(a) != rank(b)) return rank(a) < rank(b);
        return a.mark.score > b.mark.score;
    }

    Candidate judge_files(const Task& task, const std::vector<std::size_t>& files) {
        const ReadCapture& read = m_captures.read(files);
        Candidate candidate;
        if (read.reason) {
            candidate = not_judged(TaskVerdict::not_assessable, *read.reason, task);
        } else {
            std::optional<Attempt> best;
            for (Id call = 1; call <= read.analysis->calls.size(); ++call) {
                Attempt attempt = CallMarker(*read.analysis, call, task, m_values, m_options).mark();
                if (!best || better(attempt, *best)) best = std::move(attempt);
            }
            candidate.mark = std::move(best->mark);
            candidate.outcome = std::move(best->outcome);
        }
        candidate.mark.capture = read.name;
        candidate.analysis = read.analysis;
        return candidate;
    }

    const Submission& m_submission;
    const Rubric& m_rubric;
    const GradeOptions& m_options;
    Captures m_captures;
    check::Values m_values;
};

bool needs_review(const TaskMark& task) {
    return task.verdict == TaskVerdict::not_assessable ||
           std::ranges::any_of(task.reasons, [](const MarkReason& reason) {
               const findings::Rule* rule = findings::rule_of(reason.code);
               return rule != nullptr &&
                      std::ranges::find(rule::marking, reason.code, &rule::Rule::code) !=
                          rule::marking.end() &&
                      rule->severity == Severity::warning;
           });
}

// --- the whole work

class Sum {
  public:
    Sum(StudentMark& mark, const Submission& submission, const Rubric& rubric)
        : m_mark(mark), m_submission(submission), m_rubric(rubric) {}

    void work_out() {
        m_mark.max = m_rubric.max();
        m_mark.score = Points{};
        m_mark.deductions.clear();
        m_mark.status = MarkStatus::graded;
        Points all;
        for (const TaskMark& task : m_mark.tasks) {
            if (task.verdict != TaskVerdict::not_assessable) all += task.score;
            if (needs_review(task)) m_mark.status = MarkStatus::review;
        }
        m_mark.score = m_rubric.cap ? std::min(all, *m_rubric.cap) : all;
        for (const Remark& remark : m_submission.remarks) pass_on(remark);
        look_for_required();
        if (m_rubric.late) apply(*m_rubric.late);
        if (m_rubric.floor) m_mark.score = std::max(m_mark.score, *m_rubric.floor);
        round();
    }

  private:
    void pass_on(const Remark& remark) {
        m_mark.deductions.push_back({remark.code, {remark.en, remark.zh_cn}, {}, {}});
        const findings::Rule* rule = findings::rule_of(remark.code);
        if (rule != nullptr && rule->severity == Severity::error) m_mark.status = MarkStatus::review;
    }

    void lose(MarkReason reason, Points points) {
        reason.lost = std::min(points, m_mark.score);
        m_mark.score = minus(m_mark.score, reason.lost);
        m_mark.deductions.push_back(std::move(reason));
    }

    void look_for_required() {
        for (std::size_t i = 0; i < m_mark.tasks.size(); ++i) {
            const TaskMark& task = m_mark.tasks[i];
            const auto found = std::ranges::find(m_rubric.tasks, task.id, &Task::id);
            if (found == m_rubric.tasks.end() || !found->required || task.verdict != TaskVerdict::fail)
                continue;
            MarkReason reason =
                because(rule::required_failed,
                        fmt::format("Without task \"{}\" the whole work is worth nothing.", task.id),
                        fmt::format("任务“{}”不得分，则整份作业不得分。", task.id));
            lose(std::move(reason), m_mark.score);
        }
    }

    void apply(const LateRule& rule) {
        if (!m_submission.handed_in) {
            m_mark.late = m_submission.late;
            if (m_submission.late) take_periods(rule, 1, "", "");
            return;
        }
        const Duration over = *m_submission.handed_in - rule.due - rule.grace;
        m_mark.late = over > Duration::zero();
        if (!m_mark.late) return;
        const std::string when = to_rfc3339(*m_submission.handed_in).substr(0, 16);
        const std::string en = fmt::format("Handed in {}Z, due {}. ", when, printable(rule.due_text));
        const std::string zh = fmt::format("提交于 {}Z，截止 {}。", when, printable(rule.due_text));
        if (rule.zero_after && over > *rule.zero_after) {
            lose(because(rule::late, en + "So late it counts nothing any more.", zh + "迟交过久，不再计分。"),
                 m_mark.score);
            return;
        }
        take_periods(rule, (over - Duration(1)) / rule.every + 1, en, zh);
    }

    void take_periods(const LateRule& rule, std::int64_t periods, const std::string& en,
                      const std::string& zh) {
        const std::int64_t percent =
            std::min<std::int64_t>(rule.most_percent, periods * static_cast<std::int64_t>(rule.percent));
        lose(because(rule::late, fmt::format("{}Late: {} % off.", en, percent),
                     fmt::format("{}迟交，扣 {}%。", zh, percent)),
             share(m_mark.score, percent, 100));
    }

    void round() {
        const std::int64_t step = m_rubric.round.parts;
        if (step <= 0) return;
        m_mark.score.parts = (m_mark.score.parts + step / 2) / step * step;
    }

    StudentMark& m_mark;
    const Submission& m_submission;
    const Rubric& m_rubric;
};

} // namespace

GradedSubmission grade(const Submission& submission, const Rubric& rubric, const GradeOptions& options) {
    return Grader(submission, rubric, options).grade();
}

StudentMark unassessable(const Submission& submission, const Rubric& rubric, const MarkReason& reason) {
    StudentMark mark;
    mark.id = submission.id;
    mark.name = submission.name;
    mark.lms_id = submission.lms_id;
    for (const Task& task : rubric.tasks) {
        TaskMark nothing;
        nothing.id = task.id;
        nothing.title = task.title;
        nothing.max = task.points;
        nothing.visible = task.visible;
        nothing.verdict = TaskVerdict::not_assessable;
        nothing.reasons = {reason};
        mark.tasks.push_back(std::move(nothing));
    }
    sum_up(mark, submission, rubric);
    return mark;
}

void sum_up(StudentMark& mark, const Submission& submission, const Rubric& rubric) {
    Sum(mark, submission, rubric).work_out();
}

} // namespace rungs::grade
