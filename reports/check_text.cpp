#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/text.hpp"
#include "dissectors/sip/status.hpp"
#include "reports/check.hpp"
#include "reports/check_words.hpp"
#include "reports/ladder.hpp"
#include "reports/terminal.hpp"
#include "reports/width.hpp"
#include "reports/words.hpp"

namespace rungs::reports {
namespace {

using check::Row;
using check::StepStatus;
using check::Verdict;

std::string_view comma(Language language) {
    return language == Language::zh_cn ? "，" : ", ";
}
/// A pattern.
std::string_view in_brackets(Language language) {
    return language == Language::zh_cn ? "（{}）" : " ({})";
}

std::string repeat(std::string_view sign, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += sign;
    return text;
}

Ink ink_of(Verdict verdict) {
    if (verdict == Verdict::fail) return Ink::red;
    return verdict == Verdict::pass ? Ink::bold : Ink::yellow;
}

Ink ink_of(const Row& row) {
    if (row.kind == Row::Kind::extra) return row.status == StepStatus::met ? Ink::yellow : Ink::red;
    if (row.status == StepStatus::met) return Ink::plain;
    return row.status == StepStatus::undecidable ? Ink::yellow : Ink::red;
}

std::string points_text(check::Points points) {
    std::string text = fmt::format("{:.4f}", points.value());
    text.resize(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

/// "12", "12 ×2" for the frames of an event.
std::string frames_text(const Analysis& analysis, const check::Event& event, const TextStyle& style) {
    const Message& message = analysis.message(event.message);
    std::string text = fmt::format("{}", message.frame);
    if (message.part != 0) text += fmt::format(".{}", message.part);
    if (event.retransmissions > 0)
        text += fmt::format(" {}{}", signs(style).times, event.retransmissions + 1);
    return text;
}

/// The aligned ladder of one check.
class Drawing {
  public:
    Drawing(const Analysis& analysis, const Check& check, const TextStyle& style, Sink& sink)
        : m_analysis(analysis), m_check(check), m_style(style), m_signs(signs(style)), m_sink(sink) {
        lay_out();
    }

    void write() {
        write_head();
        for (const Row& row : m_check.outcome.rows) {
            if (row.kind == Row::Kind::step || row.kind == Row::Kind::extra) write_row(row);
        }
    }

  private:
    [[nodiscard]] const check::Flow& flow() const { return *m_check.flow; }
    [[nodiscard]] const check::Event& event_of(const Row& row) const {
        return m_check.outcome.course.events[*row.event];
    }

    /// On the arrow: what was seen; of a missing step what was expected.
    [[nodiscard]] std::string label_of(const Row& row) const {
        if (row.event) return check::describe(m_analysis, event_of(row));
        const std::string& text = flow().steps[row.index].text;
        const std::size_t colon = text.find(": ");
        return colon == std::string::npos ? text : text.substr(colon + 2);
    }

    void lay_out() {
        m_frame = columns(word(Word::first_frame, m_style.language));
        for (const Row& row : m_check.outcome.rows) {
            if (row.kind != Row::Kind::step && row.kind != Row::Kind::extra) continue;
            m_gap = std::max(m_gap, columns(label_of(row)) + 8);
            if (row.event)
                m_frame = std::max(m_frame, columns(frames_text(m_analysis, event_of(row), m_style)));
        }
        for (const check::Role& role : flow().roles) m_gap = std::max(m_gap, columns(role.name) + 2);
    }

    void write_head() {
        std::string line = pad_left(word(Word::first_frame, m_style.language), m_frame) + "  " +
                           pad_left(word(Word::time, m_style.language), time_width) + "  ";
        for (const check::Role& role : flow().roles) line += pad_right(printable(role.name), m_gap + 1);
        put(paint(line, Ink::bold, m_style));
    }

    void write_row(const Row& row) {
        std::string margin = std::string(m_frame + 2 + time_width, ' ');
        if (row.event) {
            const Timestamp zero = m_check.outcome.course.events.front().time;
            margin = pad_left(frames_text(m_analysis, event_of(row), m_style), m_frame) + "  " +
                     pad_left(format_time(event_of(row).time, zero, zero, m_style.time), time_width);
        }
        put(margin + "  " + arrow_of(row) + "  " + note_of(row));
    }

    [[nodiscard]] std::string arrow_of(const Row& row) const {
        const std::string label = printable(label_of(row));
        std::size_t from = 0;
        std::size_t to = flow().roles.size() - 1;
        if (row.event) {
            from = event_of(row).from;
            to = event_of(row).to;
        } else if (!flow().steps[row.index].quiet) {
            const check::MessageStep& step = flow().steps[row.index].message;
            if (step.from != check::any_role) from = step.from;
            if (step.to != check::any_role) to = step.to;
        }
        const std::size_t left = std::min(from, to);
        const std::size_t right = std::max(from, to);
        const std::size_t room = right == left ? m_gap : (right - left) * (m_gap + 1) - 1;
        // A rung that is not there is a dashed ghost; an extra one has plus signs.
        const std::string_view dash = !row.event                     ? (m_style.ascii ? "." : "╌")
                                      : row.kind == Row::Kind::extra ? "+"
                                                                     : m_signs.horizontal;
        const std::size_t used = columns(label) + 5;
        const std::string rest = repeat(dash, room > used ? room - used : 0);
        std::string text =
            from <= to
                ? repeat(dash, 2) + " " + label + " " + rest + std::string(m_signs.right)
                : std::string(m_signs.left) + repeat(dash, 1) + " " + label + " " + rest + repeat(dash, 1);
        std::string line;
        for (std::size_t i = 0; i < left; ++i)
            line += std::string(m_signs.vertical) + std::string(m_gap, ' ');
        line += std::string(m_signs.vertical) + paint(text, ink_of(row), m_style);
        for (std::size_t i = std::max(right, left + 1); i < flow().roles.size(); ++i) {
            line += m_signs.vertical;
            if (i + 1 < flow().roles.size()) line += std::string(m_gap, ' ');
        }
        return line;
    }

    [[nodiscard]] std::string note_of(const Row& row) const {
        const Language language = m_style.language;
        std::string note;
        if (row.kind == Row::Kind::extra)
            note = word(row.status == StepStatus::met ? CheckWord::allowed : CheckWord::forbidden_extra,
                        language);
        else
            note = word(row.status, language);
        if (row.status != StepStatus::met || row.kind == Row::Kind::extra) {
            if (const std::string why = sentence(row, language); !why.empty())
                note.append(colon(language)).append(why);
        }
        if (row.kind == Row::Kind::step && row.event && row.status != StepStatus::met)
            note += fmt::format("  [{}]", flow().steps[row.index].text);
        if (row.possible != check::Points{} || row.earned != check::Points{})
            note += fmt::format("  {}/{}", points_text(row.earned), points_text(row.possible));
        if (row.kind == Row::Kind::step) {
            if (const auto says = choose(flow().steps[row.index].says, language);
                !says.empty() && row.status != StepStatus::met)
                note += fmt::format("  ({})", printable(says));
        }
        return paint(note, ink_of(row), m_style);
    }

    void put(std::string line) {
        line.resize(line.find_last_not_of(' ') + 1);
        m_sink.write(line += '\n');
    }

    static constexpr std::size_t time_width = 10;
    const Analysis& m_analysis;
    const Check& m_check;
    const TextStyle& m_style;
    const Signs& m_signs;
    Sink& m_sink;
    std::size_t m_gap = 24, m_frame = 0;
};

std::string title_of(const check::Flow& flow, const TextStyle& style) {
    std::string title = paint(printable(flow.name), Ink::bold, style);
    if (const auto text = choose(flow.title, style.language); !text.empty())
        title.append(colon(style.language)).append(printable(text));
    if (!flow.reference.empty())
        title += fmt::format(fmt::runtime(in_brackets(style.language)), printable(flow.reference));
    return title;
}

std::string roles_text(const Check& check, Language language) {
    std::string text;
    for (std::size_t i = 0; i < check.flow->roles.size(); ++i) {
        const check::Bound& bound = check.outcome.course.roles[i];
        if (i > 0) text += comma(language);
        text += check.flow->roles[i].name + " ";
        if (bound.address.empty())
            text += word(CheckWord::nobody, language);
        else
            text += bound.address +
                    fmt::format(fmt::runtime(in_brackets(language)),
                                word(bound.fixed ? CheckWord::fixed : CheckWord::inferred, language));
    }
    return text;
}

std::string call_text(const Analysis& analysis, Id id, const TextStyle& style) {
    const Call& call = analysis.call(id);
    return fmt::format("{} {}  {}  {} {} {}", word(CheckWord::call_title, style.language), id,
                       word(call.outcome, style.language),
                       printable(name_of(analysis, analysis.caller_of(call))), signs(style).arrow,
                       printable(name_of(analysis, analysis.callee_of(call))));
}

void write_below(const Analysis& analysis, const Check& check, const TextStyle& style, Sink& sink) {
    const Language language = style.language;
    for (const Row& row : check.outcome.rows) {
        if (row.kind != Row::Kind::never && row.kind != Row::Kind::call) continue;
        if (row.status == StepStatus::met && row.possible == check::Points{}) continue;
        // What is said about the whole call names the predicate itself.
        const std::string why = sentence(row, language);
        std::string line =
            row.kind == Row::Kind::call && !why.empty()
                ? fmt::format("  {}{}{}", word(row.status, language), colon(language), why)
                : fmt::format("  {}{}{}{}{}", word(row.status, language), colon(language),
                              subject_of(analysis, check, row), why.empty() ? "" : comma(language), why);
        if (row.event) {
            line +=
                in_frame(analysis.message(check.outcome.course.events[*row.event].message).frame, language);
        }
        sink.write(paint(line, ink_of(row), style) + "\n");
    }
}

/// "missing 180 (INVITE); extra 407 (INVITE), frame 3": what differs, in a line.
std::vector<std::string> deviations(const Analysis& analysis, const Check& check, Language language) {
    std::vector<std::string> found;
    for (const Row& row : check.outcome.rows) {
        if (row.kind != Row::Kind::extra && row.status == StepStatus::met) continue;
        std::string text(row.kind == Row::Kind::extra ? word(CheckWord::allowed, language)
                                                      : word(row.status, language));
        text.append(colon(language)).append(printable(subject_of(analysis, check, row)));
        if (row.event) {
            text +=
                in_frame(analysis.message(check.outcome.course.events[*row.event].message).frame, language);
        }
        if (const std::string why = sentence(row, language); !why.empty() &&
                                                             row.reason != check::Reason::unexpected &&
                                                             row.reason != check::Reason::never_came)
            text.append(comma(language)).append(why);
        found.push_back(std::move(text));
    }
    return found;
}

/// Where practice differs from the textbook without being wrong: a challenge, and what was sent again.
std::vector<std::string> departures(const Analysis& analysis, const Check& check, Language language) {
    std::vector<std::string> found;
    for (const Row& row : check.outcome.rows) {
        if (row.kind != Row::Kind::step || !row.event) continue;
        const check::Event& event = check.outcome.course.events[*row.event];
        const Message& message = analysis.message(event.message);
        const std::string what = check::describe(analysis, event);
        if (sip::is_challenge(message.status) && row.possible == check::Points{}) {
            found.push_back(std::string(word(CheckWord::challenged, language)) +
                            std::string(colon(language)) + what + in_frame(message.frame, language));
        }
        if (event.retransmissions == 0) continue;
        const auto again =
            fmt::format(fmt::runtime(word(CheckWord::repeated, language)), event.retransmissions + 1);
        found.push_back(what + " " + again + in_frame(message.frame, language));
    }
    return found;
}

/// A flow of which not one step was seen says nothing about the call.
bool says_nothing(const Check& check) {
    return std::ranges::none_of(check.outcome.rows, [](const Row& row) {
        return row.kind == Row::Kind::step && row.event.has_value();
    });
}

} // namespace

std::string subject_of(const Analysis& analysis, const Check& check, const Row& row) {
    switch (row.kind) {
    case Row::Kind::step: return check.flow->steps[row.index].text;
    case Row::Kind::never: return check.flow->never[row.index].text;
    case Row::Kind::call: return check.flow->where[row.index].text;
    case Row::Kind::extra: break;
    }
    const check::Event& event = check.outcome.course.events[*row.event];
    check::MessageStep step{event.from, event.to, {}};
    std::string text = check.flow->roles[step.from].name + " -> " + check.flow->roles[step.to].name + ": ";
    return text + check::describe(analysis, event);
}

void write_check(const Analysis& analysis, const Check& check, const TextStyle& style, Sink& sink) {
    const Language language = style.language;
    const check::Outcome& outcome = check.outcome;
    sink.write(title_of(*check.flow, style) + "\n");
    sink.write(call_text(analysis, outcome.call, style) + "\n");
    sink.write(fmt::format("{}{}{}\n\n", word(CheckWord::roles, language), colon(language),
                           roles_text(check, language)));
    Drawing(analysis, check, style, sink).write();
    sink.write("\n");
    write_below(analysis, check, style, sink);
    if (outcome.capped) sink.write(std::string(word(CheckWord::capped, language)) + "\n");
    const auto steps =
        static_cast<std::size_t>(std::ranges::count(outcome.rows, Row::Kind::step, &Row::kind));
    const auto met = static_cast<std::size_t>(std::ranges::count_if(outcome.rows, [](const Row& row) {
        return row.kind == Row::Kind::step && row.status == StepStatus::met;
    }));
    std::string line = paint(word(outcome.verdict, language), ink_of(outcome.verdict), style);
    line += fmt::format("  {}/{} {}{}{}/{} {}", met, steps, word(CheckWord::steps, language), comma(language),
                        points_text(outcome.earned), points_text(outcome.possible),
                        word(CheckWord::points, language));
    if (outcome.count(StepStatus::undecidable) > 0)
        line += fmt::format(fmt::runtime(in_brackets(language)), word(CheckWord::not_counted, language));
    sink.write(line + "\n");
}

void write_fits(const Analysis& analysis, const std::vector<Fit>& fits, const TextStyle& style, Sink& sink) {
    const Language language = style.language;
    if (fits.empty()) sink.write(std::string(word(CheckWord::nothing_to_check, language)) + "\n");
    for (const Fit& fit : fits) {
        sink.write(paint(call_text(analysis, fit.call, style), Ink::bold, style) + "\n");
        const Check& best = fit.checks.front();
        if (says_nothing(best)) {
            sink.write(fmt::format("  {}\n", word(CheckWord::follows_none, language)));
            continue;
        }
        const bool good = best.outcome.verdict == Verdict::pass;
        sink.write(fmt::format(
            "  {} {} [{}]\n", word(good ? CheckWord::best_fits : CheckWord::no_flow_fits, language),
            title_of(*best.flow, style),
            paint(word(best.outcome.verdict, language), ink_of(best.outcome.verdict), style)));
        for (const std::string& text : deviations(analysis, best, language)) sink.write("    " + text + "\n");
        for (const std::string& text : departures(analysis, best, language)) sink.write("    " + text + "\n");
        std::string others;
        for (const Check& check : fit.checks) {
            if (&check == &best || check.outcome.verdict != Verdict::pass) continue;
            others += (others.empty() ? "" : ", ") + check.flow->name;
        }
        if (!others.empty()) sink.write(fmt::format("  {} {}\n", word(CheckWord::exactly, language), others));
    }
}

} // namespace rungs::reports
