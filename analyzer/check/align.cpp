#include "analyzer/check/align.hpp"

#include <algorithm>
#include <compare>
#include <limits>
#include <map>
#include <utility>

#include "core/limits/input.hpp"

namespace rungs::check {
namespace {

/// What of the pattern is still to come. Terms are numbered and made once each, so equal ones are one.
using Term = std::uint32_t;
constexpr Term nothing = 0;

/// A step that may come next, and what is to come after it.
struct Move {
    std::size_t step = 0;
    Term rest = nothing;
};

class Terms {
  public:
    /// No way with more repetitions than there are events is the best one.
    explicit Terms(std::size_t events) : m_events(events) { make({Shape::empty, {}, 0}); }

    Term of(const Node& node) {
        std::vector<Term> children;
        switch (node.kind) {
        case Node::Kind::step: return make({Shape::step, {}, node.step});
        case Node::Kind::repeat: {
            const Term child = of(node.children.front());
            Term rest = nothing; // inside out: the last repetitions first
            const auto enough = static_cast<unsigned>(std::min<std::size_t>(node.most, m_events));
            for (unsigned i = std::max(node.least, enough); i > 0 && !full(); --i)
                rest = maybe(sequence(child, rest), i > node.least);
            return rest;
        }
        case Node::Kind::sequence: {
            Term rest = nothing;
            for (auto child = node.children.rbegin(); child != node.children.rend(); ++child)
                rest = sequence(of(*child), rest);
            return rest;
        }
        case Node::Kind::one_of:
            for (const Node& child : node.children) children.push_back(of(child));
            return make({Shape::choice, std::move(children), 0});
        case Node::Kind::all_of:
            for (const Node& child : node.children) children.push_back(of(child));
            return shuffle(std::move(children));
        }
        return nothing;
    }

    [[nodiscard]] bool full() const { return m_terms.size() >= limits::flow_states; }
    [[nodiscard]] std::size_t size() const { return m_terms.size(); }

    [[nodiscard]] bool may_end(Term term) const { return m_may_end[term]; }

    /// Every step that `term` may go on with, in the order of the pattern.
    std::vector<Move> moves(Term term) {
        const Shaped shaped = m_terms[term]; // a copy: terms are made on the way
        std::vector<Move> found;
        switch (shaped.shape) {
        case Shape::empty: break;
        case Shape::step: found.push_back({shaped.step, nothing}); break;
        case Shape::sequence:
            for (const Move& move : moves(shaped.children[0]))
                found.push_back({move.step, sequence(move.rest, shaped.children[1])});
            if (may_end(shaped.children[0])) append(found, moves(shaped.children[1]));
            break;
        case Shape::choice:
            for (const Term child : shaped.children) append(found, moves(child));
            break;
        case Shape::shuffle:
            for (std::size_t i = 0; i < shaped.children.size(); ++i) {
                for (const Move& move : moves(shaped.children[i])) {
                    std::vector<Term> rest = shaped.children;
                    rest[i] = move.rest;
                    found.push_back({move.step, shuffle(std::move(rest))});
                }
            }
            break;
        }
        return found;
    }

  private:
    enum class Shape : std::uint8_t { empty, step, sequence, choice, shuffle };
    struct Shaped {
        Shape shape = Shape::empty;
        std::vector<Term> children;
        std::size_t step = 0;
        friend auto operator<=>(const Shaped&, const Shaped&) = default;
    };

    Term sequence(Term first, Term second) {
        if (first == nothing) return second;
        if (second == nothing) return first;
        return make({Shape::sequence, {first, second}, 0});
    }
    Term maybe(Term term, bool optional) {
        return optional ? make({Shape::choice, {term, nothing}, 0}) : term;
    }
    Term shuffle(std::vector<Term> children) {
        std::erase(children, nothing);
        if (children.empty()) return nothing;
        if (children.size() == 1) return children.front();
        return make({Shape::shuffle, std::move(children), 0});
    }
    Term make(Shaped shaped) {
        if (full()) return nothing; // the caller asks and gives up
        const auto [found, is_new] = m_numbers.try_emplace(shaped, static_cast<Term>(m_terms.size()));
        if (is_new) {
            m_may_end.push_back(can_end(shaped));
            m_terms.push_back(std::move(shaped));
        }
        return found->second;
    }
    [[nodiscard]] bool can_end(const Shaped& shaped) const {
        const auto may = [this](Term child) { return bool{m_may_end[child]}; };
        switch (shaped.shape) {
        case Shape::empty: return true;
        case Shape::step: return false;
        case Shape::choice: return std::ranges::any_of(shaped.children, may);
        case Shape::sequence:
        case Shape::shuffle: return std::ranges::all_of(shaped.children, may);
        }
        return false;
    }
    static void append(std::vector<Move>& to, std::vector<Move> more) {
        to.insert(to.end(), more.begin(), more.end());
    }

    std::size_t m_events;
    std::vector<Shaped> m_terms;
    std::vector<bool> m_may_end;
    std::map<Shaped, Term> m_numbers;
};

/// Every term that can be reached, those that come after others first.
struct Automaton {
    struct State {
        std::vector<Move> moves; ///< `rest` is an index into `states`, always a smaller one
        bool may_end = false;
    };
    std::vector<State> states;
    std::size_t start = 0;
    bool capped = false;
};

class Compiler {
  public:
    explicit Compiler(std::size_t events) : m_terms(events) {}

    Automaton compile(const Node& root) {
        const Term start = m_terms.of(root);
        m_automaton.start = place(start);
        m_automaton.capped = m_terms.full();
        return std::move(m_automaton);
    }

  private:
    /// Depth first: what comes after a term gets its number before it. As deep as the pattern has steps.
    std::size_t place(Term term) {
        if (const auto known = m_places.find(term); known != m_places.end()) return known->second;
        Automaton::State state;
        state.may_end = m_terms.may_end(term);
        if (!m_terms.full()) state.moves = m_terms.moves(term);
        for (Move& move : state.moves) move.rest = static_cast<Term>(place(move.rest));
        m_automaton.states.push_back(std::move(state));
        return m_places[term] = m_automaton.states.size() - 1;
    }

    Terms m_terms;
    std::map<Term, std::size_t> m_places;
    Automaton m_automaton;
};

/// The best that can still be had from a state with the events from some position on.
struct Cell {
    std::int64_t score = std::numeric_limits<std::int64_t>::min();
    std::uint64_t lateness = 0;
    AlignmentRow::Kind choice = AlignmentRow::Kind::extra;
    std::uint32_t move = 0; ///< of the state, when the choice takes one
    bool reachable = false;

    /// Better by score, then by earlier events; else the choice that was looked at first stays.
    void offer(std::int64_t new_score, std::uint64_t new_lateness, AlignmentRow::Kind new_choice,
               std::size_t new_move) {
        if (reachable && (new_score < score || (new_score == score && new_lateness >= lateness))) return;
        *this = {new_score, new_lateness, new_choice, static_cast<std::uint32_t>(new_move), true};
    }
};

class Table {
  public:
    Table(const Automaton& automaton, const std::vector<Step>& steps, std::size_t events, const Fits& fits,
          const Weights& weights)
        : m_automaton(automaton), m_steps(steps), m_events(events), m_fits(fits), m_weights(weights),
          m_cells(automaton.states.size() * (events + 1)) {}

    Alignment solve() {
        for (std::size_t event = m_events + 1; event-- > 0;) {
            for (std::size_t state = 0; state < m_automaton.states.size(); ++state) fill(state, event);
        }
        return trace();
    }

  private:
    Cell& at(std::size_t state, std::size_t event) {
        return m_cells[event * m_automaton.states.size() + state];
    }

    void fill(std::size_t state, std::size_t event) {
        Cell& cell = at(state, event);
        const Automaton::State& here = m_automaton.states[state];
        if (event == m_events && here.may_end) cell = {0, 0, AlignmentRow::Kind::extra, 0, true};
        for (std::size_t i = 0; i < here.moves.size(); ++i) {
            const Move& move = here.moves[i];
            if (m_steps[move.step].quiet) {
                const Cell& after = at(move.rest, event);
                if (after.reachable) cell.offer(after.score, after.lateness, AlignmentRow::Kind::pause, i);
                continue;
            }
            if (event < m_events) {
                const std::int64_t worth = m_fits(move.step, event);
                const Cell& after = at(move.rest, event + 1);
                if (worth > 0 && after.reachable)
                    cell.offer(after.score + worth, after.lateness + event, AlignmentRow::Kind::met, i);
            }
            const Cell& without = at(move.rest, event);
            const std::int64_t cost = event == m_events ? m_weights.missing_at_end
                                      : event == 0      ? m_weights.missing_at_start
                                                        : m_weights.missing;
            if (without.reachable)
                cell.offer(without.score + cost, without.lateness, AlignmentRow::Kind::missing, i);
        }
        if (event < m_events) {
            const Cell& after = at(state, event + 1);
            if (after.reachable)
                cell.offer(after.score + m_weights.extra, after.lateness, AlignmentRow::Kind::extra, 0);
        }
    }

    Alignment trace() {
        Alignment alignment;
        std::size_t state = m_automaton.start;
        std::size_t event = 0;
        alignment.score = at(state, event).score;
        alignment.lateness = at(state, event).lateness;
        while (event < m_events || !finished(state, event)) {
            const Cell& cell = at(state, event);
            AlignmentRow row{cell.choice, 0, event};
            if (cell.choice == AlignmentRow::Kind::extra) {
                ++event;
            } else {
                const Move& move = m_automaton.states[state].moves[cell.move];
                row.step = move.step;
                state = move.rest;
                if (cell.choice == AlignmentRow::Kind::met)
                    ++event;
                else
                    row.event = 0;
            }
            alignment.rows.push_back(row);
        }
        return alignment;
    }

    /// At the end of the events, where the cell's choice is to stop.
    bool finished(std::size_t state, std::size_t event) {
        return event == m_events && at(state, event).choice == AlignmentRow::Kind::extra;
    }

    const Automaton& m_automaton;
    const std::vector<Step>& m_steps;
    std::size_t m_events;
    const Fits& m_fits;
    const Weights& m_weights;
    std::vector<Cell> m_cells;
};

} // namespace

Alignment align(const Node& root, const std::vector<Step>& steps, std::size_t events, const Fits& fits,
                const Weights& weights) {
    const Automaton automaton = Compiler(events).compile(root);
    if (automaton.capped || automaton.states.size() * (events + 1) > limits::alignment_cells) {
        Alignment nothing_done;
        nothing_done.capped = true;
        return nothing_done;
    }
    return Table(automaton, steps, events, fits, weights).solve();
}

} // namespace rungs::check
