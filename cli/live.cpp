#include <array>
#include <memory>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/live_options.hpp"
#include "cli/live_run.hpp"
#include "core/text.hpp"

namespace rungs::cli {
namespace {

constexpr std::array<std::string_view, 2> formats{"text", "ndjson"};
constexpr const char* record_group = "Recording";
constexpr const char* live_group = "Live";

CLI::Option* add_list(CLI::App& app, const char* name, std::vector<std::string>& to, const char* what,
                      const char* value) {
    return app.add_option(name, to, what)->type_name(value)->expected(1)->allow_extra_args(false)->take_all();
}

/// An option whose words go through `take` one by one.
CLI::Option* add_words(CLI::App& app, const char* name, std::function<void(const std::string&)> take,
                       const char* what, const char* value) {
    return app
        .add_option_function<std::vector<std::string>>(
            name,
            [take = std::move(take)](const std::vector<std::string>& words) {
                for (const std::string& word : words) take(word);
            },
            what)
        ->type_name(value)
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
}

void add_device_options(CLI::App& app, LiveOptions& wanted) {
    add_list(app, "-i", wanted.device.interfaces, "capture on this interface; may be repeated", "IF")
        ->group(live_group);
    app.add_flag("-D", wanted.list, "list the interfaces")->group(live_group);
    add_words(
        app, "-s",
        [&wanted](const std::string& word) { wanted.device.snapshot_octets = parse_octets("-s", word, 1); },
        "octets captured of a packet; 262144", "N")
        ->group(live_group);
    add_words(
        app, "-B",
        [&wanted](const std::string& word) {
            wanted.device.ring_octets = parse_octets("-B", word, 1U << 10U);
        },
        "the kernel's ring for each interface, in KiB; 32M", "SIZE")
        ->group(live_group);
    app.add_flag(
           "-p", [&wanted](std::int64_t) { wanted.device.promiscuous = false; },
           "no promiscuous mode: only what is for this machine")
        ->group(live_group);
    app.add_option("-Z", wanted.user,
                   "as root: the user to become after opening; else who called sudo, else nobody")
        ->type_name("USER")
        ->group(live_group);
}

void add_recording_options(CLI::App& app, LiveOptions& wanted) {
    app.add_option("-w", wanted.record, "write the packets to this pcapng file as well")
        ->type_name("FILE")
        ->group(record_group);
    app.add_flag("--calls-only", wanted.calls_only, "-w: only what belongs to calls, not everything")
        ->group(record_group);
    add_words(
        app, "-b", [&wanted](const std::string& word) { parse_rotation(word, wanted.rotation); },
        "-w: a new file every so many seconds or kB; files:N keeps the last N",
        "duration:N|filesize:N|files:N")
        ->group(record_group);
    add_words(
        app, "-a", [&wanted](const std::string& word) { parse_auto_stop(word, wanted.stop); },
        "end after so many seconds, or kB written by -w", "duration:N|filesize:N")
        ->group(record_group);
}

void add_live_options(CLI::App& app, LiveOptions& wanted) {
    add_list(app, "--check", wanted.flows, "compare each call, when it ends, with this flow; may be repeated",
             "NAME|FILE")
        ->group(live_group);
    app.add_option("--metrics", wanted.metrics,
                   "keep a file for node_exporter's textfile collector up to date")
        ->type_name("FILE.prom")
        ->group(live_group);
    app.add_option("--serve", wanted.serve, "show calls as they grow on a page for the browser")
        ->type_name("ADDRESS:PORT")
        ->group(live_group);
    app.add_flag("--serve-any", wanted.serve_anywhere, "--serve may listen on addresses other than loopback")
        ->group(live_group);
    add_words(
        app, "--keep",
        [&wanted](const std::string& word) {
            const auto number = parse_number<std::size_t>(word);
            if (!number || *number < 10 || *number > wanted.bounds.dialogs) {
                throw Failure{
                    {fmt::format("--keep needs a number of dialogs, not \"{}\"", printable(word)),
                     fmt::format("10 to {}, which is what is kept without it", wanted.bounds.dialogs)}};
            }
            wanted.bounds.dialogs = *number;
            wanted.bounds.messages = std::min(wanted.bounds.messages, *number * 20);
        },
        "remember at most so many dialogs; what ended longest ago makes room", "N")
        ->group(live_group);
    add_words(
        app, "--interval",
        [&wanted](const std::string& word) {
            const auto number = parse_number<std::uint64_t>(word);
            if (!number || *number == 0 || *number > 86'400)
                throw Failure{
                    {fmt::format("--interval needs a number of seconds, not \"{}\"", printable(word)),
                     "--interval 10"}};
            wanted.interval_s = *number;
        },
        "seconds between statistics, and between intervals of streams; 10", "N")
        ->group(live_group);
    app.add_flag("--lines", wanted.lines, "a line for each event, also on a terminal")->group(live_group);
}

Action declare(CLI::App& app, Options& options) {
    const auto wanted = std::make_shared<LiveOptions>();
    add_device_options(app, *wanted);
    add_capture_options(app, options);
    add_recording_options(app, *wanted);
    add_live_options(app, *wanted);
    add_password_option(app, options);
    add_output_options(app, options, formats);
    add_text_options(app, options);
    return [&options, wanted] { return wanted->list ? list_interfaces() : run_live(options, *wanted); };
}

constexpr std::array<Example, 6> examples{{
    {"rungs live -i eth0", "calls as they happen; q or Ctrl-C ends"},
    {"rungs live -i eth0 -f 'port 5060 or udp portrange 10000-20000' -o day.html",
     "only these ports; a page at the end"},
    {"rungs live -i eth0 --to ndjson > events.ndjson", "an object a line for each event"},
    {"rungs live -i eth0 -w calls.pcapng -b duration:3600 -b files:24 --calls-only",
     "and the packets, by the hour"},
    {"rungs live -i eth0 --serve 127.0.0.1:8080 --check cancelled", "a page to project; each call is judged"},
    {"dumpcap -q -i eth0 -w - | rungs live -r -", "packets from a program that may capture"},
}};

} // namespace

extern const Command live_command;
const Command live_command{"live",   "-i IF", "Watch calls on a network interface",
                           examples, declare, Access::device};

} // namespace rungs::cli
