#include <fmt/format.h>
#include <tsl/robin_set.h>

#include "analyzer/findings/course.hpp"

namespace rungs::findings {
namespace {

using sip::Method;

/// What the caller sent after the INVITE, by dialog: an ACK, and a session description in ACK, PRACK or
/// UPDATE.
struct Later {
    tsl::robin_set<Id> acknowledged, described;

    explicit Later(const Course& course) {
        for (const Id id : course.messages()) {
            const Message& message = course.message(id);
            if (message.status != 0) continue;
            const bool is_ack = message.method == Method::ack;
            const bool may_answer =
                is_ack || message.method == Method::prack || message.method == Method::update;
            if (is_ack) acknowledged.insert(message.dialog);
            if (may_answer && (message.has_sdp || message.truncated)) described.insert(message.dialog);
        }
    }
};

} // namespace

/// Each INVITE that succeeded: an offer in it is answered in a response, an offer in the 2xx in the ACK.
void check_offers(Course& course) {
    const Later later(course);
    for (const Exchange& exchange : course.exchanges()) {
        if (exchange.method != Method::invite || exchange.requests.empty() || exchange.finals.empty())
            continue;
        const Message& invite = course.message(exchange.request());
        const Message& success = course.message(exchange.final_response());
        if (!is_success(success) || invite.relation != Relation::original || invite.truncated ||
            success.truncated || course.analysis().dialog(exchange.dialog).inferred)
            continue;
        const std::vector<Id> both{exchange.request(), exchange.final_response()};
        if (invite.has_sdp && !exchange.answers_with_sdp) {
            course.report(rule::offer_unanswered,
                          fmt::format("The offer of frame {} got no answer: {} in frame {} has no session "
                                      "description.",
                                      invite.frame, name_of(success), success.frame),
                          both);
        } else if (!invite.has_sdp && !exchange.answers_with_sdp) {
            course.report(rule::offer_missing,
                          fmt::format("Neither the INVITE of frame {} nor its 2xx in frame {} describes a "
                                      "session.",
                                      invite.frame, success.frame),
                          both);
        } else if (!invite.has_sdp && !later.described.contains(success.dialog) &&
                   later.acknowledged.contains(success.dialog)) {
            course.report(
                rule::offer_unanswered,
                fmt::format("The offer in the 2xx of frame {} got no answer: its ACK has no session "
                            "description.",
                            success.frame),
                both);
        }
    }
}

} // namespace rungs::findings
