#include "core/base64.hpp"

#include <cstdint>

namespace rungs {

namespace {

std::optional<std::uint32_t> sextet(char c) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto found = alphabet.find(c);
    if (found == std::string_view::npos) return std::nullopt;
    return static_cast<std::uint32_t>(found);
}

} // namespace

std::optional<std::string> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && !text.empty() && text.back() == '=') {
        text.remove_suffix(1);
        ++padding;
    }
    std::string out;
    out.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const auto value = sextet(c);
        if (!value) return std::nullopt;
        bits = (bits << 6U | *value) & 0xffffffU;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out.push_back(static_cast<char>(bits >> count & 0xffU));
        }
    }
    return out;
}

} // namespace rungs
