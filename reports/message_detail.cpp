#include "reports/message_detail.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.hpp"
#include "dissectors/msn/describe.hpp"
#include "dissectors/sip/multipart.hpp"
#include "dissectors/sip/outline.hpp"

namespace rungs::reports {
namespace {

std::string_view first_line(std::string_view text) {
    return trim(take_until(text, '\n'));
}

/// What can be said without the octets.
std::string remembered_summary(const Message& message) {
    const std::string_view method =
        message.method == sip::Method::unknown ? "" : sip::to_string(message.method);
    if (message.status == 0) return std::string(method.empty() ? to_string(message.protocol) : method);
    return method.empty() ? fmt::format("{}", message.status)
                          : fmt::format("{} ({})", message.status, method);
}

std::string summary_of(const sip::Message& message) {
    if (message.is_request && message.version.empty() && message.request_uri.empty())
        return std::string(first_line(as_text(message.bytes)));
    std::string summary;
    if (message.is_request)
        return summary.append(message.method_text).append(" ").append(message.request_uri);
    summary = fmt::format("{:03}", message.status);
    if (!message.reason_phrase.empty()) summary.append(" ").append(message.reason_phrase);
    if (!message.method_text.empty()) summary.append(" (").append(message.method_text).append(")");
    return summary;
}

std::string summary_of(const msn::SlpMessage& message) {
    std::string summary = message.is_request ? fmt::format("{} {}", message.method, message.request_uri)
                                             : fmt::format("{} {}", message.status, message.reason_phrase);
    if (message.application != msn::Application::unknown)
        summary.append(" ").append(msn::to_string(message.application));
    return summary;
}

} // namespace

const MessageDetail& MessageReader::read(const Message& message) {
    m_detail.is_sip = m_detail.has_sdp = false;
    m_detail.is_msn = m_detail.has_invitation = m_detail.is_slp = false;
    m_detail.msn_issues.clear();
    m_detail.readable = m_analysis.octets.read(message.location, m_detail.octets, m_window);
    if (!m_detail.readable) m_detail.octets.clear();

    if (m_detail.readable && message.protocol == Protocol::sip) read_sip(message);
    if (m_detail.readable && message.protocol == Protocol::msn) read_msn();
    if (m_detail.readable && message.protocol == Protocol::msnslp) read_slp();
    if (m_detail.is_sip) {
        m_detail.summary = summary_of(m_detail.sip);
    } else if (m_detail.is_msn) {
        m_detail.summary = msn::describe(m_detail.msn);
    } else if (m_detail.is_slp) {
        m_detail.summary = summary_of(m_detail.slp);
    } else if (const auto line = first_line(as_text(m_detail.octets)); !line.empty()) {
        m_detail.summary = line;
    } else {
        m_detail.summary = remembered_summary(message);
    }
    return m_detail;
}

void MessageReader::read_msn() {
    m_detail.is_msn =
        msn::parse(m_detail.octets, Framing::datagram, m_detail.msn).outcome == Outcome::complete;
    if (!m_detail.is_msn) {
        // Nothing tells which of these octets are a secret.
        std::fill(m_detail.octets.begin(), m_detail.octets.end(), std::uint8_t{'*'});
        return;
    }
    const msn::Message& message = m_detail.msn;
    for (const msn::Secret& secret : message.secrets) {
        std::fill_n(m_detail.octets.begin() + static_cast<std::ptrdiff_t>(secret.offset), secret.length, '*');
    }
    m_detail.msn_issues = message.issues;
    if (message.command != msn::Command::msg) return;
    msn::parse_mime(message.payload, m_mime);
    add_payload_issues(m_mime.issues);
    if (msn::body_kind(m_mime.content_type) != msn::BodyKind::invitation) return;
    msn::parse_invitation(m_mime, m_detail.invitation);
    m_detail.has_invitation = true;
    add_payload_issues(m_detail.invitation.issues);
}

void MessageReader::add_payload_issues(const std::vector<Issue>& issues) {
    for (const Issue& issue : issues) {
        m_detail.msn_issues.push_back(issue);
        m_detail.msn_issues.back().offset += m_detail.msn.payload_offset;
    }
}

void MessageReader::read_slp() {
    const std::string_view text = as_text(m_detail.octets);
    if (!msn::is_slp(text)) return;
    msn::parse_slp(text, m_detail.slp);
    m_detail.is_slp = true;
    m_detail.msn_issues = m_detail.slp.issues;
}

bool MessageReader::parse_sip(const Message& message) {
    if (m_reading == Reading::outline && !message.has_issues &&
        sip::read_outline(as_text(m_detail.octets), m_detail.sip))
        return true;
    const auto checks = message.has_issues ? sip::Checks::all : sip::Checks::identity;
    return sip::parse(m_detail.octets, Framing::datagram, m_detail.sip, checks).outcome == Outcome::complete;
}

void MessageReader::read_sip(const Message& message) {
    m_detail.is_sip = parse_sip(message);
    if (!m_detail.is_sip) {
        // Text that was taken for a broken message by what its port pair had said before.
        const bool broken = message.method == sip::Method::unknown && message.status == 0;
        m_detail.is_sip = broken && sip::parse_malformed(m_detail.octets, m_detail.sip).consumed != 0;
        return;
    }
    // A response without CSeq says nothing about its request; where it was seen tells.
    sip::Message& read = m_detail.sip;
    if (!read.is_request && read.method_text.empty() && message.method != sip::Method::unknown) {
        read.method = message.method;
        read.method_text = sip::to_string(message.method);
    }
    if (!message.has_sdp) return;
    const std::string_view body = sip::find_body(m_detail.sip, "application/sdp");
    if (body.empty()) return;
    m_detail.has_sdp = sdp::parse(body, m_detail.sdp);
    m_detail.sdp_offset = static_cast<std::size_t>(body.data() - as_text(m_detail.octets).data());
}

sdp::Direction direction_of(const sdp::Media& media) {
    return media.direction == sdp::Direction::unspecified ? sdp::Direction::sendrecv : media.direction;
}

std::string address_of(const sdp::Media& media) {
    if (media.connection.is_set()) return to_string(Endpoint{media.connection, media.port});
    if (media.connection_text.empty()) return {};
    return fmt::format("{}:{}", media.connection_text, media.port);
}

std::string summarize(const sdp::Description& description) {
    std::string summary;
    const auto add = [&summary](std::string_view word) {
        if (!summary.empty()) summary += ' ';
        summary += word;
    };
    for (const sdp::Media& media : description.media) {
        if (&media != &description.media.front()) add("|");
        if (media.type != "audio") add(media.type);
        if (media.port == 0) {
            add("refused");
            continue;
        }
        std::vector<std::string_view> names;
        for (const sdp::Format& format : media.formats) {
            const auto name = format.encoding.empty() ? format.text : format.encoding;
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        }
        for (const auto name : names) add(name);
        if (const std::string address = address_of(media); !address.empty()) add(address);
        add(sdp::to_string(direction_of(media)));
    }
    return summary;
}

} // namespace rungs::reports
