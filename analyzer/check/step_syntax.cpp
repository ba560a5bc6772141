#include "analyzer/check/step_syntax.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "analyzer/check/facts.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace rungs::check {
namespace {

constexpr std::array<std::string_view, 14> methods{"INVITE",  "ACK",     "BYE",    "CANCEL",    "REGISTER",
                                                   "OPTIONS", "PRACK",   "UPDATE", "SUBSCRIBE", "NOTIFY",
                                                   "PUBLISH", "MESSAGE", "REFER",  "INFO"};
constexpr std::array<std::string_view, 5> msn_commands{"INVITE", "ACCEPT", "CANCEL", "REJECT", "TIMEOUT"};

/// A text with the place that is read next.
class Reader {
  public:
    explicit Reader(std::string_view text) : m_text(text) { skip_blanks(); }

    [[nodiscard]] bool done() const { return m_at == m_text.size(); }
    [[nodiscard]] std::size_t offset() const { return m_at; }
    [[nodiscard]] std::string_view rest() const { return m_text.substr(m_at); }

    bool take(std::string_view sign) {
        if (!rest().starts_with(sign)) return false;
        m_at += sign.size();
        skip_blanks();
        return true;
    }
    bool take_word(std::string_view wanted) {
        const std::size_t before = m_at;
        if (word() == wanted) return true;
        m_at = before;
        return false;
    }
    /// Letters, digits and what names have inside; may be empty.
    std::string_view word() {
        std::size_t end = m_at;
        while (end < m_text.size() && is_word(m_text[end], end, m_text)) ++end;
        const auto found = m_text.substr(m_at, end - m_at);
        m_at = end;
        skip_blanks();
        return found;
    }
    /// All up to the blank, or what stands in quotes.
    std::string_view value() {
        if (!done() && (m_text[m_at] == '"' || m_text[m_at] == '\'')) return quoted();
        std::size_t end = m_at;
        while (end < m_text.size() && !is_blank(m_text[end])) ++end;
        const auto found = m_text.substr(m_at, end - m_at);
        m_at = end;
        skip_blanks();
        return found;
    }
    std::string_view quoted() {
        const std::size_t end = m_text.find(m_text[m_at], m_at + 1);
        const auto found = m_text.substr(m_at + 1, end == std::string_view::npos ? end : end - m_at - 1);
        m_at = end == std::string_view::npos ? m_text.size() : end + 1;
        skip_blanks();
        return found;
    }
    [[nodiscard]] tl::unexpected<SyntaxError> wrong(std::string message, std::string hint = {}) const {
        return wrong_at(m_at, std::move(message), std::move(hint));
    }
    [[nodiscard]] static tl::unexpected<SyntaxError> wrong_at(std::size_t offset, std::string message,
                                                              std::string hint = {}) {
        return tl::unexpected<SyntaxError>(SyntaxError{offset, std::move(message), std::move(hint)});
    }

  private:
    /// A hyphen belongs to a name unless it begins an arrow.
    static bool is_word(char c, std::size_t at, std::string_view text) {
        if (c == '-') return at + 1 < text.size() && text[at + 1] != '>';
        return is_alpha(c) || is_digit(c) || c == '_' || c == '.' || static_cast<unsigned char>(c) >= 0x80U;
    }
    void skip_blanks() {
        while (m_at < m_text.size() && is_blank(m_text[m_at])) ++m_at;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

std::string hint_for(std::string_view word, std::span<const std::string_view> known) {
    return did_you_mean(nearest(word, known));
}

Parsed<StatusRange> parse_status(Reader& reader) {
    const std::size_t start = reader.offset();
    std::string_view text = reader.word();
    const auto number = [](std::string_view digits) -> std::optional<StatusRange> {
        if (digits.size() != 3 || !is_digit(digits[0]) || digits[0] == '0' || digits[0] > '6') return {};
        const auto base = static_cast<std::uint16_t>((digits[0] - '0') * 100);
        if (ascii_lower(digits[1]) == 'x' && ascii_lower(digits[2]) == 'x')
            return StatusRange{base, static_cast<std::uint16_t>(base + 99)};
        if (!is_digit(digits[1])) return {};
        const auto tens = static_cast<std::uint16_t>(base + (digits[1] - '0') * 10);
        if (ascii_lower(digits[2]) == 'x') return StatusRange{tens, static_cast<std::uint16_t>(tens + 9)};
        if (!is_digit(digits[2])) return {};
        const auto all = static_cast<std::uint16_t>(tens + (digits[2] - '0'));
        return StatusRange{all, all};
    };
    const std::string_view whole = text;
    const auto first = number(take_until(text, '-'));
    const auto last = text.empty() ? first : number(text);
    if (!first || !last || last->last < first->first) {
        return Reader::wrong_at(start, fmt::format("\"{}\" is no status code", printable(whole)),
                                "it is written 486, 18x, 4xx or 180-183");
    }
    return StatusRange{first->first, last->last};
}

Parsed<sip::Method> parse_method(Reader& reader) {
    const std::size_t start = reader.offset();
    const std::string_view text = reader.word();
    const sip::Method method = sip::method_from(text);
    if (method != sip::Method::unknown) return method;
    return Reader::wrong_at(start, fmt::format("\"{}\" is no SIP method", printable(text)),
                            hint_for(text, methods));
}

Parsed<MessagePattern> parse_responses(Reader& reader) {
    MessagePattern pattern;
    pattern.kind = MessagePattern::Kind::response;
    do {
        const auto status = parse_status(reader);
        if (!status) return tl::unexpected(status.error());
        pattern.statuses.push_back(*status);
    } while (reader.take("|"));
    if (!reader.take("(")) return pattern;
    const auto method = parse_method(reader);
    if (!method) return tl::unexpected(method.error());
    pattern.method = *method;
    if (!reader.take(")")) return reader.wrong("a closing parenthesis is missing");
    return pattern;
}

Parsed<MessagePattern> read_pattern(Reader& reader) {
    MessagePattern pattern;
    if (reader.done()) return reader.wrong("a message is missing", "such as INVITE or 180 (INVITE)");
    if (is_digit(reader.rest().front())) return parse_responses(reader);
    if (reader.take_word("any")) return pattern;
    if (reader.take_word("MSN")) {
        const std::size_t start = reader.offset();
        pattern.kind = MessagePattern::Kind::msn;
        pattern.command = reader.word();
        if (std::ranges::find(msn_commands, pattern.command) == msn_commands.end()) {
            return Reader::wrong_at(
                start, fmt::format("\"{}\" is no invitation command", printable(pattern.command)),
                hint_for(pattern.command, msn_commands));
        }
        return pattern;
    }
    const auto method = parse_method(reader);
    if (!method) return tl::unexpected(method.error());
    pattern.kind = MessagePattern::Kind::request;
    pattern.method = *method;
    return pattern;
}

template <typename T>
Parsed<T> to_the_end(Reader& reader, Parsed<T> parsed) {
    if (parsed && !reader.done())
        return reader.wrong(fmt::format("\"{}\" does not belong here", printable(reader.rest())));
    return parsed;
}

Parsed<RoleIndex> parse_role(Reader& reader, const std::vector<Role>& roles) {
    const std::size_t start = reader.offset();
    const std::string_view name = reader.word();
    if (name == "any") return any_role;
    const auto found = std::ranges::find(roles, name, &Role::name);
    if (found != roles.end()) return static_cast<RoleIndex>(found - roles.begin());
    std::vector<std::string_view> known;
    known.reserve(roles.size());
    for (const Role& role : roles) known.push_back(role.name);
    std::string hint = hint_for(name, known);
    if (hint.empty()) hint = fmt::format("roles: names them; a step reads caller -> proxy: INVITE");
    return Reader::wrong_at(start, fmt::format("\"{}\" is no role of this flow", printable(name)),
                            std::move(hint));
}

Parsed<Duration> read_duration(Reader& reader) {
    using std::chrono::milliseconds;
    const std::size_t start = reader.offset();
    const auto refuse = [&] {
        return Reader::wrong_at(start, "this is no time", "such as 500ms, 4s, 2min or 64*T1");
    };
    if (reader.take("T1")) return milliseconds(500);
    // Digits with at most one point, so that the two points of a range are left alone.
    const std::string_view rest = reader.rest();
    std::size_t end = 0;
    const auto digits = [&] {
        const std::size_t before = end;
        while (end < rest.size() && is_digit(rest[end])) ++end;
        return rest.substr(before, end - before);
    };
    constexpr std::int64_t most =
        1'000'000; // minutes are two years, and all sums with times of a capture fit
    const auto whole = parse_number<std::int64_t>(digits());
    if (!whole || *whole > most * 1000) return refuse();
    std::int64_t thousandths = *whole * 1000;
    if (end + 1 < rest.size() && rest[end] == '.' && is_digit(rest[end + 1])) {
        ++end;
        std::int64_t weight = 100;
        for (const char digit : digits()) {
            thousandths += (digit - '0') * weight;
            weight /= 10;
        }
    }
    reader.take(rest.substr(0, end));
    if (reader.take("ms")) return Duration(thousandths * 1'000);
    if (*whole > most) return refuse();
    if (reader.take("*")) {
        if (!reader.take("T1")) return refuse();
        return Duration(thousandths * 500'000);
    }
    if (reader.take("min")) return Duration(thousandths * 60'000'000);
    if (reader.take("s")) return Duration(thousandths * 1'000'000);
    return refuse();
}

/// `call-id`, `header "Route"`: the subject of a predicate or of a binding.
Parsed<std::pair<std::string, std::string>> read_subject(Reader& reader) {
    const std::size_t start = reader.offset();
    const std::string subject(reader.word());
    std::string argument;
    if (subject == "header") {
        argument = reader.value();
        if (argument.empty()) return reader.wrong("the name of a header is missing", "header \"Route\"");
    }
    if (const auto known = fact_names(); std::ranges::find(known, subject) == known.end()) {
        return Reader::wrong_at(start, fmt::format("\"{}\" cannot be asked for", printable(subject)),
                                hint_for(subject, known));
    }
    return std::pair(subject, std::move(argument));
}

struct OperatorSign {
    std::string_view sign;
    Predicate::Operator comparison;
};
// Longer signs first.
constexpr std::array<OperatorSign, 10> operators{{
    {"==", Predicate::Operator::equal},
    {"!=", Predicate::Operator::not_equal},
    {"<=", Predicate::Operator::at_most},
    {">=", Predicate::Operator::at_least},
    {"=", Predicate::Operator::equal},
    {"<", Predicate::Operator::less},
    {">", Predicate::Operator::greater},
    {"~", Predicate::Operator::matches},
    {"matches ", Predicate::Operator::matches},
    {"contains ", Predicate::Operator::contains},
}};

/// Subjects that are answered by yes or no; alone they ask for yes.
constexpr std::array<std::string_view, 2> yes_or_no{"auth.valid", "rtp.two_way"};

Parsed<Predicate> read_predicate(Reader& reader, std::string_view text) {
    Predicate predicate;
    predicate.text = trim(text);
    const bool has = reader.take_word("has");
    const bool has_not = has && reader.take_word("not");
    auto subject = read_subject(reader);
    if (!subject) return tl::unexpected(subject.error());
    predicate.subject = std::move(subject->first);
    predicate.argument = std::move(subject->second);
    if (has_not) predicate.comparison = Predicate::Operator::absent;
    if (has || reader.take_word("present")) return predicate;
    if (reader.done() && std::ranges::find(yes_or_no, predicate.subject) != yes_or_no.end()) {
        predicate.comparison = Predicate::Operator::equal;
        predicate.value = "yes";
        return predicate;
    }
    if (reader.take_word("absent")) {
        predicate.comparison = Predicate::Operator::absent;
        return predicate;
    }
    for (const auto& [sign, comparison] : operators) {
        if (!reader.take(sign)) continue;
        predicate.comparison = comparison;
        predicate.value = reader.value();
        return predicate;
    }
    return reader.wrong("a comparison is missing",
                        "present, absent, =, !=, <, <=, >, >=, contains, or matches with a pattern");
}

} // namespace

Parsed<MessagePattern> parse_pattern(std::string_view text) {
    Reader reader(text);
    return to_the_end(reader, read_pattern(reader));
}

Parsed<MessageStep> parse_step(std::string_view text, const std::vector<Role>& roles) {
    Reader reader(text);
    MessageStep step;
    const auto first = parse_role(reader, roles);
    if (!first) return tl::unexpected(first.error());
    const bool right = reader.take("->");
    if (!right && !reader.take("<-")) return reader.wrong("an arrow is missing", "caller -> proxy: INVITE");
    const auto second = parse_role(reader, roles);
    if (!second) return tl::unexpected(second.error());
    if (!reader.take(":")) return reader.wrong("a colon is missing", "caller -> proxy: INVITE");
    auto what = read_pattern(reader);
    if (!what) return tl::unexpected(what.error());
    step.from = right ? *first : *second;
    step.to = right ? *second : *first;
    step.what = std::move(*what);
    return to_the_end(reader, Parsed<MessageStep>(std::move(step)));
}

Parsed<Duration> parse_duration(std::string_view text) {
    Reader reader(text);
    return to_the_end(reader, read_duration(reader));
}

Parsed<TimeBound> parse_bound(std::string_view text, bool within) {
    Reader reader(text);
    TimeBound bound;
    bound.text = fmt::format("{} {}", within ? "within" : "after", trim(text));
    const auto first = read_duration(reader);
    if (!first) return tl::unexpected(first.error());
    if (reader.take("..")) {
        const auto second = read_duration(reader);
        if (!second) return tl::unexpected(second.error());
        bound.at_least = *first;
        bound.at_most = *second;
    } else {
        (within ? bound.at_most : bound.at_least) = *first;
    }
    if (reader.take_word("of")) {
        auto pattern = read_pattern(reader);
        if (!pattern) return tl::unexpected(pattern.error());
        bound.of = std::move(*pattern);
    }
    return to_the_end(reader, Parsed<TimeBound>(std::move(bound)));
}

Parsed<Predicate> parse_predicate(std::string_view text) {
    Reader reader(text);
    return to_the_end(reader, read_predicate(reader, text));
}

Parsed<Binding> parse_binding(std::string name, std::string_view subject) {
    Reader reader(subject);
    auto parsed = read_subject(reader);
    if (!parsed) return tl::unexpected(parsed.error());
    return to_the_end(reader, Parsed<Binding>(Binding{std::move(name), std::move(parsed->first),
                                                      std::move(parsed->second)}));
}

std::string to_string(const MessagePattern& pattern) {
    switch (pattern.kind) {
    case MessagePattern::Kind::any: return "any";
    case MessagePattern::Kind::request: return std::string(sip::to_string(pattern.method));
    case MessagePattern::Kind::msn: return "MSN " + pattern.command;
    case MessagePattern::Kind::response: break;
    }
    std::string text;
    for (const StatusRange& range : pattern.statuses) {
        if (!text.empty()) text += '|';
        if (range.first == range.last)
            text += fmt::format("{}", range.first);
        else if (range.first % 100 == 0 && range.last == range.first + 99)
            text += fmt::format("{}xx", range.first / 100);
        else if (range.first % 10 == 0 && range.last == range.first + 9)
            text += fmt::format("{}x", range.first / 10);
        else
            text += fmt::format("{}-{}", range.first, range.last);
    }
    if (pattern.method != sip::Method::unknown) text += fmt::format(" ({})", sip::to_string(pattern.method));
    return text;
}

std::string to_string(const MessageStep& step, const std::vector<Role>& roles) {
    const auto name = [&roles](RoleIndex role) {
        return role == any_role ? std::string_view("any") : std::string_view(roles[role].name);
    };
    return fmt::format("{} -> {}: {}", name(step.from), name(step.to), to_string(step.what));
}

std::string_view to_string(ExtraPolicy policy) {
    switch (policy) {
    case ExtraPolicy::allow: return "allow";
    case ExtraPolicy::warn: return "warn";
    case ExtraPolicy::fail: return "fail";
    }
    return "warn";
}

} // namespace rungs::check
