#include "analyzer/filter/lexer.hpp"

#include <array>
#include <optional>

#include <fmt/format.h>

#include "core/text.hpp"

namespace rungs::filter {
namespace {

// Longer ones first.
constexpr std::array<std::string_view, 16> symbols{"==", "!=", ">=", "<=", "&&", "||", "..", ">",
                                                   "<",  "!",  "~",  "(",  ")",  "{",  "}",  ","};

bool is_word(char c) {
    constexpr std::string_view others = "._-+:/@%*$#[]";
    return is_alpha(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
           others.find(c) != std::string_view::npos;
}

/// The length of the word at the front; ".." ends one, so that 200..299 is three tokens.
std::size_t word_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && is_word(text[length]) && !text.substr(length).starts_with("..")) ++length;
    return length;
}

std::optional<char> hex_escape(std::string_view digits) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), value, 16);
    if (digits.size() != 2 || error != std::errc{} || end != digits.end()) return std::nullopt;
    return static_cast<char>(value);
}

/// Resolves the escapes of Wireshark's strings; any other backslash stays, since patterns are full of them.
std::string unescape(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const char next = text.size() > 1 ? text[1] : '\0';
        const auto hex = text.starts_with("\\x") ? hex_escape(text.substr(2, 2)) : std::nullopt;
        std::size_t used = 2;
        if (hex) {
            out += *hex;
            used = 4;
        } else if (text[0] == '\\' && (next == '"' || next == '\\')) {
            out += next;
        } else {
            out += text[0];
            used = 1;
        }
        text.remove_prefix(used);
    }
    return out;
}

/// Octets up to the closing quote (`text` begins behind the opening one), or npos.
std::size_t string_length(std::string_view text, bool raw) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') return i;
        if (text[i] == '\\' && !raw) ++i;
    }
    return std::string_view::npos;
}

std::string_view symbol_at(std::string_view text) {
    for (const std::string_view symbol : symbols) {
        if (text.starts_with(symbol)) return symbol;
    }
    return {};
}

std::size_t code_points(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0U) == 0x80U ? 0U : 1U;
    return count;
}

} // namespace

Error error_at(std::string_view expression, std::size_t offset, std::size_t length, std::string_view problem,
               std::string hint) {
    const std::size_t indent = code_points(printable(expression.substr(0, offset)));
    const std::size_t below = code_points(printable(expression.substr(offset, length)));
    const std::string tail(below > 1 ? below - 1 : 0, '~');
    return {fmt::format("filter: {}\n    {}\n    {:{}}^{}", problem, printable(expression), "", indent, tail),
            std::move(hint)};
}

Result<std::vector<Token>> tokenize(std::string_view expression) {
    std::vector<Token> tokens;
    std::size_t at = 0;
    while (at < expression.size()) {
        const std::string_view rest = expression.substr(at);
        if (is_blank(rest.front())) {
            ++at;
            continue;
        }
        const bool raw = rest.starts_with("r\"");
        Token token{TokenKind::symbol, {}, at, 1};
        if (raw || rest.front() == '"') {
            const std::string_view inside = rest.substr(raw ? 2 : 1);
            const std::size_t length = string_length(inside, raw);
            if (length == std::string_view::npos) {
                return tl::unexpected(error_at(expression, at, rest.size(), "the closing quote is missing"));
            }
            token.kind = TokenKind::string;
            token.text = raw ? std::string(inside.substr(0, length)) : unescape(inside.substr(0, length));
            token.length = length + (raw ? 3 : 2);
        } else if (const std::string_view symbol = symbol_at(rest); !symbol.empty()) {
            token.text = symbol;
            token.length = symbol.size();
        } else if (const std::size_t length = word_length(rest); length > 0) {
            token.kind = TokenKind::word;
            token.text = rest.substr(0, length);
            token.length = length;
        } else {
            return tl::unexpected(error_at(
                expression, at, 1, fmt::format("\"{}\" means nothing here", printable(rest.substr(0, 1))),
                rest.front() == '\''  ? "texts stand between double quotes"
                : rest.front() == '=' ? "equality is written =="
                                      : ""));
        }
        at += token.length;
        tokens.push_back(std::move(token));
    }
    tokens.push_back({TokenKind::end, {}, expression.size(), 0});
    return tokens;
}

} // namespace rungs::filter
