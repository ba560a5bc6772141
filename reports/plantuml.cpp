#include <string>
#include <utility>

#include <fmt/format.h>

#include "reports/diagram_text.hpp"
#include "reports/diagrams.hpp"
#include "reports/ladder_walk.hpp"
#include "reports/markup.hpp"
#include "reports/terminal.hpp"

namespace rungs::reports {
namespace {

constexpr std::size_t most_arrows = 450; // an image has at most 4096 pixels of height

class Diagram {
  public:
    Diagram(const Ladder& ladder, Language language, Sink& sink)
        : m_ladder(ladder), m_language(language), m_sink(sink) {}

    void write() {
        begin();
        walk(m_ladder, *this);
        m_sink.write("@enduml\n");
    }

    void gap(Duration pause) {
        m_sink.write(fmt::format("... {} ...\n", plantuml_text(format_duration(pause))));
    }
    void rung(const Rung& rung) {
        arrow(rung.from,
              rung.failure       ? "-[#B3261E]->"
              : rung.is_response ? "-->"
                                 : "->",
              rung.to, (rung.failure ? "✗ " : "") + plantuml_text(label_of(rung)));
    }
    void band(const Band& band, const BandStream& stream) {
        const auto [from, to] =
            stream.to_right ? std::pair(band.left, band.right) : std::pair(band.right, band.left);
        arrow(from, "->>", to, plantuml_text(label_of(stream, m_language)));
    }
    void key(const KeyRung& key) { arrow(key.from, "->>", key.to, "DTMF " + plantuml_text(key.key)); }

  private:
    void begin() {
        m_sink.write(fmt::format("@startuml\ntitle {}\nhide footbox\n",
                                 plantuml_text(heading_of(m_ladder, ++m_part))));
        m_arrows = 0;
        for (std::size_t i = 0; i < m_ladder.participants.size(); ++i) {
            const Participant& participant = m_ladder.participants[i];
            std::string name = plantuml_text(name_of(participant, m_language));
            if (!name.empty()) name += "\\n";
            m_sink.write(fmt::format("participant \"{}{}\" as P{}\n", name,
                                     plantuml_text(address_of(participant)), i + 1));
        }
    }

    void arrow(std::size_t from, std::string_view sign, std::size_t to, const std::string& text) {
        if (m_arrows++ == most_arrows) {
            m_sink.write("@enduml\n");
            begin();
        }
        m_sink.write(fmt::format("P{} {} P{} : {}\n", from + 1, sign, to + 1, text));
    }

    const Ladder& m_ladder;
    Language m_language;
    Sink& m_sink;
    unsigned m_part = 0;
    std::size_t m_arrows = 0;
};

} // namespace

void write_plantuml(const Analysis& analysis, const Selection& selection, Language language, Sink& sink) {
    MessageReader reader(analysis);
    for (const Id call : selected_calls(analysis, selection)) {
        const Ladder ladder = build_ladder(analysis, call, reader);
        Diagram(ladder, language, sink).write();
    }
}

} // namespace rungs::reports
