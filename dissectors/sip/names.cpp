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
    {"Via", via},
    {"From", from},
    {"To", to},
    {"Call-ID", call_id},
    {"CSeq", cseq},
    {"Contact", contact},
    {"Max-Forwards", max_forwards},
    {"Content-Length", content_length},
    {"Content-Type", content_type},
    {"Route", route},
    {"Record-Route", record_route},
    {"Expires", expires},
    {"Min-Expires", min_expires},
    {"Allow", allow},
    {"Supported", supported},
    {"Require", require},
    {"Proxy-Require", proxy_require},
    {"Unsupported", unsupported},
    {"User-Agent", user_agent},
    {"Server", server},
    {"Reason", reason},
    {"RAck", rack},
    {"RSeq", rseq},
    {"Replaces", replaces},
    {"Refer-To", refer_to},
    {"Referred-By", referred_by},
    {"Session-Expires", session_expires},
    {"Min-SE", min_se},
    {"Session-ID", session_id},
    {"P-Asserted-Identity", p_asserted_identity},
    {"P-Preferred-Identity", p_preferred_identity},
    {"Remote-Party-ID", remote_party_id},
    {"Event", event},
    {"Subscription-State", subscription_state},
    {"WWW-Authenticate", www_authenticate},
    {"Proxy-Authenticate", proxy_authenticate},
    {"Authorization", authorization},
    {"Proxy-Authorization", proxy_authorization},
    {"Authentication-Info", authentication_info},
    {"Warning", warning},
    {"Retry-After", retry_after},
    {"Date", date},
    {"Diversion", diversion},
    {"History-Info", history_info},
    {"Join", join},
    {"Accept", accept},
    {"Accept-Encoding", accept_encoding},
    {"Accept-Language", accept_language},
    {"Alert-Info", alert_info},
    {"Content-Disposition", content_disposition},
    {"Content-Encoding", content_encoding},
    {"Content-Language", content_language},
    {"MIME-Version", mime_version},
    {"Organization", organization},
    {"Priority", priority},
    {"Subject", subject},
    {"Timestamp", timestamp},
    {"Privacy", privacy},
    {"Path", path},
    {"Service-Route", service_route},
    {"Identity", identity},
    {"X-Call-ID", x_call_id},
    {"Allow-Events", allow_events},
    {"In-Reply-To", in_reply_to},
    {"Error-Info", error_info},
    {"Reply-To", reply_to},
    {"Call-Info", call_info},
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
    if (index == free_slot) return unknown;
    const NameEntry& entry = name_table[index];
    // Nearly all write it as the RFCs do.
    return entry.text == name || iequals(entry.text, name) ? entry.name : unknown;
}

} // namespace rungs::sip
