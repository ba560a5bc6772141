#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analyzer/findings/collector.hpp"
#include "dissectors/sip/message.hpp"

namespace rungs::findings {

/// Whether captures are read as skeleton SIP: messages without the mandatory headers, as first programs write
/// them. `automatic`: when most messages have neither Call-ID nor CSeq.
enum class Profile : std::uint8_t { automatic, skeleton, full };

/// Counts issues twice while messages pass: all of them, and those that are left when missing headers are
/// said once for each kind of message instead.
class SkeletonNotes {
  public:
    void count(const sip::Message& message, std::uint64_t frame);
    /// Issues of another layer of the same message.
    void count(const std::vector<Issue>& issues, std::uint64_t frame);

    [[nodiscard]] bool is_skeleton(Profile profile) const;
    /// Adds the findings of single messages: in a skeleton capture one for each kind of message that lacks
    /// headers, else every issue by its code.
    void report(Profile profile, Collector& out) const;

  private:
    struct Kind {
        std::uint64_t messages = 0;
        std::uint8_t missing = 0; ///< a bit for each of `mandatory`
        std::vector<std::uint64_t> frames;
    };

    IssueCounter m_all, m_rest;
    std::array<Kind, 6> m_kinds;
    std::uint64_t m_messages = 0, m_bare = 0;
};

} // namespace rungs::findings
