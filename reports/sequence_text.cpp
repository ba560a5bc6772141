#include "reports/sequence_text.hpp"

#include <utility>

#include "reports/diagram_text.hpp"
#include "reports/json_writer.hpp"
#include "reports/ladder_walk.hpp"
#include "reports/terminal.hpp"

namespace rungs::reports {
namespace {

/// One ladder in one or more diagrams.
class Sequence {
  public:
    Sequence(const Ladder& ladder, Language language, const SequenceLanguage& dialect, Sink& sink,
             TextFilter* filter)
        : m_ladder(ladder), m_language(language), m_dialect(dialect), m_sink(sink), m_filter(filter) {}

    void write() {
        begin();
        walk(m_ladder, *this);
        m_sink.write(m_dialect.end());
    }

    void gap(Duration pause) {
        put(m_dialect.pause(m_ladder.participants.size(), escaped(format_duration(pause))));
    }
    void rung(const Rung& rung) {
        const ArrowKind kind = rung.failure       ? ArrowKind::failure
                               : rung.is_response ? ArrowKind::response
                                                  : ArrowKind::request;
        arrow(rung.from, kind, rung.to, (rung.failure ? "✗ " : "") + escaped(label_of(rung)));
    }
    void band(const Band& band, const BandStream& stream) {
        const auto [from, to] =
            stream.to_right ? std::pair(band.left, band.right) : std::pair(band.right, band.left);
        arrow(from, ArrowKind::media, to, escaped(label_of(stream, m_language)));
    }
    void key(const KeyRung& key) { arrow(key.from, ArrowKind::media, key.to, "DTMF " + escaped(key.key)); }

  private:
    void begin() {
        m_arrows = m_octets = 0;
        put(m_dialect.begin(escaped(heading_of(m_ladder, ++m_part))));
        std::size_t number = 0;
        for (const Participant& participant : m_ladder.participants) {
            put(m_dialect.participant(++number, escaped(name_of(participant, m_language)),
                                      escaped(address_of(participant))));
        }
    }

    void arrow(std::size_t from, ArrowKind kind, std::size_t to, const std::string& text) {
        const std::string line = m_dialect.arrow(from + 1, kind, to + 1, text);
        if (m_arrows == m_dialect.most_arrows || m_octets + line.size() > m_dialect.most_octets) {
            m_sink.write(m_dialect.end());
            begin();
        }
        ++m_arrows;
        put(line);
    }

    void put(const std::string& text) {
        m_octets += text.size();
        m_sink.write(text);
    }

    [[nodiscard]] std::string escaped(std::string_view text) const {
        return m_dialect.escaped(m_filter == nullptr ? std::string(text) : m_filter->apply("label", text));
    }

    const Ladder& m_ladder;
    Language m_language;
    const SequenceLanguage& m_dialect;
    Sink& m_sink;
    TextFilter* m_filter;
    unsigned m_part = 0;
    std::size_t m_arrows = 0, m_octets = 0;
};

} // namespace

void write_sequences(const Analysis& analysis, const Selection& selection, Language language,
                     const SequenceLanguage& dialect, Sink& sink, TextFilter* filter) {
    MessageReader reader(analysis);
    for (const Id call : selected_calls(analysis, selection)) {
        const Ladder ladder = build_ladder(analysis, call, reader);
        Sequence(ladder, language, dialect, sink, filter).write();
    }
}

} // namespace rungs::reports
