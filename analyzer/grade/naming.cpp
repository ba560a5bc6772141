#include "analyzer/grade/naming.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/format.h>
#include <re2/re2.h>

#include "core/text.hpp"

namespace rungs::grade {
namespace {

std::optional<NameParts> as_moodle(const std::string& segment) {
    static const RE2 form(R"(([^_]*)_(\d+)_assignsubmission_(?:file|onlinetext)_?(.*))");
    NameParts parts;
    if (!RE2::FullMatch(segment, form, &parts.name, &parts.lms_id, &parts.file)) return std::nullopt;
    parts.source = NameSource::moodle;
    static const RE2 hidden(R"((?:.*-)?(?:Participant|参与人|參與者)(?: ?\d+)?)");
    if (RE2::FullMatch(parts.name, hidden)) {
        parts.anonymous = true;
        parts.name.clear();
    }
    return parts;
}

std::optional<NameParts> as_canvas(const std::string& segment) {
    static const RE2 named(R"(([^_]+)_(LATE_)?(\d+|anon_[^_]+)_\d+_(.+))");
    static const RE2 nameless(R"((anon_[^_]+)_(LATE_)?\d+_(.+))");
    NameParts parts;
    std::string late;
    if (RE2::FullMatch(segment, nameless, &parts.lms_id, &late, &parts.file)) {
        parts.anonymous = true;
    } else if (RE2::FullMatch(segment, named, &parts.name, &late, &parts.lms_id, &parts.file)) {
        parts.anonymous = parts.lms_id.starts_with("anon_");
        if (parts.anonymous) parts.name.clear();
    } else {
        return std::nullopt;
    }
    parts.source = NameSource::canvas;
    parts.late = !late.empty();
    return parts;
}

/// `2026-11-20-08-15-00`, a local time: which zone is not written anywhere.
std::optional<Timestamp> blackboard_time(const std::string& text) {
    std::tm time{};
    static const RE2 form(R"((\d{4})-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d))");
    if (!RE2::FullMatch(text, form, &time.tm_year, &time.tm_mon, &time.tm_mday, &time.tm_hour, &time.tm_min,
                        &time.tm_sec))
        return std::nullopt;
    time.tm_year -= 1900;
    time.tm_mon -= 1;
    time.tm_isdst = -1;
    const std::time_t seconds = std::mktime(&time);
    if (seconds < 0 || seconds > 0x1'ffff'ffffLL) return std::nullopt;
    return Timestamp{static_cast<std::int64_t>(seconds) * 1'000'000'000};
}

std::optional<NameParts> as_blackboard(const std::string& segment) {
    static const RE2 form(R"(.*_([^_]+)_attempt_(\d{4}(?:-\d\d){5})(?:_(.+)|\.txt)?)");
    NameParts parts;
    std::string time;
    if (!RE2::FullMatch(segment, form, &parts.id, &time, &parts.file)) return std::nullopt;
    parts.source = NameSource::blackboard;
    parts.handed_in = blackboard_time(time);
    return parts;
}

/// Only with a Chinese name: a date and an English word look the same as a number and an English name.
std::optional<NameParts> as_numbered(std::string_view stem) {
    static const RE2 number_first(R"(([A-Za-z]{0,3}\d{5,20})[\s_\-－—–+、]*(\p{Han}{1,4}(?:·\p{Han}+)*))"
                                  R"((?:[\s_\-－—–+、（(].*)?)");
    static const RE2 name_first(R"((\p{Han}{1,4}(?:·\p{Han}+)*)[\s_\-－—–+、]*([A-Za-z]{0,3}\d{5,20}))"
                                R"((?:[\s_\-－—–+、（(].*)?)");
    static const RE2 no_name("(?:实验|作业|报告|第).*");
    NameParts parts;
    if (!RE2::FullMatch(stem, number_first, &parts.id, &parts.name) &&
        !RE2::FullMatch(stem, name_first, &parts.name, &parts.id))
        return std::nullopt;
    if (RE2::FullMatch(parts.name, no_name)) return std::nullopt;
    parts.source = NameSource::numbered;
    return parts;
}

/// Groups of a pattern by name; 0 for none.
int group(const RE2& expression, const char* name) {
    const auto& groups = expression.NamedCapturingGroups();
    const auto found = groups.find(name);
    return found == groups.end() ? 0 : found->second;
}

} // namespace

Result<NamePattern> NamePattern::compile(const std::string& pattern) {
    constexpr const char* hint = "name the groups id and name: (?P<id>\\d+)_(?P<name>[^_]+)";
    NamePattern made;
    auto expression = std::make_shared<const RE2>(pattern, RE2::Quiet);
    if (!expression->ok())
        return fail(fmt::format("--id-pattern \"{}\": {}", printable(pattern), expression->error()), hint);
    made.m_id = group(*expression, "id");
    made.m_name = group(*expression, "name");
    if (made.m_id == 0 && made.m_name == 0)
        return fail(fmt::format("--id-pattern \"{}\" has no group named id or name", printable(pattern)),
                    hint);
    made.m_expression = std::move(expression);
    return made;
}

std::optional<NameParts> NamePattern::match(const std::string& segment) const {
    std::vector<re2::StringPiece> groups(static_cast<std::size_t>(m_expression->NumberOfCapturingGroups()) +
                                         1);
    if (!m_expression->Match(segment, 0, segment.size(), RE2::UNANCHORED, groups.data(),
                             static_cast<int>(groups.size())))
        return std::nullopt;
    NameParts parts;
    parts.source = NameSource::pattern;
    if (m_id != 0) parts.id = groups[static_cast<std::size_t>(m_id)].as_string();
    if (m_name != 0) parts.name = groups[static_cast<std::size_t>(m_name)].as_string();
    if (parts.id.empty() && parts.name.empty()) return std::nullopt;
    parts.stem = without_ending(segment);
    return parts;
}

std::string_view without_ending(std::string_view segment) {
    constexpr std::array<std::string_view, 32> endings{
        ".zip", ".7z",   ".rar", ".tar",    ".tgz", ".txz",  ".tbz2", ".gz",    ".xz",  ".bz2", ".zst",
        ".lz4", ".pcap", ".cap", ".pcapng", ".dmp", ".ntar", ".trc",  ".snoop", ".erf", ".txt", ".log",
        ".doc", ".docx", ".pdf", ".html",   ".htm", ".md",   ".png",  ".jpg",   ".xls", ".xlsx"};
    for (bool cut = true; cut;) {
        cut = false;
        for (const std::string_view ending : endings) {
            if (segment.size() <= ending.size() ||
                !iequals(segment.substr(segment.size() - ending.size()), ending))
                continue;
            segment.remove_suffix(ending.size());
            cut = true;
        }
    }
    return segment;
}

NameParts parse_name(const std::string& segment) {
    const std::string_view stem = without_ending(segment);
    NameParts parts;
    if (auto moodle = as_moodle(segment)) {
        parts = std::move(*moodle);
    } else if (auto blackboard = as_blackboard(segment)) {
        parts = std::move(*blackboard);
    } else if (auto numbered = as_numbered(stem)) {
        parts = std::move(*numbered);
    } else if (auto canvas = as_canvas(segment)) {
        parts = std::move(*canvas);
    } else {
        parts.name = stem;
    }
    parts.stem = stem;
    return parts;
}

std::string squash(std::string_view name) {
    std::string squashed;
    for (const char c : name) {
        const bool of_word = is_alpha(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
        if (of_word) squashed += ascii_lower(c);
    }
    return squashed;
}

} // namespace rungs::grade
