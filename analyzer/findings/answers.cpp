#include <fmt/format.h>

#include <algorithm>

#include "analyzer/findings/course.hpp"
#include "analyzer/findings/timers.hpp"
#include "core/limits/correlation.hpp"

namespace rungs::findings {
namespace {

using sip::Method;

/// Of a request that got no final response in time. INVITE waits for people once somebody rings: its end is
/// the call's outcome.
void check_unanswered(Course& course, const Exchange& exchange) {
    if (exchange.requests.empty() || !exchange.finals.empty()) return;
    const Message& request = course.message(exchange.request());
    const Message& last_time = course.message(exchange.requests.back());
    const auto times = exchange.requests.size() > 1
                           ? fmt::format(", sent {} times,", exchange.requests.size())
                           : std::string();
    if (exchange.method == Method::invite) {
        if (course.call().outcome != CallOutcome::no_response || request.relation != Relation::original)
            return;
        course.report(rule::invite_unanswered,
                      fmt::format("The INVITE of frame {}{} got no {}response.", request.frame, times,
                                  exchange.first_provisional != 0 ? "final " : ""),
                      exchange.requests);
        return;
    }
    if (course.covered_after(request) < timer::b) return;
    const bool is_bye = exchange.method == Method::bye;
    // What a proxy forwarded to somebody who is silent is the same request: said once, where it began.
    if (request.relation == Relation::hop || last_time.truncated) return;
    course.report(
        is_bye ? rule::bye_unanswered : rule::request_unanswered,
        fmt::format("The {} of frame {}{} got no final response.", name_of(request), request.frame, times),
        exchange.requests);
}

/// A CANCEL is a transaction of its own with the sequence number of its INVITE (RFC 3261 section 9.1).
const Exchange* cancelled_by(const Course& course, const Exchange& cancel) {
    const Message& request = course.message(cancel.request());
    const auto invite = std::ranges::find_if(course.exchanges(), [&](const Exchange& other) {
        return other.method == Method::invite && other.cseq == cancel.cseq && !other.requests.empty() &&
               course.message(other.request()).source == request.source &&
               course.message(other.request()).destination == request.destination &&
               course.analysis().dialog(other.dialog).call_id ==
                   course.analysis().dialog(cancel.dialog).call_id;
    });
    return invite == course.exchanges().end() ? nullptr : &*invite;
}

void check_cancel(Course& course, const Exchange& cancel) {
    if (cancel.requests.empty()) return;
    const Exchange* invite = cancelled_by(course, cancel);
    if (invite == nullptr) return;
    const Message& request = course.message(cancel.request());
    const auto success =
        std::ranges::find_if(invite->finals, [&](Id id) { return is_success(course.message(id)); });
    if (success != invite->finals.end() && request.relation == Relation::original) {
        course.report(rule::cancel_lost,
                      fmt::format("The CANCEL in frame {} lost against the 200 in frame {}: the call was "
                                  "answered and has to be ended by BYE.",
                                  request.frame, course.frame(*success)),
                      {cancel.request(), *success});
    }
    const Id first = invite->first_provisional != 0 ? invite->first_provisional : invite->final_response();
    if (first == 0 || course.message(first).time > request.time) {
        course.report(rule::cancel_early,
                      fmt::format("The CANCEL in frame {} was sent before any response to the INVITE of "
                                  "frame {}.",
                                  request.frame, course.frame(invite->request())),
                      {invite->request(), cancel.request()});
    }
}

} // namespace

void check_answers(Course& course) {
    std::size_t cancels = 0;
    for (const Exchange& exchange : course.exchanges()) {
        if (exchange.method == Method::ack || course.analysis().dialog(exchange.dialog).inferred) continue;
        check_unanswered(course, exchange);
        // Each is looked for among all exchanges: a capture full of CANCELs must not make that quadratic.
        if (exchange.method == Method::cancel && ++cancels <= limits::hops) check_cancel(course, exchange);
    }
}

} // namespace rungs::findings
