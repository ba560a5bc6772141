#pragma once

#include <termios.h>

#include <chrono>
#include <deque>
#include <string>
#include <vector>

#include "analyzer/live/engine.hpp"
#include "reports/report.hpp"

namespace rungs::cli {

/// The table of `rungs live` on a terminal: calls in progress, what became of the others, media in trouble,
/// and what was lost. Takes the keyboard while it lives.
class LiveScreen {
  public:
    explicit LiveScreen(const reports::TextStyle& style);
    ~LiveScreen();
    LiveScreen(const LiveScreen&) = delete;
    LiveScreen& operator=(const LiveScreen&) = delete;

    /// `line` is what the event says.
    void note(const live::Event& event, std::string line);
    void draw(const live::Engine& engine, const live::Statistics& now, std::chrono::nanoseconds running);
    /// Reads what was typed; true when that was the key to end.
    bool wants_end();

  private:
    enum class View : std::uint8_t { calls, events, media };

    reports::TextStyle m_style;
    termios m_old{};
    View m_view = View::calls;
    std::deque<std::string> m_lines; ///< the latest events
};

/// The lines that are drawn, at most `rows` of at most `columns`.
std::vector<std::string> calls_table(const live::Engine& engine, std::size_t rows, unsigned columns);
std::vector<std::string> media_table(const std::vector<media::Stream>& streams, std::size_t rows,
                                     unsigned columns);

} // namespace rungs::cli
