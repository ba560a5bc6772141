#include "cli/live_screen.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/file_sink.hpp"
#include "core/text.hpp"
#include "dissectors/sip/uri.hpp"
#include "reports/width.hpp"

namespace rungs::cli {
namespace {

constexpr std::size_t kept_lines = 200;

struct Size {
    unsigned columns = 80, rows = 24;
};

Size terminal_size() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
    return {size.ws_col, size.ws_row};
}

std::string name_of(std::string_view uri) {
    const sip::Uri parsed = sip::parse_uri(uri);
    if (!parsed.user.empty()) return printable(parsed.user);
    return uri.empty() ? "?" : printable(uri);
}

std::string span_of(Duration duration) {
    const auto seconds = static_cast<std::int64_t>(to_seconds(duration));
    return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string fitted(const std::string& line, unsigned columns) {
    const auto lines = reports::wrap(line, columns);
    return lines.empty() ? std::string() : std::string(lines.front());
}

std::string_view state_of(const live::Watch::Group& group) {
    switch (group.state) {
    case live::Watch::State::started: return "calling";
    case live::Watch::State::ringing: return "ringing";
    case live::Watch::State::answered: return "talking";
    case live::Watch::State::over: break;
    }
    return "over";
}

} // namespace

std::vector<std::string> calls_table(const live::Engine& engine, std::size_t rows, unsigned columns) {
    std::vector<std::string> lines{
        fmt::format("{:>6}  {:<8} {:>8}  {}", "call", "state", "since", "from -> to")};
    const Analysis& analysis = engine.analysis();
    const auto& groups = engine.watch().groups();
    for (auto group = groups.rbegin(); group != groups.rend() && lines.size() < rows; ++group) {
        if (!engine.watch().is_open(*group)) continue;
        const Dialog& dialog = analysis.dialog(group->first_dialog);
        lines.push_back(
            fitted(fmt::format("{:>6}  {:<8} {:>8}  {} -> {}", group->number, state_of(*group),
                               span_of(group->last - group->first), name_of(analysis.text(dialog.caller.uri)),
                               name_of(analysis.text(dialog.callee.uri))),
                   columns));
    }
    return lines;
}

std::vector<std::string> media_table(const std::vector<media::Stream>& streams, std::size_t rows,
                                     unsigned columns) {
    std::vector<std::string> lines{
        fmt::format("{:<10}  {:>8} {:>7} {:>9}  {}", "SSRC", "packets", "lost", "jitter", "from -> to")};
    std::vector<const media::Stream*> worst;
    worst.reserve(streams.size());
    for (const media::Stream& stream : streams) worst.push_back(&stream);
    std::ranges::stable_sort(
        worst, [](const auto* a, const auto* b) { return a->loss_percent() > b->loss_percent(); });
    for (const media::Stream* stream : worst) {
        if (lines.size() >= rows) break;
        lines.push_back(
            fitted(fmt::format("0x{:08x}  {:>8} {:>5.1f} % {:>6.1f} ms  {} -> {}", stream->ssrc,
                               stream->packets, stream->loss_percent(), stream->jitter_ms_mean.value_or(0),
                               to_string(stream->source), to_string(stream->destination)),
                   columns));
    }
    return lines;
}

LiveScreen::LiveScreen(const reports::TextStyle& style) : m_style(style) {
    ::tcgetattr(STDIN_FILENO, &m_old);
    termios raw = m_old;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    FileSink out(STDOUT_FILENO, "standard output");
    out.write("\x1b[?1049h\x1b[?25l"); // the other screen, no cursor
    out.flush();
}

LiveScreen::~LiveScreen() {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &m_old);
    constexpr std::string_view back = "\x1b[?25h\x1b[?1049l";
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, back.data(), back.size());
}

void LiveScreen::note(const live::Event& event, std::string line) {
    if (line.empty() || event.kind == live::EventKind::statistics) return;
    while (!line.empty() && line.back() == '\n') line.pop_back();
    m_lines.push_back(std::move(line));
    if (m_lines.size() > kept_lines) m_lines.pop_front();
}

bool LiveScreen::wants_end() {
    std::array<char, 16> typed{};
    pollfd keyboard{STDIN_FILENO, POLLIN, 0};
    if (::poll(&keyboard, 1, 0) <= 0) return false;
    const ssize_t count = ::read(STDIN_FILENO, typed.data(), typed.size());
    for (ssize_t i = 0; i < count; ++i) {
        switch (typed[static_cast<std::size_t>(i)]) {
        case 'q': return true;
        case 'c': m_view = View::calls; break;
        case 'e': m_view = View::events; break;
        case 'm': m_view = View::media; break;
        default: break;
        }
    }
    return false;
}

void LiveScreen::draw(const live::Engine& engine, const live::Statistics& now,
                      std::chrono::nanoseconds running) {
    const Size size = terminal_size();
    std::vector<std::string> lines;
    lines.push_back(fmt::format("rungs live  {}   {} packets, {} dropped, {} given up", span_of(running),
                                now.packets, now.dropped + now.interface_dropped, now.given_up.dialogs));
    std::string outcomes = fmt::format("{} in progress", now.open);
    for (std::size_t i = 0; i < live::outcome_count; ++i)
        if (now.outcomes[i] != 0)
            outcomes += fmt::format(", {} {}", now.outcomes[i], to_string(static_cast<CallOutcome>(i)));
    const auto streams = engine.streams();
    const auto in_trouble = std::ranges::count_if(streams, [](const media::Stream& stream) {
        return stream.loss_percent() > 1 || stream.jitter_ms_mean.value_or(0) > 30;
    });
    outcomes += fmt::format(";  RTP: {} streams, {} in trouble", streams.size(), in_trouble);
    lines.push_back(outcomes);
    lines.emplace_back();

    const std::size_t rows = size.rows > 6 ? size.rows - 5 : 1;
    std::vector<std::string> table;
    if (m_view == View::calls) table = calls_table(engine, rows, size.columns);
    if (m_view == View::media) table = media_table(streams, rows, size.columns);
    if (m_view == View::events) {
        const std::size_t skip = m_lines.size() > rows ? m_lines.size() - rows : 0;
        table.assign(m_lines.begin() + static_cast<std::ptrdiff_t>(skip), m_lines.end());
    }
    lines.insert(lines.end(), table.begin(), table.end());
    while (lines.size() + 1 < size.rows) lines.emplace_back();
    lines.emplace_back("q end   c calls   e events   m media");

    FileSink out(STDOUT_FILENO, "standard output");
    out.write("\x1b[H");
    for (std::size_t i = 0; i < lines.size() && i < size.rows; ++i)
        out.write(fmt::format("{}{}\x1b[K", i == 0 ? "" : "\r\n", lines[i]));
    out.write("\x1b[J");
    out.flush();
}

} // namespace rungs::cli
