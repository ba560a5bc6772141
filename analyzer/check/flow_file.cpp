#include "analyzer/check/flow_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <initializer_list>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "analyzer/check/step_syntax.hpp"
#include "core/limits/input.hpp"
#include "core/nearest.hpp"
#include "core/text.hpp"

namespace rungs::check {
namespace {

/// Thrown inside this file alone: where and what, to be dressed by `parse_flow`.
struct Wrong {
    YAML::Mark mark;
    std::size_t further = 0; ///< columns behind the mark
    std::string message, hint;
};

[[noreturn]] void refuse(const YAML::Node& node, std::string message, std::string hint = {}) {
    throw Wrong{node.Mark(), 0, std::move(message), std::move(hint)};
}

using Names = std::initializer_list<std::string_view>;

std::string one_of(std::string_view word, const std::vector<std::string_view>& known) {
    const std::string hint = did_you_mean(nearest(word, known));
    if (!hint.empty()) return hint;
    std::string all = "known are ";
    for (const std::string_view name : known) all.append(name).append(name == known.back() ? "" : ", ");
    return all;
}

class FlowReader {
  public:
    Flow read(const YAML::Node& document) {
        count_nodes(document, 0);
        if (!document.IsMap()) refuse(document, "a flow is a map", "it begins with flow: NAME");
        check_keys(document, {"schema", "flow", "title", "reference", "roles", "steps", "never", "where",
                              "ignore", "extra"});
        m_flow.name = scalar(need(document, "flow", "flow: my-flow"));
        if (const auto node = document["title"]) m_flow.title = read_text(node);
        if (const auto node = document["reference"]) m_flow.reference = scalar(node);
        read_roles(need(document, "roles", "roles: [caller, proxy]"));
        m_flow.root =
            read_sequence(need(document, "steps", "steps: [\"caller -> proxy: INVITE\"]"), false, 0);
        if (const auto node = document["never"]) each(node, [this](const auto& item) { read_never(item); });
        if (const auto node = document["where"]) m_flow.where = read_predicates(node);
        if (const auto node = document["ignore"]) {
            each(node, [this](const auto& item) {
                m_flow.ignore.push_back(parse(item, parse_pattern(scalar(item))));
            });
        }
        if (const auto node = document["extra"]) read_policy(node);
        return std::move(m_flow);
    }

  private:
    template <typename Visit>
    static void each(const YAML::Node& node, Visit visit) {
        if (!node.IsSequence()) return visit(node);
        for (const YAML::Node& item : node) visit(item);
    }

    /// Aliases are walked like what they stand for, so that none can multiply beyond the limit.
    void count_nodes(const YAML::Node& node, unsigned depth) {
        if (++m_nodes > limits::flow_nodes)
            refuse(node,
                   fmt::format("the flow has more than {} nodes (limit flow_nodes)", limits::flow_nodes));
        if (depth > 2 * limits::flow_depth)
            refuse(node,
                   fmt::format("the flow is nested too deep (limit flow_depth: {})", limits::flow_depth));
        if (node.IsSequence()) {
            for (const YAML::Node& item : node) count_nodes(item, depth + 1);
        } else if (node.IsMap()) {
            for (const auto& entry : node) {
                if (!entry.first.IsScalar()) refuse(entry.first, "a key must be a word");
                count_nodes(entry.second, depth + 1);
            }
        }
    }

    static void check_keys(const YAML::Node& map, Names known, bool arrows = false) {
        std::set<std::string> seen;
        for (const auto& entry : map) {
            const std::string& key = entry.first.Scalar();
            if (!seen.insert(key).second)
                refuse(entry.first, fmt::format("\"{}\" is there twice", printable(key)));
            if (arrows && is_arrow(key)) continue;
            if (std::ranges::find(known, key) == known.end())
                refuse(entry.first, fmt::format("\"{}\" is not known here", printable(key)),
                       one_of(key, known));
        }
    }
    static bool is_arrow(std::string_view key) {
        return key.find("->") != std::string_view::npos || key.find("<-") != std::string_view::npos;
    }
    static YAML::Node need(const YAML::Node& map, const char* key, const char* example) {
        const YAML::Node node = map[key];
        if (!node) refuse(map, fmt::format("\"{}\" is missing", key), fmt::format("such as {}", example));
        return node;
    }
    static const std::string& scalar(const YAML::Node& node) {
        if (!node.IsScalar()) refuse(node, "one word or text belongs here");
        return node.Scalar();
    }
    static bool is_true(const YAML::Node& node) {
        if (!node) return false;
        const std::string& text = scalar(node);
        if (text == "true" || text == "yes") return true;
        if (text != "false" && text != "no") refuse(node, "true or false belongs here");
        return false;
    }

    /// What `parsed` holds; a mistake is at its offset in `node`.
    template <typename T>
    static T parse(const YAML::Node& node, Parsed<T> parsed) {
        if (parsed) return std::move(*parsed);
        const bool quoted = node.Tag() == "!"; // quotation marks stand before the text
        throw Wrong{node.Mark(), parsed.error().offset + (quoted ? 1 : 0), std::move(parsed.error().message),
                    std::move(parsed.error().hint)};
    }

    static Text read_text(const YAML::Node& node) {
        if (node.IsScalar()) return {node.Scalar(), {}};
        if (!node.IsMap()) refuse(node, "a text, or {en: ..., zh_CN: ...}, belongs here");
        check_keys(node, {"en", "zh_CN"});
        Text text;
        if (node["en"]) text.en = scalar(node["en"]);
        if (node["zh_CN"]) text.zh_cn = scalar(node["zh_CN"]);
        return text;
    }

    void read_roles(const YAML::Node& node) {
        if (!node.IsSequence() || node.size() == 0)
            refuse(node, "roles are a list", "roles: [caller, proxy]");
        if (node.size() > 8) refuse(node, "a flow has at most 8 roles");
        for (const YAML::Node& item : node) {
            Role role;
            if (item.IsMap() && item.size() == 1) {
                role.name = item.begin()->first.Scalar();
                read_role_rule(item.begin()->second, role);
            } else {
                role.name = scalar(item);
            }
            if (role.name == "any") refuse(item, "\"any\" stands for every role and cannot be one");
            if (std::ranges::find(m_flow.roles, role.name, &Role::name) != m_flow.roles.end())
                refuse(item, fmt::format("role \"{}\" is there twice", printable(role.name)));
            m_flow.roles.push_back(std::move(role));
        }
    }
    static void read_role_rule(const YAML::Node& node, Role& role) {
        std::string_view text = scalar(node);
        if (text.starts_with("sender of ")) {
            role.rule = Role::Rule::sender_of;
            text.remove_prefix(10);
        } else if (text.starts_with("receiver of ")) {
            role.rule = Role::Rule::receiver_of;
            text.remove_prefix(12);
        } else {
            refuse(node, "a role is found by its place or by a message",
                   "sender of REFER, receiver of INVITE");
        }
        role.of = parse(node, parse_pattern(text));
    }

    void read_policy(const YAML::Node& node) {
        const std::string& word = scalar(node);
        for (const ExtraPolicy policy : {ExtraPolicy::allow, ExtraPolicy::warn, ExtraPolicy::fail}) {
            if (to_string(policy) != word) continue;
            m_flow.extra = policy;
            return;
        }
        refuse(node, fmt::format("\"{}\" is no policy", printable(word)),
               one_of(word, {"allow", "warn", "fail"}));
    }

    std::vector<Predicate> read_predicates(const YAML::Node& node) {
        std::vector<Predicate> predicates;
        each(node, [&](const YAML::Node& item) {
            predicates.push_back(parse(item, parse_predicate(scalar(item))));
        });
        return predicates;
    }

    // --- steps

    Node read_sequence(const YAML::Node& node, bool optional, unsigned depth) {
        Node sequence;
        each(node,
             [&](const YAML::Node& item) { sequence.children.push_back(read_item(item, optional, depth)); });
        if (sequence.children.size() == 1) return std::move(sequence.children.front());
        return sequence;
    }

    Node read_item(const YAML::Node& item, bool optional, unsigned depth) {
        if (depth > limits::flow_depth)
            refuse(item,
                   fmt::format("groups are nested too deep (limit flow_depth: {})", limits::flow_depth));
        if (item.IsScalar()) return read_plain(item, optional);
        if (item.IsSequence()) return read_sequence(item, optional, depth + 1);
        if (!item.IsMap()) refuse(item, "a step or a group belongs here");
        if (item["optional"]) {
            check_keys(item, {"optional"});
            return repeated(read_sequence(item["optional"], true, depth + 1), 0, 1);
        }
        if (item["one_of"]) return read_branches(item, optional, depth);
        if (item["all_of"]) {
            check_keys(item, {"all_of"});
            return read_group(item["all_of"], Node::Kind::all_of, optional, depth);
        }
        if (item["up_to"] || item["repeat"]) return read_repeat(item, optional, depth);
        if (item["steps"]) {
            check_keys(item, {"steps"});
            return read_sequence(item["steps"], optional, depth + 1);
        }
        return read_step(item, optional);
    }

    Node read_group(const YAML::Node& list, Node::Kind kind, bool optional, unsigned depth) {
        if (!list.IsSequence()) refuse(list, "a list of steps, or of lists of steps, belongs here");
        Node group;
        group.kind = kind;
        for (const YAML::Node& member : list)
            group.children.push_back(read_item(member, optional, depth + 1));
        return group;
    }

    Node read_branches(const YAML::Node& item, bool optional, unsigned depth) {
        check_keys(item, {"one_of"});
        const YAML::Node list = item["one_of"];
        if (!list.IsSequence()) refuse(list, "a list of steps, or of lists of steps, belongs here");
        Node group;
        group.kind = Node::Kind::one_of;
        for (const YAML::Node& member : list) {
            if (member.IsMap() && member["label"]) {
                check_keys(member, {"label", "steps"});
                group.children.push_back(
                    read_sequence(need(member, "steps", "steps: [...]"), optional, depth + 1));
                group.children.back().label = scalar(member["label"]);
            } else {
                group.children.push_back(read_item(member, optional, depth + 1));
            }
        }
        return group;
    }

    Node read_repeat(const YAML::Node& item, bool optional, unsigned depth) {
        check_keys(item, {"up_to", "repeat", "steps"});
        const bool up_to = bool{item["up_to"]};
        const YAML::Node count = up_to ? item["up_to"] : item["repeat"];
        std::string_view text = scalar(count);
        unsigned least = 0;
        unsigned most = limits::flow_repeats;
        if (text != "any") {
            const std::size_t dots = text.find("..");
            const auto first = parse_number<unsigned>(text.substr(0, dots));
            const auto last =
                dots == std::string_view::npos ? first : parse_number<unsigned>(text.substr(dots + 2));
            if (!first || !last || *last < *first || *last == 0 || (up_to && dots != std::string_view::npos))
                refuse(count, "this is no number of times", up_to ? "up_to: 2" : "repeat: 3, 1..3 or any");
            least = up_to ? 0 : *first;
            most = *last;
        }
        if (most > limits::flow_repeats)
            refuse(count, fmt::format("at most {} times (limit flow_repeats)", limits::flow_repeats));
        const YAML::Node steps = need(item, "steps", "steps: [...]");
        return repeated(read_sequence(steps, optional || least == 0, depth + 1), least, most);
    }

    static Node repeated(Node child, unsigned least, unsigned most) {
        Node node;
        node.kind = Node::Kind::repeat;
        node.least = least;
        node.most = most;
        node.children.push_back(std::move(child));
        return node;
    }

    Node read_plain(const YAML::Node& item, bool optional) {
        Step step;
        const std::string& text = item.Scalar();
        constexpr std::string_view quiet = "quiet for ";
        if (text.starts_with(quiet))
            step.quiet = parse(item, parse_duration(std::string_view(text).substr(quiet.size())));
        else
            step.message = parse(item, parse_step(text, m_flow.roles));
        return add(item, std::move(step), optional);
    }

    Node read_step(const YAML::Node& item, bool optional) {
        check_keys(
            item, {"step", "quiet", "points", "required", "bonus", "within", "after", "where", "let", "says"},
            true);
        Step step;
        if (item["quiet"])
            step.quiet = parse(item["quiet"], parse_duration(scalar(item["quiet"])));
        else
            step.message = read_message(item);
        if (item["points"]) step.points = read_points(item["points"]);
        step.required = is_true(item["required"]);
        step.bonus = is_true(item["bonus"]);
        if (item["within"])
            step.times.push_back(parse(item["within"], parse_bound(scalar(item["within"]), true)));
        if (item["after"])
            step.times.push_back(parse(item["after"], parse_bound(scalar(item["after"]), false)));
        if (item["where"]) step.where = read_predicates(item["where"]);
        if (item["says"]) step.says = read_text(item["says"]);
        if (item["let"]) read_bindings(item["let"], step);
        return add(item, std::move(step), optional);
    }

    static void read_bindings(const YAML::Node& node, Step& step) {
        if (!node.IsMap()) refuse(node, "bindings are a map", "let: {cid: call-id}");
        for (const auto& entry : node) {
            step.bind.push_back(
                parse(entry.second, parse_binding(entry.first.Scalar(), scalar(entry.second))));
        }
    }

    /// `step: "caller -> proxy: INVITE"`, or `caller -> proxy: INVITE` without quotes, which YAML reads as a
    /// key and its value.
    MessageStep read_message(const YAML::Node& item) {
        if (const YAML::Node step = item["step"]) return parse(step, parse_step(scalar(step), m_flow.roles));
        for (const auto& entry : item) {
            if (!is_arrow(entry.first.Scalar())) continue;
            return parse(entry.first,
                         parse_step(entry.first.Scalar() + ": " + scalar(entry.second), m_flow.roles));
        }
        refuse(item, "a step is missing", "such as caller -> proxy: INVITE");
    }

    static Points read_points(const YAML::Node& node) {
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

    Node add(const YAML::Node& item, Step step, bool optional) {
        if (m_flow.steps.size() == limits::flow_steps)
            refuse(item, fmt::format("more than {} steps (limit flow_steps)", limits::flow_steps));
        step.text = step.quiet ? fmt::format("quiet for {} s", to_seconds(*step.quiet))
                               : to_string(step.message, m_flow.roles);
        if (!step.points) step.points = Points::of(optional || step.bonus || step.quiet ? 0 : 1);
        step.place = {static_cast<std::uint32_t>(item.Mark().line + 1),
                      static_cast<std::uint32_t>(item.Mark().column + 1)};
        Node node;
        node.kind = Node::Kind::step;
        node.step = m_flow.steps.size();
        const bool bonus = step.bonus;
        m_flow.steps.push_back(std::move(step));
        return bonus ? repeated(std::move(node), 0, 1) : node;
    }

    void read_never(const YAML::Node& item) {
        Never never;
        never.points = Points{};
        if (item.IsMap()) {
            check_keys(item, {"step", "after", "before", "where", "points"}, true);
            never.message = read_message(item);
            const auto pattern = [&](const char* key) -> std::optional<MessagePattern> {
                if (!item[key]) return {};
                return parse(item[key], parse_pattern(scalar(item[key])));
            };
            never.after = pattern("after");
            never.before = pattern("before");
            if (item["where"]) never.where = read_predicates(item["where"]);
            if (item["points"]) never.points = read_points(item["points"]);
        } else {
            never.message = parse(item, parse_step(scalar(item), m_flow.roles));
        }
        never.text = "never " + to_string(never.message, m_flow.roles);
        if (never.after) never.text += " after " + to_string(*never.after);
        if (never.before) never.text += " before " + to_string(*never.before);
        never.place = {static_cast<std::uint32_t>(item.Mark().line + 1),
                       static_cast<std::uint32_t>(item.Mark().column + 1)};
        m_flow.never.push_back(std::move(never));
    }

    Flow m_flow;
    std::size_t m_nodes = 0;
};

/// `file:line:col: message`, the line, and a caret below the place.
tl::unexpected<Error> dress(std::string_view yaml, std::string_view source, const Wrong& wrong) {
    if (wrong.mark.is_null())
        return fail(fmt::format("{}: {}", printable(source), wrong.message), wrong.hint);
    std::string_view rest = yaml;
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
    return fail(fmt::format("{}:{}:{}: {}\n    {}\n    {}^", printable(source), wrong.mark.line + 1,
                            column + 1, wrong.message, line, std::string(indent, ' ')),
                wrong.hint);
}

} // namespace

Result<Flow> parse_flow(std::string_view yaml, std::string_view source) {
    if (yaml.size() > limits::flow_octets) {
        return fail(fmt::format("{}: larger than {} octets (limit flow_octets)", printable(source),
                                limits::flow_octets));
    }
    try {
        Flow flow = FlowReader().read(YAML::Load(std::string(yaml)));
        flow.source = source;
        return flow;
    } catch (const Wrong& wrong) {
        return dress(yaml, source, wrong);
    } catch (const YAML::Exception& error) {
        return dress(yaml, source,
                     Wrong{error.mark, 0, printable(error.msg), "docs/flows.md shows how flows are written"});
    }
}

Result<Flow> read_flow_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return fail(fmt::format("{}: cannot be read", printable(path)),
                    "rungs flows list names the built-in flows");
    std::string yaml(limits::flow_octets + 1, '\0');
    file.read(yaml.data(), static_cast<std::streamsize>(yaml.size()));
    yaml.resize(static_cast<std::size_t>(file.gcount()));
    return parse_flow(yaml, path);
}

} // namespace rungs::check
