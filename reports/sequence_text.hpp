#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include "reports/ladder.hpp"
#include "reports/report.hpp"

/// What the languages for sequence diagrams share: a ladder as participants and arrows, in as many diagrams
/// as their programs can draw.
namespace rungs::reports {

class TextFilter;

enum class ArrowKind { request, response, failure, media };

/// How one language writes things. Texts come escaped.
class SequenceLanguage {
  public:
    virtual ~SequenceLanguage() = default;

    /// Captured text in which nothing means anything to the language.
    [[nodiscard]] virtual std::string escaped(std::string_view text) const = 0;
    [[nodiscard]] virtual std::string begin(const std::string& heading) const = 0;
    /// `number` counts from 1; `name` may be empty.
    [[nodiscard]] virtual std::string participant(std::size_t number, const std::string& name,
                                                  const std::string& address) const = 0;
    [[nodiscard]] virtual std::string arrow(std::size_t from, ArrowKind kind, std::size_t to,
                                            const std::string& text) const = 0;
    [[nodiscard]] virtual std::string pause(std::size_t participants, const std::string& text) const = 0;
    [[nodiscard]] virtual std::string end() const = 0;

    std::size_t most_arrows = 0;                                       ///< of a diagram
    std::size_t most_octets = std::numeric_limits<std::size_t>::max(); ///< of a diagram, roughly
};

/// The diagrams of each selected call. `filter`, when there is one, sees every captured text.
void write_sequences(const Analysis& analysis, const Selection& selection, Language language,
                     const SequenceLanguage& dialect, Sink& sink, TextFilter* filter = nullptr);

} // namespace rungs::reports
