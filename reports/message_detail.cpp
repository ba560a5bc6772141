#include "reports/message_detail.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.hpp"
#include "dissectors/sip/multipart.hpp"

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
    if (message.is_request) return fmt::format("{} {}", message.method_text, message.request_uri);
    std::string summary = fmt::format("{:03}", message.status);
    if (!message.reason_phrase.empty()) summary.append(" ").append(message.reason_phrase);
    if (!message.method_text.empty()) summary.append(" (").append(message.method_text).append(")");
    return summary;
}

} // namespace

const MessageDetail& MessageReader::read(const Message& message) {
    m_detail.is_sip = m_detail.has_sdp = false;
    m_detail.readable = m_analysis.octets.read(message.location, m_detail.octets);
    if (!m_detail.readable) m_detail.octets.clear();

    if (m_detail.readable && message.protocol == Protocol::sip) read_sip(message);
    if (m_detail.is_sip) {
        m_detail.summary = summary_of(m_detail.sip);
    } else if (const auto line = first_line(as_text(m_detail.octets)); !line.empty()) {
        m_detail.summary = line;
    } else {
        m_detail.summary = remembered_summary(message);
    }
    return m_detail;
}

void MessageReader::read_sip(const Message& message) {
    const Parsed parsed = sip::parse(m_detail.octets, Framing::datagram, m_detail.sip);
    m_detail.is_sip = parsed.outcome == Outcome::complete;
    if (!m_detail.is_sip || !message.has_sdp) return;
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
