#include <string>

#include <fmt/format.h>

#include "reports/diagram_text.hpp"
#include "reports/diagrams.hpp"
#include "reports/ladder_walk.hpp"
#include "reports/markup.hpp"
#include "reports/terminal.hpp"

namespace rungs::reports {
namespace {

// Mermaid draws nothing at all beyond maxEdges 500 and maxTextSize 50 000; both with room left.
constexpr std::size_t most_arrows = 450;
constexpr std::size_t most_octets = 45'000;

class Diagram {
  public:
    Diagram(const Ladder& ladder, Language language, Sink& sink)
        : m_ladder(ladder), m_language(language), m_sink(sink) {}

    void write() {
        begin();
        walk(m_ladder, *this);
        m_sink.write("```\n\n");
    }

    void gap(Duration pause) {
        line(fmt::format("Note over P1,P{}: {}", m_ladder.participants.size(),
                         mermaid_text(format_duration(pause))));
    }
    void rung(const Rung& rung) {
        arrow(rung.from, rung.is_response ? "-->>" : "->>", rung.to,
              (rung.failure ? "✗ " : "") + mermaid_text(label_of(rung)));
    }
    void band(const Band& band, const BandStream& stream) {
        const auto [from, to] =
            stream.to_right ? std::pair(band.left, band.right) : std::pair(band.right, band.left);
        arrow(from, "-)", to, mermaid_text(label_of(stream, m_language)));
    }
    void key(const KeyRung& key) { arrow(key.from, "-)", key.to, "DTMF " + mermaid_text(key.key)); }

  private:
    void begin() {
        m_sink.write(fmt::format("## {}\n\n```mermaid\nsequenceDiagram\n", heading_of(m_ladder, ++m_part)));
        m_arrows = m_octets = 0;
        for (std::size_t i = 0; i < m_ladder.participants.size(); ++i) {
            const Participant& participant = m_ladder.participants[i];
            std::string name = mermaid_text(name_of(participant, m_language));
            if (!name.empty()) name += "<br/>";
            line(fmt::format("participant P{} as {}{}", i + 1, name, mermaid_text(address_of(participant))));
        }
    }

    void arrow(std::size_t from, std::string_view sign, std::size_t to, const std::string& text) {
        if (m_arrows == most_arrows || m_octets + text.size() > most_octets) {
            m_sink.write("```\n\n");
            begin();
        }
        ++m_arrows;
        line(fmt::format("P{}{}P{}: {}", from + 1, sign, to + 1, text));
    }

    void line(const std::string& text) {
        m_octets += text.size() + 5;
        m_sink.write(fmt::format("    {}\n", text));
    }

    const Ladder& m_ladder;
    Language m_language;
    Sink& m_sink;
    unsigned m_part = 0;
    std::size_t m_arrows = 0, m_octets = 0;
};

} // namespace

void write_mermaid(const Analysis& analysis, const Selection& selection, Language language, Sink& sink) {
    MessageReader reader(analysis);
    for (const Id call : selected_calls(analysis, selection)) {
        const Ladder ladder = build_ladder(analysis, call, reader);
        Diagram(ladder, language, sink).write();
    }
}

} // namespace rungs::reports
