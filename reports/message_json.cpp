#include "reports/message_json.hpp"

#include "core/text.hpp"

namespace rungs::reports {
namespace {

std::string_view method_name(sip::Method method) {
    return method == sip::Method::unknown ? std::string_view() : sip::to_string(method);
}

std::string_view first_word(std::string_view text) {
    return text.substr(0, text.find(' '));
}

} // namespace

void MessageJson::write_members(Id id, const Message& message) {
    const MessageDetail& detail = m_reader.read(message);
    m_json.member("id", id);
    m_json.array("frames", m_analysis.frames_of(message));
    m_json.member("time", message.time);
    m_json.member("source", m_endpoints[message.source]);
    m_json.member("destination", m_endpoints[message.destination]);
    m_json.member("transport", to_string(message.carrier));
    m_json.member("protocol", to_string(message.protocol));
    m_json.member("summary", detail.summary);
    start_line(message, detail);
    m_json.key("cseq");
    cseq(message, detail);
    m_json.id_or_null("call", message.dialog == 0 ? 0 : m_analysis.dialog(message.dialog).call);
    m_json.id_or_null("dialog", message.dialog);
    m_json.id_or_null("transaction", message.transaction);
    related("retransmission_of", message, Relation::retransmission);
    related("hop_of", message, Relation::hop);
    related("duplicate_of", message, Relation::duplicate);
    m_json.key("sdp");
    detail.has_sdp ? description(detail.sdp) : m_json.null();
    m_json.key("invitation");
    detail.has_invitation ? invitation_body(message, detail.invitation) : m_json.null();
    issues(detail);
    octets(detail);
}

void MessageJson::start_line(const Message& message, const MessageDetail& detail) {
    if (message.status != 0) {
        m_json.member("status", message.status);
        m_json.text_or_null("reason_phrase", detail.is_sip   ? detail.sip.reason_phrase
                                             : detail.is_slp ? detail.slp.reason_phrase
                                                             : std::string_view());
        return;
    }
    std::string_view method = method_name(message.method);
    if (detail.is_sip) method = detail.sip.method_text;
    if (message.protocol != Protocol::sip) method = first_word(detail.summary);
    m_json.text_or_null("method", method);
}

void MessageJson::cseq(const Message& message, const MessageDetail& detail) {
    if (!detail.is_sip || detail.sip.find(sip::HeaderName::cseq) == nullptr) return m_json.null();
    m_json.begin_object();
    m_json.key("number");
    detail.sip.identity.cseq_number ? m_json.value(message.cseq_number) : m_json.null();
    m_json.text_or_null("method", detail.sip.identity.cseq_method);
    m_json.end_object();
}

void MessageJson::related(std::string_view name, const Message& message, Relation relation) {
    m_json.id_or_null(name, message.relation == relation ? message.relates_to : 0);
}

void MessageJson::description(const sdp::Description& session) {
    m_json.begin_object();
    m_json.key("origin");
    if (const sdp::Origin& origin = session.origin; origin.address.empty() && origin.username.empty()) {
        m_json.null();
    } else {
        m_json.begin_object();
        m_json.text_or_null("username", origin.username);
        m_json.text_or_null("session_id", origin.session_id);
        m_json.text_or_null("session_version", origin.session_version);
        m_json.text_or_null("network_type", origin.network_type);
        m_json.text_or_null("address_type", origin.address_type);
        m_json.text_or_null("address", origin.address);
        m_json.end_object();
    }
    m_json.text_or_null("session_name", session.session_name);
    m_json.begin_array("media");
    for (const sdp::Media& media : session.media) media_object(media);
    m_json.end_array();
    m_json.end_object();
}

void MessageJson::media_object(const sdp::Media& media) {
    m_json.begin_object();
    m_json.text_or_null("type", media.type);
    m_json.text_or_null("address", address_of(media));
    m_json.member("port_count", media.port_count);
    m_json.text_or_null("protocol", media.protocol);
    m_json.member("direction", sdp::to_string(direction_of(media)));
    m_json.begin_array("formats");
    for (const sdp::Format& format : media.formats) {
        m_json.begin_object();
        m_json.member("format", format.text);
        m_json.member("payload_type", format.payload_type);
        m_json.text_or_null("encoding", format.encoding);
        m_json.key("clock_rate_hz");
        format.clock_rate_hz != 0 ? m_json.value(format.clock_rate_hz) : m_json.null();
        m_json.text_or_null("encoding_parameters", format.encoding_parameters);
        m_json.text_or_null("fmtp", format.fmtp);
        m_json.end_object();
    }
    m_json.end_array();
    m_json.member("ptime_ms", media.ptime_ms);
    m_json.text_or_null("rtcp", media.rtcp ? to_string(*media.rtcp) : std::string());
    m_json.member("rtcp_mux", media.rtcp_mux);
    m_json.member("ice", media.ice);
    m_json.member("secure", media.secure);
    m_json.end_object();
}

/// What the body of one message says; `invitations` has what became of it.
void MessageJson::invitation_body(const Message& message, const msn::Invitation& body) {
    const auto found = m_invitations.find(message.dialog);
    m_json.begin_object();
    m_json.id_or_null("id", found == m_invitations.end() ? 0 : found->second);
    m_json.text_or_null("command", body.command_text);
    m_json.text_or_null("cookie", body.cookie);
    m_json.text_or_null("session_id", body.session_id);
    m_json.text_or_null("session_protocol", body.session_protocol);
    m_json.text_or_null("application", body.application != msn::Application::unknown
                                           ? msn::to_string(body.application)
                                           : body.application_name);
    media_names("requested", body.requested);
    media_names("capabilities", body.capabilities);
    m_json.text_or_null("cancel_code", body.cancel_code_text);
    m_json.text_or_null("conn_type", body.conn_type);
    m_json.text_or_null("private_ip", body.private_ip);
    m_json.text_or_null("public_ip", body.public_ip);
    m_json.member("upnp", body.upnp);
    m_json.member("launch_application", body.launch_application);
    m_json.text_or_null("address", body.address ? to_string(*body.address) : std::string());
    m_json.text_or_null("address_enc64", body.enc64_address ? to_string(*body.enc64_address) : std::string());
    m_json.end_object();
}

void MessageJson::media_names(std::string_view name, const std::vector<std::string_view>& tokens) {
    m_json.begin_array(name);
    for (const std::string_view token : tokens) m_json.value(msn::media_name(token));
    m_json.end_array();
}

void MessageJson::issues(const MessageDetail& detail) {
    m_json.begin_array("issues");
    if (detail.is_sip) {
        for (const Issue& issue : detail.sip.issues) issue_object(issue, 0);
    }
    if (detail.has_sdp) {
        for (const Issue& issue : detail.sdp.issues) issue_object(issue, detail.sdp_offset);
    }
    for (const Issue& issue : detail.msn_issues) issue_object(issue, 0);
    m_json.end_array();
}

void MessageJson::issue_object(const Issue& issue, std::size_t offset) {
    m_json.begin_object();
    m_json.member("code", issue.code);
    m_json.member("severity", to_string(issue.severity));
    m_json.member("offset", issue.offset + offset);
    m_json.text_or_null("needed", issue.needed);
    m_json.text_or_null("found", issue.found);
    m_json.end_object();
}

void MessageJson::octets(const MessageDetail& detail) {
    const std::string_view text = as_text(detail.octets);
    if (detail.readable && is_utf8(text)) {
        m_json.member("raw", text);
    } else if (detail.readable && !m_json.filtered()) {
        m_json.key("raw_b64");
        m_json.base64(detail.octets);
    } else {
        m_json.key("raw");
        m_json.null();
    }
}

} // namespace rungs::reports
