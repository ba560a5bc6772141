#include "analyzer/check/judge.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "analyzer/check/align.hpp"
#include "dissectors/sip/status.hpp"

namespace rungs::check {
namespace {

using sip::Method;

constexpr std::int64_t met_worth = 100;
constexpr std::int64_t predicates_worth = 20;
constexpr std::int64_t any_worth = 5; ///< a step that takes every message comes after those that name one
/// What comes after the last event costs next to nothing when the capture may have ended before; so does what
/// comes before the first one when the capture began later.
constexpr std::int64_t outside = -1;
/// Clocks and stamps are no better than this; printed in docs/flows.md.
constexpr Duration tolerance = std::chrono::milliseconds(10);
/// Two captures of one call may put frames so close together in the wrong order.
constexpr Duration reorder_tolerance = std::chrono::milliseconds(2);
/// RFC 3261 section 17: 64*T1 for an answer to a request, Timer C of a proxy for the final to an INVITE.
constexpr Duration reaction = std::chrono::seconds(32);
constexpr Duration invite_reaction = std::chrono::seconds(180);

using sip::is_challenge;

Reason reason_of(Doubt doubt) {
    switch (doubt) {
    case Doubt::none: return Reason::none;
    case Doubt::no_password: return Reason::no_password;
    case Doubt::no_media: return Reason::no_media;
    case Doubt::goes_on: return Reason::goes_on;
    case Doubt::who_gave_up: return Reason::who_gave_up;
    case Doubt::no_value: return Reason::no_value;
    case Doubt::not_checkable: break;
    }
    return Reason::not_checkable;
}

/// Which steps have no order between them because an all_of holds them apart.
class Order {
  public:
    explicit Order(const Node& root) { walk(root, {}); }

    [[nodiscard]] bool unordered(std::size_t a, std::size_t b) const {
        const auto& first = m_paths.at(a);
        const auto& second = m_paths.at(b);
        for (std::size_t i = 0; i < std::min(first.size(), second.size()); ++i) {
            if (first[i].child == second[i].child) continue;
            return first[i].node->kind == Node::Kind::all_of;
        }
        return false;
    }

  private:
    struct Turn {
        const Node* node = nullptr;
        std::size_t child = 0;
    };
    void walk(const Node& node, std::vector<Turn> path) {
        if (node.kind == Node::Kind::step) m_paths[node.step] = path;
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            path.push_back({&node, i});
            walk(node.children[i], path);
            path.pop_back();
        }
    }
    std::map<std::size_t, std::vector<Turn>> m_paths;
};

class Judge {
  public:
    Judge(const Analysis& analysis, Id call, const Flow& flow, const JudgeOptions& options)
        : m_analysis(analysis), m_flow(flow), m_options(options), m_order(flow.root),
          m_facts(analysis, call, options.passwords), m_values(options.values) {
        m_outcome.call = call;
        m_outcome.course = course_of(analysis, call, flow, options.roles);
        drop_ignored();
        m_outcome.capped = m_outcome.course.capped;
    }

    /// First as if the capture were whole. Where that fails, once more as if it had ended too early or begun
    /// too late: it may be a part of a call that goes right.
    Outcome judge() {
        weigh();
        Outcome whole = judge_with(Weights{});
        if (whole.verdict != Verdict::fail) return whole;
        std::vector<Weights> parts(1);
        parts.back().missing_at_end = outside;
        if (begins_midway()) {
            parts.emplace_back().missing_at_start = outside;
            parts.push_back(parts.back());
            parts.back().missing_at_end = outside;
        }
        for (const Weights& weights : parts) {
            Outcome part = judge_with(weights);
            if (part.verdict == Verdict::inconclusive) return part;
        }
        return whole;
    }

  private:
    [[nodiscard]] const std::vector<Event>& events() const { return m_outcome.course.events; }
    [[nodiscard]] const Message& message_of(std::size_t event) const {
        return m_analysis.message(events()[event].message);
    }
    [[nodiscard]] const Step& step_of(const Row& row) const { return m_flow.steps[row.index]; }

    /// What the author does not want to see, when no step asks for it.
    void drop_ignored() {
        std::erase_if(m_outcome.course.events, [this](const Event& event) {
            const auto is = [&](const MessagePattern& pattern) { return fits(pattern, event, m_analysis); };
            const auto asked = [&](const Step& step) { return !step.quiet && is(step.message.what); };
            return std::ranges::any_of(m_flow.ignore, is) && std::ranges::none_of(m_flow.steps, asked);
        });
    }

    /// What each step is worth with each event. Predicates on bindings are judged later.
    void weigh() {
        m_worth.assign(m_flow.steps.size() * events().size(), 0);
        for (std::size_t i = 0; i < m_flow.steps.size(); ++i) {
            const Step& step = m_flow.steps[i];
            if (step.quiet) continue;
            for (std::size_t event = 0; event < events().size(); ++event) {
                if (!fits(step.message, events()[event], m_analysis)) continue;
                std::int64_t& worth = worth_of(i, event);
                worth = step.message.what.kind == MessagePattern::Kind::any ? any_worth : met_worth;
                for (const Predicate& predicate : step.where) {
                    const Truth truth = m_facts.holds(predicate, events()[event].message, m_values).truth;
                    if (truth == Truth::yes) worth += predicates_worth;
                    // Better without: the step looks for another message first.
                    if (truth == Truth::no) worth = 1;
                    if (truth == Truth::no) break;
                }
            }
        }
    }
    std::int64_t& worth_of(std::size_t step, std::size_t event) {
        return m_worth[step * events().size() + event];
    }

    Outcome judge_with(const Weights& weights) {
        m_outcome.rows.clear();
        m_values = m_options.values;
        const Alignment alignment = align(
            m_flow.root, m_flow.steps, events().size(),
            [this](std::size_t step, std::size_t event) { return worth_of(step, event); }, weights);
        m_outcome.score = alignment.score;
        m_outcome.capped = m_outcome.course.capped || alignment.capped;
        for (const AlignmentRow& row : alignment.rows) add_row(row);
        pair_misplaced();
        for (std::size_t i = 0; i < m_outcome.rows.size(); ++i) judge_row(i);
        explain_missing();
        judge_extras();
        judge_never();
        judge_call();
        sum_up();
        return m_outcome;
    }

    void add_row(const AlignmentRow& aligned) {
        Row row;
        row.index = aligned.step;
        switch (aligned.kind) {
        case AlignmentRow::Kind::met: row.event = aligned.event; break;
        case AlignmentRow::Kind::missing: row.status = StepStatus::missing; break;
        case AlignmentRow::Kind::pause: break;
        case AlignmentRow::Kind::extra:
            row.kind = Row::Kind::extra;
            row.event = aligned.event;
            break;
        }
        m_outcome.rows.push_back(std::move(row));
    }

    // --- order

    static bool same_link(const MessageStep& a, const MessageStep& b) {
        const auto link = [](const MessageStep& step) { return std::minmax(step.from, step.to); };
        return link(a) == link(b) || a.from == any_role || a.to == any_role || b.from == any_role ||
               b.to == any_role;
    }

    /// A step without an event and an event without a step that fit are one: out of order, unless they only
    /// are so towards another link.
    void pair_misplaced() {
        auto& rows = m_outcome.rows;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (rows[i].kind != Row::Kind::step || rows[i].status != StepStatus::missing) continue;
            for (std::size_t j = 0; j < rows.size(); ++j) {
                if (rows[j].kind != Row::Kind::extra || worth_of(rows[i].index, *rows[j].event) <= 1)
                    continue;
                rows[i].event = rows[j].event;
                rows[i].status = in_order(i) ? StepStatus::met : StepStatus::out_of_order;
                if (rows[i].status == StepStatus::out_of_order) rows[i].reason = Reason::another_place;
                rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(j));
                if (j < i) --i;
                break;
            }
        }
    }

    /// Whether row `i` with its event stands right among the steps met on its link.
    [[nodiscard]] bool in_order(std::size_t i) const {
        const auto& rows = m_outcome.rows;
        const Event& event = events()[*rows[i].event];
        for (std::size_t j = 0; j < rows.size(); ++j) {
            if (j == i || rows[j].kind != Row::Kind::step || !rows[j].event) continue;
            if (!same_link(step_of(rows[i]).message, step_of(rows[j]).message)) continue;
            if (m_order.unordered(rows[i].index, rows[j].index)) continue;
            const Event& other = events()[*rows[j].event];
            const bool right = j < i ? *rows[j].event < *rows[i].event : *rows[j].event > *rows[i].event;
            const bool together = m_analysis.captures.size() > 1 &&
                                  std::chrono::abs(event.time - other.time) <= reorder_tolerance;
            if (!right && !together) return false;
        }
        return true;
    }

    // --- steps that have their event

    void judge_row(std::size_t i) {
        Row& row = m_outcome.rows[i];
        if (row.kind != Row::Kind::step) return;
        if (step_of(row).quiet) return judge_pause(i);
        if (!row.event) return;
        for (const TimeBound& bound : step_of(row).times) judge_time(i, bound);
        const Id message = events()[*row.event].message;
        for (const Predicate& predicate : step_of(row).where) judge_predicate(row, predicate, message);
        for (const Binding& binding : step_of(row).bind) {
            const Fact fact = m_facts.of(message, binding.subject, binding.argument);
            if (fact.state == Fact::State::present) m_values[binding.name] = fact.text;
        }
    }

    void judge_predicate(Row& row, const Predicate& predicate, Id message) {
        const Judgement judgement = m_facts.holds(predicate, message, m_values);
        if (judgement.truth == Truth::yes || row.status == StepStatus::violated) return;
        const bool cut = message != 0 && m_analysis.message(message).truncated;
        if (judgement.truth == Truth::unknown || cut) {
            row.status = StepStatus::undecidable;
            row.reason = cut ? Reason::cut : reason_of(judgement.doubt);
            row.details = {predicate.text};
        } else {
            row.status = StepStatus::violated;
            row.reason = Reason::not_so;
            row.details = {predicate.text, judgement.found};
        }
    }

    /// The event that a bound counts from: the latest that fits before row `i`, else the last met step.
    [[nodiscard]] std::optional<std::size_t> anchor_of(std::size_t i, const TimeBound& bound) const {
        const auto& rows = m_outcome.rows;
        const std::size_t before = rows[i].event.value_or(events().size());
        if (bound.of) {
            for (std::size_t event = before; event-- > 0;) {
                if (fits(*bound.of, events()[event], m_analysis)) return event;
            }
            return std::nullopt;
        }
        for (std::size_t j = i; j-- > 0;) {
            if (rows[j].kind == Row::Kind::step && rows[j].event) return rows[j].event;
        }
        return std::nullopt;
    }

    void judge_time(std::size_t i, const TimeBound& bound) {
        Row& row = m_outcome.rows[i];
        const auto anchor = anchor_of(i, bound);
        if (!anchor || row.status == StepStatus::violated) return;
        const Duration took = events()[*row.event].time - events()[*anchor].time;
        const bool late = bound.at_most && took > *bound.at_most + tolerance;
        const bool early = bound.at_least && took < *bound.at_least - tolerance;
        if (!late && !early) return;
        row.status = StepStatus::violated;
        row.reason = late ? Reason::too_late : Reason::too_early;
        row.details = {fmt::format("{:.3f}", to_seconds(took)), bound.text};
    }

    void judge_pause(std::size_t i) {
        Row& row = m_outcome.rows[i];
        const auto anchor = anchor_of(i, TimeBound{});
        if (!anchor) return;
        const Event& before = events()[*anchor];
        const bool last = *anchor + 1 == events().size();
        const Timestamp until = last ? m_outcome.course.capture_end : events()[*anchor + 1].time;
        const Duration pause = until - m_analysis.message(before.messages.back()).time;
        row.status = pause >= *step_of(row).quiet - tolerance ? StepStatus::met
                     : last                                   ? StepStatus::undecidable
                                                              : StepStatus::violated;
        if (row.status == StepStatus::met) return;
        row.reason = last ? Reason::capture_ends : Reason::not_quiet;
        row.details = {fmt::format("{:.3f}", to_seconds(pause))};
    }

    // --- steps without an event

    void explain_missing() {
        const bool any_met = std::ranges::any_of(
            m_outcome.rows, [](const Row& row) { return row.kind == Row::Kind::step && row.event; });
        bool too_late = false; // what comes after a step that cannot come any more cannot come
        for (std::size_t i = 0; i < m_outcome.rows.size(); ++i) {
            Row& row = m_outcome.rows[i];
            if (row.kind != Row::Kind::step || row.status != StepStatus::missing) continue;
            const MessageStep& step = step_of(row).message;
            const auto closing = closing_event(step);
            row.reason = Reason::never_came;
            if (any_met && link_absent(step)) {
                set_undecidable(row, Reason::link_absent);
            } else if (any_met && direction_absent(step)) {
                set_undecidable(row, Reason::direction_absent);
            } else if (any_met && begins_midway() && !met_neighbour(i, false)) {
                set_undecidable(row, Reason::capture_begins);
            } else if (!met_neighbour(i, true)) {
                too_late = too_late || could_not_come_later(i);
                if (any_met && !closing && !too_late) {
                    set_undecidable(row, Reason::capture_ends);
                    row.details = {fmt::format("{:.3f}", to_seconds(silence_at_end()))};
                }
            }
            if (row.status == StepStatus::missing && closing) {
                row.reason = Reason::instead;
                row.details = {describe(m_analysis, events()[*closing]),
                               fmt::format("{}", message_of(*closing).frame)};
            }
        }
    }

    static void set_undecidable(Row& row, Reason reason) {
        row.status = StepStatus::undecidable;
        row.reason = reason;
    }

    /// Whether a step of the same link that is met comes after (or before) row `i` in the pattern.
    [[nodiscard]] bool met_neighbour(std::size_t i, bool after) const {
        const auto& rows = m_outcome.rows;
        for (std::size_t j = 0; j < rows.size(); ++j) {
            if (j == i || (j > i) != after || rows[j].kind != Row::Kind::step) continue;
            if (rows[j].event && same_link(step_of(rows[i]).message, step_of(rows[j]).message) &&
                !m_order.unordered(rows[i].index, rows[j].index))
                return true;
        }
        return false;
    }

    /// An event that no step asks for and after which `step` cannot come any more on its link: a final
    /// response to a request that a step asked for, a BYE, the end of an invitation.
    [[nodiscard]] std::optional<std::size_t> closing_event(const MessageStep& step) const {
        std::set<Id> asked; // transactions
        for (const Row& row : m_outcome.rows) {
            if (row.kind == Row::Kind::step && row.event && message_of(*row.event).status == 0)
                asked.insert(message_of(*row.event).transaction);
        }
        for (const Row& row : m_outcome.rows) {
            if (row.kind != Row::Kind::extra) continue;
            const Event& event = events()[*row.event];
            if (!same_link(step, MessageStep{event.from, event.to, {}})) continue;
            const Message& message = message_of(*row.event);
            if (message.status == 0 && message.method == Method::bye) return row.event;
            if (!event.msn_command.empty() && event.msn_command != "INVITE" && event.msn_command != "ACCEPT")
                return row.event;
            if (message.status >= 200 && !is_challenge(message.status) && message.transaction != 0 &&
                asked.contains(message.transaction))
                return row.event;
        }
        return std::nullopt;
    }

    [[nodiscard]] Duration silence_at_end() const {
        return m_outcome.course.capture_end - m_analysis.call(m_outcome.call).end;
    }

    /// Whether the capture goes on long enough after the last message to know that row `i` never came. What
    /// people do may come at any time; answers come by RFC 3261's timers.
    [[nodiscard]] bool could_not_come_later(std::size_t i) const {
        const Step& step = step_of(m_outcome.rows[i]);
        for (const TimeBound& bound : step.times) {
            const auto anchor = anchor_of(i, bound);
            if (bound.at_most && anchor &&
                m_outcome.course.capture_end - events()[*anchor].time > *bound.at_most + tolerance)
                return true;
        }
        const MessagePattern& what = step.message.what;
        if (what.kind == MessagePattern::Kind::request && what.method == Method::ack)
            return silence_at_end() > reaction;
        if (what.kind != MessagePattern::Kind::response) return false;
        return silence_at_end() > (what.method == Method::invite ? invite_reaction : reaction);
    }

    [[nodiscard]] bool begins_midway() const {
        const Call& call = m_analysis.call(m_outcome.call);
        return call.first_dialog != 0 && m_analysis.dialog(call.first_dialog).begins_midway;
    }

    [[nodiscard]] bool link_absent(const MessageStep& step) const {
        if (m_flow.roles.size() < 3) return false;
        return std::ranges::none_of(events(), [&](const Event& event) {
            return same_link(step, MessageStep{event.from, event.to, {}});
        });
    }

    /// Answers without requests, or an ACK without what it acknowledges: one direction was not captured.
    [[nodiscard]] bool direction_absent(const MessageStep& step) const {
        bool other_tells = false;
        for (std::size_t i = 0; i < events().size(); ++i) {
            const Event& event = events()[i];
            if (event.from == step.from && event.to == step.to) return false;
            if (event.from != step.to || event.to != step.from) continue;
            const Message& message = message_of(i);
            other_tells = other_tells || message.status != 0 || message.method == Method::ack;
        }
        return other_tells;
    }

    // --- everything else

    void judge_extras() {
        const ExtraPolicy policy = m_options.strict ? ExtraPolicy::fail : m_flow.extra;
        for (Row& row : m_outcome.rows) {
            if (row.kind != Row::Kind::extra) continue;
            row.status = policy == ExtraPolicy::fail ? StepStatus::violated : StepStatus::met;
            row.reason = Reason::unexpected;
            for (std::size_t step = 0; step < m_flow.steps.size(); ++step) {
                if (worth_of(step, *row.event) <= 1) continue;
                row.reason = Reason::again;
                row.details = {m_flow.steps[step].text};
                break;
            }
        }
    }

    void judge_never() {
        for (std::size_t i = 0; i < m_flow.never.size(); ++i) {
            const Never& never = m_flow.never[i];
            Row row;
            row.kind = Row::Kind::never;
            row.index = i;
            row.possible = never.points.value_or(Points{});
            bool inside = !never.after;
            for (std::size_t event = 0; event < events().size(); ++event) {
                if (never.before && fits(*never.before, events()[event], m_analysis)) break;
                if (inside && fits(never.message, events()[event], m_analysis)) {
                    judge_forbidden(row, never.where, event);
                    if (row.status == StepStatus::violated) break;
                }
                inside = inside || (never.after && fits(*never.after, events()[event], m_analysis));
            }
            m_outcome.rows.push_back(std::move(row));
        }
    }

    /// `event` must not be there if all `predicates` hold.
    void judge_forbidden(Row& row, const std::vector<Predicate>& predicates, std::size_t event) {
        const Predicate* doubtful = nullptr;
        Doubt doubt = Doubt::none;
        for (const Predicate& predicate : predicates) {
            const Judgement judgement = m_facts.holds(predicate, events()[event].message, m_values);
            if (judgement.truth == Truth::no) return;
            if (judgement.truth == Truth::yes) continue;
            doubtful = &predicate;
            doubt = judgement.doubt;
        }
        row.event = event;
        row.status = doubtful == nullptr ? StepStatus::violated : StepStatus::undecidable;
        row.reason = doubtful == nullptr ? Reason::forbidden : reason_of(doubt);
        if (doubtful != nullptr) row.details = {doubtful->text};
    }

    void judge_call() {
        for (std::size_t i = 0; i < m_flow.where.size(); ++i) {
            Row row;
            row.kind = Row::Kind::call;
            row.index = i;
            judge_predicate(row, m_flow.where[i], 0);
            m_outcome.rows.push_back(std::move(row));
        }
    }

    [[nodiscard]] bool still_up() const { return goes_on(m_analysis.call(m_outcome.call)); }

    void give_points(Row& row) const {
        if (row.kind != Row::Kind::step && row.kind != Row::Kind::never) return;
        const bool bonus = row.kind == Row::Kind::step && step_of(row).bonus;
        const Points points =
            row.kind == Row::Kind::step ? step_of(row).points.value_or(Points{}) : row.possible;
        row.possible = bonus || row.status == StepStatus::undecidable ? Points{} : points;
        row.earned = row.status == StepStatus::met            ? points
                     : row.status == StepStatus::out_of_order ? points.half()
                                                              : Points{};
    }

    void sum_up() {
        m_outcome.earned = m_outcome.possible = Points{};
        m_outcome.required_failed = false;
        bool failed = false;
        bool undecided = m_outcome.capped;
        for (Row& row : m_outcome.rows) {
            give_points(row);
            m_outcome.earned += row.earned;
            m_outcome.possible += row.possible;
            undecided = undecided || row.status == StepStatus::undecidable;
            const bool bad = row.status != StepStatus::met && row.status != StepStatus::undecidable;
            failed = failed || bad;
            if (bad && row.kind == Row::Kind::step && step_of(row).required) m_outcome.required_failed = true;
        }
        // Nobody plays the roles yet, and whoever is to play them may still come.
        if (events().empty() && still_up()) {
            failed = false;
            undecided = true;
        }
        m_outcome.verdict = failed ? Verdict::fail : undecided ? Verdict::inconclusive : Verdict::pass;
    }

    const Analysis& m_analysis;
    const Flow& m_flow;
    const JudgeOptions& m_options;
    Order m_order;
    Facts m_facts;
    Values m_values;
    std::vector<std::int64_t> m_worth; ///< steps times events
    Outcome m_outcome;
};

} // namespace

std::size_t Outcome::count(StepStatus status) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        rows, [status](const Row& row) { return row.kind != Row::Kind::extra && row.status == status; }));
}

Outcome judge(const Analysis& analysis, Id call, const Flow& flow, const JudgeOptions& options) {
    return Judge(analysis, call, flow, options).judge();
}

bool better(const Outcome& a, const Outcome& b) {
    if (a.verdict != b.verdict) return a.verdict < b.verdict;
    const std::size_t unknown = a.count(StepStatus::undecidable);
    const std::size_t other_unknown = b.count(StepStatus::undecidable);
    if (unknown != other_unknown) return unknown < other_unknown;
    return a.score > b.score;
}

std::optional<Outcome> judge_best(const Analysis& analysis, const std::vector<Id>& calls, const Flow& flow,
                                  const JudgeOptions& options) {
    std::optional<Outcome> best;
    for (const Id call : calls) {
        Outcome outcome = judge(analysis, call, flow, options);
        if (!best || better(outcome, *best)) best = std::move(outcome);
    }
    return best;
}

std::string_view to_string(StepStatus status) {
    switch (status) {
    case StepStatus::met: return "met";
    case StepStatus::missing: return "missing";
    case StepStatus::out_of_order: return "out_of_order";
    case StepStatus::violated: return "violated";
    case StepStatus::undecidable: return "undecidable";
    }
    return "";
}

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::inconclusive: return "inconclusive";
    case Verdict::fail: return "fail";
    case Verdict::unusable: return "unusable";
    }
    return "";
}

std::string_view to_string(Reason reason) {
    switch (reason) {
    case Reason::none: return "";
    case Reason::never_came: return "never_came";
    case Reason::instead: return "instead";
    case Reason::capture_ends: return "capture_ends";
    case Reason::capture_begins: return "capture_begins";
    case Reason::link_absent: return "link_absent";
    case Reason::direction_absent: return "direction_absent";
    case Reason::another_place: return "another_place";
    case Reason::too_late: return "too_late";
    case Reason::too_early: return "too_early";
    case Reason::not_so: return "not_so";
    case Reason::no_password: return "no_password";
    case Reason::no_media: return "no_media";
    case Reason::goes_on: return "goes_on";
    case Reason::who_gave_up: return "who_gave_up";
    case Reason::no_value: return "no_value";
    case Reason::not_checkable: return "not_checkable";
    case Reason::cut: return "cut";
    case Reason::not_quiet: return "not_quiet";
    case Reason::forbidden: return "forbidden";
    case Reason::unexpected: return "unexpected";
    case Reason::again: return "again";
    }
    return "";
}

} // namespace rungs::check
