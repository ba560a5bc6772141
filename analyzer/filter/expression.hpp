#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <re2/re2.h>

#include "analyzer/filter/fields.hpp"
#include "core/limits/input.hpp"
#include "core/result.hpp"

/// What the parser makes of a filter and the evaluator walks.
namespace rungs::filter {

/// "10.0.0.0/8"; a lone address has all its bits.
struct Prefix {
    IpAddress address;
    unsigned bits = 0;
};

using Literal = std::variant<std::uint64_t, double, std::string, Prefix>;

/// "200..299"; a lone value is a range from it to itself.
struct LiteralRange {
    Literal first, last;
};

enum class Operator : std::uint8_t {
    exists,
    equal,
    not_equal,
    greater,
    greater_equal,
    less,
    less_equal,
    contains,
    matches,
    in,
};

struct Test {
    Field field = Field::frame_number;
    Operator op = Operator::exists;
    std::vector<LiteralRange> operands; ///< one, none for `exists` and `matches`, any number for `in`
    std::unique_ptr<RE2> pattern;       ///< of `matches`
};

struct Expression {
    enum class Kind : std::uint8_t { test, negation, all_of, any_of };
    Kind kind = Kind::test;
    Test test;
    std::vector<Expression> children; ///< one for a negation; nested limits::filter_depth deep at most
};

/// Error: see DisplayFilter::parse.
Result<Expression> parse_expression(std::string_view text);

} // namespace rungs::filter
