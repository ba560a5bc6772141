#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "analyzer/findings/course.hpp"
#include "analyzer/findings/timers.hpp"
#include "core/limits/correlation.hpp"

namespace rungs::findings {
namespace {

using sip::Method;
using std::chrono::milliseconds;

/// When a message is sent again, counted from the first time: T1 later, then after twice that each time.
/// INVITE doubles without bound (Timer A); other requests and final responses to INVITE only up to T2 (Timers
/// E and G).
constexpr std::array invite_schedule{milliseconds(500),  milliseconds(1500),  milliseconds(3500),
                                     milliseconds(7500), milliseconds(15500), milliseconds(31500)};
constexpr std::array other_schedule{
    milliseconds(500),   milliseconds(1500),  milliseconds(3500),  milliseconds(7500),  milliseconds(11500),
    milliseconds(15500), milliseconds(19500), milliseconds(23500), milliseconds(27500), milliseconds(31500)};

/// No timer is that short: rather a copy that could not be told from a repetition.
constexpr Duration copied_within = milliseconds(20);

/// Jitter of the network and of the sender's timer; a tenth of a second and a sixteenth of the time.
bool is_near(Duration seen, Duration expected) {
    const Duration off = seen > expected ? seen - expected : expected - seen;
    return off <= milliseconds(100) + expected / 16;
}

template <std::size_t N>
bool is_scheduled(Duration after, const std::array<milliseconds, N>& schedule) {
    return std::ranges::any_of(schedule, [&](Duration expected) { return is_near(after, expected); });
}

bool is_scheduled(Duration after, const Message& message) {
    return message.status == 0 && message.method == Method::invite ? is_scheduled(after, invite_schedule)
                                                                   : is_scheduled(after, other_schedule);
}

/// The server sends its response again whenever the request comes again (RFC 3261 section 17.2).
bool was_asked_for(const Course& course, const Exchange& exchange, const Message& response) {
    return std::ranges::any_of(exchange.requests, [&](Id id) {
        const Duration after = response.time - course.message(id).time;
        return course.message(id).relation == Relation::retransmission && after >= Duration{} &&
               after < timer::t1 / 2;
    });
}

class Repetitions {
  public:
    Repetitions(Course& course, const Exchange& exchange) : m_course(course), m_exchange(exchange) {}

    /// `sent`: all times of one message, the first one in front.
    void check(const std::vector<Id>& sent) {
        if (sent.size() < 2) return;
        const Message& first = m_course.message(sent.front());
        if (first.carrier != Carrier::udp && !is_success(first)) {
            report(rule::retransmission_on_stream, sent, first, to_string(first.carrier), "over ");
            return;
        }
        check_times(sent, first);
    }

  private:
    void check_times(const std::vector<Id>& sent, const Message& first) {
        std::vector<Id> off{sent.front()}, late{sent.front()};
        for (const Id id : std::span(sent).first(std::min(sent.size(), limits::hops))) {
            const Message& message = m_course.message(id);
            const Duration after = message.time - first.time;
            if (id == sent.front() || after < copied_within) continue;
            if (after > timer::b + milliseconds(500))
                late.push_back(id);
            else if (!is_scheduled(after, first) &&
                     (first.status == 0 || !was_asked_for(m_course, m_exchange, message)))
                off.push_back(id);
        }
        if (off.size() > 1) report(rule::retransmission_schedule, off, first, seconds(off, first), "after ");
        if (late.size() > 1) report(rule::retransmission_late, late, first, seconds(late, first), "after ");
    }

    [[nodiscard]] std::string seconds(const std::vector<Id>& sent, const Message& first) const {
        return fmt::format("{:.2f} s", to_seconds(m_course.message(sent[1]).time - first.time));
    }

    void report(const Rule& rule, const std::vector<Id>& sent, const Message& first, std::string_view detail,
                std::string_view before) {
        const std::string_view expected =
            &rule == &rule::retransmission_schedule
                ? "; T1 and its doubling give 0.5, 1.5, 3.5, 7.5 s"
                : (&rule == &rule::retransmission_late ? "; 64*T1 is 32 s" : "");
        m_course.report(rule,
                        fmt::format("The {} of frame {} was sent again {}{}{}.", name_of(first), first.frame,
                                    before, detail, expected),
                        sent);
    }

    Course& m_course;
    const Exchange& m_exchange;
};

/// Only final responses to INVITE have a timer of their own.
std::vector<Id> first_final_and_repetitions(const Course& course, const Exchange& exchange) {
    std::vector<Id> sent;
    if (exchange.method != Method::invite) return sent;
    for (const Id id : exchange.finals) {
        if (sent.empty() || course.message(id).relates_to == sent.front()) sent.push_back(id);
    }
    return sent;
}

} // namespace

void check_retransmissions(Course& course) {
    for (const Exchange& exchange : course.exchanges()) {
        // An ACK answers each 2xx, and without a Call-ID nothing tells repetitions from new requests.
        if (exchange.method == Method::ack || course.analysis().dialog(exchange.dialog).inferred) continue;
        Repetitions repetitions(course, exchange);
        std::vector<Id> requests;
        for (const Id id : exchange.requests) {
            const bool repeats = course.message(id).relation == Relation::retransmission;
            if (requests.empty() || (repeats && course.message(id).relates_to == requests.front()))
                requests.push_back(id);
        }
        repetitions.check(requests);
        repetitions.check(first_final_and_repetitions(course, exchange));
    }
}

} // namespace rungs::findings
