#pragma once

#include <csignal>

#include <array>

namespace rungs::cli {

/// While it lives, SIGINT and SIGTERM ask for the end (the second one ends the program) and SIGUSR1 for
/// statistics.
class LiveSignals {
  public:
    LiveSignals();
    ~LiveSignals();
    LiveSignals(const LiveSignals&) = delete;
    LiveSignals& operator=(const LiveSignals&) = delete;

    [[nodiscard]] static bool wants_end();
    /// True once for each SIGUSR1.
    static bool wants_statistics();

  private:
    std::array<struct sigaction, 3> m_old{};
};

} // namespace rungs::cli
