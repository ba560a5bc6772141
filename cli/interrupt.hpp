#pragma once

#include <csignal>

#include <atomic>

namespace rungs::cli {

/// While it lives, the first SIGINT is remembered instead of ending the program (a second one ends it), and a
/// closed pipe is an error of write(2) instead of a signal.
class Interrupts {
  public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

  private:
    struct sigaction m_old_interrupt {};
    struct sigaction m_old_pipe {};
};

/// Set by SIGINT.
const std::atomic<bool>& interrupted();

} // namespace rungs::cli
