#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace rungs::filter {

enum class TokenKind : std::uint8_t {
    word,   ///< a name, an operator that is a word, a number, an address, a bare value
    string, ///< between double quotes
    symbol, ///< an operator or a bracket
    end,
};

struct Token {
    TokenKind kind = TokenKind::end;
    std::string text;                   ///< of a string: without quotes, escapes resolved
    std::size_t offset = 0, length = 0; ///< where it stands in the expression, in octets
};

/// `problem`, then the expression and a caret below the place, on lines of their own.
Error error_at(std::string_view expression, std::size_t offset, std::size_t length, std::string_view problem,
               std::string hint = {});

/// All tokens, the last being `end`. Error: a quote that is not closed, a character that belongs to nothing.
Result<std::vector<Token>> tokenize(std::string_view expression);

} // namespace rungs::filter
