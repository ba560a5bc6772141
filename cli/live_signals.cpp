#include "cli/live_signals.hpp"

#include <atomic>

namespace rungs::cli {
namespace {

std::atomic<bool> end_wanted = false, statistics_wanted = false;

void remember_end(int) {
    end_wanted = true;
}
void remember_statistics(int) {
    statistics_wanted = true;
}

} // namespace

LiveSignals::LiveSignals() {
    end_wanted = statistics_wanted = false;
    struct sigaction end {};
    end.sa_handler = remember_end;
    end.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(SIGINT, &end, &m_old[0]);
    ::sigaction(SIGTERM, &end, &m_old[1]);
    struct sigaction statistics {};
    statistics.sa_handler = remember_statistics;
    statistics.sa_flags = SA_RESTART;
    ::sigaction(SIGUSR1, &statistics, &m_old[2]);
}

LiveSignals::~LiveSignals() {
    ::sigaction(SIGINT, &m_old[0], nullptr);
    ::sigaction(SIGTERM, &m_old[1], nullptr);
    ::sigaction(SIGUSR1, &m_old[2], nullptr);
}

bool LiveSignals::wants_end() {
    return end_wanted;
}

bool LiveSignals::wants_statistics() {
    return statistics_wanted.exchange(false);
}

} // namespace rungs::cli
