#include "reports/markup.hpp"

#include <fmt/format.h>

#include "core/text.hpp"

namespace rungs::reports {
namespace {

/// Letters, digits, what is beyond ASCII, and `signs`.
bool is_plain(char c, std::string_view signs) {
    return is_alpha(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
           signs.find(c) != std::string_view::npos;
}

} // namespace

std::string markup(std::string_view text) {
    std::string out;
    for (const char c : printable(text)) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += c;
        }
    }
    return out;
}

std::string mermaid_text(std::string_view text) {
    std::string out;
    const std::string safe = printable(text);
    for (std::size_t i = 0; i < safe.size(); ++i) {
        const bool ends_block = istarts_with(std::string_view(safe).substr(i), "end");
        if (is_plain(safe[i], " .,()@/") && !ends_block) {
            out += safe[i];
        } else {
            out += fmt::format("#{};", static_cast<unsigned>(static_cast<unsigned char>(safe[i])));
        }
    }
    return out;
}

std::string plantuml_text(std::string_view text) {
    std::string out;
    for (const char c : printable(text)) {
        if (is_plain(c, " .,:()@")) {
            out += c;
        } else {
            out += fmt::format("&#{};", static_cast<unsigned>(static_cast<unsigned char>(c)));
        }
    }
    return out;
}

} // namespace rungs::reports
