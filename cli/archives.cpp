#include "cli/archives.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "analyzer/grade/remarks.hpp"
#include "core/text.hpp"

namespace rungs::cli {
namespace {

// --- how items come back: each text behind its size, each number as a text.

void write_text(std::string_view text, reports::Sink& sink) {
    sink.write(fmt::format("{}\n", text.size()));
    sink.write(text);
}

void write_number(std::int64_t number, reports::Sink& sink) {
    write_text(fmt::format("{}", number), sink);
}

void write_item(const grade::Item& item, reports::Sink& sink) {
    write_number(std::ssize(item.path), sink);
    for (const std::string& part : item.path) write_text(part, sink);
    write_text(item.octets, sink);
    write_number(item.modified ? 1 : 0, sink);
    write_number(item.modified ? item.modified->ns : 0, sink);
    write_number(item.remark ? 1 : 0, sink);
    if (!item.remark) return;
    for (const std::string* text : {&item.remark->code, &item.remark->en, &item.remark->zh_cn})
        write_text(*text, sink);
}

/// Whoever wrote it may have been misled: nothing is believed of it.
class ItemReader {
  public:
    explicit ItemReader(std::string_view octets) : m_rest(octets) {}

    [[nodiscard]] bool at_end() const { return m_rest.empty(); }

    std::optional<std::string_view> text() {
        const auto size = parse_number<std::uint64_t>(take_until(m_rest, '\n'));
        if (!size || *size > m_rest.size()) return std::nullopt;
        const std::string_view text = m_rest.substr(0, static_cast<std::size_t>(*size));
        m_rest.remove_prefix(text.size());
        return text;
    }
    std::optional<std::int64_t> number() {
        const auto digits = text();
        return digits ? parse_number<std::int64_t>(*digits) : std::nullopt;
    }
    std::optional<grade::Item> item(const grade::Path& place) {
        grade::Item item;
        const auto parts = number();
        if (!parts) return std::nullopt;
        for (std::int64_t i = 0; i < *parts; ++i) {
            const auto part = text();
            if (!part) return std::nullopt;
            item.path.emplace_back(*part);
        }
        const bool below =
            item.path.size() >= place.size() && std::equal(place.begin(), place.end(), item.path.begin());
        const auto octets = text();
        const auto has_time = number(), time = number(), has_remark = number();
        if (!below || !octets || !has_time || !time || !has_remark) return std::nullopt;
        item.octets = *octets;
        if (*has_time != 0) item.modified = Timestamp{*time};
        if (*has_remark == 0) return item;
        const auto code = text(), en = text(), zh_cn = text();
        if (!code || !en || !zh_cn) return std::nullopt;
        item.remark = grade::Remark{std::string(*code), printable(*en), printable(*zh_cn)};
        return item;
    }

  private:
    std::string_view m_rest;
};

/// False when the octets are not what was agreed on.
bool read_items(std::string_view octets, const grade::Path& place, grade::Budget& budget,
                std::vector<grade::Item>& items) {
    ItemReader reader(octets);
    const auto entries = reader.number(), left = reader.number();
    if (!entries || !left) return false;
    while (!reader.at_end()) {
        auto item = reader.item(place);
        if (!item) return false;
        items.push_back(std::move(*item));
    }
    budget.entries = std::min(budget.entries, static_cast<std::size_t>(std::max<std::int64_t>(*entries, 0)));
    budget.octets = std::min(budget.octets, static_cast<std::uint64_t>(std::max<std::int64_t>(*left, 0)));
    return true;
}

grade::Item not_read(const grade::Path& place, WorkEnd end) {
    const std::string name = printable(grade::to_string(place));
    switch (end) {
    case WorkEnd::time_limit: return grade::limit_at(place, "grading_seconds", grade::to_string(place));
    case WorkEnd::memory_limit: return grade::limit_at(place, "grading_octets", grade::to_string(place));
    default:
        return grade::remark_at(place, grade::rule::archive_damaged,
                                fmt::format("{} cannot be read: the reader failed on it.", name),
                                fmt::format("{} 无法读取：读取程序出错。", name));
    }
}

} // namespace

Box archive_box() {
    Box box;
    // Everything that may be unpacked, and the names.
    box.result_octets = static_cast<std::size_t>(limits::submission_octets) + limits::grading_result_octets;
    return box;
}

std::vector<grade::Item> read_archive_apart(std::string_view octets, const grade::Path& place,
                                            grade::Budget& budget, const Box& box) {
    const auto work = [&](std::size_t, reports::Sink& sink) {
        grade::Budget own = budget;
        const std::vector<grade::Item> items = grade::read_archive(octets, place, own);
        write_number(static_cast<std::int64_t>(own.entries), sink);
        write_number(static_cast<std::int64_t>(own.octets), sink);
        for (const grade::Item& item : items) write_item(item, sink);
    };
    std::vector<grade::Item> items;
    run_isolated(1, 1, box, work, [&](std::size_t, const WorkResult& result) {
        WorkEnd end = result.end;
        if (end == WorkEnd::done && !read_items(result.octets, place, budget, items)) end = WorkEnd::crashed;
        if (end != WorkEnd::done) items = {not_read(place, end)};
    });
    return items;
}

} // namespace rungs::cli
