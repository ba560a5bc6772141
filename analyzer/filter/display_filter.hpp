#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "analyzer/analysis.hpp"
#include "core/result.hpp"

/// `-Y`: which calls are wanted, in a subset of Wireshark's display filter language. docs/filter.md is its
/// reference.
///
///     or    = and *( ( "||" | "or" ) and )
///     and   = not *( ( "&&" | "and" ) not )
///     not   = ( "!" | "not" ) not | "(" or ")" | test
///     test  = field [ operator value | "in" "{" range *( "," range ) "}" ]
///     range = value [ ".." value ]
namespace rungs::filter {

struct Expression;

/// An expression, read and checked once, asked of many messages.
class DisplayFilter {
  public:
    /// Error: what is wrong, with the expression and a caret below the place on lines of their own; the hint
    /// has the nearest names.
    static Result<DisplayFilter> parse(std::string_view text);

    ~DisplayFilter();
    DisplayFilter(DisplayFilter&&) noexcept;
    DisplayFilter& operator=(DisplayFilter&&) noexcept;

    /// True when the expression holds for that message. Fields that the message lacks make a test false.
    [[nodiscard]] bool matches(const Analysis& analysis, Id message) const;

    /// The calls of which at least one message matches, ascending. One pass over the messages; the octets of
    /// a message are read again only when a field needs them.
    [[nodiscard]] std::vector<Id> select_calls(const Analysis& analysis) const;

  private:
    explicit DisplayFilter(std::unique_ptr<Expression> expression);
    std::unique_ptr<Expression> m_expression;
};

} // namespace rungs::filter
