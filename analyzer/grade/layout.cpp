#include "analyzer/grade/layout.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "analyzer/grade/remarks.hpp"
#include "core/text.hpp"

namespace rungs::grade {
namespace {

/// All items that share the name at a depth.
struct Group {
    std::span<Item> items;
    std::size_t depth = 0;

    [[nodiscard]] const std::string& name() const { return items.front().path[depth]; }
    /// A folder or an archive with something in it, not a file.
    [[nodiscard]] bool has_inside() const { return items.back().path.size() > depth + 1; }
    [[nodiscard]] Path path() const {
        const Path& path = items.front().path;
        return {path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth) + 1};
    }
};

/// Items of the place itself (its remarks) are in no group.
std::vector<Group> groups_of(std::span<Item> items, std::size_t depth) {
    std::vector<Group> groups;
    for (std::size_t begin = 0; begin < items.size();) {
        std::size_t end = begin + 1;
        if (items[begin].path.size() > depth) {
            const std::string& name = items[begin].path[depth];
            while (end < items.size() && items[end].path[depth] == name) ++end;
            groups.push_back({items.subspan(begin, end - begin), depth});
        }
        begin = end;
    }
    return groups;
}

struct Identity {
    NameParts parts;
    RosterMatch match;
    bool known = false; ///< somebody is named, though perhaps nobody that can be told
};

bool of_platform(const NameParts& parts) {
    return parts.source == NameSource::moodle || parts.source == NameSource::canvas ||
           parts.source == NameSource::blackboard;
}

/// What tells students apart where there is no roster.
std::string key_of(const NameParts& parts) {
    if (!parts.lms_id.empty()) return parts.lms_id;
    return parts.id.empty() ? parts.name : parts.id;
}

/// Lists of the class, links and pipes lie beside what was handed in, and are nobody's work.
bool is_nobodys(const Group& group) {
    const std::string& name = group.name();
    const auto& remark = group.items.front().remark;
    if (group.has_inside()) return false;
    return (remark && remark->code == rule::submission_link.code) ||
           (name.ends_with(".xlsx") || name.ends_with(".xls") || name.ends_with(".csv"));
}

class Finder {
  public:
    Finder(const Roster* roster, const NamePattern* pattern) : m_roster(roster), m_pattern(pattern) {}

    Layout find(std::span<Item> items) {
        settle(items, 0);
        return std::move(m_layout);
    }

  private:
    [[nodiscard]] bool strict() const { return m_roster != nullptr || m_pattern != nullptr; }

    [[nodiscard]] Identity identify(const Group& group) const {
        Identity who;
        const std::string& name = group.name();
        if (m_pattern != nullptr) {
            auto parts = m_pattern->match(name);
            if (!parts) return who;
            who.parts = std::move(*parts);
        } else {
            who.parts = parse_name(name);
        }
        if (m_roster == nullptr) {
            who.known = who.parts.source != NameSource::plain;
            return who;
        }
        who.match = find_students(*m_roster, who.parts);
        who.known = who.match.ambiguous || !who.match.students.empty() || who.parts.anonymous;
        return who;
    }

    void settle(std::span<Item> items, std::size_t depth) {
        for (const Item& item : items)
            if (item.path.size() == depth && item.remark) m_layout.remarks.push_back(*item.remark);
        const std::vector<Group> groups = groups_of(items, depth);
        std::vector<Identity> found;
        found.reserve(groups.size());
        for (const Group& group : groups) found.push_back(identify(group));
        const bool here = std::ranges::any_of(found, &Identity::known);
        const bool platform =
            std::ranges::any_of(found, [](const Identity& who) { return of_platform(who.parts); });
        const bool deeper = !here && (strict() || are_classes(groups) || is_wrapper(groups));
        for (std::size_t each = 0; each < groups.size(); ++each) {
            const Group& group = groups[each];
            const bool look_inside = !found[each].known && deeper && (!strict() || names_somebody(group));
            const bool nobody = !found[each].known && (strict() || platform || is_nobodys(group));
            if (look_inside)
                settle(group.items, depth + 1);
            else if (nobody)
                reject(group);
            else
                accept(group, std::move(found[each]));
        }
    }

    [[nodiscard]] bool names_somebody(const Group& group) const {
        const auto inside = groups_of(group.items, group.depth + 1);
        return std::ranges::any_of(
            inside, [this](const Group& each) { return identify(each).known || names_somebody(each); });
    }

    /// Folders that hold mostly submissions, each of another student: a platform's names are sure, a number
    /// and a name need company.
    [[nodiscard]] bool are_classes(const std::vector<Group>& groups) const {
        std::set<std::string> keys;
        for (const Group& group : groups) {
            std::set<std::string> own;
            std::size_t known = 0, unknown = 0;
            bool platform = false;
            for (const Group& each : groups_of(group.items, group.depth + 1)) {
                const Identity who = identify(each);
                if (!who.known && !is_nobodys(each)) ++unknown;
                if (!who.known) continue;
                ++known;
                platform = platform || of_platform(who.parts);
                own.insert(key_of(who.parts));
            }
            if (known <= unknown || (own.size() < 2 && !platform)) return false;
            for (const std::string& key : own)
                if (!keys.insert(key).second && !platform) return false;
        }
        return !groups.empty();
    }

    /// One folder around everything, as archives have: it holds several folders or archives and no file.
    [[nodiscard]] static bool is_wrapper(const std::vector<Group>& groups) {
        if (groups.size() != 1) return false;
        const auto inside = groups_of(groups[0].items, groups[0].depth + 1);
        return inside.size() >= 2 && std::ranges::all_of(inside, &Group::has_inside);
    }

    void accept(const Group& group, Identity who) {
        if (!who.match.ambiguous) {
            m_layout.deliveries.push_back(
                {group.items, group.depth, std::move(who.parts), std::move(who.match.students)});
            return;
        }
        const std::string name = printable(to_string(group.path()));
        const Item told = remark_at(
            {}, rule::submission_ambiguous,
            fmt::format("{} fits several students of the roster; a number in its name, or the platform's "
                        "identifier in the roster, would tell.",
                        name),
            fmt::format("{} 与名单中的多名学生相符；文件名里写学号，或在名单里加上平台的标识符，就能区分。",
                        name));
        m_layout.remarks.push_back(*told.remark);
        reject(group);
    }
    void reject(const Group& group) {
        m_layout.unmatched.push_back(group.items);
        m_layout.unmatched_depth.push_back(group.depth);
    }

    const Roster* m_roster;
    const NamePattern* m_pattern;
    Layout m_layout;
};

} // namespace

Layout find_deliveries(std::span<Item> items, const Roster* roster, const NamePattern* pattern) {
    return Finder(roster, pattern).find(items);
}

} // namespace rungs::grade
