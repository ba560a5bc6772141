#include "analyzer/check/align.hpp"

#include <algorithm>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "core/limits/input.hpp"

using namespace rungs;
using namespace rungs::check;

namespace {

/// Steps and events are letters: a step fits the events of its letter.
struct Pattern {
    Node root;
    std::vector<Step> steps;
    std::string letters; ///< of the steps
};

Node leaf(Pattern& pattern, char letter) {
    Node node;
    node.kind = Node::Kind::step;
    node.step = pattern.steps.size();
    pattern.steps.emplace_back();
    pattern.letters += letter;
    return node;
}

Node group(Node::Kind kind, std::vector<Node> children) {
    Node node;
    node.kind = kind;
    node.children = std::move(children);
    return node;
}

using Words = std::vector<std::vector<std::size_t>>;

void add(Words& words, const std::vector<std::size_t>& word) {
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
}

void interleave(const std::vector<std::size_t>& a, std::size_t i, const std::vector<std::size_t>& b,
                std::size_t j, std::vector<std::size_t> so_far, Words& out) {
    if (i == a.size() && j == b.size()) return add(out, so_far);
    if (i < a.size()) {
        auto more = so_far;
        more.push_back(a[i]);
        interleave(a, i + 1, b, j, more, out);
    }
    if (j < b.size()) {
        so_far.push_back(b[j]);
        interleave(a, i, b, j + 1, so_far, out);
    }
}

/// Every row of steps that the pattern allows, written out.
Words words_of(const Node& node) {
    Words words;
    switch (node.kind) {
    case Node::Kind::step: return {{node.step}};
    case Node::Kind::one_of:
        for (const Node& child : node.children)
            for (const auto& word : words_of(child)) add(words, word);
        return words;
    case Node::Kind::sequence:
    case Node::Kind::all_of:
        words = {{}};
        for (const Node& child : node.children) {
            Words longer;
            for (const auto& first : words) {
                for (const auto& second : words_of(child)) {
                    if (node.kind == Node::Kind::all_of) {
                        interleave(first, 0, second, 0, {}, longer);
                    } else {
                        auto both = first;
                        both.insert(both.end(), second.begin(), second.end());
                        add(longer, both);
                    }
                }
            }
            words = std::move(longer);
        }
        return words;
    case Node::Kind::repeat: {
        Words so_far = {{}};
        for (unsigned i = 0; i <= node.most; ++i) {
            if (i >= node.least)
                for (const auto& word : so_far) add(words, word);
            Words longer;
            for (const auto& first : so_far) {
                for (const auto& second : words_of(node.children.front())) {
                    auto both = first;
                    both.insert(both.end(), second.begin(), second.end());
                    add(longer, both);
                }
            }
            so_far = std::move(longer);
        }
        return words;
    }
    }
    return words;
}

struct Best {
    std::int64_t score = -1'000'000;
    std::uint64_t lateness = 0;
    void offer(std::int64_t new_score, std::uint64_t new_lateness) {
        if (new_score > score || (new_score == score && new_lateness < lateness))
            *this = {new_score, new_lateness};
    }
};

/// Tries every way to pair the steps of a word with events.
void try_all(const std::vector<std::size_t>& word, std::size_t i, const std::string& events,
             std::size_t event, const Fits& fits, const Weights& weights, std::int64_t score,
             std::uint64_t lateness, Best& best) {
    if (i == word.size() && event == events.size()) return best.offer(score, lateness);
    if (i < word.size()) {
        const std::int64_t cost = event == events.size() ? weights.missing_at_end : weights.missing;
        try_all(word, i + 1, events, event, fits, weights, score + cost, lateness, best);
    }
    if (event == events.size()) return;
    try_all(word, i, events, event + 1, fits, weights, score + weights.extra, lateness, best);
    if (i < word.size()) {
        if (const std::int64_t worth = fits(word[i], event); worth > 0)
            try_all(word, i + 1, events, event + 1, fits, weights, score + worth, lateness + event, best);
    }
}

class Generator {
  public:
    explicit Generator(unsigned seed) : m_random(seed) {}

    Pattern pattern() {
        Pattern made;
        made.root = node(made, 0);
        return made;
    }
    std::string events() {
        std::string letters;
        for (std::size_t n = upto(5); n > 0; --n) letters += letter();
        return letters;
    }
    std::size_t upto(std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(0, most)(m_random);
    }

  private:
    char letter() { return static_cast<char>('a' + upto(2)); }

    Node node(Pattern& pattern, unsigned depth) {
        if (depth == 3 || pattern.steps.size() >= 4 || upto(3) == 0) return leaf(pattern, letter());
        std::vector<Node> children;
        switch (upto(3)) {
        case 0: {
            children.push_back(node(pattern, depth + 1));
            Node repeat = group(Node::Kind::repeat, std::move(children));
            repeat.least = static_cast<unsigned>(upto(1));
            repeat.most = repeat.least + static_cast<unsigned>(upto(1));
            if (repeat.most == 0) repeat.most = 1;
            return repeat;
        }
        case 1:
            children.push_back(node(pattern, depth + 1));
            children.push_back(node(pattern, depth + 1));
            return group(Node::Kind::one_of, std::move(children));
        case 2:
            children.push_back(node(pattern, depth + 1));
            children.push_back(node(pattern, depth + 1));
            return group(Node::Kind::all_of, std::move(children));
        default:
            for (std::size_t n = 1 + upto(2); n > 0; --n) children.push_back(node(pattern, depth + 1));
            return group(Node::Kind::sequence, std::move(children));
        }
    }

    std::mt19937 m_random;
};

/// The score that the rows themselves add up to.
std::int64_t score_of(const Alignment& alignment, const Fits& fits, const Weights& weights,
                      std::size_t events) {
    std::int64_t score = 0;
    std::size_t next = 0;
    for (const AlignmentRow& row : alignment.rows) {
        switch (row.kind) {
        case AlignmentRow::Kind::met:
            score += fits(row.step, row.event);
            CHECK(row.event == next++);
            break;
        case AlignmentRow::Kind::extra:
            score += weights.extra;
            CHECK(row.event == next++);
            break;
        case AlignmentRow::Kind::missing:
            score += next == events ? weights.missing_at_end : weights.missing;
            break;
        case AlignmentRow::Kind::pause: break;
        }
    }
    CHECK(next == events);
    return score;
}

} // namespace

TEST_CASE("the alignment is as good as the best of all ways, tried one by one") {
    Generator generator(20'261'121);
    for (int round = 0; round < 6'000; ++round) {
        const Pattern pattern = generator.pattern();
        const std::string events = generator.events();
        // Not all fits are worth the same, so that ties and preferences are both there.
        const Fits fits = [&](std::size_t step, std::size_t event) -> std::int64_t {
            if (pattern.letters[step] != events[event]) return 0;
            return (step * 7 + event * 3) % 4 == 0 ? 40 : 100;
        };
        Weights weights;
        if (round % 2 == 1) weights.missing_at_end = -1;

        const Alignment alignment = align(pattern.root, pattern.steps, events.size(), fits, weights);
        Best best;
        for (const auto& word : words_of(pattern.root))
            try_all(word, 0, events, 0, fits, weights, 0, 0, best);

        REQUIRE_FALSE(alignment.capped);
        REQUIRE(alignment.score == best.score);
        REQUIRE(alignment.lateness == best.lateness);
        REQUIRE(score_of(alignment, fits, weights, events.size()) == best.score);
    }
}

TEST_CASE("one message too few shifts no other step") {
    Pattern pattern;
    pattern.root = group(Node::Kind::sequence, {leaf(pattern, 'i'), leaf(pattern, 't'), leaf(pattern, 'r'),
                                                leaf(pattern, 'o'), leaf(pattern, 'a')});
    const std::string events = "iroa";
    const Alignment alignment =
        align(pattern.root, pattern.steps, events.size(), [&](std::size_t step, std::size_t event) {
            return pattern.letters[step] == events[event] ? 100 : 0;
        });
    const std::vector<AlignmentRow> wanted{{AlignmentRow::Kind::met, 0, 0},
                                           {AlignmentRow::Kind::missing, 1, 0},
                                           {AlignmentRow::Kind::met, 2, 1},
                                           {AlignmentRow::Kind::met, 3, 2},
                                           {AlignmentRow::Kind::met, 4, 3}};
    CHECK(alignment.rows == wanted);
}

TEST_CASE("of two events that fit equally well the earlier one is taken") {
    Pattern pattern;
    pattern.root = group(Node::Kind::sequence, {leaf(pattern, 'a')});
    const Alignment alignment =
        align(pattern.root, pattern.steps, 3, [](std::size_t, std::size_t) { return 100; });
    REQUIRE(alignment.rows.size() == 3);
    CHECK(alignment.rows[0].kind == AlignmentRow::Kind::met);
    CHECK(alignment.rows[1].kind == AlignmentRow::Kind::extra);
    CHECK(alignment.rows[2].kind == AlignmentRow::Kind::extra);
}

TEST_CASE("a pattern with too many orders is given up and said so") {
    Pattern pattern;
    std::vector<Node> members;
    for (int i = 0; i < 20; ++i) members.push_back(leaf(pattern, 'a')); // 2^20 states
    pattern.root = group(Node::Kind::all_of, std::move(members));
    const auto never = [](std::size_t, std::size_t) { return std::int64_t{0}; };
    const Alignment alignment = align(pattern.root, pattern.steps, 3, never);
    CHECK(alignment.capped);
    CHECK(alignment.rows.empty());

    pattern.root.children.resize(8);
    CHECK_FALSE(align(pattern.root, pattern.steps, 3, never).capped);
}

namespace {

/// Steps a to ..., all of which must come, in any order or in this one.
Pattern pattern_of(Node::Kind kind, std::size_t steps) {
    Pattern pattern;
    std::vector<Node> children;
    for (std::size_t i = 0; i < steps; ++i) children.push_back(leaf(pattern, 'a'));
    pattern.root = group(kind, std::move(children));
    return pattern;
}

bool is_capped(const Pattern& pattern, std::size_t events) {
    const auto nothing_fits = [](std::size_t, std::size_t) -> std::int64_t { return 0; };
    return align(pattern.root, pattern.steps, events, nothing_fits).capped;
}

} // namespace

TEST_CASE("limits::flow_states, on both sides: n steps in any order have 2 to the n states") {
    static_assert((1U << 14U) + 14 < limits::flow_states && (1U << 15U) > limits::flow_states);
    CHECK_FALSE(is_capped(pattern_of(Node::Kind::all_of, 14), 1));
    CHECK(is_capped(pattern_of(Node::Kind::all_of, 15), 1));
}

TEST_CASE(
    "limits::alignment_cells, on both sides: n steps in order have n + 1 states, n events n + 1 places") {
    static_assert(2'000 * 2'000 == limits::alignment_cells);
    CHECK_FALSE(is_capped(pattern_of(Node::Kind::sequence, 1'999), 1'999));
    CHECK(is_capped(pattern_of(Node::Kind::sequence, 1'999), 2'000));
}
