#include "analyzer/correlate/correlator.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "analyzer/correlate/legs.hpp"
#include "analyzer/correlate/outcome.hpp"
#include "core/limits/correlation.hpp"
#include "core/limits/msn.hpp"
#include "core/text.hpp"
#include "dissectors/sip/headers.hpp"
#include "dissectors/sip/status.hpp"

namespace rungs::correlate {
namespace {

using sip::HeaderName;
using sip::Method;

using sip::is_challenge;

/// What passes on a connection to a server of MSN beside invitations is no call.
bool is_connection(const Dialog& dialog) {
    return dialog.protocol == Protocol::msn && dialog.method == Method::unknown;
}

/// RFC 3261 section 10.2.2: the Contact's own expires parameter counts before the Expires header.
bool asks_for_removal(const sip::Message& message) {
    if (const sip::Header* contact = message.find(HeaderName::contact)) {
        const std::string_view parameters = sip::parse_name_addr(contact->value).parameters;
        if (const auto expires = sip::find_parameter(parameters, "expires")) {
            return parse_number<std::uint32_t>(*expires) == 0U;
        }
    }
    const sip::Header* expires = message.find(HeaderName::expires);
    return expires != nullptr && parse_number<std::uint32_t>(expires->value) == 0U;
}

} // namespace

Correlator::Correlator(Analysis& analysis, std::vector<std::string> link_headers)
    : m_analysis(analysis), m_dialogs(analysis), m_repeats(analysis),
      m_inferred(analysis, m_dialogs, m_repeats), m_evidence(analysis, std::move(link_headers)),
      m_msn(analysis) {
    m_endpoints.max_load_factor(dense);
}

EndpointId Correlator::intern(const Endpoint& endpoint) {
    const auto [slot, added] =
        m_endpoints.try_emplace(endpoint, static_cast<EndpointId>(m_analysis.endpoints.size()));
    if (added) m_analysis.endpoints.push_back(endpoint);
    return slot->second;
}

Id Correlator::add(const Observed& observed) {
    const sip::Message& seen = observed.message;
    Message message;
    message.time = observed.time;
    message.frame = observed.frame;
    message.frame_list = observed.frame_list;
    message.location = observed.location;
    message.source = intern(observed.source);
    message.destination = intern(observed.destination);
    message.cseq_number = seen.identity.cseq_number.value_or(0);
    message.status = seen.status;
    message.part = observed.part;
    message.capture = observed.capture;
    message.method = seen.method;
    message.carrier = observed.carrier;
    message.has_sdp = observed.description != nullptr;
    message.has_issues = !seen.issues.empty() || (message.has_sdp && !observed.description->issues.empty());
    message.truncated = observed.truncated;

    place(observed, message);
    const auto id = static_cast<Id>(m_analysis.messages.size());
    const Message& placed = m_analysis.messages.back();
    update_dialog(observed, placed);
    m_evidence.collect(observed, placed);
    return id;
}

Id Correlator::add(const ObservedMsn& observed) {
    const EndpointId source = intern(observed.source);
    return m_msn.add(observed, source, intern(observed.destination));
}

/// Adds `message` with its dialog, its transaction and what it is to the messages before it.
void Correlator::place(const Observed& observed, Message& message) {
    const auto id = static_cast<Id>(m_analysis.messages.size() + 1);
    if (observed.message.identity.call_id.empty()) {
        const Inferred::Place place = m_inferred.place(id, observed, message.source, message.destination);
        message.dialog = place.dialog;
        message.transaction = place.transaction;
        message.relation = place.relation;
        message.relates_to = place.relates_to;
        message.method = place.method;
        message.from_caller = place.from_caller;
        m_analysis.messages.push_back(message);
        return;
    }
    const Dialogs::Found found = m_dialogs.find_or_add(observed, message.source, message.destination);
    message.dialog = found.dialog;
    message.from_caller = found.from_caller;
    m_analysis.messages.push_back(message);
    m_repeats.place(id, found.first, observed);
}

void Correlator::update_dialog(const Observed& observed, const Message& message) {
    const auto id = static_cast<Id>(m_analysis.messages.size());
    Dialog& dialog = m_analysis.dialogs[message.dialog - 1];
    if (dialog.last_message != 0) m_analysis.messages[dialog.last_message - 1].next_in_dialog = id;
    if (dialog.first_message == 0) dialog.first_message = id;
    dialog.last_message = id;
    ++dialog.message_count;

    if (message.status == 0 && message.method == Method::register_) {
        dialog.removes_binding = asks_for_removal(observed.message);
    }
    const bool refuses =
        message.status >= 300 && !is_challenge(message.status) && message.method == dialog.method;
    const bool ends =
        message.status == 0 && (message.method == Method::bye || message.method == Method::cancel);
    if (!refuses && !ends) return;
    if (refuses && dialog.reason_phrase.empty()) {
        dialog.reason_phrase = m_analysis.texts.keep(observed.message.reason_phrase);
    }
    const sip::Header* reason = observed.message.find(HeaderName::reason);
    if (reason != nullptr && dialog.reason.empty()) dialog.reason = m_analysis.texts.keep(reason->value);
}

void Correlator::finish(Timestamp capture_end) {
    m_msn.resolve();
    m_repeats.forget(); // calls take its memory
    make_calls(capture_end);
    report_ambiguous();
    report_limits();
}

void Correlator::make_calls(Timestamp capture_end) {
    LegLinker linker(m_analysis, m_dialogs);
    linker.link(m_evidence, m_msn.invitations().invited_legs());
    m_evidence.forget(); // the same
    m_dialogs.forget();
    m_analysis.calls.reserve(
        m_analysis.dialogs.size()); // no copy of it on the way; what is not used is not touched

    // A dialog's leader has the smallest id, so each call is made when its first dialog is met.
    tsl::robin_map<Id, Id> last_dialogs; // of the calls that have more than one
    for (Id id = 1; id <= m_analysis.dialogs.size(); ++id) {
        Dialog& dialog = m_analysis.dialogs[id - 1];
        if (is_connection(dialog)) continue;
        const Id leader = linker.leader_of(id);
        if (leader == id) {
            Call call;
            call.first_dialog = id;
            call.dialog_count = 1;
            m_analysis.calls.push_back(call);
            dialog.call = static_cast<Id>(m_analysis.calls.size());
        } else {
            dialog.call = m_analysis.dialog(leader).call;
            Call& call = m_analysis.calls[dialog.call - 1];
            Id& last = last_dialogs.try_emplace(dialog.call, call.first_dialog).first.value();
            m_analysis.dialogs[last - 1].next_in_call = id;
            last = id;
            ++call.dialog_count;
        }
    }

    // Links in the order of calls, so that each call's are a range.
    auto& links = m_analysis.links;
    const auto call_of = [&](const Link& link) { return m_analysis.dialog(link.from).call; };
    std::stable_sort(links.begin(), links.end(),
                     [&](const Link& a, const Link& b) { return call_of(a) < call_of(b); });
    for (std::uint32_t i = 0; i < links.size(); ++i) {
        Range& range = m_analysis.make_details_of(m_analysis.calls[call_of(links[i]) - 1]).links;
        if (range.count == 0) range.first = i;
        ++range.count;
    }
    for (Call& call : m_analysis.calls) settle(m_analysis, call, capture_end);
    m_msn.invitations().settle_calls();
}

void Correlator::report_ambiguous() {
    const std::vector<Id>& messages = m_inferred.ambiguous();
    if (messages.empty()) return;
    Finding finding;
    finding.code = "inferred-ambiguous";
    finding.severity = Severity::warning;
    finding.text = fmt::format("{} messages without Call-ID could belong to more than one call; the youngest "
                               "call was taken",
                               messages.size());
    for (const Id id : messages) {
        if (finding.frames.size() < limits::finding_frames)
            finding.frames.push_back(m_analysis.message(id).frame);
    }
    finding.reference = "RFC 3261 8.1.1.4";
    m_analysis.findings.push_back(std::move(finding));
}

void Correlator::report_limits() {
    if (const std::uint64_t others = m_msn.invitations().not_followed(); others != 0) {
        m_analysis.findings.push_back(
            {"limit-msn-invitations",
             Severity::warning,
             fmt::format("{} messages of further invitations were not followed (limit msn_invitations: {})",
                         others, limits::msn_invitations),
             {},
             0,
             ""});
    }
    if (m_dialogs.merged_forks() != 0) {
        m_analysis.findings.push_back(
            {"limit-forks",
             Severity::warning,
             fmt::format("{} messages of further forks were added to the first dialog of "
                         "their Call-ID (limit forks: {} dialogs)",
                         m_dialogs.merged_forks(), limits::forks),
             {},
             0,
             ""});
    }
    if (m_analysis.texts.refused() != 0) {
        m_analysis.findings.push_back(
            {"limit-texts",
             Severity::warning,
             fmt::format("{} texts were not kept: 4 GiB of names and tags were reached",
                         m_analysis.texts.refused()),
             {},
             0,
             ""});
    }
}

} // namespace rungs::correlate
