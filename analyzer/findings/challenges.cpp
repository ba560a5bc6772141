#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "analyzer/findings/course.hpp"
#include "analyzer/findings/timers.hpp"
#include "core/hash.hpp"
#include "core/limits/correlation.hpp"

namespace rungs::findings {
namespace {

using sip::Method;

/// A client that tries as often as this is not going to stop by itself.
constexpr std::size_t loop = 3;

/// Challenges in a row to one method between two hosts.
struct Row {
    std::vector<Id> challenges; ///< the first limits::finding_frames
    std::size_t count = 0;
    bool refused = false; ///< one of them answered credentials, and not for a stale nonce
    Id credentials = 0;   ///< of the last request with any
};

class Challenges {
  public:
    explicit Challenges(Course& course) : m_course(course) {}

    void take(Id id) {
        const Message& message = m_course.message(id);
        if (message.relation != Relation::original) return;
        if (message.status == 0) {
            if (message.method != Method::ack && message.method != Method::cancel) take_request(id, message);
        } else if (is_challenge(message)) {
            take_challenge(id, message);
        } else if (message.status >= 200) {
            end(m_rows[key_of(message)]);
        }
    }

    void finish() {
        for (auto row = m_rows.begin(); row != m_rows.end(); ++row) end(row.value(), true);
    }

  private:
    [[nodiscard]] std::uint64_t key_of(const Message& message) const {
        const bool request = message.status == 0;
        const auto host = [&](EndpointId id) {
            return EndpointHash{}(Endpoint{m_course.analysis().endpoint(id).address, 0});
        };
        const std::array<std::uint64_t, 3> parts{host(request ? message.source : message.destination),
                                                 host(request ? message.destination : message.source),
                                                 static_cast<std::uint64_t>(message.method)};
        return seeded_hash(parts.data(), sizeof parts);
    }

    void take_request(Id id, const Message& message) {
        Row& row = m_rows[key_of(message)];
        const DigestNote* const digest = m_course.notes().digest_of(id);
        row.credentials = digest == nullptr ? 0 : id;
        if (digest == nullptr || digest->nonce_count == 0) return;
        const auto [slot, added] = m_nonces.try_emplace(digest->nonce, id);
        if (added) return;
        const DigestNote& before = *m_course.notes().digest_of(slot->second);
        if (digest->nonce_count > before.nonce_count) {
            slot.value() = id;
            return;
        }
        m_course.report(
            rule::nonce_count,
            fmt::format("{} in frame {} uses the nonce of frame {} again with nc {}, after nc {}.",
                        name_of(message), message.frame, m_course.frame(slot->second), digest->nonce_count,
                        before.nonce_count),
            {slot->second, id});
    }

    void take_challenge(Id id, const Message& message) {
        Row& row = m_rows[key_of(message)];
        // A second server on the way asks in its own name: 401 after 407 is no refusal.
        const bool same_kind =
            row.count != 0 && m_course.message(row.challenges.back()).status == message.status;
        if (row.count != 0 && !same_kind) row = {{}, 0, false, row.credentials};
        const DigestNote* const digest = m_course.notes().digest_of(id);
        const bool stale = digest != nullptr && digest->stale;
        if (row.count != 0 && row.credentials != 0 && !stale) row.refused = true;
        if (row.challenges.size() < limits::finding_frames) row.challenges.push_back(id);
        ++row.count;
    }

    void end(Row& row, bool at_the_end = false) {
        if (row.count >= loop && row.refused) {
            m_course.report(rule::challenge_loop,
                            fmt::format("{} was challenged {} times in a row without success.",
                                        method_of(row), row.count),
                            row.challenges);
        } else if (row.count == loop - 1 && row.refused) {
            m_course.report(
                rule::challenge_repeated,
                fmt::format("{} with credentials in frame {} was challenged again: the credentials "
                            "were refused.",
                            method_of(row), m_course.frame(row.challenges.back())),
                row.challenges);
        } else if (at_the_end && row.count == 1 && row.credentials == 0) {
            report_unanswered(row);
        }
        row = {};
    }

    void report_unanswered(const Row& row) {
        const Message& challenge = m_course.message(row.challenges.front());
        const bool tried_again = m_course.call().outcome != CallOutcome::auth_failed;
        if (tried_again || m_course.covered_after(challenge) < timer::b) return;
        m_course.report(rule::challenge_unanswered,
                        fmt::format("The {} in frame {} was not answered with credentials.",
                                    name_of(challenge), challenge.frame),
                        row.challenges);
    }

    [[nodiscard]] std::string_view method_of(const Row& row) const {
        return sip::to_string(m_course.message(row.challenges.front()).method);
    }

    Course& m_course;
    tsl::robin_map<std::uint64_t, Row, NumberHash> m_rows;
    tsl::robin_map<std::uint64_t, Id, NumberHash> m_nonces; ///< request with the highest count
};

} // namespace

void check_challenges(Course& course) {
    Challenges challenges(course);
    for (const Id id : course.messages()) challenges.take(id);
    challenges.finish();
}

} // namespace rungs::findings
