#include "cli/live_run.hpp"

#include <unistd.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "analyzer/capture/live_source.hpp"
#include "analyzer/findings/rules.hpp"
#include "analyzer/live/engine.hpp"
#include "cli/captures.hpp"
#include "cli/confinement.hpp"
#include "cli/flow_choice.hpp"
#include "cli/live_page.hpp"
#include "cli/live_screen.hpp"
#include "cli/live_signals.hpp"
#include "cli/output.hpp"
#include "cli/recorder.hpp"
#include "cli/say.hpp"
#include "cli/terminal.hpp"
#include "cli/version.hpp"
#include "core/text.hpp"
#include "reports/html.hpp"
#include "reports/json.hpp"
#include "reports/live.hpp"
#include "reports/text.hpp"

namespace rungs::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds patience{100};
constexpr milliseconds tick_every{200};
constexpr milliseconds draw_every{500};

std::unique_ptr<capture::LiveSource> open_source(const Options& options, const LiveOptions& wanted) {
    const auto files = captures_of(options);
    if (files.empty() == wanted.device.interfaces.empty()) {
        throw Failure{
            {files.empty() ? "no interface was named"
                           : "packets come from interfaces or from a pipe, not both",
             "-i IF captures on an interface, -D lists them; dumpcap -w - | rungs live -r - reads a pipe"}};
    }
    if (!files.empty() && files != std::vector<std::string>{"-"}) {
        throw Failure{{fmt::format("{}: live reads standard input, as -", printable(files.front())),
                       fmt::format("rungs {} analyses a file", printable(files.front()))}};
    }
    capture::DeviceOptions device = wanted.device;
    device.filter = options.capture_filter;
    auto source = files.empty() ? capture::open_devices(device) : capture::open_pipe(options.capture_filter);
    if (!source) throw Failure{source.error()};
    return std::move(*source);
}

std::string folder_of(const std::string& path) {
    const fs::path folder = fs::path(path).parent_path();
    return folder.empty() ? "." : folder.string();
}

/// The clock of the packets, which goes on while none come.
class PacketClock {
  public:
    void at(Timestamp time) {
        if (m_set && time < m_time) return;
        m_time = time;
        m_seen = Clock::now();
        m_set = true;
    }
    [[nodiscard]] bool is_set() const { return m_set; }
    [[nodiscard]] Timestamp now() const {
        return m_time + std::chrono::duration_cast<Duration>(Clock::now() - m_seen);
    }

  private:
    Timestamp m_time;
    Clock::time_point m_seen;
    bool m_set = false;
};

/// What writes the report at the end, by the ending of its name.
void write_report(const Analysis& analysis, const std::string& path,
                  const std::vector<reports::Check>& checks, const reports::TextStyle& style,
                  reports::Sink& sink) {
    const std::string ending = fs::path(path).extension().string();
    if (ending == ".json") return reports::write_json(analysis, version(), sink);
    if (ending == ".ndjson") return reports::write_ndjson(analysis, version(), sink);
    if (ending == ".html") {
        reports::HtmlStyle html;
        html.language = style.language;
        return reports::write_html({&analysis, checks, {}}, version(), html, sink);
    }
    reports::write_overview(analysis, style, sink);
}

class LiveRun {
  public:
    LiveRun(const Options& options, const LiveOptions& wanted)
        : m_options(options), m_wanted(wanted), m_style(text_style(options, STDOUT_FILENO)),
          m_events(STDOUT_FILENO, "standard output") {}

    ExitStatus run() {
        check_recording();
        for (const std::string& name : m_wanted.flows) m_flows.push_back(choose_flow(name));
        std::optional<ServeAddress> serve;
        if (!m_wanted.serve.empty()) serve = parse_serve(m_wanted.serve, m_wanted.serve_anywhere);
        m_passwords =
            read_passwords(m_options, captures_of(m_options).empty() ? std::vector<std::string>{"live"}
                                                                     : std::vector<std::string>{"-"});
        m_source = open_source(m_options, m_wanted);
        if (serve) m_page.emplace(*serve);
        give_up_privileges();

        open_report();
        if (!m_wanted.record.empty())
            m_recorder.emplace(m_wanted.record, m_wanted.calls_only, m_wanted.rotation, m_source->captures());
        m_engine.emplace(
            analysis_options(), m_wanted.bounds, [this] { return m_source->captures(); },
            [this](const live::Event& event) { tell(event); });
        if (is_table()) m_screen.emplace(m_style);
        if (m_page) {
            m_page->start(empty_page());
            say_note(fmt::format("the page is at {}", m_page->address()));
        }
        m_source->start();
        try {
            capture();
        } catch (const Failure&) { // a full disk, mostly: what was seen is reported all the same
            m_screen.reset();
            m_recorder.reset();
            report();
            throw;
        }
        return report();
    }

  private:
    [[nodiscard]] bool is_table() const {
        return !m_wanted.lines && m_options.format == "text" && ::isatty(STDOUT_FILENO) == 1 &&
               ::isatty(STDIN_FILENO) == 1;
    }

    void check_recording() const {
        if (m_wanted.record == "-") {
            throw Failure{{"-w needs a file: standard output carries the events",
                           "tcpdump -w - or dumpcap -w - write packets to a pipe"}};
        }
        const bool needs_file = m_wanted.rotation.any() || m_wanted.stop.octets != 0 || m_wanted.calls_only;
        if (m_wanted.record.empty() && needs_file)
            throw Failure{{"-b, -a filesize and --calls-only are about the file of -w", "-w FILE.pcapng"}};
    }

    AnalysisOptions analysis_options() {
        AnalysisOptions options;
        options.profile = m_options.profile;
        if (m_passwords) options.passwords = &*m_passwords;
        return options;
    }

    void give_up_privileges() {
        Confinement wanted;
        wanted.user = m_wanted.user;
        wanted.serves = m_page.has_value();
        if (!m_wanted.record.empty()) wanted.folders.push_back(folder_of(m_wanted.record));
        if (!m_wanted.metrics.empty()) wanted.folders.push_back(folder_of(m_wanted.metrics));
        if (m_options.output != "-") wanted.folders.push_back(folder_of(m_options.output));
        const auto confined = confine(wanted);
        if (!confined) throw Failure{confined.error()};
        if (m_options.verbose > 0) {
            say_note(fmt::format("runs as {}, without capabilities, with a list of system calls{}",
                                 confined->user.empty() ? "the same user" : confined->user,
                                 confined->landlock ? " and Landlock" : "; this kernel has no Landlock"));
        }
    }

    /// Opened now, so that what cannot be written is told before the capture and not after it.
    void open_report() {
        if (m_options.output == "-") return;
        try {
            m_report.emplace(m_options.output, std::vector<std::string>{});
        } catch (Failure& failure) {
            if (failure.error.hint.empty())
                failure.error.hint =
                    "the user that rungs runs as must be able to write there; -Z names another one";
            throw;
        }
    }

    // --- while it runs

    void capture() {
        const LiveSignals signals;
        const auto begun = Clock::now();
        auto next_tick = begun, next_statistics = begun + seconds(m_wanted.interval_s), next_draw = begun;
        capture::FrameBatch batch;
        bool stopped = false;
        while (m_source->next(batch, patience)) {
            for (const Frame& frame : batch.frames) {
                if (take(frame)) continue;
                m_source->stop();
                stopped = true;
                break;
            }
            if (stopped && is_limit_reached()) break;
            const auto now = Clock::now();
            if (!stopped &&
                (LiveSignals::wants_end() || is_over(now - begun) || (m_screen && m_screen->wants_end()))) {
                m_source->stop();
                stopped = true;
            }
            if (LiveSignals::wants_statistics()) print_statistics();
            if (now >= next_tick) {
                next_tick = now + tick_every;
                tick();
            }
            if (now >= next_statistics) {
                next_statistics = now + seconds(m_wanted.interval_s);
                tell_interval();
            }
            if (m_screen && now >= next_draw) {
                next_draw = now + draw_every;
                m_screen->draw(*m_engine, statistics(), Clock::now() - begun);
            }
        }
        m_screen.reset();
    }

    /// False when no more packets are wanted.
    bool take(const Frame& frame) {
        if (is_limit_reached()) return false;
        const Bucket bucket = m_engine->take(frame);
        m_clock.at(frame.time);
        ++m_taken;
        if (m_recorder) m_recorder->add(frame, bucket);
        return !is_limit_reached();
    }

    [[nodiscard]] bool is_limit_reached() const {
        if (m_options.packet_limit != 0 && m_taken >= m_options.packet_limit) return true;
        return m_wanted.stop.octets != 0 && m_recorder && m_recorder->octets() >= m_wanted.stop.octets;
    }

    [[nodiscard]] bool is_over(Clock::duration so_far) const {
        return m_wanted.stop.seconds != 0 && so_far >= seconds(m_wanted.stop.seconds);
    }

    void tick() {
        if (m_clock.is_set()) m_engine->tick(m_clock.now());
        if (m_recorder) m_recorder->flush(m_clock.is_set() ? m_clock.now() : Timestamp{});
        m_events.flush();
        if (m_page) refresh_page();
    }

    /// The page without calls; it fetches them.
    [[nodiscard]] std::string empty_page() const {
        reports::StringSink sink;
        reports::HtmlStyle style;
        style.language = m_style.language;
        style.live = true;
        const Analysis nothing = m_engine->latest(0);
        reports::write_html({&nothing, {}, {}}, version(), style, sink);
        return sink.text();
    }

    /// When there is something new and somebody looks; a tenth of the time at most.
    void refresh_page() {
        const auto now = Clock::now();
        if (!m_page->is_wanted() || now < m_show_at || (m_taken == m_shown && m_has_shown)) return;
        m_shown = m_taken;
        m_has_shown = true;
        show(m_engine->latest(limits::live_page_calls));
        m_show_at = now + std::max<Clock::duration>((Clock::now() - now) * 10, milliseconds(300));
    }

    void show(const Analysis& analysis) {
        reports::StringSink sink;
        reports::write_live_data({&analysis, check_all(analysis), {}}, version(), sink);
        m_page->show(sink.text());
    }

    std::vector<reports::Check> check_all(const Analysis& analysis) const {
        std::vector<reports::Check> checks;
        for (Id call = 1; call <= analysis.calls.size(); ++call)
            for (reports::Check& check : check_call(analysis, call)) checks.push_back(std::move(check));
        return checks;
    }

    std::vector<reports::Check> check_call(const Analysis& analysis, Id call) const {
        std::vector<reports::Check> checks;
        if (analysis.call(call).kind != CallKind::call) return checks;
        for (const check::Flow& flow : m_flows) checks.push_back({&flow, check::judge(analysis, call, flow)});
        return checks;
    }

    void tell(const live::Event& event) {
        std::vector<reports::Check> checks;
        if (event.kind == live::EventKind::call_ended && event.analysis != nullptr)
            checks = check_call(*event.analysis, event.call);
        for (const reports::Check& check : checks)
            m_failed = m_failed || check.outcome.verdict == check::Verdict::fail;
        if (m_screen) {
            reports::StringSink line;
            reports::write_event_text(event, checks, m_style, line);
            m_screen->note(event, line.text());
        } else if (m_options.format == "ndjson") {
            reports::write_event_json(event, checks, m_events);
        } else {
            reports::write_event_text(event, checks, m_style, m_events);
        }
    }

    [[nodiscard]] live::Statistics statistics() const {
        live::Statistics now = m_engine->statistics();
        if (m_remembered) { // the engine has handed out what it held
            now.dialogs = m_remembered->dialogs;
            now.messages = m_remembered->messages;
            now.streams = m_remembered->streams;
        }
        for (const capture::DeviceCounters& one : m_source->counters()) {
            now.received += one.received;
            now.dropped += one.dropped;
            now.interface_dropped += one.interface_dropped;
        }
        return now;
    }

    void tell_interval() {
        if (!m_clock.is_set()) return;
        m_engine->tell_streams(m_clock.now());
        tell_statistics();
    }

    void tell_statistics() {
        const live::Statistics now = statistics();
        live::Event event;
        event.kind = live::EventKind::statistics;
        event.time = m_clock.now();
        event.statistics = &now;
        // People get them at the end, by SIGUSR1 and on the screen.
        if (m_options.format == "ndjson") tell(event);
        if (!m_wanted.metrics.empty()) write_metrics(now);
    }

    /// A collector that misses a minute is no reason to end.
    void write_metrics(const live::Statistics& now) {
        try {
            Output metrics(m_wanted.metrics, {});
            reports::write_metrics(now, metrics.sink());
            metrics.finish();
        } catch (const Failure& failure) {
            if (!std::exchange(m_metrics_failed, true)) say_warning(failure.error.message);
        }
    }

    void print_statistics() {
        reports::StringSink text;
        reports::write_statistics(statistics(), text);
        say(text.text());
    }

    // --- the end

    ExitStatus report() {
        m_remembered = statistics();
        Analysis analysis = m_engine->finish(m_clock.is_set() ? m_clock.now() : Timestamp{});
        const std::vector<capture::DeviceCounters> counters = m_source->counters();
        report_drops(analysis, counters);
        if (m_recorder) m_recorder->finish(counters, m_clock.now());
        if (m_clock.is_set()) tell_statistics();
        m_events.flush();
        if (m_page && m_page->is_wanted()) show(analysis);
        if (m_report) {
            write_report(analysis, m_options.output, check_all(analysis), m_style, m_report->sink());
            m_report->finish();
        }
        if (!m_options.quiet && m_options.format == "text") print_statistics();
        for (const Capture& capture : analysis.captures)
            for (const std::string& remark : capture.file.remarks) say_warning(remark);
        const live::Statistics end = statistics();
        const bool lost =
            end.dropped + end.interface_dropped != 0 || end.given_up.anything() || !end.limits.empty();
        if (lost && !m_options.quiet)
            say_warning("packets were dropped, calls given up or limits reached: what is reported is not "
                        "all there was");
        if (m_failed) return ExitStatus::negative;
        return lost ? ExitStatus::inconclusive : ExitStatus::done;
    }

    static void report_drops(Analysis& analysis, const std::vector<capture::DeviceCounters>& counters) {
        for (std::size_t i = 0; i < counters.size() && i < analysis.captures.size(); ++i) {
            const capture::DeviceCounters& one = counters[i];
            if (one.dropped + one.interface_dropped == 0) continue;
            analysis.complete = false;
            Finding finding;
            finding.code = findings::rule::capture_dropped.code;
            finding.severity = Severity::warning;
            finding.text = fmt::format(
                "{}: of {} packets the kernel dropped {} and the interface {}; a larger ring (-B) "
                "or a filter (-f) helps",
                printable(analysis.captures[i].file.path), one.received, one.dropped, one.interface_dropped);
            analysis.findings.push_back(std::move(finding));
        }
    }

    const Options& m_options;
    const LiveOptions& m_wanted;
    reports::TextStyle m_style;
    FileSink m_events;
    std::deque<check::Flow> m_flows;
    std::optional<check::Passwords> m_passwords;
    std::unique_ptr<capture::LiveSource> m_source;
    std::optional<LivePage> m_page;
    std::optional<Output> m_report;
    std::optional<Recorder> m_recorder;
    std::optional<LiveScreen> m_screen;
    std::optional<live::Engine> m_engine;
    PacketClock m_clock;
    std::optional<live::Statistics> m_remembered; ///< before the end
    std::uint64_t m_taken = 0;
    std::uint64_t m_shown = 0; ///< packets when the page was told last
    bool m_has_shown = false;
    Clock::time_point m_show_at;
    bool m_failed = false; ///< a call did, by --check
    bool m_metrics_failed = false;
};

} // namespace

ExitStatus run_live(const Options& options, const LiveOptions& wanted) {
    return LiveRun(options, wanted).run();
}

ExitStatus list_interfaces() {
    const auto devices = capture::list_devices();
    if (!devices) throw Failure{devices.error()};
    FileSink sink(STDOUT_FILENO, "standard output");
    for (const capture::Device& device : *devices) {
        std::string line = printable(device.name);
        if (!device.up) line += "  (down)";
        for (const std::string& address : device.addresses) line += "  " + address;
        if (!device.description.empty()) line += fmt::format("  {}", printable(device.description));
        sink.write(line + "\n");
    }
    sink.flush();
    if (devices->empty())
        throw Failure{
            {"there is no interface to capture on", "capturing needs root or the capability cap_net_raw"}};
    return ExitStatus::done;
}

} // namespace rungs::cli
