#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "analyzer/check/flow.hpp"
#include "analyzer/check/step_syntax.hpp"
#include "core/result.hpp"
#include "core/text.hpp"

/// What files that people write in YAML have in common, flows and rubrics: mistakes with their place, known
/// keys, texts in two languages, points.
namespace rungs::check::yaml {

/// Thrown while a file is read and caught in `read` alone: where and what.
struct Mistake {
    YAML::Mark mark;
    std::size_t further = 0; ///< columns behind the mark
    std::string message, hint;
};

[[noreturn]] void refuse(const YAML::Node& node, std::string message, std::string hint = {});

using Names = std::initializer_list<std::string_view>;

/// As a hint: the nearest of the known words, else all of them.
std::string one_of(std::string_view word, const std::vector<std::string_view>& known);

/// Refuses what is larger or deeper than limits::flow_nodes and flow_depth. Aliases are walked like what they
/// stand for, so that none can multiply beyond the limit.
void check_size(const YAML::Node& document);

/// Refuses keys that are there twice or are not known; with `arrows` a key may be a step (`a -> b`).
void check_keys(const YAML::Node& map, Names known, bool arrows = false);
bool is_arrow(std::string_view key);

/// The value of `key`, which has to be there.
YAML::Node need(const YAML::Node& map, const char* key, const char* example);
const std::string& scalar(const YAML::Node& node);
/// False when `node` is not there.
bool is_true(const YAML::Node& node);
/// A text, or one for each language.
Text read_text(const YAML::Node& node);
/// At most three decimals, not negative.
Points read_points(const YAML::Node& node);
/// One predicate or a list.
std::vector<Predicate> read_predicates(const YAML::Node& node);
Place place_of(const YAML::Node& node);

/// Each element of a list; of what is no list, itself.
template <typename Visit>
void each(const YAML::Node& node, Visit visit) {
    if (!node.IsSequence()) return visit(node);
    for (const YAML::Node& item : node) visit(item);
}

/// A syntax error inside the text of `node`, at its place.
[[noreturn]] void refuse(const YAML::Node& node, const SyntaxError& error);

/// What `parsed` holds; a mistake is at its offset in `node`.
template <typename T>
T parse(const YAML::Node& node, Parsed<T> parsed) {
    if (!parsed) refuse(node, parsed.error());
    return std::move(*parsed);
}

/// `file:line:col: message`, the line, and a caret below the place.
Error dress(std::string_view text, std::string_view source, const Mistake& mistake);

/// All of a file, one octet beyond limits::flow_octets at most. Error: it cannot be read.
Result<std::string> read_file(const std::string& path, std::string hint);

/// An error when `text` is too large.
Result<void> check_octets(std::string_view text, std::string_view source);

/// Loads `text` and gives the document to `read_document`; mistakes become errors. `docs` says where the
/// format is explained. Bounded by limits::flow_octets.
template <typename Read>
auto read(std::string_view text, std::string_view source, std::string_view docs, Read read_document)
    -> Result<decltype(read_document(YAML::Node()))> {
    if (const auto small = check_octets(text, source); !small) return tl::unexpected(small.error());
    try {
        const YAML::Node document = YAML::Load(std::string(text));
        check_size(document);
        return read_document(document);
    } catch (const Mistake& mistake) {
        return tl::unexpected(dress(text, source, mistake));
    } catch (const YAML::Exception& error) {
        return tl::unexpected(
            dress(text, source, Mistake{error.mark, 0, printable(error.msg), std::string(docs)}));
    }
}

} // namespace rungs::check::yaml
