#include "cli/interrupt.hpp"

namespace rungs::cli {
namespace {

std::atomic<bool> flag = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

void remember(int) {
    flag = true;
}

} // namespace

Interrupts::Interrupts() {
    flag = false;
    struct sigaction action {};
    action.sa_handler = remember;
    action.sa_flags = static_cast<int>(SA_RESETHAND); // no SA_RESTART: a blocked read has to notice
    ::sigaction(SIGINT, &action, &m_old_interrupt);
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &m_old_pipe);
}

Interrupts::~Interrupts() {
    ::sigaction(SIGINT, &m_old_interrupt, nullptr);
    ::sigaction(SIGPIPE, &m_old_pipe, nullptr);
}

const std::atomic<bool>& interrupted() {
    return flag;
}

} // namespace rungs::cli
