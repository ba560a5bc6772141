#include <string>

#include <fmt/format.h>

#include "core/limits/reports.hpp"
#include "reports/diagrams.hpp"
#include "reports/markup.hpp"
#include "reports/sequence_text.hpp"

namespace rungs::reports {
namespace {

class Mermaid final : public SequenceLanguage {
  public:
    Mermaid() {
        most_arrows = limits::mermaid_arrows;
        most_octets = limits::mermaid_octets;
    }

    [[nodiscard]] std::string escaped(std::string_view text) const override { return mermaid_text(text); }
    [[nodiscard]] std::string begin(const std::string& heading) const override {
        return fmt::format("## {}\n\n```mermaid\nsequenceDiagram\n", heading);
    }
    [[nodiscard]] std::string participant(std::size_t number, const std::string& name,
                                          const std::string& address) const override {
        return fmt::format("    participant P{} as {}{}{}\n", number, name, name.empty() ? "" : "<br/>",
                           address);
    }
    [[nodiscard]] std::string arrow(std::size_t from, ArrowKind kind, std::size_t to,
                                    const std::string& text) const override {
        return fmt::format("    P{}{}P{}: {}\n", from, sign_of(kind), to, text);
    }
    [[nodiscard]] std::string pause(std::size_t participants, const std::string& text) const override {
        return fmt::format("    Note over P1,P{}: {}\n", participants, text);
    }
    [[nodiscard]] std::string end() const override { return "```\n\n"; }

  private:
    static std::string_view sign_of(ArrowKind kind) {
        switch (kind) {
        case ArrowKind::request: return "->>";
        case ArrowKind::response:
        case ArrowKind::failure: return "-->>";
        case ArrowKind::media: return "-)";
        }
        return "->>";
    }
};

} // namespace

void write_mermaid(const Analysis& analysis, const Selection& selection, Language language, Sink& sink,
                   TextFilter* filter) {
    write_sequences(analysis, selection, language, Mermaid(), sink, filter);
}

} // namespace rungs::reports
