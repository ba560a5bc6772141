#pragma once

#include <string>
#include <utility>
#include <vector>

#include <tsl/robin_map.h>

#include "analyzer/analysis.hpp"
#include "analyzer/findings/collector.hpp"
#include "analyzer/findings/header_notes.hpp"
#include "dissectors/sip/status.hpp"

namespace rungs::findings {

/// A request on one link, all times that it was sent, and what came back.
struct Exchange {
    std::vector<Id> requests; ///< first one and its retransmissions; empty when not in the capture
    std::vector<Id> finals;   ///< final responses and their retransmissions, of all forks
    Id first_provisional = 0;
    Id ack = 0; ///< of a refusal; that of a 2xx is an exchange of its own
    sip::Method method = sip::Method::unknown;
    std::uint32_t cseq = 0;
    Id dialog = 0;                 ///< of its first message
    bool answers_with_sdp = false; ///< a response but 100 had a session description

    [[nodiscard]] Id request() const { return requests.empty() ? 0 : requests.front(); }
    [[nodiscard]] Id final_response() const { return finals.empty() ? 0 : finals.front(); }
};

/// How long the captures go on after a message: where it was taken, what comes within that time is in it.
class Coverage {
  public:
    explicit Coverage(const Analysis& analysis);
    [[nodiscard]] Duration after(const Message& message) const;

  private:
    const Analysis& m_analysis;
    Timestamp m_first_end; ///< of the capture that ends first
};

/// The messages of one call put in order for the checks, each looked at once.
class Course {
  public:
    /// All three must outlive the course.
    Course(const Analysis& analysis, const HeaderNotes& notes, Collector& out);

    /// Goes on to the call with this id; memory is kept.
    void read(Id call);

    [[nodiscard]] const Analysis& analysis() const { return m_analysis; }
    [[nodiscard]] const HeaderNotes& notes() const { return m_notes; }
    [[nodiscard]] Id id() const { return m_call; }
    [[nodiscard]] const Call& call() const { return m_analysis.call(m_call); }
    /// Without those that the capture saw twice, in order of frames.
    [[nodiscard]] const std::vector<Id>& messages() const { return m_messages; }
    [[nodiscard]] const std::vector<Exchange>& exchanges() const { return m_exchanges; }
    [[nodiscard]] const Message& message(Id id) const { return m_analysis.message(id); }
    [[nodiscard]] std::uint64_t frame(Id id) const { return m_analysis.message(id).frame; }

    [[nodiscard]] Duration covered_after(const Message& message) const { return m_coverage.after(message); }
    /// Between these hosts, whatever the direction and the ports.
    [[nodiscard]] bool on_same_link(const Message& a, const Message& b) const;

    void report(const Rule& rule, std::string text, const std::vector<Id>& messages) {
        m_out.add(rule, m_call, std::move(text), messages);
    }

  private:
    void take(Id id);

    const Analysis& m_analysis;
    const HeaderNotes& m_notes;
    Collector& m_out;
    Coverage m_coverage;
    Id m_call = 0;
    std::vector<Id> m_messages;
    std::vector<Exchange> m_exchanges;
    tsl::robin_map<Id, std::size_t> m_by_transaction;
};

inline bool is_success(const Message& message) {
    return sip::is_success(message.status);
}
inline bool is_challenge(const Message& message) {
    return sip::is_challenge(message.status);
}

/// "INVITE", "200 (INVITE)".
std::string name_of(const Message& message);

// One file each. A check reports what it finds in the course.
void check_acknowledgements(Course& course);
void check_retransmissions(Course& course);
void check_answers(Course& course);  ///< that there is one, and what becomes of a CANCEL
void check_sequence(Course& course); ///< CSeq, branch, tags, Max-Forwards
void check_offers(Course& course);
void check_sessions(Course& course); ///< RFC 4028
void check_addresses(Course& course);
void check_challenges(Course& course);

} // namespace rungs::findings
