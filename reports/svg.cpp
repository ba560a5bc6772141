#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/text.hpp"
#include "reports/diagram_text.hpp"
#include "reports/diagrams.hpp"
#include "reports/ladder_walk.hpp"
#include "reports/markup.hpp"
#include "reports/terminal.hpp"
#include "reports/width.hpp"

namespace rungs::reports {
namespace {

// Pixels at 96 to the inch: A4 without 10 mm of margins is 718 wide.
constexpr unsigned page_width = 718;
constexpr unsigned margin = 12;
constexpr unsigned time_width = 70;
constexpr unsigned narrowest_column = 150;
constexpr unsigned heading_height = 64;
constexpr double column_width = 6.2; // of a letter of the labels, on average

constexpr std::string_view black = "#1b2129", grey = "#576270", pale = "#c4cbd4", red = "#b3261e",
                           green = "#0d6b3f";

/// As much of `text` as `room` pixels hold, escaped.
std::string fitted(std::string_view text, unsigned room) {
    const std::string safe = printable(text);
    const auto width = static_cast<std::size_t>(room / column_width);
    if (columns(safe) <= width) return markup(safe);
    return markup(wrap(safe, std::max<std::size_t>(width, 4) - 1).front()) + "…";
}

/// One ladder, drawn from `top` downwards into a text.
class Drawing {
  public:
    Drawing(const Ladder& ladder, Language language, unsigned top)
        : m_ladder(ladder), m_language(language), m_top(top), m_y(top + heading_height),
          m_column(std::max(narrowest_column, (page_width - 2 * margin - time_width) /
                                                  static_cast<unsigned>(std::max<std::size_t>(
                                                      ladder.participants.size(), 1)))) {
        walk(ladder, *this);
        draw_participants();
    }

    [[nodiscard]] unsigned bottom() const { return m_y + margin; }
    [[nodiscard]] unsigned width() const {
        return 2 * margin + time_width + m_column * static_cast<unsigned>(m_ladder.participants.size());
    }
    /// Lifelines first, so that all else lies on them.
    [[nodiscard]] std::string text() const { return m_lines + m_arrows; }

    void gap(Duration pause) {
        m_arrows += text_at(margin + time_width - 8, m_y + 14, "end", grey, format_duration(pause) + " ⋮");
        m_y += 20;
    }

    void rung(const Rung& rung) {
        const std::string_view color = rung.failure                          ? red
                                       : rung.relation == Relation::original ? black
                                                                             : grey;
        begin_row(rung.since_start, rung.label);
        row(rung.from, rung.to, (rung.failure ? "✗ " : "") + label_of(rung), color, rung.is_response);
        if (!rung.session.empty()) {
            m_arrows += text_at(middle(rung.from, rung.to), m_y + 11, "middle", grey, rung.session,
                                room(rung.from, rung.to), 10);
            m_y += 14;
        }
        m_arrows += "</g>\n";
    }

    void band(const Band& band, const BandStream& stream) {
        const auto [from, to] =
            stream.to_right ? std::pair(band.left, band.right) : std::pair(band.right, band.left);
        const std::string label = label_of(stream, m_language);
        const auto [left, right] = std::minmax({x(from), x(to)});
        begin_row(stream.start - m_ladder.rungs.front().time, label);
        m_arrows += fmt::format(R"(<rect x="{}" y="{}" width="{}" height="18" rx="6" fill="#e3f3ea"/>)",
                                left + 2, m_y + 4, std::max(right - left, 8U) - 4);
        m_arrows += text_at(middle(from, to), m_y + 17, "middle", green,
                            stream.to_right ? label + " ►" : "◄ " + label, room(from, to));
        m_arrows += "</g>\n";
        m_y += 26;
    }

    void key(const KeyRung& key) {
        begin_row(key.since_start, key.key);
        row(key.from, key.to, "DTMF " + key.key, green, false);
        m_arrows += "</g>\n";
    }

  private:
    [[nodiscard]] unsigned x(std::size_t participant) const {
        return margin + time_width + m_column * static_cast<unsigned>(participant) + m_column / 2;
    }
    [[nodiscard]] unsigned middle(std::size_t from, std::size_t to) const {
        return from == to ? x(from) + m_column / 4 : (x(from) + x(to)) / 2;
    }
    /// For a text over an arrow: it may reach over both ends.
    [[nodiscard]] unsigned room(std::size_t from, std::size_t to) const {
        const auto [left, right] = std::minmax({x(from), x(to)});
        return std::max(right - left, m_column / 2) + m_column / 2;
    }

    void begin_row(Duration since_start, std::string_view title) {
        m_arrows += fmt::format("<g><title>{}</title>", markup(title));
        m_arrows += text_at(margin + time_width - 8, m_y + 22, "end", grey, format_seconds(since_start, 3));
    }

    void row(std::size_t from, std::size_t to, std::string_view label, std::string_view color, bool dashed) {
        m_arrows += text_at(middle(from, to), m_y + 15, "middle", color, label, room(from, to));
        const unsigned line = m_y + 20;
        const bool to_self = from == to;
        const unsigned begin = to_self ? x(from) + m_column / 3 : x(from);
        m_arrows += fmt::format(R"(<path d="M{} {}H{}" stroke="{}" stroke-width="1.5"{}/>)", begin, line,
                                x(to), color, dashed ? R"( stroke-dasharray="5 3")" : "");
        const int way = to_self || x(to) < x(from) ? 7 : -7;
        m_arrows += fmt::format(R"(<path d="M{0} {1}l{2} -4v8z" fill="{3}"/>)", x(to), line, way, color);
        m_y += 28;
    }

    static std::string text_at(unsigned x, unsigned y, std::string_view anchor, std::string_view color,
                               std::string_view content, unsigned room = page_width, unsigned size = 12) {
        return fmt::format(R"(<text x="{}" y="{}" text-anchor="{}" fill="{}" font-size="{}">{}</text>)", x, y,
                           anchor, color, size, fitted(content, room * 12 / size));
    }

    void draw_participants() {
        m_lines = fmt::format(R"(<text x="{}" y="{}" font-size="14" font-weight="bold" fill="{}">{}</text>)",
                              margin, m_top + 18, black, markup(heading_of(m_ladder, 1)));
        for (std::size_t i = 0; i < m_ladder.participants.size(); ++i) {
            const Participant& participant = m_ladder.participants[i];
            m_lines +=
                fmt::format(R"(<path d="M{} {}V{}" stroke="{}"/>)", x(i), m_top + heading_height, m_y, pale);
            m_lines +=
                text_at(x(i), m_top + 42, "middle", black, name_of(participant, m_language), m_column - 8);
            m_lines += text_at(x(i), m_top + 57, "middle", grey, address_of(participant), m_column - 8, 11);
        }
        m_lines += "\n";
    }

    const Ladder& m_ladder;
    Language m_language;
    unsigned m_top, m_y, m_column;
    std::string m_lines, m_arrows;
};

} // namespace

void write_svg(const Analysis& analysis, const Selection& selection, Language language, Sink& sink) {
    MessageReader reader(analysis);
    std::string drawn;
    unsigned width = page_width;
    unsigned bottom = margin;
    for (const Id call : selected_calls(analysis, selection)) {
        const Ladder ladder = build_ladder(analysis, call, reader);
        const Drawing drawing(ladder, language, bottom);
        drawn += drawing.text();
        width = std::max(width, drawing.width());
        bottom = drawing.bottom();
    }
    sink.write(
        fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 "
                    "{0} {1}\" role=\"img\" "
                    "font-family=\"Helvetica, Arial, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif\">\n"
                    "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
                    width, bottom));
    sink.write(drawn);
    sink.write("</svg>\n");
}

} // namespace rungs::reports
