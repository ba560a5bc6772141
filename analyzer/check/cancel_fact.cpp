#include <algorithm>
#include <array>

#include "analyzer/check/events.hpp"
#include "analyzer/check/facts.hpp"
#include "core/text.hpp"
#include "dissectors/sip/headers.hpp"

namespace rungs::check {
namespace {

/// Who cancels sooner is a person; timers of proxies are longer.
constexpr Duration shortest_proxy_timer = std::chrono::seconds(10);

/// RFC 3326: "SIP;cause=487" and normal clearing are the caller's doing; an answer elsewhere, 408 and no
/// answer (Q.850) are not. Empty when the header does not tell.
std::string_view by_reason(const sip::Message& cancel) {
    const sip::Header* const header = cancel.find("Reason");
    if (header == nullptr) return {};
    std::string_view rest = header->value;
    const bool is_sip = iequals(trim(take_until(rest, ';')), "SIP");
    while (!rest.empty()) {
        std::string_view parameter = trim(take_until(rest, ';'));
        if (!istarts_with(parameter, "cause=")) continue;
        parameter.remove_prefix(6);
        static constexpr std::array<std::string_view, 2> people{"487", "16"};
        static constexpr std::array<std::string_view, 5> others{"200", "408", "18", "19", "102"};
        const bool known_person = std::ranges::find(people, parameter) != people.end();
        if (known_person && is_sip == (parameter == "487")) return "caller";
        if (std::ranges::find(others, parameter) != others.end()) return "proxy";
    }
    return {};
}

/// The INVITE that `cancel` takes back, as it went the same way; nullptr when it is not in the capture.
const Message* invite_of(const Analysis& analysis, const Message& cancel) {
    const Message* found = nullptr;
    for (Id id = analysis.dialog(cancel.dialog).first_message; id != 0;
         id = analysis.message(id).next_in_dialog) {
        const Message& message = analysis.message(id);
        if (message.status != 0 || message.method != sip::Method::invite ||
            message.cseq_number != cancel.cseq_number || message.time > cancel.time)
            continue;
        if (message.source == cancel.source && message.destination == cancel.destination)
            found = found == nullptr ? &message : found;
    }
    return found;
}

} // namespace

Fact cancel_fact(const Analysis& analysis, Id id, const sip::Message& request) {
    const Message& cancel = analysis.message(id);
    if (cancel.status != 0 || cancel.method != sip::Method::cancel || cancel.dialog == 0) return {};
    if (const auto who = by_reason(request); !who.empty()) return present_fact(who);
    const Message* const invite = invite_of(analysis, cancel);
    if (invite == nullptr) return unknown_fact(Doubt::who_gave_up);
    std::vector<std::uint8_t> octets;
    sip::Message begun;
    // Every element makes a CANCEL of its own (RFC 3261 section 9.2): behind a proxy it may be the proxy's.
    const bool from_caller = analysis.octets.read(invite->location, octets) &&
                             sip::parse(octets, Framing::datagram, begun).outcome == Outcome::complete &&
                             begun.identity.via_count <= 1;
    if (from_caller || cancel.time - invite->time < shortest_proxy_timer) return present_fact("caller");
    return unknown_fact(Doubt::who_gave_up);
}

} // namespace rungs::check
