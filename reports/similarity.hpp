#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/grade/frame_lines.hpp"
#include "analyzer/grade/marks.hpp"
#include "reports/report.hpp"

/// Captures that look copied, for the instructor alone: two students stand in each line.
namespace rungs::reports {

/// Lines of the frames that pairs name, by student and capture.
class FrameBook {
  public:
    void add(const std::string& student, const std::string& capture, std::span<const grade::FrameLine> lines);
    /// nullptr when it was not added.
    [[nodiscard]] const grade::FrameLine* find(const std::string& student, const std::string& capture,
                                               std::uint64_t frame) const;

  private:
    std::map<std::pair<std::string, std::string>, std::map<std::uint64_t, grade::FrameLine>> m_lines;
};

/// RFC 4180 with a byte order mark: a line for each pair, its signals' codes and texts in one field each.
void write_similarity_csv(std::span<const grade::SimilarPair> pairs, Sink& sink);

/// One static HTML page without script: groups, pairs, and the frames of each signal side by side.
void write_similarity_page(std::span<const grade::SimilarPair> pairs, const FrameBook& frames,
                           Language language, Sink& sink);

} // namespace rungs::reports
