#include "reports/class_overview.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "analyzer/grade/points.hpp"
#include "core/text.hpp"
#include "reports/check_words.hpp"
#include "reports/markup.hpp"
#include "reports/terminal.hpp"

namespace rungs::reports {
namespace {

using grade::ClassMarks;
using grade::MarkReason;
using grade::MarkStatus;
using grade::Points;
using grade::StudentMark;
using grade::TaskMark;
using grade::TaskVerdict;

constexpr std::size_t misses_shown = 10;
constexpr std::size_t widest_bar = 40;

std::string_view say(Language language, std::string_view en, std::string_view zh_cn) {
    return language == Language::zh_cn ? zh_cn : en;
}

/// To two decimals: nobody needs more of a mean.
std::string rounded(Points points) {
    constexpr std::int64_t hundredth = Points::per_point / 100;
    return grade::to_decimal({(points.parts + hundredth / 2) / hundredth * hundredth});
}

std::string title_of(const TaskMark& task, Language language) {
    const std::string_view title = choose(task.title, language);
    return printable(title.empty() ? std::string_view(task.id) : title);
}

std::string bar(std::size_t count, std::size_t most, std::string_view sign) {
    std::string text;
    const std::size_t width = most == 0 ? 0 : (count * widest_bar + most - 1) / most;
    for (std::size_t i = 0; i < width; ++i) text += sign;
    return text;
}

std::string_view word(TaskVerdict verdict, Language language) {
    switch (verdict) {
    case TaskVerdict::pass: return say(language, "pass", "通过");
    case TaskVerdict::partial: return say(language, "partial", "部分");
    case TaskVerdict::fail: return say(language, "fail", "不通过");
    case TaskVerdict::not_assessable: return say(language, "to review", "待审阅");
    }
    return {};
}

/// Why somebody has to look at this student: the first sentence of it.
std::string first_doubt(const StudentMark& student, Language language) {
    for (const TaskMark& task : student.tasks) {
        if (task.verdict != TaskVerdict::not_assessable || task.reasons.empty()) continue;
        return fmt::format("{}: {}", task.id, choose(task.reasons.front().text, language));
    }
    for (const TaskMark& task : student.tasks) {
        for (const MarkReason& reason : task.reasons) {
            if (reason.lost.parts == 0) return fmt::format("{}: {}", task.id, choose(reason.text, language));
        }
    }
    return student.deductions.empty() ? std::string()
                                      : std::string(choose(student.deductions.front().text, language));
}

/// "1 pair", "3 pairs"; Chinese has no plural.
std::string counted(std::size_t count, std::string_view one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string summary(const ClassMarks& marks, const ClassFigures& figures, Language language) {
    const std::size_t students = marks.students.size();
    const std::size_t strangers = marks.unmatched.size();
    if (language == Language::zh_cn) {
        std::string text =
            fmt::format("{} 名学生：已评分 {} 名，待审阅 {} 名", students, figures.graded, figures.review);
        if (strangers > 0) text += fmt::format("；{} 份提交找不到学生", strangers);
        return text;
    }
    std::string text = fmt::format("{}: {} graded, {} to review", counted(students, "student"),
                                   figures.graded, figures.review);
    if (strangers > 0) text += fmt::format("; {} of nobody known", counted(strangers, "submission"));
    return text;
}

std::string scores(const ClassFigures& figures, Language language) {
    return fmt::format(fmt::runtime(say(language, "mean {}, median {}, from {} to {}",
                                        "平均 {}，中位数 {}，最低 {}，最高 {}")),
                       rounded(*figures.mean), rounded(*figures.median), rounded(*figures.least),
                       rounded(*figures.most));
}

void count_task(ClassFigures& figures, const TaskMark& task, std::size_t at) {
    if (at == figures.tasks.size()) figures.tasks.push_back({&task, {}, {}});
    ClassFigures::Task& figure = figures.tasks[at];
    ++figure.verdicts[static_cast<std::size_t>(task.verdict)];
    if (task.verdict != TaskVerdict::not_assessable) figure.sum += task.score;
}

void weigh_scores(ClassFigures& figures, std::vector<Points> reached) {
    if (reached.empty()) return;
    std::ranges::sort(reached);
    Points sum;
    for (const Points points : reached) sum += points;
    const auto count = static_cast<std::int64_t>(reached.size());
    figures.mean = Points{sum.parts / count};
    const std::size_t middle = reached.size() / 2;
    figures.median = reached.size() % 2 == 1
                         ? reached[middle]
                         : Points{(reached[middle - 1].parts + reached[middle].parts) / 2};
    figures.least = reached.front();
    figures.most = reached.back();
}

std::vector<ClassFigures::Miss> misses_of(const ClassMarks& marks) {
    std::map<std::tuple<std::string, std::string, std::string>, ClassFigures::Miss> found;
    for (const StudentMark& student : marks.students) {
        for (const TaskMark& task : student.tasks) {
            std::vector<const ClassFigures::Miss*> counted; // one student counts once
            for (const MarkReason& reason : task.reasons) {
                if (reason.lost.parts == 0) continue;
                auto& miss = found[{task.id, reason.code, reason.step}];
                miss.task = task.id;
                miss.code = reason.code;
                miss.step = reason.step;
                miss.lost += reason.lost;
                if (std::ranges::find(counted, &miss) == counted.end()) ++miss.students;
                counted.push_back(&miss);
            }
        }
    }
    std::vector<ClassFigures::Miss> misses;
    misses.reserve(found.size());
    for (auto& [key, miss] : found) misses.push_back(std::move(miss));
    std::ranges::stable_sort(misses, [](const auto& a, const auto& b) {
        return std::tie(a.students, a.lost.parts) > std::tie(b.students, b.lost.parts);
    });
    return misses;
}

// --- the page

constexpr std::string_view page_style =
    R"(body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}
th,td{border:1px solid #8884;padding:.2rem .5rem;text-align:left;vertical-align:top;font-size:14px}
td.n{text-align:right}
.review{color:#b45309}
@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}a{color:#8cf}}
)";

class Page {
  public:
    Page(const ClassMarks& marks, Language language, Sink& sink)
        : m_marks(marks), m_language(language), m_sink(sink), m_figures(figures_of(marks)) {}

    void write() {
        const std::string title = markup(choose(m_marks.rubric, m_language));
        m_sink.write(fmt::format(
            "<!doctype html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
            "'unsafe-inline'\">\n"
            "<meta name=\"viewport\" "
            "content=\"width=device-width\">\n<title>{}</title>\n<style>{}</style></head>\n"
            "<body>\n<h1>{}</h1>\n<p>{}</p>\n",
            say("en", "zh-CN"), title, page_style, title, markup(summary(m_marks, m_figures, m_language))));
        if (m_figures.mean) write_distribution();
        write_tasks();
        write_misses();
        write_students();
        write_unmatched();
        m_sink.write("</body>\n</html>\n");
    }

  private:
    [[nodiscard]] std::string_view say(std::string_view en, std::string_view zh_cn) const {
        return reports::say(m_language, en, zh_cn);
    }
    void heading(std::string_view en, std::string_view zh_cn) {
        m_sink.write(fmt::format("<h2>{}</h2>\n<table>\n", say(en, zh_cn)));
    }
    void columns(std::initializer_list<std::string_view> names) {
        m_sink.write("<tr>");
        for (const std::string_view name : names) m_sink.write(fmt::format("<th>{}</th>", markup(name)));
        m_sink.write("</tr>\n");
    }
    static std::string cell(std::string_view text) { return fmt::format("<td>{}</td>", markup(text)); }
    static std::string number(const std::string& text) {
        return fmt::format("<td class=\"n\">{}</td>", text);
    }

    void write_distribution() {
        heading("Distribution", "分布");
        m_sink.write(fmt::format("<caption>{}</caption>\n", markup(scores(m_figures, m_language))));
        const std::size_t most = std::ranges::max(m_figures.tenths);
        for (std::size_t i = 0; i < m_figures.tenths.size(); ++i) {
            m_sink.write(fmt::format("<tr><td>{}&ndash;{} %</td>{}<td>{}</td></tr>\n", i * 10, i * 10 + 10,
                                     number(fmt::format("{}", m_figures.tenths[i])),
                                     bar(m_figures.tenths[i], most, "█")));
        }
        m_sink.write("</table>\n");
    }

    void write_tasks() {
        heading("Tasks", "各题");
        columns({say("task", "题目"), say("points", "分数"), say("mean", "平均"), say("pass", "通过"),
                 say("partial", "部分"), say("fail", "不通过"), say("to review", "待审阅")});
        for (const ClassFigures::Task& task : m_figures.tasks) {
            const std::size_t assessed = task.verdicts[0] + task.verdicts[1] + task.verdicts[2];
            m_sink.write("<tr>" + cell(title_of(*task.mark, m_language)) + number(rounded(task.mark->max)));
            m_sink.write(number(assessed == 0
                                    ? std::string("-")
                                    : rounded({task.sum.parts / static_cast<std::int64_t>(assessed)})));
            for (const std::size_t count : task.verdicts) m_sink.write(number(fmt::format("{}", count)));
            m_sink.write("</tr>\n");
        }
        m_sink.write("</table>\n");
    }

    void write_misses() {
        if (m_figures.misses.empty()) return;
        heading("What was missed most", "失分最多的地方");
        columns({say("students", "学生数"), say("points lost", "共失分"), say("task", "题目"),
                 say("step", "步骤"), say("code", "代码")});
        for (std::size_t i = 0; i < std::min(2 * misses_shown, m_figures.misses.size()); ++i) {
            const ClassFigures::Miss& miss = m_figures.misses[i];
            m_sink.write("<tr>" + number(fmt::format("{}", miss.students)) + number(rounded(miss.lost)) +
                         cell(miss.task) + cell(miss.step) + cell(miss.code) + "</tr>\n");
        }
        m_sink.write("</table>\n");
    }

    void write_students() {
        heading("Students", "学生");
        columns({say("id", "学号"), say("name", "姓名"), say("score", "得分"), say("remark", "备注")});
        for (const StudentMark& student : m_marks.students) {
            const bool review = student.status == MarkStatus::review;
            std::string score = review ? std::string(say("to review", "待审阅"))
                                       : fmt::format("{} / {}", rounded(student.score), rounded(student.max));
            std::string remark = review ? first_doubt(student, m_language) : std::string();
            if (student.late) remark += (remark.empty() ? "" : " ") + std::string(say("Late.", "迟交。"));
            if (!student.overridden.empty())
                remark += (remark.empty() ? "" : " ") +
                          fmt::format("{} {}", say("Changed:", "人工修改："), student.overridden);
            const std::string id = student.report.empty()
                                       ? markup(student.id)
                                       : fmt::format("<a href=\"{}\">{}</a>", markup(link_to(student.report)),
                                                     markup(student.id));
            m_sink.write(fmt::format("<tr><td>{}</td>{}<td class=\"{}\">{}</td>{}</tr>\n", id,
                                     cell(student.name), review ? "review" : "n", markup(score),
                                     cell(remark)));
        }
        m_sink.write("</table>\n");
    }

    void write_unmatched() {
        if (m_marks.unmatched.empty()) return;
        heading("Submissions of nobody known", "找不到学生的提交");
        for (const std::string& origin : m_marks.unmatched) m_sink.write("<tr>" + cell(origin) + "</tr>\n");
        m_sink.write("</table>\n");
    }

    /// A path as a relative URL: everything but letters, digits and `-._/` as %XX.
    static std::string link_to(std::string_view path) {
        std::string url;
        for (const char c : path) {
            const bool plain =
                is_alpha(c) || is_digit(c) || std::string_view("-._/").find(c) != std::string_view::npos;
            url += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
        return url;
    }

    const ClassMarks& m_marks;
    Language m_language;
    Sink& m_sink;
    ClassFigures m_figures;
};

} // namespace

ClassFigures figures_of(const ClassMarks& marks) {
    ClassFigures figures;
    std::vector<Points> reached;
    for (const StudentMark& student : marks.students) {
        for (std::size_t i = 0; i < student.tasks.size(); ++i) count_task(figures, student.tasks[i], i);
        if (student.status == MarkStatus::review) {
            ++figures.review;
            continue;
        }
        ++figures.graded;
        reached.push_back(student.score);
        const std::int64_t tenth =
            student.max.parts <= 0
                ? 0
                : std::clamp<std::int64_t>(student.score.parts * 10 / student.max.parts, 0, 9);
        ++figures.tenths[static_cast<std::size_t>(tenth)];
    }
    weigh_scores(figures, std::move(reached));
    figures.misses = misses_of(marks);
    return figures;
}

void write_class_overview(const ClassMarks& marks, const TextStyle& style, Sink& sink) {
    const Language language = style.language;
    const ClassFigures figures = figures_of(marks);
    const std::string title = printable(choose(marks.rubric, language));
    sink.write(fmt::format("{}\n{}\n", paint(title, Ink::bold, style), summary(marks, figures, language)));
    if (figures.mean) {
        sink.write(scores(figures, language) + "\n\n");
        const std::size_t most = std::ranges::max(figures.tenths);
        for (std::size_t i = 0; i < figures.tenths.size(); ++i) {
            const std::string line =
                fmt::format("  {:3}-{:3} % {:4} {}", i * 10, i * 10 + 10, figures.tenths[i],
                            bar(figures.tenths[i], most, style.ascii ? "#" : "█"));
            sink.write(line.substr(0, line.find_last_not_of(' ') + 1) + "\n");
        }
    }
    Table tasks;
    tasks.add({{std::string(say(language, "task", "题目")), Ink::dim},
               {std::string(say(language, "mean", "平均")), Ink::dim, true},
               {std::string(say(language, "of", "满分")), Ink::dim, true},
               {std::string(word(TaskVerdict::pass, language)), Ink::dim, true},
               {std::string(word(TaskVerdict::partial, language)), Ink::dim, true},
               {std::string(word(TaskVerdict::fail, language)), Ink::dim, true},
               {std::string(word(TaskVerdict::not_assessable, language)), Ink::dim, true}});
    for (const ClassFigures::Task& task : figures.tasks) {
        const std::size_t assessed = task.verdicts[0] + task.verdicts[1] + task.verdicts[2];
        Table::Row row{{title_of(*task.mark, language)},
                       {assessed == 0 ? "-" : rounded({task.sum.parts / static_cast<std::int64_t>(assessed)}),
                        Ink::plain, true},
                       {rounded(task.mark->max), Ink::plain, true}};
        for (const std::size_t count : task.verdicts)
            row.push_back({fmt::format("{}", count), Ink::plain, true});
        tasks.add(std::move(row));
    }
    sink.write("\n");
    tasks.write(style, sink);
    if (!figures.misses.empty()) {
        sink.write(fmt::format(
            "\n{}\n", paint(say(language, "What was missed most", "失分最多的地方"), Ink::bold, style)));
        Table misses;
        misses.add({});
        for (std::size_t i = 0; i < std::min(misses_shown, figures.misses.size()); ++i) {
            const ClassFigures::Miss& miss = figures.misses[i];
            misses.add({{fmt::format("{}", miss.students), Ink::plain, true},
                        {miss.task},
                        {printable(miss.step)},
                        {miss.code, Ink::dim}});
        }
        misses.write(style, sink);
    }
    if (figures.review > 0) {
        sink.write(fmt::format("\n{}\n", paint(say(language, "To review", "待审阅"), Ink::bold, style)));
        Table review;
        review.add({});
        for (const StudentMark& student : marks.students) {
            if (student.status == MarkStatus::review)
                review.add({{printable(student.id)},
                            {printable(student.name)},
                            {printable(first_doubt(student, language))}});
        }
        review.write(style, sink);
    }
    if (!marks.similar.empty()) {
        sink.write(language == Language::zh_cn
                       ? fmt::format("\n{} 对抓包看起来雷同：见 similarity.html\n", marks.similar.size())
                       : fmt::format("\n{} of captures that look copied: see similarity.html\n",
                                     counted(marks.similar.size(), "pair")));
    }
    for (const std::string& origin : marks.unmatched)
        sink.write(
            fmt::format("{} {}\n", say(language, "of nobody known:", "找不到学生："), printable(origin)));
}

void write_class_page(const ClassMarks& marks, Language language, Sink& sink) {
    Page(marks, language, sink).write();
}

} // namespace rungs::reports
