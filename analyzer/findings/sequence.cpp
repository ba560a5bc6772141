#include <array>

#include <fmt/format.h>

#include "analyzer/findings/course.hpp"
#include "core/hash.hpp"

namespace rungs::findings {
namespace {

using sip::Method;

/// Requests of one dialog and direction, between two hosts.
std::uint64_t direction_key(const Course& course, const Message& message) {
    const Analysis& analysis = course.analysis();
    const auto host = [&](EndpointId id) {
        return EndpointHash{}(Endpoint{analysis.endpoint(id).address, 0});
    };
    const std::array<std::uint64_t, 3> parts{
        message.dialog, host(message.source) + (message.from_caller ? 1U : 0U), host(message.destination)};
    return seeded_hash(parts.data(), sizeof parts);
}

/// ACK and CANCEL have the number of their INVITE.
bool has_number_of_its_own(const Message& message) {
    return message.status == 0 && message.relation == Relation::original && message.method != Method::ack &&
           message.method != Method::cancel;
}

class Sequence {
  public:
    explicit Sequence(Course& course) : m_course(course) {}

    void check(Id id) {
        const Message& message = m_course.message(id);
        if (message.protocol != Protocol::sip || message.relation == Relation::retransmission) return;
        const bool inferred = m_course.analysis().dialog(message.dialog).inferred;
        if (has_number_of_its_own(message) && !inferred) check_number(id, message);
        if (message.status == 0 && message.method != Method::cancel) check_branch(id, message);
        if (!inferred) check_to_tag(id, message);
        if (message.status == 0 && message.relation == Relation::hop) check_max_forwards(id, message);
    }

  private:
    void check_number(Id id, const Message& message) {
        const auto [slot, added] = m_last.try_emplace(direction_key(m_course, message), id);
        if (added) return;
        const Message& before = m_course.message(slot->second);
        if (message.cseq_number > before.cseq_number) {
            slot.value() = id;
            return;
        }
        m_course.report(rule::cseq_not_rising,
                        fmt::format("{} in frame {} has CSeq {}, after {} with {} in frame {}.",
                                    name_of(message), message.frame, message.cseq_number, name_of(before),
                                    before.cseq_number, before.frame),
                        {slot->second, id});
    }

    void check_branch(Id id, const Message& message) {
        const std::uint64_t branch = m_course.notes().of(id).branch;
        if (branch == 0) return;
        const auto [slot, added] = m_branches.try_emplace(branch, id);
        if (added) return;
        const Message& before = m_course.message(slot->second);
        // The ACK of a refusal belongs to its INVITE's transaction, that of a 2xx does not.
        const bool same_transaction = before.transaction == message.transaction &&
                                      (message.method != Method::ack || !was_success(message));
        if (same_transaction) return;
        m_course.report(rule::branch_reused,
                        fmt::format("{} in frame {} has the branch of {} in frame {}.", name_of(message),
                                    message.frame, name_of(before), before.frame),
                        {slot->second, id});
    }

    /// Did the INVITE that this ACK is for succeed?
    [[nodiscard]] bool was_success(const Message& ack) {
        if (!m_successes_known) {
            m_successes_known = true;
            for (const Exchange& exchange : m_course.exchanges()) {
                const Id last = exchange.finals.empty() ? 0 : exchange.finals.front();
                if (exchange.method != Method::invite || last == 0 || !is_success(m_course.message(last)))
                    continue;
                m_successes[m_course.message(last).transaction] = true;
            }
        }
        return m_successes.contains(ack.transaction);
    }

    void check_to_tag(Id id, const Message& message) {
        const bool response = message.status > 100 && message.status != 0;
        const bool inside =
            message.status == 0 && (message.method == Method::bye || message.method == Method::prack ||
                                    message.method == Method::update);
        const HeaderNote& note = m_course.notes().of(id);
        if ((!response && !inside) || !note.is_noted || note.has_to_tag || message.truncated ||
            message.relation != Relation::original)
            return;
        m_course.report(rule::to_tag_missing,
                        fmt::format("{} in frame {} has no tag in To.", name_of(message), message.frame),
                        {id});
    }

    void check_max_forwards(Id id, const Message& message) {
        const Message& before = m_course.message(message.relates_to);
        const int here = m_course.notes().of(id).max_forwards;
        const int there = m_course.notes().of(message.relates_to).max_forwards;
        // Who speaks for itself on the next link is no proxy, and starts from 70 again.
        const bool forwarded = message.source != before.source && message.method != Method::ack &&
                               message.method != Method::cancel;
        if (!forwarded || here < 0 || there < 0 || here != there || m_says_kept) return;
        m_says_kept = true; // once a call: a proxy that forgets it forgets it always
        m_course.report(
            rule::max_forwards_kept,
            fmt::format("{} was forwarded with Max-Forwards {} in frame {}, as it came in frame {}.",
                        name_of(message), here, message.frame, before.frame),
            {message.relates_to, id});
    }

    Course& m_course;
    tsl::robin_map<std::uint64_t, Id, NumberHash> m_last; ///< request with the highest number, by direction
    tsl::robin_map<std::uint64_t, Id, NumberHash> m_branches; ///< first request with it
    tsl::robin_map<Id, bool> m_successes;                     ///< INVITE transactions that were answered
    bool m_successes_known = false;
    bool m_says_kept = false;
};

} // namespace

void check_sequence(Course& course) {
    Sequence sequence(course);
    for (const Id id : course.messages()) sequence.check(id);
}

} // namespace rungs::findings
