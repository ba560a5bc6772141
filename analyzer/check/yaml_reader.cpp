#include "analyzer/check/yaml_reader.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "core/limits/input.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace rungs::check::yaml {
namespace {

void count_nodes(const YAML::Node& node, unsigned depth, std::size_t& nodes) {
    if (++nodes > limits::flow_nodes)
        refuse(node, fmt::format("there are more than {} nodes (limit flow_nodes)", limits::flow_nodes));
    if (depth > 2 * limits::flow_depth)
        refuse(node, fmt::format("it is nested too deep (limit flow_depth: {})", limits::flow_depth));
    if (node.IsSequence()) {
        for (const YAML::Node& item : node) count_nodes(item, depth + 1, nodes);
    } else if (node.IsMap()) {
        for (const auto& entry : node) {
            if (!entry.first.IsScalar()) refuse(entry.first, "a key must be a word");
            count_nodes(entry.second, depth + 1, nodes);
        }
    }
}

} // namespace

void refuse(const YAML::Node& node, std::string message, std::string hint) {
    throw Mistake{node.Mark(), 0, std::move(message), std::move(hint)};
}

void refuse(const YAML::Node& node, const SyntaxError& error) {
    const bool quoted = node.Tag() == "!"; // quotation marks stand before the text
    throw Mistake{node.Mark(), error.offset + (quoted ? 1 : 0), error.message, error.hint};
}

std::string one_of(std::string_view word, const std::vector<std::string_view>& known) {
    std::string hint = did_you_mean(nearest(word, known));
    if (!hint.empty()) return hint;
    std::string all = "known are ";
    for (const std::string_view name : known) all.append(name).append(name == known.back() ? "" : ", ");
    return all;
}

void check_size(const YAML::Node& document) {
    std::size_t nodes = 0;
    count_nodes(document, 0, nodes);
}

void check_keys(const YAML::Node& map, Names known, bool arrows) {
    std::set<std::string> seen;
    for (const auto& entry : map) {
        const std::string& key = entry.first.Scalar();
        if (!seen.insert(key).second)
            refuse(entry.first, fmt::format("\"{}\" is there twice", printable(key)));
        if (arrows && is_arrow(key)) continue;
        if (std::ranges::find(known, key) == known.end())
            refuse(entry.first, fmt::format("\"{}\" is not known here", printable(key)), one_of(key, known));
    }
}

bool is_arrow(std::string_view key) {
    return key.find("->") != std::string_view::npos || key.find("<-") != std::string_view::npos;
}

YAML::Node need(const YAML::Node& map, const char* key, const char* example) {
    const YAML::Node node = map[key];
    if (!node) refuse(map, fmt::format("\"{}\" is missing", key), fmt::format("such as {}", example));
    return node;
}

const std::string& scalar(const YAML::Node& node) {
    if (!node.IsScalar()) refuse(node, "one word or text belongs here");
    return node.Scalar();
}

bool is_true(const YAML::Node& node) {
    if (!node) return false;
    const std::string& text = scalar(node);
    if (text == "true" || text == "yes") return true;
    if (text != "false" && text != "no") refuse(node, "true or false belongs here");
    return false;
}

Text read_text(const YAML::Node& node) {
    if (node.IsScalar()) return {node.Scalar(), {}};
    if (!node.IsMap()) refuse(node, "a text, or {en: ..., zh_CN: ...}, belongs here");
    check_keys(node, {"en", "zh_CN"});
    Text text;
    if (node["en"]) text.en = scalar(node["en"]);
    if (node["zh_CN"]) text.zh_cn = scalar(node["zh_CN"]);
    return text;
}

Points read_points(const YAML::Node& node) {
    std::string_view text = scalar(node);
    const auto whole = parse_number<std::int64_t>(take_until(text, '.'));
    bool valid = whole && *whole <= 1'000'000 && text.size() <= 3;
    Points points = Points::of(valid ? *whole : 0);
    std::int64_t part = Points::per_point / 10;
    for (const char digit : text) {
        valid = valid && is_digit(digit);
        points.parts += (digit - '0') * part;
        part /= 10;
    }
    if (!valid) refuse(node, "this is no number of points", "at most three decimals, not negative");
    return points;
}

std::vector<Predicate> read_predicates(const YAML::Node& node) {
    std::vector<Predicate> predicates;
    each(node,
         [&](const YAML::Node& item) { predicates.push_back(parse(item, parse_predicate(scalar(item)))); });
    return predicates;
}

Place place_of(const YAML::Node& node) {
    return {static_cast<std::uint32_t>(node.Mark().line + 1),
            static_cast<std::uint32_t>(node.Mark().column + 1)};
}

Error dress(std::string_view text, std::string_view source, const Mistake& wrong) {
    if (wrong.mark.is_null()) return {fmt::format("{}: {}", printable(source), wrong.message), wrong.hint};
    std::string_view rest = text;
    for (int line = 0; line < wrong.mark.line && !rest.empty(); ++line) take_until(rest, '\n');
    const std::string_view whole = take_until(rest, '\n');
    const std::size_t column = static_cast<std::size_t>(std::max(wrong.mark.column, 0)) + wrong.further;
    // A long line is shown around the place.
    constexpr std::size_t before = 80;
    constexpr std::size_t most = 160;
    const std::size_t blanks = std::min(whole.find_first_not_of(" \t"), whole.size());
    const std::size_t begin =
        std::max(blanks, std::min(column, whole.size()) - std::min({column, whole.size(), before}));
    const std::string line = printable(trim(whole.substr(begin, most)));
    const std::size_t indent = column > begin ? std::min(column - begin, line.size()) : 0;
    return {fmt::format("{}:{}:{}: {}\n    {}\n    {}^", printable(source), wrong.mark.line + 1, column + 1,
                        wrong.message, line, std::string(indent, ' ')),
            wrong.hint};
}

Result<std::string> read_file(const std::string& path, std::string hint) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(fmt::format("{}: cannot be read", printable(path)), std::move(hint));
    std::string text(limits::flow_octets + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

Result<void> check_octets(std::string_view text, std::string_view source) {
    if (text.size() <= limits::flow_octets) return {};
    return fail(
        fmt::format("{}: larger than {} octets (limit flow_octets)", printable(source), limits::flow_octets));
}

} // namespace rungs::check::yaml
