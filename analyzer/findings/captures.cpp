#include <fmt/format.h>

#include "analyzer/findings/find.hpp"
#include "core/limits/correlation.hpp"
#include "core/text.hpp"

namespace rungs::findings {
namespace {

template <typename Is>
void report_messages(const Analysis& analysis, Collector& out, const Rule& rule, Is is,
                     std::string_view what) {
    std::vector<Id> first;
    std::uint64_t count = 0;
    for (Id id = 1; id <= analysis.messages.size(); ++id) {
        if (!is(analysis.message(id))) continue;
        ++count;
        if (first.size() < limits::finding_frames) first.push_back(id);
    }
    if (count != 0) out.add(rule, 0, fmt::format("{} {}", counted(count, "message"), what), first);
}

std::string evidence_of(const Link& link) {
    std::string text;
    for (std::uint32_t bit = 1; bit <= 0x8000U; bit <<= 1U) {
        if ((link.evidence & bit) == 0) continue;
        if (!text.empty()) text += ", ";
        text += to_string(static_cast<Evidence>(bit));
    }
    return text;
}

} // namespace

void find_in_captures(const Analysis& analysis, Collector& out) {
    for (const Capture& capture : analysis.captures) {
        if (!capture.file.truncated) continue;
        out.add(rule::capture_truncated, 0,
                fmt::format("{} breaks off after {}.", printable(capture.file.path),
                            counted(capture.file.packets, "packet")),
                {});
    }
    report_messages(
        analysis, out, rule::message_truncated, [](const Message& message) { return message.truncated; },
        "cut short by the capture: its snapshot length is too small (capture with -s 0).");
    report_messages(
        analysis, out, rule::capture_duplicates,
        [](const Message& message) { return message.relation == Relation::duplicate; },
        "captured twice: these are copies, no retransmissions.");
    for (const Link& link : analysis.links) {
        if (link.confidence != Confidence::suggested) continue;
        const Dialog& from = analysis.dialog(link.from);
        const Dialog& to = analysis.dialog(link.to);
        out.add(rule::link_suggested, from.call,
                fmt::format("Dialogs {} and {} may be legs of one call, by {} alone.", link.from, link.to,
                            evidence_of(link)),
                {from.first_message, to.first_message});
    }
}

} // namespace rungs::findings
