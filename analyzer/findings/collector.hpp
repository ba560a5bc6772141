#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/findings/rules.hpp"
#include "core/limits/correlation.hpp"

namespace rungs::findings {

/// Counts what dissectors found wrong in single messages, while they pass: issues themselves are not kept.
class IssueCounter {
  public:
    void count(const std::vector<Issue>& issues, std::uint64_t frame);

  private:
    friend class Collector;
    struct Count {
        Severity severity = Severity::note;
        std::uint64_t messages = 0;
        std::uint64_t last_frame = 0;
        std::vector<std::uint64_t> frames; ///< the first limits::finding_frames
    };
    std::map<std::string_view, Count> m_counts;
};

/// Adds findings to the analysis, at most limits::findings, each with at most limits::finding_frames frames.
class Collector {
  public:
    explicit Collector(Analysis& analysis) : m_analysis(analysis) {}

    /// `text` is one sentence; `messages` are those that it is about, `call` 0 for none.
    void add(const Rule& rule, Id call, std::string text, const std::vector<Id>& messages);
    /// The same for no call, with frames that are ascending already.
    void add(const Rule& rule, std::string text, std::vector<std::uint64_t> frames);
    /// One finding for each code, with the rule's sentence and how often it was broken.
    void add(const IssueCounter& issues);
    /// Errors first, then by frame; says what the limit kept out.
    void finish();

  private:
    void keep(Finding finding);

    Analysis& m_analysis;
    std::uint64_t m_refused = 0;
};

/// "3 messages", "1 message".
std::string counted(std::uint64_t count, std::string_view thing);

} // namespace rungs::findings
