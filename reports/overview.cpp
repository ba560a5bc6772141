#include <algorithm>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/text.hpp"
#include "reports/explain/catalogue.hpp"
#include "reports/ladder.hpp"
#include "reports/streams.hpp"
#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/words.hpp"

namespace rungs::reports {
namespace {

constexpr std::size_t calls_shown = 20;
constexpr std::size_t registrations_shown = 10;
constexpr std::size_t streams_shown = 20;
constexpr std::size_t findings_shown = 20;

std::string say(Word what, const TextStyle& style) {
    return std::string(word(what, style.language));
}

template <typename... Arguments>
std::string sentence(Word what, const TextStyle& style, const Arguments&... arguments) {
    return fmt::format(fmt::runtime(word(what, style.language)), arguments...);
}

Table::Cell heading(Word what, const TextStyle& style, bool right = false) {
    return {say(what, style), Ink::dim, right};
}

/// "alice", or "张伟 (1001)" when the message gave a name.
std::string party_text(const Analysis& analysis, const Party& party) {
    const std::string user = printable(name_of(analysis, party));
    const std::string display = printable(analysis.text(party.display_name));
    return display.empty() || display == user ? user : fmt::format("{} ({})", display, user);
}

std::string outcome_text(const Call& call, const TextStyle& style) {
    std::string text(word(call.outcome, style.language));
    const bool success = call.final_status >= 200 && call.final_status < 300;
    if (call.final_status != 0 && !success) text += fmt::format(" ({})", call.final_status);
    return text;
}

Timestamp first_packet(const Analysis& analysis) {
    std::optional<Timestamp> first;
    for (const Capture& capture : analysis.captures) {
        if (capture.file.packets != 0 && (!first || capture.file.first < *first)) first = capture.file.first;
    }
    return first.value_or(Timestamp{});
}

std::uint64_t first_frame(const Analysis& analysis, const Call& call) {
    std::uint64_t frame = 0;
    for (Id dialog = call.first_dialog; dialog != 0; dialog = analysis.dialog(dialog).next_in_call) {
        const Id message = analysis.dialog(dialog).first_message;
        if (message != 0 && (frame == 0 || analysis.message(message).frame < frame)) {
            frame = analysis.message(message).frame;
        }
    }
    return frame;
}

std::uint64_t message_count(const Analysis& analysis, const Call& call) {
    std::uint64_t count = 0;
    for (Id dialog = call.first_dialog; dialog != 0; dialog = analysis.dialog(dialog).next_in_call) {
        count += analysis.dialog(dialog).message_count;
    }
    return count;
}

std::string number(std::uint64_t value) {
    return value == 0 ? std::string() : fmt::format("{}", value);
}

void write_calls_table(const Analysis& analysis, std::span<const Id> calls, bool with_kind,
                       const TextStyle& style, Sink& sink) {
    Table table;
    table.add({heading(Word::number, style, true), with_kind ? heading(Word::kind, style) : Table::Cell{},
               heading(Word::start, style, true), heading(Word::from, style), heading(Word::to, style),
               heading(Word::outcome, style), heading(Word::delay, style, true),
               heading(Word::ring, style, true), heading(Word::talk, style, true),
               heading(Word::ended_by, style), heading(Word::legs, style, true),
               heading(Word::messages, style, true), heading(Word::first_frame, style, true)});
    const Timestamp zero = first_packet(analysis);
    Timestamp before = zero;
    for (const Id id : calls) {
        const Call& call = analysis.call(id);
        const CallDetails& details = analysis.details_of(call);
        table.add({{number(id), Ink::bold, true},
                   with_kind ? Table::Cell{std::string(word(call.kind, style.language))} : Table::Cell{},
                   {format_time(call.start, zero, before, style.time), Ink::plain, true},
                   {party_text(analysis, analysis.caller_of(call))},
                   {party_text(analysis, analysis.callee_of(call))},
                   {outcome_text(call, style), ink_of(call.outcome)},
                   {format_duration(details.post_dial_delay), Ink::plain, true},
                   {format_duration(details.ring), Ink::plain, true},
                   {format_duration(details.talk), Ink::plain, true},
                   {std::string(word(call.ended_by, style.language))},
                   {call.kind == CallKind::call && call.dialog_count > 1 ? number(call.dialog_count)
                                                                         : std::string(),
                    Ink::plain, true},
                   {number(message_count(analysis, call)), Ink::plain, true},
                   {number(first_frame(analysis, call)), Ink::plain, true}});
        before = call.start;
    }
    table.write(style, sink);
}

/// Findings of one code share a line: the first one's text and how many more there are.
struct FindingGroup {
    const Finding* first = nullptr;
    std::uint64_t more = 0;
};

std::vector<FindingGroup> group_by_code(const std::vector<const Finding*>& findings) {
    std::vector<FindingGroup> groups;
    std::map<std::string_view, std::size_t> index;
    for (const Finding* finding : findings) {
        const auto [slot, added] = index.try_emplace(finding->code, groups.size());
        if (added)
            groups.push_back({finding, 0});
        else
            ++groups[slot->second].more;
    }
    return groups;
}

/// The text of a finding is English; another language has the meaning of its code.
std::string finding_text(const FindingGroup& group, const TextStyle& style) {
    const Finding& finding = *group.first;
    const std::string_view meaning =
        style.language == Language::en ? std::string_view() : explain::meaning(finding.code, style.language);
    std::string text = printable(meaning.empty() ? std::string_view(finding.text) : meaning);
    if (!finding.frames.empty()) {
        text += fmt::format(" ({} {}{})", say(Word::first_frame, style), finding.frames.front(),
                            finding.frames.size() > 1 ? fmt::format(" +{}", finding.frames.size() - 1) : "");
    }
    if (group.more != 0) text += " " + sentence(Word::more_findings, style, group.more);
    return text;
}

void write_findings_table(const std::vector<const Finding*>& findings, const TextStyle& style, Sink& sink) {
    const std::vector<FindingGroup> groups = group_by_code(findings);
    const std::size_t shown = std::min(groups.size(), findings_shown);
    Table table;
    table.add({}); // no heading
    for (const FindingGroup& group : std::span(groups).first(shown)) {
        table.add({{std::string(word(group.first->severity, style.language)), ink_of(group.first->severity)},
                   {printable(group.first->code), Ink::dim},
                   {finding_text(group, style)}});
    }
    table.write(style, sink);
    if (const std::size_t more = groups.size() - shown; more > 0)
        sink.write("  " + sentence(Word::more_findings, style, more) + "\n");
}

class Overview {
  public:
    Overview(const Analysis& analysis, const TextStyle& style, Sink& sink)
        : m_analysis(analysis), m_style(style), m_sink(sink) {}

    void write() {
        for (const Capture& capture : m_analysis.captures) write_capture(capture);
        if (!m_analysis.complete) line(paint(say(Word::incomplete, m_style), Ink::yellow, m_style));
        write_calls();
        write_registrations();
        write_others();
        write_streams();
        write_findings();
        write_next();
    }

  private:
    void line(const std::string& text) { m_sink.write(text + "\n"); }

    void title(Word what, std::uint64_t count) {
        line("");
        line(paint(fmt::format("{} ({})", say(what, m_style), count), Ink::bold, m_style));
    }

    void write_capture(const Capture& capture) {
        const capture::Summary& file = capture.file;
        std::string text = paint(printable(file.path), Ink::bold, m_style) + "  " + file.format + "  ";
        if (file.packets == 0) {
            text += say(Word::no_packets, m_style);
        } else {
            text += counted(file.packets, Word::packet, m_style.language) + "  " + format_date(file.first) +
                    "  " + fmt::format("{} s", format_seconds(file.last - file.first, 3));
        }
        line(text);

        std::string buckets;
        for (std::size_t i = 0; i < bucket_count; ++i) {
            if (capture.accounting[i] == 0) continue;
            if (!buckets.empty()) buckets += fmt::format(" {} ", signs(m_style).dot);
            buckets += fmt::format("{} {}", to_string(static_cast<Bucket>(i)), capture.accounting[i]);
        }
        if (!buckets.empty()) line("  " + buckets);
        if (file.filtered != 0) {
            line("  " +
                 sentence(Word::filtered, m_style, counted(file.filtered, Word::packet, m_style.language)));
        }
        if (file.truncated) warn(say(Word::truncated, m_style));
        for (const std::string& remark : file.remarks) warn(printable(remark));
    }

    void warn(const std::string& text) { line("  " + paint(text, Ink::yellow, m_style)); }

    void write_calls() {
        for (Id id = 1; id <= m_analysis.calls.size(); ++id) {
            const CallKind kind = m_analysis.call(id).kind;
            if (kind == CallKind::call || kind == CallKind::invitation) m_calls.push_back(id);
        }
        if (m_calls.empty()) {
            line("");
            line(say(Word::no_calls, m_style));
            return;
        }
        title(Word::calls, m_calls.size());
        const std::size_t shown = std::min(m_calls.size(), calls_shown);
        const bool with_kind = std::ranges::any_of(
            m_calls, [&](Id id) { return m_analysis.call(id).kind == CallKind::invitation; });
        write_calls_table(m_analysis, std::span(m_calls).first(shown), with_kind, m_style, m_sink);
        if (const std::size_t more = m_calls.size() - shown; more > 0) {
            line("  " + sentence(Word::more_calls, m_style, more, files()));
        }
    }

    /// Repeated registrations of one user (keep-alives every minute) share a line.
    void write_registrations() {
        struct Row {
            Id first = 0;
            std::uint64_t count = 0;
        };
        std::map<std::pair<std::string_view, CallOutcome>, Row> rows;
        std::uint64_t total = 0;
        for (Id id = 1; id <= m_analysis.calls.size(); ++id) {
            const Call& call = m_analysis.call(id);
            if (call.kind != CallKind::registration) continue;
            Row& row = rows[{m_analysis.text(m_analysis.caller_of(call).uri), call.outcome}];
            if (row.first == 0) row.first = id;
            ++row.count;
            ++total;
        }
        if (rows.empty()) return;
        std::vector<Row> in_order;
        in_order.reserve(rows.size());
        for (const auto& [key, row] : rows) in_order.push_back(row);
        std::sort(in_order.begin(), in_order.end(),
                  [](const Row& a, const Row& b) { return a.first < b.first; });

        title(Word::registrations, total);
        Table table;
        table.add({heading(Word::number, m_style, true), heading(Word::from, m_style),
                   heading(Word::outcome, m_style), heading(Word::times, m_style, true),
                   heading(Word::first_frame, m_style, true)});
        const std::size_t shown = std::min(in_order.size(), registrations_shown);
        for (const Row& row : std::span(in_order).first(shown)) {
            const Call& call = m_analysis.call(row.first);
            table.add({{number(row.first), Ink::bold, true},
                       {party_text(m_analysis, m_analysis.caller_of(call))},
                       {outcome_text(call, m_style), ink_of(call.outcome)},
                       {number(row.count), Ink::plain, true},
                       {number(first_frame(m_analysis, call)), Ink::plain, true}});
        }
        table.write(m_style, m_sink);
        if (const std::size_t more = in_order.size() - shown; more > 0) {
            line("  " + sentence(Word::more_registrations, m_style, more));
        }
    }

    void write_others() {
        std::map<CallKind, std::uint64_t> counts;
        std::uint64_t total = 0;
        for (const Call& call : m_analysis.calls) {
            if (call.kind == CallKind::call || call.kind == CallKind::invitation ||
                call.kind == CallKind::registration) {
                continue;
            }
            ++counts[call.kind];
            ++total;
        }
        if (total == 0) return;
        title(Word::others, total);
        std::string text;
        for (const auto& [kind, count] : counts) {
            if (!text.empty()) text += fmt::format(" {} ", signs(m_style).dot);
            text += fmt::format("{} {}", word(kind, m_style.language), count);
        }
        line("  " + text);
    }

    void write_streams() {
        if (m_analysis.streams.empty()) return;
        title(Word::streams, m_analysis.streams.size());
        std::vector<Id> shown(std::min(m_analysis.streams.size(), streams_shown));
        std::iota(shown.begin(), shown.end(), Id{1});
        write_streams_table(m_analysis, shown, m_style, m_sink);
        if (const std::size_t more = m_analysis.streams.size() - shown.size(); more > 0) {
            line("  " + sentence(Word::more_streams, m_style, more, files()));
        }
    }

    void write_findings() {
        if (m_analysis.findings.empty()) return;
        title(Word::findings, m_analysis.findings.size());
        std::vector<const Finding*> all;
        for (const Finding& finding : m_analysis.findings) all.push_back(&finding);
        write_findings_table(all, m_style, m_sink);
    }

    void write_next() {
        if (m_analysis.messages.empty()) return;
        line("");
        line(paint(say(Word::next, m_style), Ink::bold, m_style));
        Table table;
        table.add({}); // no heading
        const auto add = [&](std::string command, Word what) {
            table.add({{std::move(command)}, {say(what, m_style), Ink::dim}});
        };
        const Id call = m_calls.empty() ? (m_analysis.calls.empty() ? 0 : 1) : m_calls.front();
        if (call != 0) add(fmt::format("rungs ladder {} --call {}", files(), call), Word::type_ladder);
        if (m_calls.size() > 1) add(fmt::format("rungs calls {}", files()), Word::type_calls);
        if (!m_analysis.streams.empty()) add(fmt::format("rungs streams {}", files()), Word::type_streams);
        const Id message = call == 0 ? 1 : first_message(call);
        add(fmt::format("rungs message {} {}", files(), m_analysis.message(message).frame),
            Word::type_message);
        if (!m_analysis.findings.empty())
            add(fmt::format("rungs explain {}", m_analysis.findings.front().code), Word::type_explain);
        add(fmt::format("rungs export {} --to json", files()), Word::type_export);
        table.write(m_style, m_sink);
    }

    [[nodiscard]] Id first_message(Id call) const {
        const Id dialog = m_analysis.call(call).first_dialog;
        const Id message = dialog == 0 ? 0 : m_analysis.dialog(dialog).first_message;
        return message == 0 ? 1 : message;
    }

    [[nodiscard]] std::string files() const {
        std::string text;
        for (const Capture& capture : m_analysis.captures) {
            if (!text.empty()) text += ' ';
            text += shell_word(capture.file.path);
        }
        return text;
    }

    const Analysis& m_analysis;
    const TextStyle& m_style;
    Sink& m_sink;
    std::vector<Id> m_calls;
};

} // namespace

void write_overview(const Analysis& analysis, const TextStyle& style, Sink& sink) {
    Overview(analysis, style, sink).write();
}

void write_calls(const Analysis& analysis, const Selection& selection, const TextStyle& style, Sink& sink) {
    const std::vector<Id> calls = selected_calls(analysis, selection);
    if (calls.empty()) {
        sink.write(say(Word::no_calls, style) + "\n");
        return;
    }
    write_calls_table(analysis, calls, true, style, sink);
    if (selection.all()) return;
    std::vector<const Finding*> findings;
    for (const Finding& finding : analysis.findings) {
        if (finding.call != 0 && std::ranges::binary_search(calls, finding.call))
            findings.push_back(&finding);
    }
    if (findings.empty()) return;
    sink.write("\n" +
               paint(fmt::format("{} ({})", say(Word::findings, style), findings.size()), Ink::bold, style) +
               "\n");
    write_findings_table(findings, style, sink);
}

} // namespace rungs::reports
