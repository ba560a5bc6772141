#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "analyzer/filter/expression.hpp"
#include "analyzer/filter/lexer.hpp"
#include "core/limits/input.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace rungs::filter {
namespace {

struct OperatorName {
    std::string_view name;
    Operator op;
};
constexpr std::array operator_names{
    OperatorName{"==", Operator::equal},
    OperatorName{"eq", Operator::equal},
    OperatorName{"!=", Operator::not_equal},
    OperatorName{"ne", Operator::not_equal},
    OperatorName{">", Operator::greater},
    OperatorName{"gt", Operator::greater},
    OperatorName{">=", Operator::greater_equal},
    OperatorName{"ge", Operator::greater_equal},
    OperatorName{"<", Operator::less},
    OperatorName{"lt", Operator::less},
    OperatorName{"<=", Operator::less_equal},
    OperatorName{"le", Operator::less_equal},
    OperatorName{"contains", Operator::contains},
    OperatorName{"matches", Operator::matches},
    OperatorName{"~", Operator::matches},
    OperatorName{"in", Operator::in},
};

/// Recursive descent. The first problem is kept and ends the input, so that every rule returns by itself.
class Parser {
  public:
    Parser(std::string_view text, std::vector<Token> tokens) : m_text(text), m_tokens(std::move(tokens)) {}

    Result<Expression> parse() {
        Expression whole = any_of();
        if (!m_error && current().kind != TokenKind::end) {
            report(current(), fmt::format("\"{}\" was not expected here", printable(current().text)),
                   "tests are joined with && or ||");
        }
        if (m_error) return tl::unexpected(*m_error);
        return whole;
    }

  private:
    [[nodiscard]] const Token& current() const { return m_tokens[m_next]; }

    Token take() {
        Token token = current();
        if (token.kind != TokenKind::end) ++m_next;
        return token;
    }

    [[nodiscard]] bool at(std::string_view symbol, std::string_view word = {}) const {
        return (current().kind == TokenKind::symbol && current().text == symbol) ||
               (current().kind == TokenKind::word && !word.empty() && current().text == word);
    }

    bool accept(std::string_view symbol, std::string_view word = {}) {
        if (!at(symbol, word)) return false;
        ++m_next;
        return true;
    }

    void report(const Token& where, std::string_view problem, std::string hint = {}) {
        if (m_error) return;
        m_error = error_at(m_text, where.offset, where.length, problem, std::move(hint));
        m_next = m_tokens.size() - 1;
    }

    void expect(std::string_view symbol) {
        if (!accept(symbol)) report(current(), fmt::format("a \"{}\" is missing here", symbol));
    }

    Expression any_of() {
        return chain(Expression::Kind::any_of, "||", "or", [this] { return all_of(); });
    }
    Expression all_of() {
        return chain(Expression::Kind::all_of, "&&", "and", [this] { return negation(); });
    }

    template <typename Rule>
    Expression chain(Expression::Kind kind, std::string_view symbol, std::string_view word, Rule part) {
        Expression first = part();
        if (!at(symbol, word)) return first;
        Expression all;
        all.kind = kind;
        all.children.push_back(std::move(first));
        while (accept(symbol, word)) all.children.push_back(part());
        return all;
    }

    Expression negation() {
        if (m_depth == limits::filter_depth) {
            report(current(),
                   fmt::format("nested deeper than {} (limit filter_depth)", limits::filter_depth));
            return {};
        }
        ++m_depth;
        Expression found;
        if (accept("!", "not")) {
            found.kind = Expression::Kind::negation;
            found.children.push_back(negation());
        } else if (accept("(")) {
            found = any_of();
            expect(")");
        } else {
            found.test = test();
        }
        --m_depth;
        return found;
    }

    Test test() {
        const Token name = take();
        const FieldInfo* const field = name.kind == TokenKind::word ? find_field(name.text) : nullptr;
        if (field == nullptr) {
            report_no_field(name);
            return {};
        }
        Test test;
        test.field = field->field;
        if (const auto op = take_operator()) {
            test.op = *op;
            read_operands(test, *field);
        }
        return test;
    }

    void report_no_field(const Token& name) {
        if (name.kind != TokenKind::word) {
            report(name, name.kind == TokenKind::end ? "the expression ends where a field is missing"
                                                     : "a field was expected here");
            return;
        }
        std::vector<std::string_view> names;
        for (const FieldInfo& field : fields()) names.push_back(field.name);
        std::string hint = did_you_mean(nearest(name.text, names));
        if (hint.empty()) hint = fmt::format("the fields are {}", fmt::join(names, ", "));
        report(name, fmt::format("unknown field \"{}\"", printable(name.text)), std::move(hint));
    }

    std::optional<Operator> take_operator() {
        if (current().kind != TokenKind::symbol && current().kind != TokenKind::word) return std::nullopt;
        const auto* const found = std::ranges::find(operator_names, current().text, &OperatorName::name);
        if (found == operator_names.end()) return std::nullopt;
        m_op = take();
        return found->op;
    }

    void read_operands(Test& test, const FieldInfo& field) {
        const bool is_text = field.type == Type::text || field.type == Type::word;
        const bool wants_text = test.op == Operator::contains || test.op == Operator::matches;
        if (field.type == Type::presence || (wants_text && !is_text)) {
            report(m_op, fmt::format("{} cannot be asked with \"{}\"", field.name, m_op.text),
                   field.type == Type::presence ? fmt::format("{} alone asks whether it is there", field.name)
                                                : "contains and matches are for texts");
        } else if (test.op == Operator::matches) {
            read_pattern(test);
        } else if (test.op == Operator::in) {
            read_set(test, field);
        } else {
            // A part of a word is not in the list of words.
            test.operands.push_back(single(literal(field, test.op == Operator::contains)));
        }
    }

    static LiteralRange single(Literal value) {
        LiteralRange range{value, {}};
        range.last = std::move(value);
        return range;
    }

    void read_pattern(Test& test) {
        const Token token = take_value();
        RE2::Options options;
        options.set_case_sensitive(false); // as Wireshark
        options.set_log_errors(false);
        test.pattern = std::make_unique<RE2>(token.text, options);
        if (!test.pattern->ok()) {
            report(token, fmt::format("not a regular expression: {}", printable(test.pattern->error())));
        }
    }

    void read_set(Test& test, const FieldInfo& field) {
        expect("{");
        do {
            const Token start = current();
            LiteralRange range = single(literal(field, false));
            if (accept("..")) {
                range.last = literal(field, false);
                if (field.type == Type::word) report(start, "words have no order, so no range");
            }
            test.operands.push_back(std::move(range));
        } while (accept(","));
        if (!at("}")) report(current(), "a \",\" or \"}\" is missing here");
        expect("}");
    }

    Token take_value() {
        Token token = take();
        if (token.kind == TokenKind::end) report(token, "the expression ends where a value is missing");
        if (token.kind == TokenKind::symbol) report(token, "a value was expected here");
        if (token.kind == TokenKind::word && find_field(token.text) != nullptr) {
            report(token, "a field cannot be compared with another field");
        }
        return token;
    }

    Literal literal(const FieldInfo& field, bool part_of_word) {
        const Token token = take_value();
        if (m_error) return {};
        switch (field.type) {
        case Type::number: return number(token, field);
        case Type::seconds: return seconds(token);
        case Type::ipv4:
        case Type::ipv6: return prefix(token, field.type == Type::ipv6);
        case Type::word:
            if (!part_of_word) check_word(token, field);
            return token.text;
        case Type::text:
        case Type::presence: return token.text;
        }
        return {};
    }

    /// Decimal, 0x hexadecimal or 0 octal, as Wireshark reads them.
    Literal number(const Token& token, const FieldInfo& field) {
        std::string_view digits = token.text;
        int base = 10;
        if (digits.starts_with("0x")) {
            base = 16;
            digits.remove_prefix(2);
        } else if (digits.size() > 1 && digits.starts_with("0")) {
            base = 8;
        }
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(digits.begin(), digits.end(), value, base);
        if (token.kind != TokenKind::word || error != std::errc{} || end != digits.end()) {
            report(token,
                   fmt::format("{} is a number, and \"{}\" is none", field.name, printable(token.text)));
        } else if (value > field.maximum) {
            report(token, fmt::format("{} is at most {}", field.name, field.maximum));
        }
        return value;
    }

    Literal seconds(const Token& token) {
        double value = 0;
        const std::string_view text = token.text;
        const auto [end, error] = std::from_chars(text.begin(), text.end(), value, std::chars_format::fixed);
        if (token.kind != TokenKind::word || error != std::errc{} || end != text.end()) {
            report(token, fmt::format("\"{}\" is no number of seconds", printable(text)));
        }
        return value;
    }

    Literal prefix(const Token& token, bool v6) {
        std::string_view rest = token.text;
        const std::string_view address = take_until(rest, '/');
        const unsigned most = v6 ? 128 : 32;
        const auto parsed = IpAddress::parse(address);
        const auto bits = address.size() == token.text.size() ? most : parse_number<unsigned>(rest);
        if (!parsed || parsed->is_v6() != v6) {
            report(token, fmt::format("\"{}\" is no {} address", printable(address), v6 ? "IPv6" : "IPv4"),
                   parsed ? fmt::format("{} addresses are in {}", v6 ? "IPv4" : "IPv6",
                                        v6 ? "ip.addr" : "ipv6.addr")
                          : "names are not resolved");
            return {};
        }
        if (!bits || *bits > most) report(token, fmt::format("a prefix has 0 to {} bits", most));
        return Prefix{*parsed, bits.value_or(0)};
    }

    void check_word(const Token& token, const FieldInfo& field) {
        const auto words = field.words();
        if (std::ranges::find(words, token.text) != words.end()) return;
        std::string hint = did_you_mean(nearest(token.text, words));
        if (hint.empty()) hint = fmt::format("{} is one of {}", field.name, fmt::join(words, ", "));
        report(token, fmt::format("{} is never \"{}\"", field.name, printable(token.text)), std::move(hint));
    }

    std::string_view m_text;
    std::vector<Token> m_tokens;
    std::size_t m_next = 0;
    unsigned m_depth = 0;
    Token m_op; ///< the operator of the test that is being read
    std::optional<Error> m_error;
};

} // namespace

Result<Expression> parse_expression(std::string_view text) {
    auto tokens = tokenize(text);
    if (!tokens) return tl::unexpected(tokens.error());
    return Parser(text, std::move(*tokens)).parse();
}

} // namespace rungs::filter
