#include "analyzer/findings/skeleton.hpp"

#include <string>
#include <string_view>

#include "core/limits/correlation.hpp"
#include <fmt/format.h>

namespace rungs::findings {
namespace {

using sip::HeaderName;
using sip::Method;

struct Mandatory {
    HeaderName name;
    std::string_view text;
};
/// RFC 3261 section 8.1.1; a response copies all but Max-Forwards (section 8.2.6).
constexpr std::array mandatory{
    Mandatory{HeaderName::via, "Via"},         Mandatory{HeaderName::from, "From"},
    Mandatory{HeaderName::to, "To"},           Mandatory{HeaderName::call_id, "Call-ID"},
    Mandatory{HeaderName::cseq, "CSeq"},       Mandatory{HeaderName::max_forwards, "Max-Forwards"},
    Mandatory{HeaderName::contact, "Contact"},
};

/// In the order of SkeletonNotes::m_kinds.
constexpr std::array<const Rule*, 6> rules{&rule::skeleton_register, &rule::skeleton_invite,
                                           &rule::skeleton_ack,      &rule::skeleton_bye,
                                           &rule::skeleton_request,  &rule::skeleton_response};
constexpr std::array<std::string_view, 6> kind_names{"REGISTER", "INVITE",          "ACK",
                                                     "BYE",      "Another request", "A response"};

std::size_t kind_of(const sip::Message& message) {
    if (!message.is_request) return 5;
    switch (message.method) {
    case Method::register_: return 0;
    case Method::invite: return 1;
    case Method::ack: return 2;
    case Method::bye: return 3;
    default: return 4;
    }
}

/// RFC 3261 table 2: Contact is mandatory in INVITE, Max-Forwards in requests.
bool needs(const sip::Message& message, HeaderName name) {
    if (name == HeaderName::max_forwards) return message.is_request;
    if (name == HeaderName::contact) return message.is_request && message.method == Method::invite;
    return true;
}

bool is_missing_header(const Issue& issue) {
    return issue.code == sip::rule::missing_header.code ||
           issue.code == sip::rule::missing_max_forwards.code ||
           issue.code == sip::rule::missing_contact.code;
}

/// "Via, From and To"
std::string listed(std::uint8_t missing) {
    std::string text, last;
    for (std::size_t i = 0; i < mandatory.size(); ++i) {
        if ((missing >> i & 1U) == 0) continue;
        if (!last.empty()) text += text.empty() ? last : ", " + last;
        last = mandatory[i].text;
    }
    return text.empty() ? last : text + " and " + last;
}

} // namespace

void SkeletonNotes::count(const sip::Message& message, std::uint64_t frame) {
    ++m_messages;
    m_all.count(message.issues, frame);
    const bool bare = message.identity.call_id.empty() && message.identity.cseq_method.empty();
    if (!bare) return m_rest.count(message.issues, frame);

    ++m_bare;
    Kind& kind = m_kinds[kind_of(message)];
    ++kind.messages;
    for (std::size_t i = 0; i < mandatory.size(); ++i) {
        if (needs(message, mandatory[i].name) && message.find(mandatory[i].name) == nullptr)
            kind.missing = static_cast<std::uint8_t>(kind.missing | 1U << i);
    }
    const bool named = !kind.frames.empty() && kind.frames.back() == frame;
    if (!named && kind.frames.size() < limits::finding_frames) kind.frames.push_back(frame);
    auto rest = message.issues;
    std::erase_if(rest, is_missing_header);
    m_rest.count(rest, frame);
}

void SkeletonNotes::count(const std::vector<Issue>& issues, std::uint64_t frame) {
    m_all.count(issues, frame);
    m_rest.count(issues, frame);
}

bool SkeletonNotes::is_skeleton(Profile profile) const {
    return profile == Profile::skeleton || (profile == Profile::automatic && m_bare * 2 > m_messages);
}

void SkeletonNotes::report(Profile profile, Collector& out) const {
    if (!is_skeleton(profile)) return out.add(m_all);
    out.add(rule::profile_skeleton,
            fmt::format("{} of {} have neither Call-ID nor CSeq: read as skeleton SIP (--profile skeleton), "
                        "with what is missing said once for each kind of message.",
                        m_bare, counted(m_messages, "message")),
            {});
    for (std::size_t i = 0; i < m_kinds.size(); ++i) {
        const Kind& kind = m_kinds[i];
        if (kind.messages == 0) continue;
        out.add(*rules[i],
                fmt::format("{} without {} ({}).", kind_names[i], listed(kind.missing),
                            counted(kind.messages, "message")),
                kind.frames);
    }
    out.add(m_rest);
}

} // namespace rungs::findings
