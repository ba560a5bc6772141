#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/text.hpp"
#include "reports/message_detail.hpp"
#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/words.hpp"

namespace rungs::reports {
namespace {

class MessageText {
  public:
    MessageText(const Analysis& analysis, const TextStyle& style, Sink& sink)
        : m_analysis(analysis), m_style(style), m_sink(sink), m_reader(analysis) {}

    void write(Id id, std::size_t position, std::size_t count) {
        const Message& message = m_analysis.message(id);
        const MessageDetail& detail = m_reader.read(message);
        write_place(id, message, position, count);
        write_relation(message);
        if (message.truncated) line(paint(say(Word::cut_message), Ink::yellow, m_style));

        heading(Word::raw);
        write_raw(detail);
        if (detail.is_sip) {
            heading(Word::parsed);
            write_fields(detail.sip);
        }
        if (detail.is_msn) {
            heading(Word::parsed);
            write_command(detail);
        }
        if (detail.has_sdp) {
            heading(Word::session);
            write_session(detail.sdp);
        }
        write_issues(detail);
    }

  private:
    [[nodiscard]] std::string_view say(Word what) const { return word(what, m_style.language); }
    void line(const std::string& text) { m_sink.write(text + "\n"); }
    void heading(Word what) {
        line("");
        line(paint(say(what), Ink::bold, m_style));
    }

    void write_place(Id id, const Message& message, std::size_t position, std::size_t count) {
        std::string text = fmt::format(fmt::runtime(say(Word::message_of_frame)), frames(message), id);
        if (count > 1) {
            text += fmt::format(" ({})", fmt::format(fmt::runtime(say(Word::part_of)), position, count));
        }
        line(paint(text, Ink::bold, m_style));
        line(fmt::format("{}  {}  {} {} {}  {}", to_rfc3339(message.time), to_string(message.protocol),
                         to_string(m_analysis.endpoint(message.source)), signs(m_style).arrow,
                         to_string(m_analysis.endpoint(message.destination)), to_string(message.carrier)));
        if (message.dialog == 0) return;
        const Id call = m_analysis.dialog(message.dialog).call;
        if (call == 0) return;
        line(fmt::format("{} {}, {} {}", word(m_analysis.call(call).kind, m_style.language), call,
                         say(Word::dialog), message.dialog));
    }

    [[nodiscard]] std::string frames(const Message& message) const {
        std::string text;
        for (const std::uint64_t frame : m_analysis.frames_of(message)) {
            if (!text.empty()) text += '+';
            text += fmt::format("{}", frame);
        }
        return text;
    }

    void write_relation(const Message& message) {
        if (message.relates_to == 0) return;
        Word what{};
        switch (message.relation) {
        case Relation::original: return;
        case Relation::retransmission: what = Word::repeats; break;
        case Relation::hop: what = Word::forwards; break;
        case Relation::duplicate: what = Word::copies; break;
        }
        line(fmt::format(fmt::runtime(say(what)), m_analysis.message(message.relates_to).frame));
    }

    void write_raw(const MessageDetail& detail) {
        if (!detail.readable) return line("  " + std::string(say(Word::unreadable)));
        std::string_view rest = as_text(detail.octets);
        while (!rest.empty()) {
            std::string_view text = take_until(rest, '\n');
            if (text.ends_with('\r')) text.remove_suffix(1);
            line(text.empty() ? "" : "  " + printable(text));
        }
    }

    void write_fields(const sip::Message& message) {
        Table table;
        table.add({});
        const auto add = [&table](std::string_view name, std::string_view value) {
            if (!value.empty()) table.add({{std::string(name), Ink::dim}, {printable(value)}});
        };
        const sip::Identity& identity = message.identity;
        if (message.is_request) {
            add("method", message.method_text);
            add("request-URI", message.request_uri);
        } else {
            add("status", fmt::format("{:03}", message.status));
            add("reason", message.reason_phrase);
        }
        add("Call-ID", identity.call_id);
        add("From", identity.from_uri);
        add("From name", identity.from_display_name);
        add("From tag", identity.from_tag);
        add("To", identity.to_uri);
        add("To name", identity.to_display_name);
        add("To tag", identity.to_tag);
        if (identity.cseq_number)
            add("CSeq", fmt::format("{} {}", *identity.cseq_number, identity.cseq_method));
        add("Via sent-by", identity.sent_by);
        add("Via branch", identity.branch);
        if (identity.via_count > 1) add("Via count", fmt::format("{}", identity.via_count));
        add("Content-Type", message.content_type);
        if (message.content_length) add("Content-Length", fmt::format("{}", *message.content_length));
        add("body", message.body.empty() ? "" : fmt::format("{} octets", message.body.size()));
        table.write(m_style, m_sink);
    }

    /// The words of the command line, then the fields of an invitation.
    void write_command(const MessageDetail& detail) {
        Table table;
        table.add({});
        table.add({{"command", Ink::dim}, {printable(detail.msn.name)}});
        for (const msn::Parameter& word : detail.msn.parameters) {
            table.add({{std::string(word.name), Ink::dim}, {printable(word.value)}});
        }
        if (detail.has_invitation) {
            for (const msn::Field& field : detail.invitation.fields)
                table.add({{printable(field.name), Ink::dim}, {printable(field.value)}});
        }
        table.write(m_style, m_sink);
    }

    void write_session(const sdp::Description& session) {
        Table table;
        table.add({});
        const auto add = [&table](std::string_view name, std::string_view value) {
            if (!value.empty()) table.add({{std::string(name), Ink::dim}, {printable(value)}});
        };
        add("origin", session.origin.username);
        add("name", session.session_name);
        for (const sdp::Media& media : session.media) {
            add(media.type.empty() ? "media" : printable(media.type),
                fmt::format("{} {} {}", media.protocol, address_of(media),
                            sdp::to_string(direction_of(media))));
            for (const sdp::Format& format : media.formats) add("", format_text(format));
        }
        table.write(m_style, m_sink);
    }

    static std::string format_text(const sdp::Format& format) {
        std::string text = fmt::format("{} {}", format.text, format.encoding);
        if (format.clock_rate_hz != 0) text += fmt::format("/{}", format.clock_rate_hz);
        if (!format.encoding_parameters.empty()) text += fmt::format("/{}", format.encoding_parameters);
        if (!format.fmtp.empty()) text += fmt::format("  {}", format.fmtp);
        return text;
    }

    void write_issues(const MessageDetail& detail) {
        Table table;
        table.add({});
        const auto add = [&](const Issue& issue, std::size_t offset) {
            std::string what;
            if (!issue.needed.empty()) what = printable(issue.needed);
            if (!issue.found.empty())
                what += fmt::format("{}{}", what.empty() ? "" : " / ", printable(issue.found));
            table.add({{std::string(word(issue.severity, m_style.language)), ink_of(issue.severity)},
                       {fmt::format("@{}", issue.offset + offset), Ink::plain, true},
                       {std::string(issue.code)},
                       {std::move(what)}});
        };
        if (detail.is_sip) {
            for (const Issue& issue : detail.sip.issues) add(issue, 0);
        }
        if (detail.has_sdp) {
            for (const Issue& issue : detail.sdp.issues) add(issue, detail.sdp_offset);
        }
        for (const Issue& issue : detail.msn_issues) add(issue, 0);
        if (table.size() == 1) return;
        heading(Word::issues);
        table.write(m_style, m_sink);
    }

    const Analysis& m_analysis;
    const TextStyle& m_style;
    Sink& m_sink;
    MessageReader m_reader;
};

} // namespace

bool write_message(const Analysis& analysis, std::uint64_t frame, const TextStyle& style, Sink& sink) {
    std::vector<Id> found;
    for (Id id = 1; id <= analysis.messages.size(); ++id) {
        const auto frames = analysis.frames_of(analysis.message(id));
        if (std::find(frames.begin(), frames.end(), frame) != frames.end()) found.push_back(id);
    }
    MessageText text(analysis, style, sink);
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (i > 0) sink.write("\n");
        text.write(found[i], i + 1, found.size());
    }
    return !found.empty();
}

} // namespace rungs::reports
