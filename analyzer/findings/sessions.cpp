#include <fmt/format.h>

#include "analyzer/findings/course.hpp"

namespace rungs::findings {
namespace {

using sip::Method;

/// The session interval that runs in a dialog (RFC 4028): a 2xx to INVITE or UPDATE begins it anew.
struct Interval {
    Id begun_by = 0;
    Duration length{};
};

/// A timer of the other side and the network's delay.
constexpr Duration allowance = std::chrono::seconds(1);

void report_expired(Course& course, const Interval& interval, std::string_view what) {
    course.report(rule::session_expired,
                  fmt::format("The session interval of {:.0f} s that began in frame {} passed without a "
                              "refresh{}.",
                              to_seconds(interval.length), course.frame(interval.begun_by), what),
                  {interval.begun_by});
}

bool is_over(const Course& course, const Interval& interval, const Message& message) {
    return message.time - course.message(interval.begun_by).time > interval.length + allowance;
}

} // namespace

void check_sessions(Course& course) {
    tsl::robin_map<Id, Interval> running; // by dialog
    for (const Id id : course.messages()) {
        const Message& message = course.message(id);
        const auto found = running.find(message.dialog);
        const bool ends = message.status == 0 && message.method == Method::bye;
        const bool refreshes = is_success(message) && message.relation == Relation::original &&
                               (message.method == Method::invite || message.method == Method::update);
        if (found != running.end() && (ends || refreshes)) {
            if (is_over(course, found->second, message))
                report_expired(
                    course, found->second,
                    fmt::format("; the next sign is {} in frame {}", name_of(message), message.frame));
            running.erase(found);
        }
        const std::uint32_t seconds = course.notes().lifetime_of(id);
        if (refreshes && seconds != 0) running[message.dialog] = {id, std::chrono::seconds(seconds)};
    }
    for (const auto& [dialog, interval] : running) {
        const Duration covered = course.covered_after(course.message(interval.begun_by));
        if (covered > interval.length + allowance)
            report_expired(course, interval, ", and no BYE ended the session");
    }
}

} // namespace rungs::findings
