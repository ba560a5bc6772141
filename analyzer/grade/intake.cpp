#include "analyzer/grade/intake.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include <fmt/format.h>

#include "analyzer/grade/gradescope.hpp"
#include "analyzer/grade/layout.hpp"
#include "analyzer/grade/remarks.hpp"
#include "core/text.hpp"

namespace rungs::grade {
namespace {

Path front(const Path& path, std::size_t size) {
    return {path.begin(), path.begin() + static_cast<std::ptrdiff_t>(std::min(size, path.size()))};
}

/// Once each, with what told them apart.
template <typename Value>
void add_new(std::vector<Value>& values, const Value& value) {
    if (std::ranges::find(values, value) == values.end()) values.push_back(value);
}

/// `a.pcap`, `a (2).pcap`: an archive may have two entries of one name.
void make_names_unique(std::vector<SubmittedFile>& files) {
    std::set<std::string> taken;
    for (SubmittedFile& file : files) {
        const std::size_t stem = without_ending(file.name).size();
        const std::string original = file.name;
        for (unsigned count = 2; !taken.insert(file.name).second; ++count)
            file.name = fmt::format("{} ({}){}", original.substr(0, stem), count, original.substr(stem));
    }
}

/// One student's deliveries.
struct Work {
    Submission submission;
    std::vector<std::string> origins;
    std::vector<std::string> times;  ///< what was handed in at once is one
    std::vector<std::size_t> origin; ///< of each file, into `origins`
    bool told_time = false;          ///< by the platform
};

class Collector {
  public:
    explicit Collector(const Roster* roster) : m_roster(roster) {}

    void add(const Delivery& delivery) {
        if (delivery.students.empty()) return add_to(m_work[key_of(delivery)], delivery, true);
        for (const std::size_t student : delivery.students) {
            Work& work = m_work[fmt::format("student {}", student)];
            work.submission = with(std::move(work.submission), m_roster->students[student]);
            add_to(work, delivery, student == delivery.students.back());
            m_handed_in.insert(student);
        }
    }

    ClassWork finish() {
        ClassWork all;
        for (auto& [key, work] : m_work) all.submissions.push_back(finished(std::move(work)));
        tell_apart(all.submissions);
        const auto by_id = [](const Submission& a, const Submission& b) {
            return std::tie(a.id, a.origin) < std::tie(b.id, b.origin);
        };
        std::ranges::sort(all.submissions, by_id);
        for (std::size_t student = 0; m_roster != nullptr && student < m_roster->students.size(); ++student)
            if (!m_handed_in.contains(student)) all.missing.push_back(with({}, m_roster->students[student]));
        std::ranges::sort(all.missing, by_id);
        return all;
    }

  private:
    static Submission with(Submission submission, const Student& student) {
        submission.id = student.id.empty() ? student.name : student.id;
        submission.name = student.name;
        submission.extension = student.extension;
        submission.team = student.team;
        if (submission.lms_id.empty()) submission.lms_id = student.lms_id;
        return submission;
    }

    /// Names alone are somebody's only within their folder: another class may have the same.
    static std::string key_of(const Delivery& delivery) {
        const NameParts& parts = delivery.parts;
        if (!parts.lms_id.empty()) return "platform " + parts.lms_id;
        if (!parts.id.empty()) return "number " + parts.id;
        return fmt::format("name {}/{}", to_string(front(delivery.items.front().path, delivery.depth)),
                           parts.name);
    }

    /// `last`: nobody else gets these files, so that they are moved.
    static void add_to(Work& work, const Delivery& delivery, bool last) {
        const std::size_t depth = delivery.depth;
        const Path place = front(delivery.items.front().path, depth + 1);
        Submission& into = work.submission;
        add_new(work.origins, to_string(place));
        add_new(work.times, time_of(delivery, place));
        describe(into, delivery.parts);
        if (delivery.parts.handed_in &&
            (!work.told_time || into.handed_in.value_or(Timestamp{}) < *delivery.parts.handed_in)) {
            into.handed_in = delivery.parts.handed_in;
            work.told_time = true;
        }
        for (Item& item : delivery.items) {
            if (item.remark) {
                into.remarks.push_back(*item.remark);
                continue;
            }
            if (!work.told_time && item.modified)
                into.handed_in = std::max(into.handed_in.value_or(*item.modified), *item.modified);
            const bool is_file = item.path.size() == depth + 1;
            std::string name =
                is_file ? item.path[depth]
                        : to_string(Path(item.path.begin() + static_cast<std::ptrdiff_t>(depth) + 1,
                                         item.path.end()));
            if (is_file && !delivery.parts.file.empty()) name = delivery.parts.file;
            work.origin.push_back(work.origins.size() - 1);
            into.files.push_back(
                {std::move(name), last ? std::move(item.octets) : item.octets, item.modified});
        }
    }
    /// What the name says and the roster did not.
    static void describe(Submission& into, const NameParts& parts) {
        into.late = into.late || parts.late;
        if (!parts.lms_id.empty()) into.lms_id = parts.lms_id;
        if (into.name.empty()) into.name = parts.name;
        if (into.id.empty())
            into.id = !parts.id.empty() ? parts.id : !parts.lms_id.empty() ? parts.lms_id : parts.name;
    }
    /// Files of one folder came together, and so did what a platform gave one number.
    static std::string time_of(const Delivery& delivery, const Path& place) {
        const NameParts& parts = delivery.parts;
        if (!parts.lms_id.empty()) return "platform " + parts.lms_id;
        if (parts.handed_in) return std::to_string(parts.handed_in->ns);
        const bool is_file =
            delivery.items.back().path.size() == place.size() && !delivery.items.front().remark;
        return is_file ? "files of " + to_string(front(place, place.size() - 1)) : to_string(place);
    }

    static Submission finished(Work work) {
        Submission& submission = work.submission;
        submission.origin = work.origins.front();
        if (work.times.size() > 1) {
            const std::string all = printable(fmt::format("{}", fmt::join(work.origins, ", ")));
            submission.remarks.push_back({std::string(rule::submission_repeated.code),
                                          fmt::format("Handed in more than once: {}.", all),
                                          fmt::format("提交了不止一次：{}。", all)});
            for (std::size_t file = 0; file < submission.files.size(); ++file) {
                std::string& name = submission.files[file].name;
                const std::string& origin = work.origins[work.origin[file]];
                if (!origin.ends_with(name)) name = fmt::format("{}/{}", origin, name);
            }
        }
        std::ranges::stable_sort(submission.files, {}, &SubmittedFile::name);
        make_names_unique(submission.files);
        return std::move(submission);
    }

    /// Students of one name get where they handed in as their id.
    static void tell_apart(std::vector<Submission>& submissions) {
        std::map<std::string, unsigned> counts;
        for (const Submission& submission : submissions) ++counts[submission.id];
        for (Submission& submission : submissions)
            if (counts[submission.id] > 1) submission.id = submission.origin;
    }

    const Roster* m_roster;
    std::map<std::string, Work> m_work;
    std::set<std::size_t> m_handed_in;
};

Result<ClassWork> read_gradescope(std::vector<Item> items, const std::string& metadata) {
    auto json = read_table(metadata);
    if (!json) return tl::unexpected(json.error());
    auto submission = parse_gradescope_metadata(*json);
    if (!submission) {
        Error error = submission.error();
        error.message = fmt::format("{}: {}", printable(metadata), error.message);
        return tl::unexpected(std::move(error));
    }
    ClassWork all;
    for (Item& item : items) {
        if (item.remark)
            submission->remarks.push_back(std::move(*item.remark));
        else
            submission->files.push_back({to_string(item.path), std::move(item.octets), item.modified});
    }
    make_names_unique(submission->files);
    all.submissions.push_back(std::move(*submission));
    return all;
}

} // namespace

ClassWork sort_out(std::vector<Item> items, const Roster* roster, const NamePattern* pattern) {
    std::ranges::stable_sort(items, {}, &Item::path);
    Layout layout = find_deliveries(items, roster, pattern);
    Collector collector(roster);
    bool anonymous = false;
    for (const Delivery& delivery : layout.deliveries) {
        anonymous = anonymous || delivery.parts.anonymous;
        collector.add(delivery);
    }
    ClassWork all = collector.finish();
    all.remarks = std::move(layout.remarks);
    if (roster != nullptr)
        all.remarks.insert(all.remarks.begin(), roster->remarks.begin(), roster->remarks.end());
    if (anonymous)
        all.remarks.push_back({std::string(rule::submission_anonymous.code),
                               "The platform hides names (blind marking): students go by its numbers.",
                               "平台隐藏了姓名（匿名评分），学生以平台编号表示。"});
    for (std::size_t each = 0; each < layout.unmatched.size(); ++each) {
        const std::span<Item> unmatched = layout.unmatched[each];
        all.unmatched.push_back(to_string(front(unmatched.front().path, layout.unmatched_depth[each] + 1)));
        for (const Item& item : unmatched)
            if (item.remark) all.remarks.push_back(*item.remark);
    }
    std::ranges::sort(all.unmatched);
    return all;
}

Result<std::string> read_table(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(fmt::format("{}: cannot be read", printable(path)));
    std::string content;
    constexpr std::size_t block_octets = 1U << 16U;
    std::string block(block_octets, '\0');
    while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
        content.append(block, 0, static_cast<std::size_t>(file.gcount()));
        if (content.size() > limits::class_table_octets)
            return fail(fmt::format("{}: larger than {} octets (class_table_octets)", printable(path),
                                    limits::class_table_octets),
                        "is it the right file?");
    }
    if (file.bad()) return fail(fmt::format("{}: cannot be read", printable(path)));
    return content;
}

Result<ClassWork> read_class(const std::string& path, const IntakeOptions& options) {
    std::optional<NamePattern> pattern;
    if (!options.id_pattern.empty()) {
        auto compiled = NamePattern::compile(options.id_pattern);
        if (!compiled) return tl::unexpected(compiled.error());
        pattern = std::move(*compiled);
    }
    std::optional<Roster> roster;
    if (!options.roster.empty()) {
        auto csv = read_table(options.roster);
        if (!csv) return tl::unexpected(csv.error());
        auto parsed = parse_roster(*csv);
        if (!parsed) {
            Error error = parsed.error();
            error.message = fmt::format("{}: {}", printable(options.roster), error.message);
            return tl::unexpected(std::move(error));
        }
        roster = std::move(*parsed);
    }
    auto items = read_contents(path, {}, options.read_inside);
    if (!items) return tl::unexpected(items.error());
    if (!options.gradescope_metadata.empty())
        return read_gradescope(std::move(*items), options.gradescope_metadata);
    return sort_out(std::move(*items), roster ? &*roster : nullptr, pattern ? &*pattern : nullptr);
}

} // namespace rungs::grade
