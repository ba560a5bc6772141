#include "reports/explain/catalogue.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.hpp"
#include "reports/terminal.hpp"
#include "reports/width.hpp"
#include "reports/words.hpp"

namespace rungs::reports::explain {
namespace {

std::string_view choose(Language language, std::string_view en, std::string_view zh_cn) {
    return language == Language::zh_cn ? zh_cn : en;
}

void write_wrapped(std::string_view text, const TextStyle& style, Sink& sink) {
    constexpr std::size_t indent = 2;
    const std::size_t width = style.width > indent ? style.width - indent : 1;
    for (const std::string_view line : wrap(text, width)) sink.write(fmt::format("  {}\n", line));
}

void write_example(std::string_view title, std::string_view lines, Sink& sink) {
    sink.write(fmt::format("\n  {}\n", title));
    while (!lines.empty()) sink.write(fmt::format("    {}\n", take_until(lines, '\n')));
}

void append(std::vector<Entry>& all, std::span<const Entry> entries) {
    all.insert(all.end(), entries.begin(), entries.end());
}

std::string code_block(std::string_view text) {
    return fmt::format("```\n{}\n```\n", text);
}

} // namespace

std::span<const Entry> catalogue() {
    static const std::vector<Entry> sorted = [] {
        std::vector<Entry> all;
        for (const auto entries :
             {call_entries(), media_entries(), sip_entries(), sdp_entries(), msn_entries(), intake_entries()})
            append(all, entries);
        std::ranges::sort(all, {}, &Entry::code);
        return all;
    }();
    return sorted;
}

const Entry* find(std::string_view code) {
    const auto entries = catalogue();
    const auto found = std::ranges::lower_bound(entries, code, {}, &Entry::code);
    return found == entries.end() || found->code != code ? nullptr : &*found;
}

std::string_view meaning(std::string_view code, Language language) {
    const findings::Rule* rule = findings::rule_of(code);
    const Entry* entry = find(code);
    if (entry == nullptr || rule == nullptr) return {};
    return choose(language, rule->summary, entry->meaning_zh);
}

void write_entry(const Entry& entry, const TextStyle& style, Sink& sink) {
    const findings::Rule& rule = *findings::rule_of(entry.code);
    const Language language = style.language;
    std::string head = paint(entry.code, Ink::bold, style) + "  " +
                       paint(word(rule.severity, language), ink_of(rule.severity), style);
    if (!rule.reference.empty()) head += fmt::format("  {}", rule.reference);
    sink.write(head + "\n\n");
    write_wrapped(meaning(entry.code, language), style, sink);
    write_wrapped(choose(language, entry.why_en, entry.why_zh), style, sink);
    write_example(choose(language, "wrong", "错误示例"), entry.bad, sink);
    write_example(choose(language, "right", "正确示例"), entry.good, sink);
}

void write_list(const TextStyle& style, Sink& sink) {
    Table table;
    table.add({});
    for (const Entry& entry : catalogue()) {
        const findings::Rule& rule = *findings::rule_of(entry.code);
        table.add({{std::string(entry.code), Ink::bold},
                   {std::string(word(rule.severity, style.language)), ink_of(rule.severity)},
                   {std::string(meaning(entry.code, style.language))}});
    }
    table.write(style, sink);
}

void write_markdown(Sink& sink) {
    sink.write(
        "# Findings\n\n"
        "What `rungs` can point at, by code. Codes are stable. `rungs explain CODE` shows one of them, in "
        "English or\nChinese. This file is what `rungs explain --list --to markdown` prints; a test "
        "compares the two.\n");
    for (const Entry& entry : catalogue()) {
        const findings::Rule& rule = *findings::rule_of(entry.code);
        sink.write(fmt::format("\n## {}\n\n{}{}{}\n\n{} {}\n\n{}{}\n\nWrong:\n\n{}\nRight:\n\n{}", entry.code,
                               to_string(rule.severity), rule.reference.empty() ? "" : " · ", rule.reference,
                               rule.summary, entry.why_en, entry.meaning_zh, entry.why_zh,
                               code_block(entry.bad), code_block(entry.good)));
    }
}

} // namespace rungs::reports::explain
