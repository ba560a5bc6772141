#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <tsl/robin_set.h>

#include "analyzer/findings/course.hpp"
#include "analyzer/findings/timers.hpp"
#include "core/hash.hpp"
#include "core/limits/correlation.hpp"

namespace rungs::findings {
namespace {

/// Which INVITEs got an ACK.
class Acknowledged {
  public:
    explicit Acknowledged(const Course& course) : m_course(course) {
        for (const Id id : course.messages()) {
            const Message& ack = course.message(id);
            if (ack.status != 0 || ack.method != sip::Method::ack) continue;
            m_in_dialogs.insert(key(ack.dialog, ack.cseq_number));
            m_on_links.insert(key(link_of(ack.source, ack.destination), ack.cseq_number));
        }
    }

    /// The ACK of a 2xx belongs to the dialog, that of a refusal to the INVITE's transaction; one with a
    /// wrong branch is wrong in another way.
    [[nodiscard]] bool has(const Message& response, const Exchange& invite) const {
        if (is_success(response)) return m_in_dialogs.contains(key(response.dialog, invite.cseq));
        return invite.ack != 0 ||
               m_on_links.contains(key(link_of(response.destination, response.source), invite.cseq));
    }

  private:
    static std::uint64_t key(std::uint64_t where, std::uint32_t cseq) {
        const std::array<std::uint64_t, 2> parts{where, cseq};
        return seeded_hash(parts.data(), sizeof parts);
    }
    [[nodiscard]] std::uint64_t link_of(EndpointId from, EndpointId to) const {
        const auto host = [&](EndpointId id) {
            return EndpointHash{}(Endpoint{m_course.analysis().endpoint(id).address, 0});
        };
        const std::array<std::uint64_t, 2> parts{host(from), host(to)};
        return seeded_hash(parts.data(), sizeof parts);
    }

    const Course& m_course;
    tsl::robin_set<std::uint64_t, NumberHash> m_in_dialogs, m_on_links;
};

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

void report_retransmitted(Course& course, const std::vector<Id>& sent) {
    course.report(rule::success_retransmitted,
                  fmt::format("The {} was sent {} times: its ACK did not arrive in time.",
                              name_of(course.message(sent.front())), sent.size()),
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
    const Acknowledged acknowledged(course);
    const LastSeen last(course);
    for (const Exchange& exchange : course.exchanges()) {
        if (exchange.method != sip::Method::invite || exchange.requests.empty()) continue;
        std::size_t forks = 0;
        for (const Id id : exchange.finals) {
            const Message& response = course.message(id);
            if (response.relation == Relation::retransmission || ++forks > limits::forks) continue;
            const bool success = is_success(response);
            // A 2xx on a later link is the same 2xx: looked at once.
            if (success && response.relation != Relation::original) continue;
            const std::vector<Id> sent = all_times(course, exchange.finals, id);
            if (success && sent.size() > 1) report_retransmitted(course, sent);
            if (!acknowledged.has(response, exchange) &&
                must_be_there(course, last, response, sent.size() > 1))
                report_missing(course, sent);
        }
    }
}

} // namespace rungs::findings
