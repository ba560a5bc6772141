#include "cli/progress.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "cli/say.hpp"

namespace rungs::cli {
namespace {

std::string size_text(std::uint64_t octets) {
    constexpr std::array<std::string_view, 5> units{"B", "kB", "MB", "GB", "TB"};
    auto value = static_cast<double>(octets);
    std::size_t unit = 0;
    for (; value >= 1000 && unit + 1 < units.size(); ++unit) value /= 1000;
    return unit == 0 ? fmt::format("{} B", octets) : fmt::format("{:.1f} {}", value, units[unit]);
}

} // namespace

std::string progress_text(std::uint64_t octets, std::uint64_t total) {
    if (total == 0) return size_text(octets);
    const double share = std::min(1.0, static_cast<double>(octets) / static_cast<double>(total));
    return fmt::format("{} of {} ({:.0f} %)", size_text(octets), size_text(total), share * 100);
}

Progress::Progress(std::uint64_t total) : m_total(total), m_next(Clock::now() + first_after) {}

Progress::~Progress() {
    // Spaces rather than an escape sequence: every terminal knows those.
    if (m_drawn > 0) say(fmt::format("\r{:{}}\r", "", m_drawn));
}

void Progress::show(std::uint64_t octets) {
    show("reading " + progress_text(octets, m_total));
}

void Progress::show(const std::string& text) {
    const auto now = Clock::now();
    if (now < m_next) return;
    m_next = now + then_every;
    say(fmt::format("\r{:{}}", text, m_drawn));
    m_drawn = std::max(m_drawn, text.size());
}

} // namespace rungs::cli
