#include "analyzer/correlate/outcome.hpp"

#include <algorithm>
#include <vector>

#include "dissectors/sip/status.hpp"

namespace rungs::correlate {
namespace {

using sip::Method;

/// RFC 3261 section 17.1.1.2: 64 * T1.
constexpr Duration timer_b = std::chrono::seconds(32);
constexpr Duration t1 = std::chrono::milliseconds(500);

using sip::is_challenge;
using sip::is_success;

/// One try of the request that began the call: each challenge or redirection leads to another.
struct Attempt {
    const Message* request = nullptr;
    const Message* final_response = nullptr;
};

/// The course of a call's first leg, forks included, as its messages tell it.
struct Course {
    std::vector<Attempt> attempts;
    const Message* ringing = nullptr;     ///< first 101..199
    const Message* provisional = nullptr; ///< first 1xx at all
    const Message* cancel = nullptr;
    const Message* cancel_success = nullptr;
    const Message* bye = nullptr;
    const Message* bye_success = nullptr;
    const Message* last_request = nullptr; ///< last time that the request was sent, repetitions included
    std::uint32_t requests_sent = 0;       ///< on the first link, repetitions included
};

class Settler {
  public:
    Settler(Analysis& analysis, Call& call, Timestamp capture_end)
        : m_analysis(analysis), m_call(call), m_capture_end(capture_end), m_lead(lead_dialog()),
          m_leading(leading_method(m_lead.method)) {}

    void settle() {
        m_call.kind = kind_of(m_lead.method);
        span_times();
        if (m_lead.protocol != Protocol::sip) return; // whose own correlator settles it
        name_parties();

        const Course course = follow();
        const Message* final_response = decide_challenge_and_final(course);
        if (final_response != nullptr) m_call.final_status = final_response->status;
        if (m_leading == Method::invite)
            settle_call(course, final_response);
        else
            settle_transaction(final_response);
        name_reason();
        settle_dialog_states();
    }

  private:
    CallDetails& details() { return m_analysis.make_details_of(m_call); }

    /// The leg that the caller began: the first whose INVITE (or other request) is in the capture.
    const Dialog& lead_dialog() const {
        const Dialog* first_of_sip = nullptr; // before it may stand the invitation that led to the call
        for (Id id = m_call.first_dialog; id != 0; id = m_analysis.dialog(id).next_in_call) {
            const Dialog& dialog = m_analysis.dialog(id);
            if (dialog.protocol != Protocol::sip) continue;
            if (!dialog.begins_midway) return dialog;
            if (first_of_sip == nullptr) first_of_sip = &dialog;
        }
        return first_of_sip != nullptr ? *first_of_sip : m_analysis.dialog(m_call.first_dialog);
    }

    /// A dialog that begins midway with a BYE or the like is one of an INVITE not captured.
    static Method leading_method(Method first) {
        return kind_of(first) == CallKind::call && first != Method::refer ? Method::invite : first;
    }

    template <typename Visit>
    void for_each_dialog(Visit visit) const {
        for (Id id = m_call.first_dialog; id != 0; id = m_analysis.dialog(id).next_in_call) visit(id);
    }

    /// Forks, and tries with another From tag: some clients take a new one after a challenge or for each
    /// REGISTER.
    [[nodiscard]] bool is_of_lead(const Dialog& dialog) const {
        return dialog.protocol == Protocol::sip && dialog.call_id == m_lead.call_id &&
               (m_call.kind != CallKind::call || dialog.caller.address == m_lead.caller.address ||
                m_analysis.text(dialog.from_tag) == m_analysis.text(m_lead.from_tag));
    }

    [[nodiscard]] const Dialog& last_of_lead() const {
        const Dialog* last = &m_lead;
        for_each_dialog([&](Id id) {
            if (is_of_lead(m_analysis.dialog(id))) last = &m_analysis.dialog(id);
        });
        return *last;
    }

    /// A Reason header of any leg says most; without one the words of the refusal.
    void name_reason() {
        for_each_dialog([&](Id id) {
            if (m_call.reason.empty()) m_call.reason = m_analysis.dialog(id).reason;
        });
        if (m_call.reason.empty() && m_call.final_status >= 300) m_call.reason = m_lead.reason_phrase;
    }

    void span_times() {
        m_call.start = m_analysis.message(m_analysis.dialog(m_call.first_dialog).first_message).time;
        m_call.end = m_call.start;
        for_each_dialog([&](Id id) {
            const Dialog& dialog = m_analysis.dialog(id);
            for (Id message = dialog.first_message; message != 0;
                 message = m_analysis.message(message).next_in_dialog) {
                m_call.start = std::min(m_call.start, m_analysis.message(message).time);
                m_call.end = std::max(m_call.end, m_analysis.message(message).time);
            }
        });
    }

    /// Where several legs or hops lead to the callee, the callee's address is that of the last one.
    void name_parties() {
        Parties parties{m_lead.caller, m_lead.callee};
        for_each_dialog([&](Id id) {
            const Dialog& dialog = m_analysis.dialog(id);
            if (dialog.begins_midway || dialog.method != m_lead.method) return;
            for (Id message_id = dialog.first_message; message_id != 0;
                 message_id = m_analysis.message(message_id).next_in_dialog) {
                const Message& message = m_analysis.message(message_id);
                const bool onward = message.status == 0 && message.method == m_lead.method &&
                                    parties.callee.address == message.source;
                if (onward) parties.callee.address = message.destination;
            }
        });
        const bool of_first_dialog = &m_lead == &m_analysis.dialog(m_call.first_dialog) &&
                                     parties.callee.address == m_lead.callee.address;
        if (!of_first_dialog) details().parties = parties;
    }

    Course follow() {
        std::vector<Id> ids;
        for_each_dialog([&](Id id) {
            const Dialog& dialog = m_analysis.dialog(id);
            if (!is_of_lead(dialog)) return;
            for (Id message = dialog.first_message; message != 0;
                 message = m_analysis.message(message).next_in_dialog) {
                ids.push_back(message);
            }
        });
        std::sort(ids.begin(), ids.end());

        Course course;
        bool settled = false; // after the first success, requests of the same method are re-INVITEs
        for (const Id id : ids) {
            const Message& message = m_analysis.message(id);
            if (message.method == m_leading)
                take_leading(message, course, settled);
            else if (message.method == Method::cancel)
                take_other(message, course.cancel, course.cancel_success);
            else if (message.method == Method::bye)
                take_other(message, course.bye, course.bye_success);
        }
        return course;
    }

    static void take_other(const Message& message, const Message*& request, const Message*& success) {
        const Message*& slot = message.status == 0 ? request : success;
        if (slot == nullptr && (message.status == 0 || is_success(message.status))) slot = &message;
    }

    void take_leading(const Message& message, Course& course, bool& settled) const {
        if (settled && m_call.kind == CallKind::call) return;
        if (message.status == 0) {
            course.last_request = &message;
            ++course.requests_sent;
            if (message.relation == Relation::original) course.attempts.push_back({&message, nullptr});
            return;
        }
        if (message.status < 200) {
            if (course.provisional == nullptr) course.provisional = &message;
            if (message.status > 100) take_ringing(message, course);
            return;
        }
        if (course.attempts.empty())
            course.attempts.push_back({nullptr, nullptr}); // its request is not in the capture
        // Nor is the one with credentials, where only responses are there and nothing tells them apart.
        const Attempt& last = course.attempts.back();
        const bool other_try = m_lead.inferred && last.request == nullptr && last.final_response != nullptr &&
                               is_challenge(last.final_response->status);
        if (other_try) course.attempts.push_back({nullptr, nullptr});
        Attempt& attempt = attempt_of(message, course);
        const bool own = attempt.request != nullptr && attempt.request->transaction == message.transaction;
        // What the caller received counts; a response on a later hop only until that one is seen.
        if (attempt.final_response == nullptr ||
            (own && attempt.final_response->transaction != message.transaction)) {
            attempt.final_response = &message;
        }
        settled = own && is_success(message.status);
    }

    /// The first ringing that the caller received; one seen on a later hop only until that one comes.
    static void take_ringing(const Message& message, Course& course) {
        const auto received_by_caller = [&](const Message& response) {
            return std::any_of(course.attempts.begin(), course.attempts.end(), [&](const Attempt& attempt) {
                return attempt.request != nullptr && attempt.request->transaction == response.transaction;
            });
        };
        if (course.ringing == nullptr ||
            (received_by_caller(message) && !received_by_caller(*course.ringing))) {
            course.ringing = &message;
        }
    }

    static Attempt& attempt_of(const Message& message, Course& course) {
        const auto same_transaction = [&](const Attempt& attempt) {
            return attempt.request != nullptr && attempt.request->transaction == message.transaction;
        };
        const auto same_sequence = [&](const Attempt& attempt) {
            return attempt.request != nullptr && attempt.request->cseq_number == message.cseq_number;
        };
        auto found = std::find_if(course.attempts.rbegin(), course.attempts.rend(), same_transaction);
        if (found == course.attempts.rend()) {
            found = std::find_if(course.attempts.rbegin(), course.attempts.rend(), same_sequence);
        }
        return found == course.attempts.rend() ? course.attempts.back() : *found;
    }

    const Message* decide_challenge_and_final(const Course& course) {
        const Message* final_response = nullptr;
        for (const Attempt& attempt : course.attempts) {
            if (attempt.final_response == nullptr) {
                if (final_response != nullptr && !is_success(final_response->status))
                    final_response = nullptr;
                continue;
            }
            if (is_challenge(attempt.final_response->status)) m_call.challenged = true;
            // A success stays; otherwise the last try decides.
            if (final_response == nullptr || !is_success(final_response->status) ||
                m_call.kind != CallKind::call) {
                final_response = attempt.final_response;
            }
        }
        return final_response;
    }

    void settle_call(const Course& course, const Message* final_response) {
        const Message* invite = course.attempts.empty() ? nullptr : course.attempts.front().request;
        if (invite != nullptr) {
            const Message* first_sign = course.ringing;
            if (first_sign == nullptr && final_response != nullptr && !is_challenge(final_response->status)) {
                first_sign = final_response;
            }
            if (first_sign != nullptr) details().post_dial_delay = first_sign->time - invite->time;
            if (final_response != nullptr) details().setup = final_response->time - invite->time;
        }
        if (course.ringing != nullptr && final_response != nullptr &&
            course.ringing->time <= final_response->time) {
            details().ring = final_response->time - course.ringing->time;
        }

        m_call.outcome = outcome_of_call(course, final_response);
        if (m_call.outcome == CallOutcome::answered && course.bye != nullptr) {
            details().talk = course.bye->time - final_response->time;
        }
        m_call.ended_by = who_ended(course);
    }

    CallOutcome outcome_of_call(const Course& course, const Message* final_response) const {
        if (final_response == nullptr) return outcome_without_final(course);
        switch (final_response->status) {
        case 401:
        case 407: return CallOutcome::auth_failed;
        case 486:
        case 600: return course.ringing != nullptr ? CallOutcome::rejected : CallOutcome::busy;
        case 403:
        case 603: return CallOutcome::rejected;
        case 487: return CallOutcome::cancelled;
        case 408: return course.provisional != nullptr ? CallOutcome::no_answer : CallOutcome::failed;
        case 480:
        case 410: return CallOutcome::unavailable;
        case 404:
        case 484:
        case 485:
        case 604: return CallOutcome::not_found;
        default: break;
        }
        if (is_success(final_response->status)) return CallOutcome::answered;
        return final_response->status < 400 ? CallOutcome::redirected : CallOutcome::failed;
    }

    CallOutcome outcome_without_final(const Course& course) const {
        if (course.attempts.empty()) return CallOutcome::unknown;
        if (course.cancel != nullptr) return CallOutcome::cancelled;
        if (course.ringing != nullptr) return CallOutcome::in_progress;
        const Duration waited = m_capture_end - course.last_request->time;
        if (waited >= timer_b) return CallOutcome::no_response;
        if (course.provisional != nullptr || course.last_request->carrier != Carrier::udp) {
            return CallOutcome::in_progress;
        }
        // Timer A doubles from T1: when the next repetition is long overdue the caller has given up.
        const std::uint32_t sent = std::min(course.requests_sent, 7U);
        const Duration next_after = t1 * (1U << (sent - 1));
        return waited > 2 * next_after ? CallOutcome::no_response : CallOutcome::in_progress;
    }

    EndedBy who_ended(const Course& course) const {
        switch (m_call.outcome) {
        case CallOutcome::answered: return course.bye != nullptr ? sender_of(*course.bye) : EndedBy::nobody;
        case CallOutcome::cancelled: return EndedBy::caller;
        case CallOutcome::no_answer: return course.cancel != nullptr ? EndedBy::caller : EndedBy::network;
        case CallOutcome::busy:
        case CallOutcome::rejected:
        case CallOutcome::unavailable: return EndedBy::callee;
        case CallOutcome::unknown: return course.bye != nullptr ? sender_of(*course.bye) : EndedBy::nobody;
        case CallOutcome::in_progress: return EndedBy::nobody;
        default: return EndedBy::network;
        }
    }

    /// Addresses first: some agents do not swap From and To in a BYE (MSN's RTC client).
    EndedBy sender_of(const Message& request) const {
        if (m_lead.caller.address && m_lead.callee.address) {
            const Endpoint& caller = m_analysis.endpoint(*m_lead.caller.address);
            const Endpoint& callee = m_analysis.endpoint(*m_lead.callee.address);
            const Endpoint& source = m_analysis.endpoint(request.source);
            const Endpoint& destination = m_analysis.endpoint(request.destination);
            const bool by_address = caller.address != callee.address;
            const auto is = [&](const Endpoint& a, const Endpoint& b) {
                return by_address ? a.address == b.address : a == b;
            };
            if (is(source, caller)) return EndedBy::caller;
            if (is(destination, caller)) return EndedBy::callee;
            if (is(source, callee) && !request.from_caller) return EndedBy::callee;
        }
        return request.from_caller ? EndedBy::caller : EndedBy::callee;
    }

    void settle_transaction(const Message* final_response) {
        const std::uint16_t status = final_response != nullptr ? final_response->status : 0;
        const bool success = is_success(status);
        m_call.outcome = CallOutcome::unknown;
        if (m_lead.begins_midway && m_lead.method == Method::unknown) return;
        if (final_response == nullptr) {
            const bool over = m_capture_end - m_call.end >= timer_b;
            m_call.outcome = over ? CallOutcome::no_response : CallOutcome::in_progress;
        } else if (is_challenge(status)) {
            m_call.outcome = CallOutcome::auth_failed;
        } else if (!success) {
            m_call.outcome = outcome_of_refusal(status);
        } else {
            switch (m_call.kind) {
            case CallKind::registration:
                m_call.outcome =
                    last_of_lead().removes_binding ? CallOutcome::unregistered : CallOutcome::registered;
                break;
            case CallKind::message: m_call.outcome = CallOutcome::delivered; break;
            default: m_call.outcome = CallOutcome::accepted;
            }
        }
    }

    static CallOutcome outcome_of_refusal(std::uint16_t status) {
        switch (status) {
        case 403:
        case 603: return CallOutcome::rejected;
        case 404:
        case 604: return CallOutcome::not_found;
        case 408: return CallOutcome::no_response;
        case 410:
        case 480: return CallOutcome::unavailable;
        default: return status < 400 ? CallOutcome::redirected : CallOutcome::failed;
        }
    }

    void settle_dialog_states() {
        for_each_dialog([&](Id id) {
            Dialog& dialog = m_analysis.dialogs[id - 1];
            if (dialog.protocol != Protocol::sip) return;
            dialog.state = DialogState::unknown;
            for (Id message_id = dialog.first_message; message_id != 0;
                 message_id = m_analysis.message(message_id).next_in_dialog) {
                dialog.state = next_state(dialog, m_analysis.message(message_id));
            }
        });
    }

    /// RFC 3261 section 12 for INVITE; any other request ends with its final response.
    static DialogState next_state(const Dialog& dialog, const Message& message) {
        const DialogState state = dialog.state;
        if (message.method == Method::bye) return DialogState::terminated;
        if (message.method != dialog.method) {
            return state == DialogState::unknown && message.method == Method::ack ? DialogState::confirmed
                                                                                  : state;
        }
        if (dialog.method != Method::invite && dialog.method != Method::subscribe) {
            return message.status >= 200 ? DialogState::completed : DialogState::trying;
        }
        if (state == DialogState::confirmed || state == DialogState::terminated) return state;
        if (message.status == 0) return state == DialogState::early ? state : DialogState::trying;
        if (message.status == 100) return state == DialogState::unknown ? DialogState::trying : state;
        if (message.status < 200) return DialogState::early;
        if (is_success(message.status)) return DialogState::confirmed;
        return is_challenge(message.status) ? DialogState::trying : DialogState::terminated;
    }

    Analysis& m_analysis;
    Call& m_call;
    Timestamp m_capture_end;
    const Dialog& m_lead;
    const Method m_leading; ///< the method whose transaction decides
};

} // namespace

CallKind kind_of(Method method) {
    switch (method) {
    case Method::invite:
    case Method::ack:
    case Method::bye:
    case Method::cancel:
    case Method::prack:
    case Method::update:
    case Method::info:
    case Method::refer: return CallKind::call;
    case Method::register_: return CallKind::registration;
    case Method::subscribe:
    case Method::notify: return CallKind::subscription;
    case Method::message: return CallKind::message;
    case Method::options: return CallKind::options;
    case Method::publish:
    case Method::unknown: return CallKind::other;
    }
    return CallKind::other;
}

void settle(Analysis& analysis, Call& call, Timestamp capture_end) {
    Settler(analysis, call, capture_end).settle();
}

} // namespace rungs::correlate
