#include "reports/json.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/conveyor.hpp"
#include "dissectors/sip/headers.hpp"
#include "reports/json_writer.hpp"
#include "reports/message_json.hpp"
#include "reports/stream_json.hpp"

namespace rungs::reports {
namespace {

constexpr std::string_view schema = "rungs.analysis/1";

constexpr Id fragment_messages = 256; ///< enough that passing them between threads costs next to nothing

enum class Layout : std::uint8_t { document, lines };

/// A run of messages, written on a thread of its own.
class Fragment final : private Sink {
  public:
    Fragment(const Analysis& analysis, const std::vector<std::string>& endpoints,
             const std::map<Id, Id>& invitations)
        : m_analysis(analysis), m_json(*this), m_messages(analysis, endpoints, invitations, m_json) {}

    /// Messages from `first` up to, not including, `end`.
    void write_messages(Id first, Id end, Layout layout) {
        m_text.clear();
        if (layout == Layout::document) m_json.begin_fragment();
        for (Id id = first; id < end; ++id) {
            m_json.begin_object();
            if (layout == Layout::lines) m_json.member("type", "message");
            m_messages.write_members(id, m_analysis.message(id));
            m_json.end_object();
            if (layout == Layout::lines) m_json.end_document();
        }
        m_json.flush();
        if (layout == Layout::lines) m_text.pop_back(); // who joins the fragments ends the last line
    }
    [[nodiscard]] std::string_view text() const { return m_text; }

  private:
    void write(std::string_view text) override { m_text += text; }

    const Analysis& m_analysis;
    std::string m_text;
    JsonWriter m_json;
    MessageJson m_messages;
};

/// Writes the members of each object; who opens the object decides what stands before them.
class AnalysisWriter {
  public:
    AnalysisWriter(const Analysis& analysis, std::string_view tool_version, JsonWriter& json,
                   unsigned threads = 1)
        : m_analysis(analysis), m_tool_version(tool_version), m_threads(threads), m_json(json),
          m_messages(analysis, m_endpoints, m_invitations, m_json) {
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

    /// What `wanted` (called with the id and the object) does not hold of is left out; ids stay.
    template <typename Wanted>
    void write_document(Wanted wanted) {
        m_json.begin_object();
        write_head();
        each([&](std::string_view, std::string_view plural, const auto& objects, auto members) {
            m_json.key(plural);
            m_json.begin_lines();
            const bool written = write_in_fragments(objects, Layout::document);
            for (std::size_t i = 0; !written && i < objects.size(); ++i) {
                if (!wanted(static_cast<Id>(i + 1), objects[i])) continue;
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
            const bool written = write_in_fragments(objects, Layout::lines);
            for (std::size_t i = 0; !written && i < objects.size(); ++i) {
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
        const Call& call = m_analysis.call(id);
        m_json.key("call");
        m_json.begin_object();
        call_members(id, call);
        m_json.end_object();
        std::vector<Id> dialogs, messages, findings;
        for (Id dialog = call.first_dialog; dialog != 0; dialog = m_analysis.dialog(dialog).next_in_call) {
            dialogs.push_back(dialog);
            for (Id message = m_analysis.dialog(dialog).first_message; message != 0;
                 message = m_analysis.message(message).next_in_dialog)
                messages.push_back(message);
        }
        for (const auto& [_, finding] : findings_of(id)) findings.push_back(finding);
        some("dialogs", m_analysis.dialogs, &AnalysisWriter::dialog_members, dialogs);
        some("messages", m_analysis.messages, &AnalysisWriter::message_members, messages);
        some("streams", m_analysis.streams, &AnalysisWriter::stream_members, m_analysis.streams_of(call));
        some("invitations", m_analysis.invitations, &AnalysisWriter::invitation_members,
             m_analysis.invitations_of(call));
        some("findings", m_analysis.findings, &AnalysisWriter::finding_members, findings);
    }

  private:
    [[nodiscard]] std::span<const std::pair<Id, Id>> findings_of(Id call) const {
        const auto first = std::lower_bound(m_findings.begin(), m_findings.end(), std::pair(call, Id{0}));
        const auto last = std::lower_bound(first, m_findings.end(), std::pair(call + 1, Id{0}));
        return {first, last};
    }

    /// Those with these ids, in their order.
    template <typename Objects, typename Members>
    void some(std::string_view plural, const Objects& objects, Members members, std::span<const Id> wanted) {
        std::vector<Id> ids(wanted.begin(), wanted.end());
        std::sort(ids.begin(), ids.end());
        m_json.begin_array(plural);
        for (const Id id : ids) {
            m_json.begin_object();
            (this->*members)(id, objects[id - 1]);
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

    /// Only messages are many and long enough.
    template <typename Objects>
    bool write_in_fragments(const Objects&, Layout) {
        return false;
    }
    bool write_in_fragments(const std::vector<Message>& messages, Layout layout) {
        if (m_threads < 2 || messages.size() <= fragment_messages) return false;
        struct Item {
            Id first = 0, end = 1;
            std::unique_ptr<Fragment> fragment;
        };
        Id next = 1;
        const auto fetch = [&](Item& item) {
            item.first = next;
            item.end = next = std::min<Id>(next + fragment_messages, static_cast<Id>(messages.size() + 1));
            return item.first < item.end;
        };
        const auto prepare = [&](Item& item) {
            if (!item.fragment)
                item.fragment = std::make_unique<Fragment>(m_analysis, m_endpoints, m_invitations);
            item.fragment->write_messages(item.first, item.end, layout);
        };
        Conveyor<Item> conveyor(m_threads, fetch, prepare);
        Item item;
        while (conveyor.next(item)) {
            m_json.fragment(item.fragment->text());
            if (layout == Layout::lines) m_json.end_document();
        }
        return true;
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
        m_json.array("link_types", file.link_types);
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
        party("caller", m_analysis.caller_of(call));
        party("callee", m_analysis.callee_of(call));
        m_json.member("start", call.start);
        m_json.member("end", call.end);
        const CallDetails& details = m_analysis.details_of(call);
        milliseconds("pdd_ms", details.post_dial_delay);
        milliseconds("ring_ms", details.ring);
        milliseconds("setup_ms", details.setup);
        m_json.key("duration_s");
        details.talk ? m_json.seconds(*details.talk) : m_json.null();
        m_json.text_or_null("ended_by", to_string(call.ended_by));
        status("final_status", call.final_status);
        m_json.text_or_null("reason", m_analysis.text(call.reason));
        m_json.member("challenged", call.challenged);

        m_json.begin_array("legs");
        for (Id leg = call.first_dialog; leg != 0; leg = m_analysis.dialog(leg).next_in_call)
            m_json.value(leg);
        m_json.end_array();
        m_json.begin_array("links");
        for (const Link& link : m_analysis.links_of(call)) link_object(link);
        m_json.end_array();
        m_json.array("streams", m_analysis.streams_of(call));
        m_json.array("invitations", m_analysis.invitations_of(call));
        m_json.begin_array("findings");
        for (const auto& [_, finding] : findings_of(id)) m_json.value(finding);
        m_json.end_array();
        m_json.begin_array("dtmf");
        for (const KeyPress& pressed : m_analysis.key_presses_of(call)) write_key_press(pressed, m_json);
        m_json.end_array();
    }

    void link_object(const Link& link) {
        m_json.begin_object();
        m_json.member("from", link.from);
        m_json.member("to", link.to);
        m_json.begin_array("evidence");
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
        m_json.text_or_null("method", dialog.method == sip::Method::unknown ? std::string_view()
                                                                            : sip::to_string(dialog.method));
        m_json.member("state", to_string(dialog.state));
        m_json.begin_array("messages");
        for (Id message = dialog.first_message; message != 0;
             message = m_analysis.message(message).next_in_dialog) {
            m_json.value(message);
        }
        m_json.end_array();
        m_json.begin_array("hops");
        for (const Hop& hop : hops_of(m_analysis, dialog)) {
            m_json.begin_object();
            m_json.member("from", m_endpoints[hop.from]);
            m_json.member("to", m_endpoints[hop.to]);
            m_json.end_object();
        }
        m_json.end_array();
    }

    void message_members(Id id, const Message& message) { m_messages.write_members(id, message); }

    void stream_members(Id id, const media::Stream& stream) { write_stream_members(id, stream, m_json); }

    void invitation_members(Id id, const Invitation& invitation) {
        m_json.member("id", id);
        m_json.id_or_null("call", invitation.call);
        m_json.text_or_null("cookie", invitation.cookie);
        m_json.text_or_null("application", invitation.application);
        m_json.text_or_null("inviter", invitation.inviter);
        m_json.text_or_null("invitee", invitation.invitee);
        m_json.array("session_ids", invitation.session_ids);
        m_json.member("state", to_string(invitation.state));
        m_json.array("requested", invitation.requested);
        m_json.begin_array("endpoints");
        for (const auto& [who, address] : invitation.endpoints) {
            m_json.begin_object();
            m_json.text_or_null("party", who);
            m_json.text_or_null("address", address);
            m_json.end_object();
        }
        m_json.end_array();
        m_json.array("messages", invitation.messages);
        m_json.text_or_null("ended_by", invitation.ended_by);
    }

    void finding_members(Id, const Finding& finding) {
        m_json.member("code", finding.code);
        m_json.member("severity", to_string(finding.severity));
        m_json.member("text", finding.text);
        m_json.array("frames", finding.frames);
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

    void milliseconds(std::string_view name, std::optional<Duration> duration) {
        m_json.key(name);
        duration ? m_json.milliseconds(*duration) : m_json.null();
    }

    void status(std::string_view name, std::uint16_t code) {
        m_json.key(name);
        code != 0 ? m_json.value(code) : m_json.null();
    }

    const Analysis& m_analysis;
    std::string_view m_tool_version;
    unsigned m_threads;
    JsonWriter& m_json;
    std::vector<std::string> m_endpoints; ///< as text, by EndpointId
    std::map<Id, Id> m_invitations;       ///< dialog, invitation
    MessageJson m_messages;
    std::vector<std::pair<Id, Id>> m_findings; ///< call, position of the finding from 1
};

/// Whether an object belongs to one of the calls of a range.
class InRange {
  public:
    InRange(const Analysis& analysis, CallRange calls) : m_analysis(analysis), m_calls(calls) {}

    bool operator()(Id, const Capture&) const { return true; }
    bool operator()(Id id, const Call&) const { return m_calls.holds(id); }
    bool operator()(Id, const Message& message) const {
        return m_calls.holds(message.dialog == 0 ? 0 : m_analysis.dialog(message.dialog).call);
    }
    /// Dialogs, streams, invitations, findings.
    bool operator()(Id, const auto& object) const { return m_calls.holds(object.call); }

  private:
    const Analysis& m_analysis;
    CallRange m_calls;
};

/// A filter may remember what it has seen, so there it goes in order.
unsigned threads_for(const TextFilter* filter, unsigned threads) {
    return filter == nullptr ? threads : 1;
}

} // namespace

void write_json(const Analysis& analysis, std::string_view tool_version, Sink& sink, TextFilter* filter,
                unsigned threads) {
    JsonWriter json(sink, filter);
    AnalysisWriter(analysis, tool_version, json, threads_for(filter, threads))
        .write_document([](Id, const auto&) { return true; });
}

void write_json_of_calls(const Analysis& analysis, CallRange calls, std::string_view tool_version, Sink& sink,
                         TextFilter* filter) {
    JsonWriter json(sink, filter);
    AnalysisWriter(analysis, tool_version, json).write_document(InRange(analysis, calls));
}

void write_ndjson(const Analysis& analysis, std::string_view tool_version, Sink& sink, TextFilter* filter,
                  unsigned threads) {
    JsonWriter json(sink, filter);
    AnalysisWriter(analysis, tool_version, json, threads_for(filter, threads)).write_lines();
}

void write_whole_call(const Analysis& analysis, Id call, JsonWriter& json) {
    AnalysisWriter(analysis, {}, json).write_call(call);
}

} // namespace rungs::reports
