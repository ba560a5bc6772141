#include "analyzer/filter/display_filter.hpp"

#include <algorithm>
#include <compare>

#include "analyzer/filter/expression.hpp"

namespace rungs::filter {
namespace {

IpAddress masked(const IpAddress& address, unsigned bits) {
    auto octets = address.octets();
    const std::size_t size = address.is_v4() ? 4 : 16;
    for (std::size_t i = 0; i < size; ++i) {
        const unsigned kept = bits > i * 8 ? std::min<unsigned>(8, bits - static_cast<unsigned>(i) * 8) : 0;
        octets[i] = static_cast<std::uint8_t>(octets[i] & (0xff00U >> kept));
    }
    return IpAddress::from_octets(Bytes(octets).first(size));
}

/// The parser gave the literal the type of the field, so that other pairs do not occur.
std::partial_ordering compare(const Value& value, const Literal& literal) {
    if (const auto* number = std::get_if<std::uint64_t>(&value))
        return *number <=> std::get<std::uint64_t>(literal);
    if (const auto* seconds = std::get_if<double>(&value)) return *seconds <=> std::get<double>(literal);
    if (const auto* text = std::get_if<std::string_view>(&value))
        return *text <=> std::get<std::string>(literal);
    const auto& prefix = std::get<Prefix>(literal);
    return masked(std::get<IpAddress>(value), prefix.bits) <=> masked(prefix.address, prefix.bits);
}

bool holds(const Test& test, const Value& value) {
    const auto against = [&] { return compare(value, test.operands.front().first); };
    switch (test.op) {
    case Operator::exists: return true;
    case Operator::equal: return std::is_eq(against());
    case Operator::not_equal: return std::is_neq(against());
    case Operator::greater: return std::is_gt(against());
    case Operator::greater_equal: return std::is_gteq(against());
    case Operator::less: return std::is_lt(against());
    case Operator::less_equal: return std::is_lteq(against());
    case Operator::contains:
        return std::get<std::string_view>(value).find(std::get<std::string>(test.operands.front().first)) !=
               std::string_view::npos;
    case Operator::matches: {
        const auto text = std::get<std::string_view>(value);
        return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *test.pattern);
    }
    case Operator::in:
        return std::ranges::any_of(test.operands, [&](const LiteralRange& range) {
            return std::is_gteq(compare(value, range.first)) && std::is_lteq(compare(value, range.last));
        });
    }
    return false;
}

bool holds(const Test& test, MessageFields& fields) {
    const Values values = fields.get(test.field);
    if (values.all().empty()) return false;
    const auto fits = [&](const Value& value) { return holds(test, value); };
    // As in Wireshark 4: != asks that every value differs, all others that any value fits.
    return test.op == Operator::not_equal ? std::ranges::all_of(values.all(), fits)
                                          : std::ranges::any_of(values.all(), fits);
}

bool holds(const Expression& expression, MessageFields& fields) {
    const auto part_holds = [&](const Expression& part) { return holds(part, fields); };
    switch (expression.kind) {
    case Expression::Kind::test: return holds(expression.test, fields);
    case Expression::Kind::negation: return !holds(expression.children.front(), fields);
    case Expression::Kind::all_of: return std::ranges::all_of(expression.children, part_holds);
    case Expression::Kind::any_of: return std::ranges::any_of(expression.children, part_holds);
    }
    return false;
}

} // namespace

DisplayFilter::DisplayFilter(std::unique_ptr<Expression> expression) : m_expression(std::move(expression)) {}
DisplayFilter::~DisplayFilter() = default;
DisplayFilter::DisplayFilter(DisplayFilter&&) noexcept = default;
DisplayFilter& DisplayFilter::operator=(DisplayFilter&&) noexcept = default;

Result<DisplayFilter> DisplayFilter::parse(std::string_view text) {
    auto expression = parse_expression(text);
    if (!expression) return tl::unexpected(expression.error());
    return DisplayFilter(std::make_unique<Expression>(std::move(*expression)));
}

bool DisplayFilter::matches(const Analysis& analysis, Id message) const {
    MessageFields fields(analysis);
    fields.look_at(message);
    return holds(*m_expression, fields);
}

std::vector<Id> DisplayFilter::select_calls(const Analysis& analysis) const {
    std::vector<bool> selected(analysis.calls.size() + 1);
    MessageFields fields(analysis);
    for (Id id = 1; id <= analysis.messages.size(); ++id) {
        const Id dialog = analysis.message(id).dialog;
        const Id call = dialog == 0 ? 0 : analysis.dialog(dialog).call;
        if (call == 0 || selected[call]) continue;
        fields.look_at(id);
        selected[call] = holds(*m_expression, fields);
    }
    std::vector<Id> calls;
    for (Id call = 1; call < selected.size(); ++call) {
        if (selected[call]) calls.push_back(call);
    }
    return calls;
}

} // namespace rungs::filter
