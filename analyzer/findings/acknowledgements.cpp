#include <algorithm>

#include <fmt/format.h>
#include <tsl/robin_set.h>

#include "analyzer/findings/course.hpp"
#include "analyzer/findings/timers.hpp"
#include "core/limits.hpp"

namespace rungs::findings {
namespace {

/// The dialog and the sequence number in one.
std::uint64_t sequence_key(Id dialog, std::uint32_t cseq) {
    return std::uint64_t{dialog} << 32U | cseq;
}

/// The last message on each link: what the capture saw there until when. Few links, so a list will do.
class LastSeen {
  public:
    explicit LastSeen(const Course& course) : m_course(course) {
        for (const Id id : course.messages()) note(course.message(id));
    }

    /// Was a message seen on the link of `message` so much later that the ACK has to stand before it?
    [[nodiscard]] bool goes_on_after(const Message& message) const {
        constexpr auto enough = timer::t1;
        const auto link = find(message);
        return link != m_last.end() && (*link)->time - message.time >= enough;
    }
    [[nodiscard]] bool is_only_link() const { return m_last.size() == 1; }

  private:
    using Links = std::vector<const Message*>;
    static constexpr std::size_t links = 16;

    [[nodiscard]] Links::const_iterator find(const Message& message) const {
        return std::ranges::find_if(
            m_last, [&](const Message* last) { return m_course.on_same_link(*last, message); });
    }
    void note(const Message& message) {
        if (message.relation == Relation::retransmission) return;
        const auto link = find(message);
        if (link != m_last.end())
            m_last[static_cast<std::size_t>(link - m_last.begin())] = &message;
        else if (m_last.size() < links)
            m_last.push_back(&message);
    }

    const Course& m_course;
    Links m_last;
};

/// An ACK goes from end to end after a 2xx, past proxies that do not record-route: its absence counts only
/// where the capture shows that the other end missed it, or sees the later requests of the dialog.
bool must_be_there(const Course& course, const LastSeen& last, const Message& response, bool sent_again) {
    if (sent_again || last.goes_on_after(response)) return true;
    return (last.is_only_link() || !is_success(response)) && course.covered_after(response) >= timer::b;
}

void report_missing(Course& course, const std::vector<Id>& sent) {
    const Message& response = course.message(sent.front());
    const std::string again =
        sent.size() > 1 ? fmt::format(", though it was sent {} times", sent.size()) : std::string();
    course.report(rule::ack_missing,
                  fmt::format("No ACK for the {} in frame {}{}.", name_of(response), response.frame, again),
                  sent);
}

/// Those of `finals` that repeat `first`, and itself.
std::vector<Id> all_times(const Course& course, const std::vector<Id>& finals, Id first) {
    std::vector<Id> sent{first};
    for (const Id id : finals) {
        if (course.message(id).relates_to == first && course.message(id).relation == Relation::retransmission)
            sent.push_back(id);
    }
    return sent;
}

} // namespace

void check_acknowledgements(Course& course) {
    tsl::robin_set<std::uint64_t> acknowledged; // 2xx, by dialog and sequence
    for (const Id id : course.messages()) {
        const Message& message = course.message(id);
        if (message.status == 0 && message.method == sip::Method::ack)
            acknowledged.insert(sequence_key(message.dialog, message.cseq_number));
    }
    const LastSeen last(course);
    for (const Exchange& exchange : course.exchanges()) {
        if (exchange.method != sip::Method::invite || exchange.requests.empty()) continue;
        std::size_t forks = 0;
        for (const Id id : exchange.finals) {
            const Message& response = course.message(id);
            if (response.relation == Relation::retransmission || ++forks > limits::forks) continue;
            const std::vector<Id> sent = all_times(course, exchange.finals, id);
            if (is_success(response) && response.relation == Relation::original && sent.size() > 1) {
                course.report(rule::success_retransmitted,
                              fmt::format("The {} was sent {} times: its ACK did not arrive in time.",
                                          name_of(response), sent.size()),
                              sent);
            }
            const bool has_ack = is_success(response)
                                     ? acknowledged.contains(sequence_key(response.dialog, exchange.cseq))
                                     : exchange.ack != 0;
            // On a later hop a 2xx is the same 2xx: its ACK is looked for once.
            const bool counts = !is_success(response) || response.relation == Relation::original;
            if (!has_ack && counts && must_be_there(course, last, response, sent.size() > 1))
                report_missing(course, sent);
        }
    }
}

} // namespace rungs::findings
