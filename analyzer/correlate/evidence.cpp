#include "analyzer/correlate/evidence.hpp"

#include <algorithm>

#include "core/hash.hpp"
#include "core/text.hpp"
#include "dissectors/sip/headers.hpp"
#include "dissectors/sip/uri.hpp"

namespace rungs::correlate {
namespace {

using sip::HeaderName;
using sip::Method;

/// Users of some gateways' default descriptions write "0" or "-" and the same numbers in each call: no
/// evidence.
constexpr std::size_t shortest_telling_session_id = 4;

/// RFC 7989 section 5: a nil half says nothing.
bool is_nil(std::string_view half) {
    return half.find_first_not_of('0') == std::string_view::npos;
}

/// Refer-To carries the dialog to replace as a header of its URI: `<sip:bob@example.com?Replaces=...>`.
std::string replaced_by_refer(std::string_view refer_to) {
    std::string_view headers = sip::parse_uri(sip::parse_name_addr(refer_to).uri).headers;
    while (!headers.empty()) {
        const std::string_view field = take_until(headers, '&');
        if (istarts_with(field, "Replaces=")) return sip::percent_decode(field.substr(9));
    }
    return {};
}

} // namespace

std::uint64_t user_hash(std::string_view uri) {
    const std::string_view user = sip::parse_uri(uri).user;
    if (user.empty() || iequals(user, "anonymous")) return 0;
    std::string digits;
    for (const char c : user) {
        if (is_digit(c))
            digits += c;
        else if (std::string_view("+-.() ").find(c) == std::string_view::npos)
            return TextHash{}(user);
    }
    constexpr std::size_t significant = 9;
    if (digits.size() > significant) digits.erase(0, digits.size() - significant);
    return TextHash{}(digits);
}

void EvidenceCollector::collect(const Observed& observed, const Message& message) {
    if (message.relation == Relation::retransmission || message.relation == Relation::duplicate) return;
    collect_headers(observed, message);
    if (observed.description != nullptr) collect_description(observed, message.dialog);

    const sip::Identity& identity = observed.message.identity;
    if (observed.message.is_request && message.method == Method::invite && identity.to_tag.empty()) {
        if (message.relation == Relation::original && !identity.origin_branch.empty()) {
            add_trait(Evidence::via_chain, message.dialog, identity.origin_branch);
        }
        m_starts.push_back({message.time, user_hash(identity.from_uri), user_hash(identity.to_uri),
                            message.dialog, message.source, message.destination,
                            message.relation == Relation::hop});
    }
}

void EvidenceCollector::collect_headers(const Observed& observed, const Message& message) {
    const Id dialog = message.dialog;
    for (const sip::Header& header : observed.message.headers) {
        switch (header.name) {
        case HeaderName::session_id: {
            const sip::SessionId halves = sip::parse_session_id(header.value);
            if (!is_nil(halves.local)) add_trait(Evidence::session_id, dialog, halves.local);
            if (!is_nil(halves.remote)) add_trait(Evidence::session_id, dialog, halves.remote);
            break;
        }
        case HeaderName::replaces:
        case HeaderName::join:
            add_reference(Evidence::replaces, dialog, sip::parse_replaces(header.value).call_id);
            break;
        case HeaderName::refer_to: {
            const std::string replaced = replaced_by_refer(header.value);
            add_reference(Evidence::replaces, dialog, sip::parse_replaces(replaced).call_id);
            m_referrals.push_back({dialog, message.time, message.destination,
                                   user_hash(sip::parse_name_addr(header.value).uri)});
            break;
        }
        case HeaderName::unknown:
        case HeaderName::x_call_id:
            for (const std::string& name : m_link_headers) {
                if (iequals(header.name_text, name)) add_reference(Evidence::x_call_id, dialog, header.value);
            }
            break;
        default: break;
        }
    }
}

void EvidenceCollector::collect_description(const Observed& observed, Id dialog) {
    const sdp::Description& description = *observed.description;
    const sdp::Origin& origin = description.origin;
    if (origin.session_id.size() >= shortest_telling_session_id) {
        std::string text(origin.username);
        for (const std::string_view part : {origin.session_id, origin.address}) text.append(" ").append(part);
        add_trait(Evidence::sdp_origin, dialog, text);
    }
    for (const sdp::Media& media : description.media) {
        if (media.port == 0 || !media.connection.is_set() || media.connection.is_unspecified()) continue;
        m_traits.push_back({EndpointHash{}({media.connection, media.port}), dialog, Evidence::sdp_media});
    }
}

void EvidenceCollector::add_trait(Evidence kind, Id dialog, std::string_view value) {
    m_traits.push_back({TextHash{}(value), dialog, kind});
}

void EvidenceCollector::add_reference(Evidence kind, Id dialog, std::string_view call_id) {
    if (call_id.empty() || m_analysis.text(m_analysis.dialog(dialog).call_id) == call_id) return;
    m_references.push_back({dialog, m_analysis.texts.keep(call_id), kind});
}

} // namespace rungs::correlate
