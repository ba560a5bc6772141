#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "analyzer/findings/rules.hpp"
#include "reports/report.hpp"

/// What each code means, for people: needs no capture. The English meaning, the severity and the RFC section
/// are those of the rule with the same code (analyzer/findings/rules.hpp).
namespace rungs::reports::explain {

struct Entry {
    std::string_view code;
    std::string_view meaning_zh;
    std::string_view why_en, why_zh; ///< why it matters
    std::string_view bad, good;      ///< an example of each, lines of a message or events
};

// A table for each layer; `catalogue` has them all, by code.
std::span<const Entry> call_entries();
std::span<const Entry> media_entries();
std::span<const Entry> sip_entries();
std::span<const Entry> sdp_entries();
std::span<const Entry> msn_entries();
std::span<const Entry> intake_entries();
std::span<const Entry> catalogue();

/// nullptr when no code is that word.
const Entry* find(std::string_view code);
/// What the code means, in one sentence. Empty for an unknown code.
std::string_view meaning(std::string_view code, Language language);

/// The entry in full.
void write_entry(const Entry& entry, const TextStyle& style, Sink& sink);
/// A line for each code.
void write_list(const TextStyle& style, Sink& sink);
/// All entries in Markdown, both languages: docs/findings.md.
void write_markdown(Sink& sink);

} // namespace rungs::reports::explain
