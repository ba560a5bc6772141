#include "reports/rubric_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "analyzer/check/step_syntax.hpp"
#include "analyzer/grade/points.hpp"
#include "core/text.hpp"
#include "reports/check_words.hpp"
#include "reports/terminal.hpp"

namespace rungs::reports {
namespace {

using grade::PartialCredit;
using grade::Pick;
using grade::Points;
using grade::Rubric;
using grade::Task;

class Writer {
  public:
    Writer(const Rubric& rubric, const TextStyle& style, Sink& sink)
        : m_rubric(rubric), m_style(style), m_sink(sink), m_chinese(style.language == Language::zh_cn) {}

    void write() {
        m_sink.write(fmt::format("{}: {}\n", paint(shown(m_rubric.title), Ink::bold, m_style),
                                 fmt::format(fmt::runtime(say("{} tasks, {} points", "{} 题，满分 {} 分")),
                                             m_rubric.tasks.size(), grade::to_decimal(m_rubric.max()))));
        for (const Task& task : m_rubric.tasks) write_task(task);
        m_sink.write("\n");
        write_whole();
    }

    void write(const std::vector<grade::RubricProblem>& problems) {
        m_sink.write("\n");
        if (problems.empty()) line("Nothing contradicts itself.", "没有发现矛盾。");
        for (const grade::RubricProblem& problem : problems) {
            const std::string place = problem.place.line == 0
                                          ? printable(m_rubric.source)
                                          : fmt::format("{}:{}:{}", printable(m_rubric.source),
                                                        problem.place.line, problem.place.column);
            const Severity severity = problem.error ? Severity::error : Severity::warning;
            m_sink.write(fmt::format("{}: {}: {}\n", place,
                                     paint(problem.error ? say("error", "错误") : say("warning", "警告"),
                                           ink_of(severity), m_style),
                                     choose(problem.text, m_style.language)));
        }
    }

  private:
    [[nodiscard]] std::string_view say(std::string_view en, std::string_view zh_cn) const {
        return m_chinese ? zh_cn : en;
    }
    [[nodiscard]] std::string shown(const check::Text& text) const {
        return printable(choose(text, m_style.language));
    }

    template <typename... Arguments>
    void line(std::string_view en, std::string_view zh_cn, const Arguments&... arguments) {
        m_sink.write("  " + fmt::format(fmt::runtime(say(en, zh_cn)), arguments...) + "\n");
    }

    void write_task(const Task& task) {
        m_sink.write(
            fmt::format("\n{}  {}  {}{}\n", paint(task.id, Ink::bold, m_style), shown(task.title),
                        fmt::format(fmt::runtime(say("{} points", "{} 分")), grade::to_decimal(task.points)),
                        task.visible ? "" : say(", hidden from students", "，学生看不到")));
        write_files(task);
        if (task.flow) write_flow(task, *task.flow);
        for (const grade::Criterion& criterion : task.also) write_criterion(criterion);
        for (const grade::Deduction& taken : task.deductions) {
            line("minus {} when {}", "扣 {} 分，如果{}", grade::to_decimal(taken.points),
                 taken.finding.empty()
                     ? printable(taken.condition.text())
                     : fmt::format(fmt::runtime(say("there is the finding {}", "出现问题 {}")),
                                   taken.finding));
        }
        if (task.required)
            line("required: without any point here the whole work is worth nothing",
                 "必需：本题不得分，则整份作业不得分");
    }

    void write_files(const Task& task) {
        std::string patterns;
        for (const std::string& pattern : task.captures)
            patterns += (patterns.empty() ? "" : ", ") + printable(pattern);
        if (patterns.empty()) patterns = say("every capture", "所有抓包");
        switch (task.pick) {
        case Pick::best:
            line("looks at {}; of several the best counts", "看 {}；有几个时取最好的", patterns);
            break;
        case Pick::newest:
            line("looks at {}; of several the newest counts", "看 {}；有几个时取最新的", patterns);
            break;
        case Pick::all: line("looks at {}, all read together", "看 {}，合在一起读", patterns); break;
        case Pick::named:
            line("looks at {}; several go to review", "看 {}；有几个时转人工审阅", patterns);
            break;
        }
    }

    void write_flow(const Task& task, const check::Flow& flow) {
        const std::string title = shown(flow.title);
        const std::string share = grade::to_decimal(task.flow_points());
        line("{} points: the call goes as {} ({})", "{} 分：呼叫按 {} 进行（{}）", share,
             printable(flow.name), title);
        switch (task.partial) {
        case PartialCredit::steps:
            write_steps(task, flow, flow.root, weight_of(flow, flow.root), "");
            line("    a step in the wrong place counts half", "    位置不对的步骤算一半");
            break;
        case PartialCredit::proportional:
            line("    met in part: each step counts the same", "    部分符合时，每一步同样计分");
            break;
        case PartialCredit::none: line("    all or nothing", "    全得或全失"); break;
        }
        for (const check::Never& never : flow.never) line("    {}", "    不应出现：{}", never.text);
    }

    /// Points of the flow's steps, of the branch that has most where one of several is taken.
    static std::int64_t weight_of(const check::Flow& flow, const check::Node& node) {
        if (node.kind == check::Node::Kind::step)
            return flow.steps[node.step].points.value_or(Points{}).parts;
        std::int64_t weight = 0;
        for (const check::Node& child : node.children) {
            const std::int64_t one = weight_of(flow, child);
            weight = node.kind == check::Node::Kind::one_of ? std::max(weight, one) : weight + one;
        }
        return weight;
    }

    static std::string share_of(const Task& task, std::int64_t whole, Points step) {
        constexpr std::int64_t hundredth = Points::per_point / 100;
        const std::int64_t parts = whole == 0 ? 0 : task.flow_points().parts * step.parts / whole;
        return grade::to_decimal({(parts + hundredth / 2) / hundredth * hundredth});
    }

    void write_steps(const Task& task, const check::Flow& flow, const check::Node& node, std::int64_t whole,
                     std::string_view mark) {
        if (node.kind != check::Node::Kind::step) {
            const bool branches = node.kind == check::Node::Kind::one_of;
            for (const check::Node& child : node.children)
                write_steps(task, flow, child, whole,
                            branches ? (&child == &node.children.front() ? say("either ", "或 ")
                                                                         : say("or     ", "或 "))
                                     : mark);
            return;
        }
        const check::Step& step = flow.steps[node.step];
        if (step.points.value_or(Points{}).parts == 0) return;
        m_sink.write(fmt::format("      {:>6}  {}{}{}\n", share_of(task, whole, *step.points), mark,
                                 step.text, step.required ? say("  (required)", "（必需）") : ""));
    }

    void write_criterion(const grade::Criterion& criterion) {
        const std::string of = criterion.condition.of
                                   ? fmt::format(fmt::runtime(say(" in {}", "（{} 消息）")),
                                                 check::to_string(*criterion.condition.of))
                                   : "";
        line("{} points: {}{}{}", "{} 分：{}{}{}", grade::to_decimal(criterion.points),
             printable(criterion.condition.text()), of,
             criterion.required
                 ? say(" (required: else the task is worth nothing)", "（必需：否则本题不得分）")
                 : "");
        if (!criterion.feedback.empty()) line("    \"{}\"", "    “{}”", shown(criterion.feedback));
    }

    void write_whole() {
        if (m_rubric.late) {
            const grade::LateRule& late = *m_rubric.late;
            line("late after {} (and {} min): {} % off for each begun {} h, at most {} %",
                 "{} 之后（再宽限 {} 分钟）算迟交：每满或不满一个周期扣 {}%（周期 {} 小时），最多 {}%",
                 printable(late.due_text),
                 std::chrono::duration_cast<std::chrono::minutes>(late.grace).count(), late.percent,
                 to_seconds(late.every) / 3600, late.most_percent);
            if (late.zero_after)
                line("nothing counts {} h after that", "再过 {} 小时不再计分",
                     to_seconds(*late.zero_after) / 3600);
        }
        if (m_rubric.cap) line("at most {} points", "最多 {} 分", grade::to_decimal(*m_rubric.cap));
        if (m_rubric.floor) line("at least {} points", "最少 {} 分", grade::to_decimal(*m_rubric.floor));
        if (m_rubric.round.parts > 0)
            line("rounded to {} points, halves up", "四舍五入到 {} 分", grade::to_decimal(m_rubric.round));
        line("What cannot be assessed goes to review and is never a zero by itself.",
             "无法评判的转人工审阅，绝不会自动记零分。");
    }

    const Rubric& m_rubric;
    const TextStyle& m_style;
    Sink& m_sink;
    bool m_chinese;
};

} // namespace

void write_rubric(const Rubric& rubric, const std::vector<grade::RubricProblem>& problems,
                  const TextStyle& style, Sink& sink) {
    Writer writer(rubric, style, sink);
    writer.write();
    writer.write(problems);
}

} // namespace rungs::reports
