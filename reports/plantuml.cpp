#include <string>

#include <fmt/format.h>

#include "core/limits/reports.hpp"
#include "reports/diagrams.hpp"
#include "reports/markup.hpp"
#include "reports/sequence_text.hpp"

namespace rungs::reports {
namespace {

class PlantUml final : public SequenceLanguage {
  public:
    PlantUml() { most_arrows = limits::plantuml_arrows; }

    [[nodiscard]] std::string escaped(std::string_view text) const override { return plantuml_text(text); }
    [[nodiscard]] std::string begin(const std::string& heading) const override {
        return fmt::format("@startuml\ntitle {}\nhide footbox\n", heading);
    }
    [[nodiscard]] std::string participant(std::size_t number, const std::string& name,
                                          const std::string& address) const override {
        return fmt::format("participant \"{}{}{}\" as P{}\n", name, name.empty() ? "" : "\\n", address,
                           number);
    }
    [[nodiscard]] std::string arrow(std::size_t from, ArrowKind kind, std::size_t to,
                                    const std::string& text) const override {
        return fmt::format("P{} {} P{} : {}\n", from, sign_of(kind), to, text);
    }
    [[nodiscard]] std::string pause(std::size_t, const std::string& text) const override {
        return fmt::format("... {} ...\n", text);
    }
    [[nodiscard]] std::string end() const override { return "@enduml\n"; }

  private:
    static std::string_view sign_of(ArrowKind kind) {
        switch (kind) {
        case ArrowKind::request: return "->";
        case ArrowKind::response: return "-->";
        case ArrowKind::failure: return "-[#B3261E]->";
        case ArrowKind::media: return "->>";
        }
        return "->";
    }
};

} // namespace

void write_plantuml(const Analysis& analysis, const Selection& selection, Language language, Sink& sink) {
    write_sequences(analysis, selection, language, PlantUml(), sink);
}

} // namespace rungs::reports
