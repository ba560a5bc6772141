#include "analyzer/findings/course.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace rungs::findings {

Coverage::Coverage(const Analysis& analysis) : m_analysis(analysis) {
    if (analysis.captures.empty()) return;
    const auto first = std::ranges::min_element(analysis.captures, {},
                                                [](const Capture& capture) { return capture.file.last; });
    m_first_end = first->file.last;
}

Duration Coverage::after(const Message& message) const {
    if (!m_analysis.complete) return Duration{};
    const bool in_file = message.location.capture < m_analysis.captures.size();
    const Timestamp end = in_file ? m_analysis.captures[message.location.capture].file.last : m_first_end;
    return end - message.time;
}

Course::Course(const Analysis& analysis, const HeaderNotes& notes, Collector& out)
    : m_analysis(analysis), m_notes(notes), m_out(out), m_coverage(analysis) {}

void Course::read(Id call) {
    m_call = call;
    m_messages.clear();
    m_exchanges.clear();
    m_by_transaction.clear();
    const Call& record = m_analysis.call(call);
    for (Id dialog = record.first_dialog; dialog != 0; dialog = m_analysis.dialog(dialog).next_in_call) {
        for (Id id = m_analysis.dialog(dialog).first_message; id != 0; id = message(id).next_in_dialog) {
            const bool counts =
                message(id).protocol == Protocol::sip && message(id).relation != Relation::duplicate;
            if (counts) m_messages.push_back(id);
        }
    }
    std::ranges::sort(m_messages);
    for (const Id id : m_messages) take(id);
}

void Course::take(Id id) {
    const Message& seen = message(id);
    const auto [slot, added] = m_by_transaction.try_emplace(seen.transaction, m_exchanges.size());
    if (added) {
        Exchange& exchange = m_exchanges.emplace_back();
        exchange.method = seen.method;
        exchange.cseq = seen.cseq_number;
        exchange.dialog = seen.dialog;
    }
    Exchange& exchange = m_exchanges[slot->second];
    if (seen.status == 0 && seen.method == sip::Method::ack && exchange.method == sip::Method::invite) {
        if (exchange.ack == 0) exchange.ack = id;
    } else if (seen.status == 0) {
        exchange.requests.push_back(id);
    } else if (seen.status < 200) {
        if (exchange.first_provisional == 0) exchange.first_provisional = id;
    } else {
        exchange.finals.push_back(id);
    }
    if (seen.status > 100 && seen.has_sdp) exchange.answers_with_sdp = true;
}

bool Course::on_same_link(const Message& a, const Message& b) const {
    const auto address = [&](EndpointId id) { return m_analysis.endpoint(id).address; };
    const auto same = [&](EndpointId one, EndpointId other) { return address(one) == address(other); };
    return (same(a.source, b.source) && same(a.destination, b.destination)) ||
           (same(a.source, b.destination) && same(a.destination, b.source));
}

std::string name_of(const Message& message) {
    const std::string_view method = sip::to_string(message.method);
    return message.status == 0 ? std::string(method) : fmt::format("{} ({})", message.status, method);
}

} // namespace rungs::findings
