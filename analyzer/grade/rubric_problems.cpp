#include <algorithm>
#include <array>
#include <map>
#include <string>

#include <fmt/format.h>

#include "analyzer/grade/glob.hpp"
#include "analyzer/grade/rubric.hpp"
#include "core/text.hpp"

namespace rungs::grade {
namespace {

using check::Node;
using check::Place;

std::string number(Points points) {
    return fmt::format("{:g}", points.value());
}

/// Endings of captures, also compressed; what comes before a star at the end says nothing.
bool may_be_capture(std::string_view pattern) {
    constexpr std::array<std::string_view, 9> endings{".pcap", ".pcapng", ".cap", ".dmp", ".ntar",
                                                      ".gz",   ".zst",    ".lz4", ".xz"};
    const std::size_t dot = pattern.rfind('.');
    if (dot == std::string_view::npos || pattern.find_first_of("*?[", dot) != std::string_view::npos)
        return true;
    return std::ranges::any_of(endings, [&](std::string_view e) { return iequals(pattern.substr(dot), e); });
}

class Proof {
  public:
    explicit Proof(const Rubric& rubric) : m_rubric(rubric) {}

    std::vector<RubricProblem> read() {
        add_up();
        for (const Task& task : m_rubric.tasks) {
            weigh(task);
            if (task.flow) follow(task, *task.flow);
            compare_conditions(task);
            look_for_files(task);
        }
        compare_patterns();
        look_at_late();
        return std::move(m_problems);
    }

  private:
    void wrong(Place place, std::string en, std::string zh_cn) {
        m_problems.push_back({true, {std::move(en), std::move(zh_cn)}, place});
    }
    void odd(Place place, std::string en, std::string zh_cn) {
        m_problems.push_back({false, {std::move(en), std::move(zh_cn)}, place});
    }

    void add_up() {
        Points sum;
        for (const Task& task : m_rubric.tasks) sum += task.points;
        if (m_rubric.points && *m_rubric.points != sum) {
            wrong(
                {},
                fmt::format("the rubric says {} points, its tasks add up to {}", number(*m_rubric.points),
                            number(sum)),
                fmt::format("评分标准写的是 {} 分，各题相加是 {} 分", number(*m_rubric.points), number(sum)));
        }
        if (m_rubric.cap && *m_rubric.cap > sum) {
            odd({},
                fmt::format("nobody can reach the cap of {} points: the tasks add up to {}",
                            number(*m_rubric.cap), number(sum)),
                fmt::format("没有人能达到上限 {} 分：各题相加只有 {} 分", number(*m_rubric.cap),
                            number(sum)));
        }
        if (m_rubric.floor && *m_rubric.floor > m_rubric.max()) {
            wrong({},
                  fmt::format("the floor of {} points is above the most that there is, {}",
                              number(*m_rubric.floor), number(m_rubric.max())),
                  fmt::format("下限 {} 分高于满分 {} 分", number(*m_rubric.floor), number(m_rubric.max())));
        }
    }

    void weigh(const Task& task) {
        const Points flow = task.flow_points();
        if (task.points.parts == 0)
            odd(task.place, fmt::format("task \"{}\" is worth nothing", task.id),
                fmt::format("任务“{}”是 0 分", task.id));
        if (flow.parts < 0) {
            wrong(task.place,
                  fmt::format("task \"{}\" has {} points, but what it also asks for has {} more", task.id,
                              number(task.points), number({-flow.parts})),
                  fmt::format("任务“{}”共 {} 分，而附加条件多出 {} 分", task.id, number(task.points),
                              number({-flow.parts})));
        } else if (!task.flow && flow.parts > 0) {
            wrong(task.place,
                  fmt::format(
                      "task \"{}\" has no flow, and its conditions leave {} of {} points that nobody can get",
                      task.id, number(flow), number(task.points)),
                  fmt::format("任务“{}”没有流程，{} 分里有 {} 分谁也拿不到", task.id, number(task.points),
                              number(flow)));
        } else if (task.flow && flow.parts == 0) {
            odd(task.place,
                fmt::format("task \"{}\": the flow is worth nothing, the conditions take all points",
                            task.id),
                fmt::format("任务“{}”：流程本身不占分，分数全在附加条件里", task.id));
        }
        for (const Deduction& taken : task.deductions) {
            if (taken.points > task.points) {
                odd(taken.place,
                    fmt::format("task \"{}\": a deduction of {} is more than the task has", task.id,
                                number(taken.points)),
                    fmt::format("任务“{}”：扣 {} 分，超过该题的分数", task.id, number(taken.points)));
            }
        }
    }

    // --- flows that cannot be met

    /// Steps that every way through the flow takes.
    static void mandatory(const Node& node, std::vector<std::size_t>& steps) {
        if (node.kind == Node::Kind::step) steps.push_back(node.step);
        if (node.kind == Node::Kind::repeat && node.least == 0) return;
        if (node.kind == Node::Kind::one_of && node.children.size() != 1) return;
        for (const Node& child : node.children) mandatory(child, steps);
    }

    void follow(const Task& task, const check::Flow& flow) {
        std::vector<std::size_t> steps;
        mandatory(flow.root, steps);
        std::int64_t points = 0;
        for (const check::Step& step : flow.steps) points += step.points.value_or(Points{}).parts;
        if (task.partial == PartialCredit::steps && points == 0) {
            odd(task.place,
                fmt::format("task \"{}\": no step of flow \"{}\" has points, so it is all or nothing",
                            task.id, flow.name),
                fmt::format("任务“{}”：流程“{}”的各步都没有分，只能全得或全失", task.id, flow.name));
        }
        for (const std::size_t i : steps) {
            const check::Step& step = flow.steps[i];
            for (const check::Never& never : flow.never) {
                if (never.message != step.message || never.after || never.before || !never.where.empty())
                    continue;
                impossible(task, flow,
                           fmt::format("\"{}\" has to be there and must never be there", step.text),
                           fmt::format("“{}”既是必需的一步，又在 never 里", step.text));
            }
            for (const check::TimeBound& bound : step.times) {
                if (!bound.at_least || !bound.at_most || *bound.at_least <= *bound.at_most) continue;
                impossible(task, flow, fmt::format("\"{}\" ends before it begins", bound.text),
                           fmt::format("“{}”的上限比下限还小", bound.text));
            }
            if (const auto text = contradiction(step.where))
                impossible(task, flow, fmt::format("{} cannot both hold", *text),
                           fmt::format("{} 不可能同时成立", *text));
        }
        if (const auto text = contradiction(flow.where))
            impossible(task, flow, fmt::format("{} cannot both hold", *text),
                       fmt::format("{} 不可能同时成立", *text));
    }

    void impossible(const Task& task, const check::Flow& flow, const std::string& en,
                    const std::string& zh_cn) {
        wrong(task.place, fmt::format("task \"{}\": flow \"{}\" cannot be met: {}", task.id, flow.name, en),
              fmt::format("任务“{}”：流程“{}”无法满足：{}", task.id, flow.name, zh_cn));
    }

    /// Two predicates that want different values of one thing.
    static std::optional<std::string> contradiction(const std::vector<check::Predicate>& predicates) {
        for (std::size_t i = 0; i < predicates.size(); ++i) {
            for (std::size_t j = i + 1; j < predicates.size(); ++j) {
                const auto& a = predicates[i];
                const auto& b = predicates[j];
                if (a.subject != b.subject || a.argument != b.argument) continue;
                using enum check::Predicate::Operator;
                const bool values = a.comparison == equal && b.comparison == equal &&
                                    !iequals(a.value, b.value) && !a.value.starts_with('$') &&
                                    !b.value.starts_with('$');
                const bool both = std::minmax(a.comparison, b.comparison) == std::minmax(present, absent);
                const bool denied = a.value == b.value &&
                                    std::minmax(a.comparison, b.comparison) == std::minmax(equal, not_equal);
                if (values || both || denied) return fmt::format("\"{}\", \"{}\"", a.text, b.text);
            }
        }
        return std::nullopt;
    }

    void compare_conditions(const Task& task) {
        std::vector<check::Predicate> of_call;
        if (task.flow) of_call = task.flow->where;
        for (const Criterion& criterion : task.also) {
            if (const auto text = contradiction(criterion.condition.where)) {
                wrong(criterion.place, fmt::format("task \"{}\": {} cannot both hold", task.id, *text),
                      fmt::format("任务“{}”：{} 不可能同时成立", task.id, *text));
            }
            for (const check::Predicate& predicate : criterion.condition.where) {
                if (predicate.subject.starts_with("call.")) of_call.push_back(predicate);
            }
            if (criterion.feedback.empty()) {
                odd(criterion.place,
                    fmt::format("task \"{}\": \"{}\" has no feedback, students read the condition itself",
                                task.id, criterion.condition.text()),
                    fmt::format("任务“{}”：“{}”没有 feedback，学生只会看到条件本身", task.id,
                                criterion.condition.text()));
            }
        }
        if (const auto text = contradiction(of_call)) {
            wrong(task.place, fmt::format("task \"{}\": {} cannot both hold of one call", task.id, *text),
                  fmt::format("任务“{}”：{} 对同一个呼叫不可能同时成立", task.id, *text));
        }
    }

    // --- files

    void look_for_files(const Task& task) {
        bool any = task.captures.empty();
        for (const std::string& pattern : task.captures) {
            if (pattern.starts_with('!')) continue;
            any = true;
            const std::string example = glob_example(pattern);
            if (!may_be_capture(pattern)) {
                odd(task.place,
                    fmt::format("task \"{}\": \"{}\" fits no capture, they end in .pcap or .pcapng", task.id,
                                printable(pattern)),
                    fmt::format("任务“{}”：“{}”匹配不到抓包，抓包以 .pcap 或 .pcapng 结尾", task.id,
                                printable(pattern)));
            } else if (!task.wants(example)) {
                wrong(task.place,
                      fmt::format("task \"{}\": \"{}\" can match nothing, a pattern with ! takes it away",
                                  task.id, printable(pattern)),
                      fmt::format("任务“{}”：“{}”什么也匹配不到，被带 ! 的模式排除了", task.id,
                                  printable(pattern)));
            }
        }
        if (!any) {
            odd(task.place, fmt::format("task \"{}\": all files but those with ! count", task.id),
                fmt::format("任务“{}”：除了带 ! 的模式，其余文件都算", task.id));
        }
    }

    void compare_patterns() {
        const auto& tasks = m_rubric.tasks;
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            for (std::size_t j = i + 1; j < tasks.size(); ++j) {
                if (const auto name = shared_name(tasks[i], tasks[j])) {
                    odd(tasks[j].place,
                        fmt::format("tasks \"{}\" and \"{}\" both look at a file like \"{}\"; with pick: {} "
                                    "a file of the other may count",
                                    tasks[i].id, tasks[j].id, printable(*name), to_string(tasks[j].pick)),
                        fmt::format("任务“{}”和“{}”都会看形如“{}”的文件；pick: {} 时可能取到另一题的文件",
                                    tasks[i].id, tasks[j].id, printable(*name), to_string(tasks[j].pick)));
                }
            }
        }
    }

    /// A name that both take. With the best of the same files for both, that is what the author wants: one
    /// capture of the whole lab.
    static std::optional<std::string> shared_name(const Task& a, const Task& b) {
        const bool best = a.pick == Pick::best && b.pick == Pick::best;
        if (best && a.captures == b.captures) return std::nullopt;
        for (const Task* task : {&a, &b}) {
            if (task->captures.empty() && !best) return std::string("lab.pcap");
            for (const std::string& pattern : task->captures) {
                const std::string example = glob_example(pattern);
                if (!pattern.starts_with('!') && !example.empty() && a.wants(example) && b.wants(example))
                    return example;
            }
        }
        return std::nullopt;
    }

    void look_at_late() {
        if (!m_rubric.late) return;
        const LateRule& late = *m_rubric.late;
        if (late.percent == 0 && !late.zero_after) {
            odd({}, "late work costs nothing: percent and zero_after are both missing",
                "迟交不扣分：percent 和 zero_after 都没有写");
        }
        if (late.percent > late.most_percent) {
            odd({},
                fmt::format("the first period costs {} %, more than max allows ({} %)", late.percent,
                            late.most_percent),
                fmt::format("第一个周期就扣 {}%，超过 max 允许的 {}%", late.percent, late.most_percent));
        }
    }

    const Rubric& m_rubric;
    std::vector<RubricProblem> m_problems;
};

} // namespace

std::vector<RubricProblem> problems_of(const Rubric& rubric) {
    return Proof(rubric).read();
}

} // namespace rungs::grade
