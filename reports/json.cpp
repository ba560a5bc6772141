#include "reports/json.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/text.hpp"
#include "dissectors/sip/headers.hpp"
#include "reports/json_writer.hpp"
#include "reports/message_detail.hpp"
#include "reports/stream_json.hpp"

namespace rungs::reports {
namespace {

constexpr std::string_view schema = "rungs.analysis/1";

/// Writes the members of each object; who opens the object decides what stands before them.
class AnalysisWriter {
  public:
    AnalysisWriter(const Analysis& analysis, std::string_view tool_version, JsonWriter& json)
        : m_analysis(analysis), m_tool_version(tool_version), m_json(json), m_reader(analysis) {
        for (const Endpoint& endpoint : analysis.endpoints) m_endpoints.push_back(to_string(endpoint));
        for (std::size_t i = 0; i < analysis.invitations.size(); ++i) {
            const auto& messages = analysis.invitations[i].messages;
            if (!messages.empty())
                m_invitations.emplace(analysis.message(messages.front()).dialog, static_cast<Id>(i + 1));
        }
        for (std::size_t i = 0; i < analysis.findings.size(); ++i) {
            if (const Id call = analysis.findings[i].call; call != 0) {
                m_findings.emplace_back(call, static_cast<Id>(i + 1));
            }
        }
        std::sort(m_findings.begin(), m_findings.end());
    }

    void write_document() {
        m_json.begin_object();
        write_head();
        each([this](std::string_view, std::string_view plural, const auto& objects, auto members) {
            m_json.key(plural);
            m_json.begin_lines();
            for (std::size_t i = 0; i < objects.size(); ++i) {
                m_json.begin_object();
                (this->*members)(static_cast<Id>(i + 1), objects[i]);
                m_json.end_object();
            }
            m_json.end_lines();
        });
        m_json.end_object();
        m_json.end_document();
    }

    void write_lines() {
        m_json.begin_object();
        m_json.member("type", "analysis");
        write_head();
        m_json.end_object();
        m_json.end_document();
        each([this](std::string_view singular, std::string_view, const auto& objects, auto members) {
            for (std::size_t i = 0; i < objects.size(); ++i) {
                m_json.begin_object();
                m_json.member("type", singular);
                (this->*members)(static_cast<Id>(i + 1), objects[i]);
                m_json.end_object();
                m_json.end_document();
            }
        });
    }

    /// A call and what belongs to it, as members of the object that is open.
    void write_call(Id id) {
        m_json.key("call");
        m_json.begin_object();
        call_members(id, m_analysis.call(id));
        m_json.end_object();
        some("dialogs", m_analysis.dialogs, &AnalysisWriter::dialog_members,
             [id](const Dialog& dialog) { return dialog.call == id; });
        some("messages", m_analysis.messages, &AnalysisWriter::message_members, [&](const Message& message) {
            return message.dialog != 0 && m_analysis.dialog(message.dialog).call == id;
        });
        some("streams", m_analysis.streams, &AnalysisWriter::stream_members,
             [id](const media::Stream& stream) { return stream.call == id; });
        some("invitations", m_analysis.invitations, &AnalysisWriter::invitation_members,
             [id](const Invitation& invitation) { return invitation.call == id; });
        some("findings", m_analysis.findings, &AnalysisWriter::finding_members,
             [id](const Finding& finding) { return finding.call == id; });
    }

  private:
    template <typename Objects, typename Members, typename Wanted>
    void some(std::string_view plural, const Objects& objects, Members members, Wanted wanted) {
        begin_array(plural);
        for (std::size_t i = 0; i < objects.size(); ++i) {
            if (!wanted(objects[i])) continue;
            m_json.begin_object();
            (this->*members)(static_cast<Id>(i + 1), objects[i]);
            m_json.end_object();
        }
        m_json.end_array();
    }

    template <typename Visit>
    void each(Visit visit) {
        using Self = AnalysisWriter;
        visit("capture", "captures", m_analysis.captures, &Self::capture_members);
        visit("call", "calls", m_analysis.calls, &Self::call_members);
        visit("dialog", "dialogs", m_analysis.dialogs, &Self::dialog_members);
        visit("message", "messages", m_analysis.messages, &Self::message_members);
        visit("stream", "streams", m_analysis.streams, &Self::stream_members);
        visit("invitation", "invitations", m_analysis.invitations, &Self::invitation_members);
        visit("finding", "findings", m_analysis.findings, &Self::finding_members);
    }

    void write_head() {
        m_json.member("schema", schema);
        m_json.key("tool");
        m_json.begin_object();
        m_json.member("name", "rungs");
        m_json.member("version", m_tool_version);
        m_json.end_object();
        m_json.member("complete", m_analysis.complete);
    }

    void capture_members(Id, const Capture& capture) {
        const capture::Summary& file = capture.file;
        const bool any = file.packets != 0;
        m_json.member("path", file.path);
        m_json.member("format", file.format);
        values("link_types", file.link_types);
        m_json.member("packets", file.packets);
        m_json.member("bytes", file.octets);
        m_json.member("first", any ? std::optional(file.first) : std::nullopt);
        m_json.member("last", any ? std::optional(file.last) : std::nullopt);
        m_json.member("truncated", file.truncated);
        m_json.key("accounting");
        m_json.begin_object();
        for (std::size_t i = 0; i < bucket_count; ++i) {
            m_json.member(to_string(static_cast<Bucket>(i)), capture.accounting[i]);
        }
        m_json.end_object();
    }

    void call_members(Id id, const Call& call) {
        m_json.member("id", id);
        m_json.member("kind", to_string(call.kind));
        m_json.member("outcome", to_string(call.outcome));
        party("caller", call.caller);
        party("callee", call.callee);
        m_json.member("start", call.start);
        m_json.member("end", call.end);
        milliseconds("pdd_ms", call.post_dial_delay);
        milliseconds("ring_ms", call.ring);
        milliseconds("setup_ms", call.setup);
        m_json.key("duration_s");
        call.talk ? m_json.seconds(*call.talk) : m_json.null();
        m_json.text_or_null("ended_by", to_string(call.ended_by));
        status("final_status", call.final_status);
        m_json.text_or_null("reason", m_analysis.text(call.reason));
        m_json.member("challenged", call.challenged);

        begin_array("legs");
        for (Id leg = call.first_dialog; leg != 0; leg = m_analysis.dialog(leg).next_in_call)
            m_json.value(leg);
        m_json.end_array();
        begin_array("links");
        for (const Link& link : m_analysis.links_of(call)) link_object(link);
        m_json.end_array();
        values("streams", m_analysis.streams_of(call));
        values("invitations", m_analysis.invitations_of(call));
        begin_array("findings");
        auto finding = std::lower_bound(m_findings.begin(), m_findings.end(), std::pair(id, Id{0}));
        for (; finding != m_findings.end() && finding->first == id; ++finding) m_json.value(finding->second);
        m_json.end_array();
        begin_array("dtmf");
        for (const KeyPress& pressed : m_analysis.key_presses_of(call)) write_key_press(pressed, m_json);
        m_json.end_array();
    }

    void link_object(const Link& link) {
        m_json.begin_object();
        m_json.member("from", link.from);
        m_json.member("to", link.to);
        begin_array("evidence");
        for (unsigned evidence = link.evidence, bit = 1; evidence != 0; bit <<= 1U) {
            if ((evidence & bit) != 0) m_json.value(to_string(static_cast<Evidence>(bit)));
            evidence &= ~bit;
        }
        m_json.end_array();
        m_json.member("confidence", to_string(link.confidence));
        m_json.end_object();
    }

    void dialog_members(Id id, const Dialog& dialog) {
        m_json.member("id", id);
        m_json.id_or_null("call", dialog.call);
        m_json.text_or_null("call_id", m_analysis.text(dialog.call_id));
        m_json.member("inferred", dialog.inferred);
        m_json.text_or_null("from_tag", m_analysis.text(dialog.from_tag));
        m_json.text_or_null("to_tag", m_analysis.text(dialog.to_tag));
        party("caller", dialog.caller);
        party("callee", dialog.callee);
        m_json.text_or_null("method", method_name(dialog.method));
        m_json.member("state", to_string(dialog.state));
        begin_array("messages");
        for (Id message = dialog.first_message; message != 0;
             message = m_analysis.message(message).next_in_dialog) {
            m_json.value(message);
        }
        m_json.end_array();
        begin_array("hops");
        for (const Hop& hop : hops_of(m_analysis, dialog)) {
            m_json.begin_object();
            m_json.member("from", m_endpoints[hop.from]);
            m_json.member("to", m_endpoints[hop.to]);
            m_json.end_object();
        }
        m_json.end_array();
    }

    void message_members(Id id, const Message& message) {
        const MessageDetail& detail = m_reader.read(message);
        m_json.member("id", id);
        values("frames", m_analysis.frames_of(message));
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

    void start_line(const Message& message, const MessageDetail& detail) {
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

    void cseq(const Message& message, const MessageDetail& detail) {
        if (!detail.is_sip || detail.sip.find(sip::HeaderName::cseq) == nullptr) return m_json.null();
        m_json.begin_object();
        m_json.key("number");
        detail.sip.identity.cseq_number ? m_json.value(message.cseq_number) : m_json.null();
        m_json.text_or_null("method", detail.sip.identity.cseq_method);
        m_json.end_object();
    }

    void related(std::string_view name, const Message& message, Relation relation) {
        m_json.id_or_null(name, message.relation == relation ? message.relates_to : 0);
    }

    void description(const sdp::Description& session) {
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
        begin_array("media");
        for (const sdp::Media& media : session.media) media_object(media);
        m_json.end_array();
        m_json.end_object();
    }

    void media_object(const sdp::Media& media) {
        m_json.begin_object();
        m_json.text_or_null("type", media.type);
        m_json.text_or_null("address", address_of(media));
        m_json.member("port_count", media.port_count);
        m_json.text_or_null("protocol", media.protocol);
        m_json.member("direction", sdp::to_string(direction_of(media)));
        begin_array("formats");
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
    void invitation_body(const Message& message, const msn::Invitation& body) {
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
        m_json.text_or_null("address_enc64",
                            body.enc64_address ? to_string(*body.enc64_address) : std::string());
        m_json.end_object();
    }

    void media_names(std::string_view name, const std::vector<std::string_view>& tokens) {
        begin_array(name);
        for (const std::string_view token : tokens) m_json.value(msn::media_name(token));
        m_json.end_array();
    }

    void issues(const MessageDetail& detail) {
        begin_array("issues");
        if (detail.is_sip) {
            for (const Issue& issue : detail.sip.issues) issue_object(issue, 0);
        }
        if (detail.has_sdp) {
            for (const Issue& issue : detail.sdp.issues) issue_object(issue, detail.sdp_offset);
        }
        for (const Issue& issue : detail.msn_issues) issue_object(issue, 0);
        m_json.end_array();
    }

    void issue_object(const Issue& issue, std::size_t offset) {
        m_json.begin_object();
        m_json.member("code", issue.code);
        m_json.member("severity", to_string(issue.severity));
        m_json.member("offset", issue.offset + offset);
        m_json.text_or_null("needed", issue.needed);
        m_json.text_or_null("found", issue.found);
        m_json.end_object();
    }

    void octets(const MessageDetail& detail) {
        if (!detail.readable) {
            m_json.key("raw");
            m_json.null();
        } else if (const auto text = as_text(detail.octets); is_utf8(text)) {
            m_json.member("raw", text);
        } else if (m_json.filtered()) {
            m_json.key("raw");
            m_json.null();
        } else {
            m_json.key("raw_b64");
            m_json.base64(detail.octets);
        }
    }

    void stream_members(Id id, const media::Stream& stream) { write_stream_members(id, stream, m_json); }

    void invitation_members(Id id, const Invitation& invitation) {
        m_json.member("id", id);
        m_json.id_or_null("call", invitation.call);
        m_json.text_or_null("cookie", invitation.cookie);
        m_json.text_or_null("application", invitation.application);
        m_json.text_or_null("inviter", invitation.inviter);
        m_json.text_or_null("invitee", invitation.invitee);
        values("session_ids", invitation.session_ids);
        m_json.member("state", to_string(invitation.state));
        values("requested", invitation.requested);
        begin_array("endpoints");
        for (const auto& [who, address] : invitation.endpoints) {
            m_json.begin_object();
            m_json.text_or_null("party", who);
            m_json.text_or_null("address", address);
            m_json.end_object();
        }
        m_json.end_array();
        values("messages", invitation.messages);
        m_json.text_or_null("ended_by", invitation.ended_by);
    }

    void finding_members(Id, const Finding& finding) {
        m_json.member("code", finding.code);
        m_json.member("severity", to_string(finding.severity));
        m_json.member("text", finding.text);
        values("frames", finding.frames);
        m_json.id_or_null("call", finding.call);
        m_json.text_or_null("reference", finding.reference);
    }

    void party(std::string_view name, const Party& party) {
        m_json.key(name);
        m_json.begin_object();
        m_json.text_or_null("uri", m_analysis.text(party.uri));
        const std::string_view escaped = m_analysis.text(party.display_name);
        if (escaped.find('\\') == std::string_view::npos) {
            m_json.text_or_null("display_name", escaped);
        } else {
            m_json.text_or_null("display_name", sip::unquote(fmt::format("\"{}\"", escaped)));
        }
        m_json.text_or_null("address", party.address ? std::string_view(m_endpoints[*party.address]) : "");
        m_json.end_object();
    }

    void begin_array(std::string_view name) {
        m_json.key(name);
        m_json.begin_array();
    }

    template <typename Values>
    void values(std::string_view name, const Values& all) {
        begin_array(name);
        for (const auto& one : all) m_json.value(one);
        m_json.end_array();
    }

    void milliseconds(std::string_view name, std::optional<Duration> duration) {
        m_json.key(name);
        duration ? m_json.milliseconds(*duration) : m_json.null();
    }

    void status(std::string_view name, std::uint16_t code) {
        m_json.key(name);
        code != 0 ? m_json.value(code) : m_json.null();
    }

    static std::string_view method_name(sip::Method method) {
        return method == sip::Method::unknown ? std::string_view() : sip::to_string(method);
    }

    static std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

    const Analysis& m_analysis;
    std::string_view m_tool_version;
    JsonWriter& m_json;
    MessageReader m_reader;
    std::vector<std::string> m_endpoints;      ///< as text, by EndpointId
    std::map<Id, Id> m_invitations;            ///< dialog, invitation
    std::vector<std::pair<Id, Id>> m_findings; ///< call, position of the finding from 1
};

} // namespace

void write_json(const Analysis& analysis, std::string_view tool_version, Sink& sink, TextFilter* filter) {
    JsonWriter json(sink, filter);
    AnalysisWriter(analysis, tool_version, json).write_document();
}

void write_ndjson(const Analysis& analysis, std::string_view tool_version, Sink& sink, TextFilter* filter) {
    JsonWriter json(sink, filter);
    AnalysisWriter(analysis, tool_version, json).write_lines();
}

void write_whole_call(const Analysis& analysis, Id call, JsonWriter& json) {
    AnalysisWriter(analysis, {}, json).write_call(call);
}

} // namespace rungs::reports
