#include "dissectors/sip/scan.hpp"

#include <algorithm>
#include <array>

namespace rungs::sip {

namespace {

constexpr std::array<bool, 256> token_characters() {
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < table.size(); ++c) {
        const auto character = static_cast<char>(c);
        table[c] = is_digit(character) || is_alpha(character);
    }
    for (const char c : std::string_view("-.!%*_+`'~")) table[static_cast<unsigned char>(c)] = true;
    return table;
}

constexpr auto token_table = token_characters();

/// Where the quoted string that opens at `open` closes; npos when it never does.
std::size_t find_closing_quote(std::string_view text, std::size_t open) {
    for (std::size_t i = open + 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            return i;
        }
    }
    return std::string_view::npos;
}

/// The position behind the quoted string that opens at `open`; the end of the text when it never closes.
std::size_t after_quoted(std::string_view text, std::size_t open) {
    const auto close = find_closing_quote(text, open);
    return close == std::string_view::npos ? text.size() : close + 1;
}

} // namespace

bool is_token_char(char c) {
    return token_table[static_cast<unsigned char>(c)];
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

std::size_t find_unquoted(std::string_view text, char wanted, std::size_t from) {
    auto found = text.find(wanted, from);
    while (found != std::string_view::npos) {
        const auto quote = text.substr(0, found).find('"', from);
        if (quote == std::string_view::npos) break;
        from = after_quoted(text, quote);
        if (from > found) found = text.find(wanted, from);
    }
    return found;
}

bool quotes_balanced(std::string_view text) {
    auto open = text.find('"');
    while (open != std::string_view::npos) {
        const auto close = find_closing_quote(text, open);
        if (close == std::string_view::npos) return false;
        open = text.find('"', close + 1);
    }
    return true;
}

std::string_view take_value(std::string_view& list) {
    const bool is_last = list.find(',') == std::string_view::npos;
    std::size_t end = is_last ? list.size() : 0;
    bool bracketed = false;
    while (end < list.size() && (bracketed || list[end] != ',')) {
        // Inside angle brackets a quote is only a character of a (broken) URI.
        if (list[end] == '"' && !bracketed) {
            end = after_quoted(list, end);
            continue;
        }
        if (list[end] == '<') bracketed = true;
        if (list[end] == '>') bracketed = false;
        ++end;
    }
    const auto value = trim(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    return value;
}

std::optional<Parameter> take_parameter(std::string_view& parameters) {
    if (!parameters.empty() && parameters.front() == ';') parameters.remove_prefix(1);
    if (parameters.empty()) return std::nullopt;
    const auto text = parameters.substr(0, find_unquoted(parameters, ';'));
    parameters.remove_prefix(text.size());
    const auto equals = text.find('=');
    Parameter parameter;
    parameter.name = trim(text.substr(0, equals));
    if (equals != std::string_view::npos) parameter.value = without_quotes(trim(text.substr(equals + 1)));
    return parameter;
}

std::string_view take_word(std::string_view& text) {
    text = trim(text);
    const auto end = std::find_if(text.begin(), text.end(), is_blank);
    const auto word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text = trim(text.substr(word.size()));
    return word;
}

std::string_view without_line_end(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

std::string_view without_quotes(std::string_view text) {
    if (text.empty() || text.front() != '"') return text;
    text.remove_prefix(1);
    if (!text.empty() && text.back() == '"') text.remove_suffix(1);
    return text;
}

} // namespace rungs::sip
