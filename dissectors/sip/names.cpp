#include <algorithm>
#include <array>
#include <cstddef>

#include "core/text.hpp"
#include "dissectors/sip/message.hpp"

/// Names as numbers: methods and header fields. Header names are looked up several times a packet, so they go
/// through a perfect hash of length, first, middle and last character; the compiler checks that it is
/// perfect.
namespace rungs::sip {

namespace {

struct MethodEntry {
    std::string_view text;
    Method method;
};

constexpr std::array<MethodEntry, 14> method_table{{
    {"INVITE", Method::invite},
    {"ACK", Method::ack},
    {"BYE", Method::bye},
    {"CANCEL", Method::cancel},
    {"REGISTER", Method::register_},
    {"OPTIONS", Method::options},
    {"PRACK", Method::prack},
    {"UPDATE", Method::update},
    {"INFO", Method::info},
    {"SUBSCRIBE", Method::subscribe},
    {"NOTIFY", Method::notify},
    {"PUBLISH", Method::publish},
    {"MESSAGE", Method::message},
    {"REFER", Method::refer},
}};

struct NameEntry {
    std::string_view text;
    HeaderName name;
};

using enum HeaderName;

constexpr std::array<NameEntry, 67> name_table{{
    {"via", via},
    {"from", from},
    {"to", to},
    {"call-id", call_id},
    {"cseq", cseq},
    {"contact", contact},
    {"max-forwards", max_forwards},
    {"content-length", content_length},
    {"content-type", content_type},
    {"route", route},
    {"record-route", record_route},
    {"expires", expires},
    {"min-expires", min_expires},
    {"allow", allow},
    {"supported", supported},
    {"require", require},
    {"proxy-require", proxy_require},
    {"unsupported", unsupported},
    {"user-agent", user_agent},
    {"server", server},
    {"reason", reason},
    {"rack", rack},
    {"rseq", rseq},
    {"replaces", replaces},
    {"refer-to", refer_to},
    {"referred-by", referred_by},
    {"session-expires", session_expires},
    {"min-se", min_se},
    {"session-id", session_id},
    {"p-asserted-identity", p_asserted_identity},
    {"p-preferred-identity", p_preferred_identity},
    {"remote-party-id", remote_party_id},
    {"event", event},
    {"subscription-state", subscription_state},
    {"www-authenticate", www_authenticate},
    {"proxy-authenticate", proxy_authenticate},
    {"authorization", authorization},
    {"proxy-authorization", proxy_authorization},
    {"authentication-info", authentication_info},
    {"warning", warning},
    {"retry-after", retry_after},
    {"date", date},
    {"diversion", diversion},
    {"history-info", history_info},
    {"join", join},
    {"accept", accept},
    {"accept-encoding", accept_encoding},
    {"accept-language", accept_language},
    {"alert-info", alert_info},
    {"content-disposition", content_disposition},
    {"content-encoding", content_encoding},
    {"content-language", content_language},
    {"mime-version", mime_version},
    {"organization", organization},
    {"priority", priority},
    {"subject", subject},
    {"timestamp", timestamp},
    {"privacy", privacy},
    {"path", path},
    {"service-route", service_route},
    {"identity", identity},
    {"x-call-id", x_call_id},
    {"allow-events", allow_events},
    {"in-reply-to", in_reply_to},
    {"error-info", error_info},
    {"reply-to", reply_to},
    {"call-info", call_info},
}};

constexpr std::size_t slots = 256;

constexpr std::size_t slot_of(std::string_view name) {
    const auto character = [name](std::size_t i) {
        return static_cast<std::size_t>(static_cast<unsigned char>(ascii_lower(name[i])));
    };
    return (name.size() * 49 + character(0) * 11 + character(name.size() / 2) * 21 +
            character(name.size() - 1) * 10) %
           slots;
}

constexpr std::uint8_t free_slot = 0xff;

constexpr std::array<std::uint8_t, slots> fill_slots() {
    std::array<std::uint8_t, slots> table{};
    table.fill(free_slot);
    for (std::size_t i = 0; i < name_table.size(); ++i)
        table[slot_of(name_table[i].text)] = static_cast<std::uint8_t>(i);
    return table;
}

constexpr auto slot_table = fill_slots();

static_assert(std::count(slot_table.begin(), slot_table.end(), free_slot) ==
                  static_cast<std::ptrdiff_t>(slots - name_table.size()),
              "two header names share a slot: choose other multipliers in slot_of");

/// RFC 3261 section 7.3.3 and the IANA registry of SIP compact forms.
HeaderName from_compact_form(char letter) {
    switch (ascii_lower(letter)) {
    case 'b': return referred_by;
    case 'c': return content_type;
    case 'e': return content_encoding;
    case 'f': return from;
    case 'i': return call_id;
    case 'k': return supported;
    case 'l': return content_length;
    case 'm': return contact;
    case 'o': return event;
    case 'r': return refer_to;
    case 's': return subject;
    case 't': return to;
    case 'u': return allow_events;
    case 'v': return via;
    case 'x': return session_expires;
    case 'y': return identity;
    default: return unknown;
    }
}

} // namespace

Method method_from(std::string_view token) {
    for (const MethodEntry& entry : method_table)
        if (entry.text == token) return entry.method;
    return Method::unknown;
}

std::string_view to_string(Method method) {
    for (const MethodEntry& entry : method_table)
        if (entry.method == method) return entry.text;
    return "unknown";
}

HeaderName header_name_from(std::string_view name) {
    if (name.empty()) return unknown;
    if (name.size() == 1) return from_compact_form(name.front());
    const std::uint8_t index = slot_table[slot_of(name)];
    if (index == free_slot || !iequals(name_table[index].text, name)) return unknown;
    return name_table[index].name;
}

} // namespace rungs::sip
