#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include <fmt/format.h>

#include "core/text.hpp"
#include "reports/json_writer.hpp"
#include "reports/ladder.hpp"
#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/width.hpp"
#include "reports/words.hpp"

namespace rungs::reports {
namespace {

// What stands around a label on its arrow: "── INVITE ─►", and before a line below it: "   PCMA".
constexpr std::size_t arrow_columns = 6;
constexpr std::size_t indent_columns = 3;
constexpr std::size_t narrowest_gap = 28;
constexpr std::size_t widest_name = 32;

std::string repeat(std::string_view sign, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += sign;
    return text;
}

/// One ladder, laid out once and then written line by line.
class Drawing {
  public:
    Drawing(const Ladder& ladder, const TextStyle& style, Sink& sink, TextFilter* filter)
        : m_ladder(ladder), m_style(style), m_signs(signs(style)), m_sink(sink), m_filter(filter) {
        std::map<Id, std::string_view> sessions;
        for (const Rung& rung : ladder.rungs) {
            sessions.emplace(rung.message, rung.session);
            m_lines.push_back(label_of(rung));
            // Said once: a repeated or forwarded message shows its session only where that was changed.
            const auto before = sessions.find(rung.relates_to);
            if (before != sessions.end() && before->second == rung.session) m_lines.back().below.clear();
        }
        for (const Band& band : ladder.bands)
            for (const BandStream& stream : band.streams) m_extras.push_back(extra_of(band, stream));
        for (const KeyRung& key : ladder.keys) m_extras.push_back(extra_of(key));
        std::stable_sort(m_extras.begin(), m_extras.end(), [](const Extra& a, const Extra& b) {
            return std::tie(a.before, a.start) < std::tie(b.before, b.start);
        });
        for (const Participant& participant : ladder.participants) m_heads.push_back(head_of(participant));
        lay_out_times();
        lay_out_gaps();
    }

    void write() {
        write_head();
        std::size_t extra = 0;
        for (std::size_t i = 0; i <= m_ladder.rungs.size(); ++i) {
            for (; extra < m_extras.size() && m_extras[extra].before == i; ++extra)
                write_extra(m_extras[extra]);
            if (i < m_ladder.rungs.size()) write_rung(i);
        }
    }

  private:
    struct Label {
        std::string text;  ///< on the arrow
        std::string below; ///< session description
    };

    /// A row between rungs: one way of a band, or a key.
    struct Extra {
        std::size_t before = 0, from = 0, to = 0;
        Timestamp start;
        std::uint64_t frame = 0;
        std::string text;
        std::string_view line; ///< what the arrow is drawn with
        bool lossy = false;
    };

    [[nodiscard]] Extra extra_of(const Band& band, const BandStream& stream) const {
        Extra extra;
        extra.before = band.before;
        extra.from = stream.to_right ? band.left : band.right;
        extra.to = stream.to_right ? band.right : band.left;
        extra.start = stream.start;
        extra.frame = stream.frame;
        extra.line = m_signs.band;
        extra.lossy = stream.lost != 0;
        extra.text = fmt::format("{}{}  {}  {}", stream.stream == 0 ? "" : "RTP ", captured(stream.codec),
                                 counted(stream.packets, Word::packet, m_style.language),
                                 format_duration(stream.end - stream.start));
        if (extra.lossy)
            extra.text +=
                fmt::format("  {} {} ({:.1f} %)", say(Word::lost), stream.lost, stream.loss_percent);
        return extra;
    }

    [[nodiscard]] Extra extra_of(const KeyRung& key) const {
        Extra extra;
        extra.before = key.before;
        extra.from = key.from;
        extra.to = key.to;
        extra.start = key.time;
        extra.frame = key.frame;
        extra.line = m_signs.dot;
        extra.text = fmt::format("DTMF {}  {}", key.key, format_duration(key.duration));
        return extra;
    }

    [[nodiscard]] std::string_view say(Word what) const { return word(what, m_style.language); }

    [[nodiscard]] std::string captured(std::string_view text) const {
        return printable(m_filter == nullptr ? std::string(text) : m_filter->apply("label", text));
    }

    [[nodiscard]] Label label_of(const Rung& rung) const {
        Label label{captured(rung.label), captured(rung.session)};
        if (!rung.key.empty()) label.text += fmt::format(" [DTMF {}]", rung.key);
        switch (rung.relation) {
        case Relation::original: break;
        case Relation::retransmission:
            label.text += fmt::format(" {}{}", m_signs.times, rung.transmission);
            break;
        case Relation::hop: label.text += fmt::format(" ({})", say(Word::hop)); break;
        case Relation::duplicate: label.text += fmt::format(" ({})", say(Word::duplicate)); break;
        }
        return label;
    }

    [[nodiscard]] std::vector<std::string> head_of(const Participant& participant) const {
        std::string name = captured(participant.name);
        if (name.empty()) {
            switch (participant.role) {
            case Role::caller: name = say(Word::caller); break;
            case Role::callee: name = say(Word::callee); break;
            case Role::proxy: name = say(Word::proxy); break;
            case Role::registrar: name = say(Word::registrar); break;
            case Role::other: break;
            }
        }
        std::vector<std::string> lines;
        if (!name.empty()) {
            for (const auto line : wrap(name, widest_name)) lines.emplace_back(line);
        }
        lines.push_back(captured(address_of(participant)));
        return lines;
    }

    void lay_out_times() {
        Timestamp before = m_ladder.rungs.front().time;
        for (const Rung& rung : m_ladder.rungs) {
            m_times.push_back(format_time(rung.time, m_ladder.rungs.front().time, before, m_style.time));
            m_deltas.push_back("+" + format_seconds(rung.delta, 6));
            if (rung.delta.count() < 0) m_deltas.back().erase(0, 1);
            before = rung.time;
        }
        m_frame_width = columns(say(Word::first_frame));
        m_time_width = columns(say(Word::time));
        m_delta_width = columns(say(Word::delta));
        for (std::size_t i = 0; i < m_times.size(); ++i) {
            m_frame_width = std::max(m_frame_width, m_ladder.rungs[i].frame.size());
            m_time_width = std::max(m_time_width, m_times[i].size());
            m_delta_width = std::max(m_delta_width, m_deltas[i].size());
        }
        for (const Extra& extra : m_extras) {
            m_frame_width = std::max(m_frame_width, fmt::format("{}", extra.frame).size());
            m_time_width = std::max(m_time_width, time_of(extra).size());
        }
    }

    /// Relative to the rung above it where the times are relative to the line before.
    [[nodiscard]] std::string time_of(const Extra& extra) const {
        const auto& rungs = m_ladder.rungs;
        const Timestamp before = rungs[extra.before == 0 ? 0 : extra.before - 1].time;
        return format_time(extra.start, rungs.front().time, before, m_style.time);
    }

    /// The columns before the ladder.
    [[nodiscard]] std::string margin(std::string_view frame, std::string_view time,
                                     std::string_view delta) const {
        std::string text = pad_left(frame, m_frame_width) + "  " + pad_left(time, m_time_width);
        if (m_style.time != TimeFormat::delta) text += "  " + pad_left(delta, m_delta_width);
        return text;
    }

    /// Columns between neighbouring lines: as many as the labels need, fewer (never less than the names need)
    /// when that is wider than the terminal.
    void lay_out_gaps() {
        const std::size_t count = m_ladder.participants.size();
        m_start = columns(margin("", "", "")) + 2 + head_columns(0) / 2;

        std::vector<std::size_t> floor;
        for (std::size_t i = 0; i + 1 < count; ++i) {
            floor.push_back((head_columns(i) + 1) / 2 + (head_columns(i + 1) + 1) / 2 + 1);
        }
        m_gaps = floor;
        for (std::size_t i = 0; i < m_ladder.rungs.size(); ++i)
            make_room(m_ladder.rungs[i].from, m_ladder.rungs[i].to, m_lines[i]);
        for (const Extra& extra : m_extras) make_room(extra.from, extra.to, {extra.text, {}});

        if (m_gaps.empty() || width() <= m_style.width) return;
        const std::vector<std::size_t> wanted = m_gaps;
        std::size_t cap = *std::max_element(wanted.begin(), wanted.end());
        while (cap > narrowest_gap && width() > m_style.width) {
            --cap;
            for (std::size_t i = 0; i < wanted.size(); ++i) {
                m_gaps[i] = std::max(floor[i], std::min(wanted[i], cap));
            }
        }
    }

    void make_room(std::size_t from, std::size_t to, const Label& label) {
        const std::size_t left = std::min(from, to);
        const std::size_t right = std::max(from, to);
        const std::size_t needed =
            std::max(columns(label.text) + arrow_columns, columns(label.below) + indent_columns + 1);
        if (left == right) {
            if (left < m_gaps.size()) m_gaps[left] = std::max(m_gaps[left], needed);
            return;
        }
        const std::size_t there = span_columns(left, right);
        if (there >= needed) return;
        const std::size_t each = (needed - there + (right - left) - 1) / (right - left);
        for (std::size_t i = left; i < right; ++i) m_gaps[i] += each;
    }

    /// Columns between the lines of two participants.
    [[nodiscard]] std::size_t span_columns(std::size_t left, std::size_t right) const {
        std::size_t total = right - left - 1;
        for (std::size_t i = left; i < right; ++i) total += m_gaps[i];
        return total;
    }

    [[nodiscard]] std::size_t width() const {
        const std::size_t last = m_ladder.participants.size() - 1;
        return m_start + 1 + (last == 0 ? 0 : span_columns(0, last) + 1) + head_columns(last) / 2;
    }

    [[nodiscard]] std::size_t head_columns(std::size_t participant) const {
        std::size_t widest = 0;
        for (const std::string& line : m_heads[participant]) widest = std::max(widest, columns(line));
        return widest;
    }

    void write_head() {
        std::size_t height = 0;
        for (const auto& head : m_heads) height = std::max(height, head.size());
        for (std::size_t row = 0; row < height; ++row) {
            const bool last = row + 1 == height;
            std::string line =
                last ? margin(say(Word::first_frame), say(Word::time), say(Word::delta)) : std::string();
            std::size_t at = columns(line);
            std::size_t center_column = m_start;
            if (last) line = paint(line, Ink::dim, m_style);
            for (std::size_t i = 0; i < m_heads.size(); ++i) {
                const auto& head = m_heads[i];
                const std::size_t blank = height - head.size(); // names stand on their addresses
                if (row >= blank) {
                    const std::string& text = head[row - blank];
                    const std::size_t start = center_column - columns(text) / 2;
                    if (at < start) line.append(start - at, ' ');
                    at = std::max(at, start) + columns(text);
                    line += paint(text, last ? Ink::plain : Ink::bold, m_style);
                }
                if (i < m_gaps.size()) center_column += m_gaps[i] + 1;
            }
            put(line);
        }
    }

    void write_rung(std::size_t index) {
        const Rung& rung = m_ladder.rungs[index];
        if (rung.delta >= gap_at_least) {
            put(std::string(m_start, ' ') + lifelines(0, m_ladder.participants.size(), m_signs.gap));
        }
        const std::string start = pad_right(margin(rung.frame, m_times[index], m_deltas[index]), m_start);
        const bool again = rung.relation == Relation::retransmission || rung.relation == Relation::duplicate;
        const Ink ink = again ? Ink::dim : rung.failure ? Ink::red : Ink::plain;
        const std::size_t left = std::min(rung.from, rung.to);
        const std::size_t right = std::max(rung.from, rung.to);

        const std::size_t room = left == right ? own_room(left) : span_columns(left, right);
        const auto texts =
            wrap(m_lines[index].text, std::max<std::size_t>(room, arrow_columns + 1) - arrow_columns);
        const std::string arrow = left == right         ? loop(texts.front())
                                  : rung.from < rung.to ? to_right(texts.front(), room, m_signs.horizontal)
                                                        : to_left(texts.front(), room, m_signs.horizontal);
        put_row(start, left, right, arrow, room, ink);

        const std::string blank(m_start, ' ');
        for (std::size_t i = 1; i < texts.size(); ++i)
            put_row(blank, left, right, below(texts[i]), room, ink);
        if (m_lines[index].below.empty()) return;
        const std::size_t indent = indent_columns + 1;
        for (const auto text : wrap(m_lines[index].below, std::max(room, indent + 1) - indent)) {
            put_row(blank, left, right, below(text), room, Ink::dim);
        }
    }

    void write_extra(const Extra& extra) {
        const std::size_t left = std::min(extra.from, extra.to);
        const std::size_t right = std::max(extra.from, extra.to);
        const std::size_t room = left == right ? own_room(left) : span_columns(left, right);
        const auto texts = wrap(extra.text, std::max<std::size_t>(room, arrow_columns + 1) - arrow_columns);
        const std::string arrow = left == right           ? loop(texts.front())
                                  : extra.from < extra.to ? to_right(texts.front(), room, extra.line)
                                                          : to_left(texts.front(), room, extra.line);
        const Ink ink = extra.lossy ? Ink::yellow : Ink::dim;
        const std::string frame = fmt::format("{}", extra.frame);
        put_row(pad_right(margin(frame, time_of(extra), ""), m_start), left, right, arrow, room, ink);
        const std::string blank(m_start, ' ');
        for (std::size_t i = 1; i < texts.size(); ++i)
            put_row(blank, left, right, below(texts[i]), room, ink);
    }

    [[nodiscard]] std::size_t own_room(std::size_t participant) const {
        if (participant < m_gaps.size()) return m_gaps[participant];
        return std::max<std::size_t>(narrowest_gap,
                                     m_style.width - std::min<std::size_t>(m_style.width, width()));
    }

    [[nodiscard]] std::string to_right(std::string_view text, std::size_t room, std::string_view line) const {
        std::string arrow = repeat(line, 2) + " ";
        arrow.append(text).append(" ");
        return arrow + repeat(line, rest(room, columns(arrow) + 1)) + std::string(m_signs.right);
    }

    [[nodiscard]] std::string to_left(std::string_view text, std::size_t room, std::string_view line) const {
        std::string arrow = std::string(m_signs.left) + std::string(line) + " ";
        arrow.append(text).append(" ");
        return arrow + repeat(line, rest(room, columns(arrow)));
    }

    [[nodiscard]] std::string loop(std::string_view text) const {
        return fmt::format("{} {}", m_signs.turn, text);
    }

    [[nodiscard]] static std::string below(std::string_view text) {
        return std::string(indent_columns, ' ') + std::string(text);
    }

    static std::size_t rest(std::size_t room, std::size_t used) { return room - std::min(room, used); }

    /// `content` between the lines of two participants (behind the line of one that talks to itself).
    void put_row(const std::string& start, std::size_t left, std::size_t right, const std::string& content,
                 std::size_t room, Ink ink) {
        const std::size_t count = m_ladder.participants.size();
        std::string line = start + lifelines(0, left + 1, m_signs.vertical);
        line.resize(line.find_last_not_of(' ') + 1);
        line += paint(content, ink, m_style);
        if (left == right && left + 1 == count) return put(line);
        line.append(rest(room, columns(content)), ' ');
        put(line + lifelines(left == right ? right + 1 : right, count, m_signs.vertical));
    }

    /// The lines of participants `first` to before `end`, each with the gap behind it.
    [[nodiscard]] std::string lifelines(std::size_t first, std::size_t end, std::string_view sign) const {
        std::string line;
        for (std::size_t i = first; i < end; ++i) {
            line += sign;
            if (i < m_gaps.size()) line.append(m_gaps[i], ' ');
        }
        return line;
    }

    void put(std::string line) {
        line.resize(line.find_last_not_of(' ') + 1);
        m_sink.write(line += '\n');
    }

    const Ladder& m_ladder;
    const TextStyle& m_style;
    const Signs& m_signs;
    Sink& m_sink;
    TextFilter* m_filter;
    std::vector<Label> m_lines;
    std::vector<Extra> m_extras;                   ///< in the order in which they are drawn
    std::vector<std::vector<std::string>> m_heads; ///< name above address, by participant
    std::vector<std::string> m_times, m_deltas;
    std::size_t m_frame_width = 0, m_time_width = 0, m_delta_width = 0;
    std::size_t m_start = 0;         ///< column of the first line
    std::vector<std::size_t> m_gaps; ///< columns between a line and the next
};

/// "Call 3  answered  alice → bob  12.3 s, ended by caller", and what links its legs.
void write_title(const Analysis& analysis, Id id, const TextStyle& style, Sink& sink) {
    const Call& call = analysis.call(id);
    const Language language = style.language;
    std::string title = fmt::format("{} {}", word(call.kind, language), id);
    if (language == Language::en) title.front() = static_cast<char>(title.front() - 'a' + 'A');
    title = paint(title, Ink::bold, style);
    title += "  " + paint(word(call.outcome, language), ink_of(call.outcome), style);
    if (call.final_status != 0) title += fmt::format(" ({})", call.final_status);
    if (call.challenged) title += fmt::format(", {}", word(Word::challenged, language));
    title += fmt::format("  {} {} {}", printable(name_of(analysis, analysis.caller_of(call))),
                         signs(style).arrow, printable(name_of(analysis, analysis.callee_of(call))));
    title += "  " + format_date(call.start);
    if (const OptionalDuration talk = analysis.details_of(call).talk) title += "  " + format_duration(talk);
    if (const auto who = word(call.ended_by, language); !who.empty()) {
        title += fmt::format("  {}: {}", word(Word::ended_by, language), who);
    }
    if (const auto reason = analysis.text(call.reason); !reason.empty()) title += "  " + printable(reason);
    sink.write(title += '\n');

    for (const Link& link : analysis.links_of(call)) {
        if (link.evidence == static_cast<std::uint16_t>(Evidence::call_id)) continue; // says itself
        std::string evidence;
        for (unsigned bit = 0; bit < 16; ++bit) {
            if ((link.evidence >> bit & 1U) == 0) continue;
            if (!evidence.empty()) evidence += ", ";
            evidence += to_string(static_cast<Evidence>(1U << bit));
        }
        sink.write(fmt::format(fmt::runtime(word(Word::linked, language)), link.from, link.to,
                               to_string(link.confidence), evidence) +
                   "\n");
    }
}

} // namespace

void draw_ladder(const Ladder& ladder, const TextStyle& style, Sink& sink, TextFilter* filter) {
    if (ladder.rungs.empty()) {
        sink.write(std::string(word(Word::no_rungs, style.language)) + "\n");
    } else {
        Drawing(ladder, style, sink, filter).write();
    }
}

void write_ladder(const Analysis& analysis, const Selection& selection, const TextStyle& style, Sink& sink) {
    MessageReader reader(analysis);
    bool first = true;
    for (const Id id : selected_calls(analysis, selection)) {
        if (!first) sink.write("\n");
        first = false;
        write_title(analysis, id, style, sink);
        sink.write("\n");
        const Ladder ladder = build_ladder(analysis, id, reader);
        draw_ladder(ladder, style, sink);
    }
    if (first) sink.write(std::string(word(Word::no_calls, style.language)) + "\n");
}

} // namespace rungs::reports
