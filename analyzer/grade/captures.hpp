#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/analysis.hpp"
#include "analyzer/grade/marks.hpp"
#include "analyzer/grade/submission.hpp"

/// The captures of one submission, analysed when first asked for, each once.
namespace rungs::grade {

struct ReadCapture {
    std::string name;                         ///< of the file, or of all that were read together
    std::shared_ptr<const Analysis> analysis; ///< null when it cannot be judged
    std::optional<MarkReason> reason;         ///< why it cannot
};

class Captures {
  public:
    explicit Captures(const Submission& submission) : m_submission(submission) {}

    /// Of the files at these positions (one at least), read together. Alive as long as this.
    const ReadCapture& read(const std::vector<std::size_t>& files);

    /// Whether the file begins like a capture, also a compressed one, or is empty and named like one.
    [[nodiscard]] bool is_capture(std::size_t file) const;

  private:
    ReadCapture analyse(const std::vector<std::size_t>& files) const;

    const Submission& m_submission;
    std::map<std::vector<std::size_t>, ReadCapture> m_read;
};

} // namespace rungs::grade
