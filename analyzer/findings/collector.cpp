#include "analyzer/findings/collector.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/limits/correlation.hpp"

namespace rungs::findings {
namespace {

/// The rule's sentence with the number in front of its full stop.
std::string with_count(std::string_view summary, std::uint64_t messages) {
    if (summary.ends_with('.')) summary.remove_suffix(1);
    return fmt::format("{} ({}).", summary, counted(messages, "message"));
}

} // namespace

std::string counted(std::uint64_t count, std::string_view thing) {
    return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

void IssueCounter::count(const std::vector<Issue>& issues, std::uint64_t frame) {
    for (const Issue& issue : issues) {
        Count& count = m_counts[issue.code];
        count.severity = std::max(count.severity, issue.severity);
        if (count.last_frame == frame) continue; // twice in one message
        count.last_frame = frame;
        ++count.messages;
        if (count.frames.size() < limits::finding_frames) count.frames.push_back(frame);
    }
}

void Collector::add(const Rule& rule, Id call, std::string text, const std::vector<Id>& messages) {
    Finding finding;
    finding.code = rule.code;
    finding.severity = rule.severity;
    finding.reference = rule.reference;
    finding.text = std::move(text);
    finding.call = call;
    for (const Id id : messages) {
        if (finding.frames.size() == limits::finding_frames) break;
        finding.frames.push_back(m_analysis.message(id).frame);
    }
    std::ranges::sort(finding.frames);
    finding.frames.erase(std::unique(finding.frames.begin(), finding.frames.end()), finding.frames.end());
    keep(std::move(finding));
}

void Collector::add(const Rule& rule, std::string text, std::vector<std::uint64_t> frames) {
    keep({rule.code, rule.severity, std::move(text), std::move(frames), 0, rule.reference});
}

void Collector::add(const IssueCounter& issues) {
    for (const auto& [code, count] : issues.m_counts) {
        const Rule* rule = rule_of(code);
        Finding finding;
        finding.code = code;
        finding.severity = count.severity;
        finding.frames = count.frames;
        finding.text = with_count(rule != nullptr ? rule->summary : code, count.messages);
        if (rule != nullptr) finding.reference = rule->reference;
        keep(std::move(finding));
    }
}

void Collector::keep(Finding finding) {
    if (m_analysis.findings.size() < limits::findings) {
        m_analysis.findings.push_back(std::move(finding));
    } else {
        ++m_refused;
    }
}

void Collector::finish() {
    const auto first_frame = [](const Finding& finding) {
        return finding.frames.empty() ? 0 : finding.frames.front();
    };
    std::ranges::stable_sort(m_analysis.findings, [&](const Finding& a, const Finding& b) {
        if (a.severity != b.severity) return a.severity > b.severity;
        return first_frame(a) < first_frame(b);
    });
    if (m_refused == 0) return;
    const Rule& rule = rule::limit_findings;
    m_analysis.findings.push_back(
        {rule.code,
         rule.severity,
         fmt::format("{} not listed (limit findings: {}).", counted(m_refused, "finding"), limits::findings),
         {},
         0,
         rule.reference});
}

} // namespace rungs::findings
