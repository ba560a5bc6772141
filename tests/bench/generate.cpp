/// Writes a capture of calls through a proxy, and beside it what an analysis of it must find:
/// `bench_generate calls.pcap --calls 1000` makes calls.pcap and calls.pcap.truth.json. The same options give
/// the same octets everywhere. Memory is that of the calls that are up at one time.

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/bench/call.hpp"
#include "tests/bench/capture_file.hpp"
#include "tests/bench/media.hpp"
#include "tests/bench/random.hpp"

namespace bench {
namespace {

constexpr Time first_start = 1'767'225'600'000'000; // 2026-01-01

struct Options {
    std::string path;
    std::uint64_t calls = 100;
    std::uint64_t seconds = 10; ///< mean talk
    std::uint64_t concurrency = 20;
    unsigned legs = 1;
    unsigned registrations = 20; ///< for every hundred calls
    std::uint64_t seed = 1;
    bool pcapng = false;
    bool media = true;
};

class Generator {
  public:
    explicit Generator(const Options& options)
        : m_options(options), m_random(options.seed), m_file(options.path, options.pcapng),
          // So many that nobody is called again while a call is up.
          m_users(std::max<std::uint64_t>(1000, 8 * options.concurrency)) {}

    bool run() {
        const Time mean = m_options.seconds * 600'000 + 3'000'000; // six of ten are answered
        const Time interval = std::max<Time>(mean / m_options.concurrency, 1);
        for (std::uint64_t number = 0; number < m_options.calls; ++number) {
            const Time start = first_start + number * interval;
            emit_until(start);
            begin_call(number, start + m_random.between(0, interval - 1));
            if (m_random.between(0, 99) < m_options.registrations)
                begin(write_registration(m_registrations++, start + interval / 2, m_users));
        }
        // Only time that passes shows that a call gets no response (timer B, 32 s): there is a packet after
        // all.
        begin(write_registration(m_registrations++, first_start + m_options.calls * interval + 100'000'000,
                                 m_users));
        emit_until(~Time{0});
        return m_file.close();
    }

    [[nodiscard]] nlohmann::ordered_json truth() const {
        nlohmann::ordered_json out;
        out["packets"] = m_file.packets();
        out["octets"] = m_file.octets();
        out["sip_messages"] = m_sip_messages;
        out["retransmissions"] = m_retransmissions;
        out["rtp_packets"] = m_rtp_packets;
        out["rtcp_packets"] = m_rtcp_packets;
        out["call_ids"] = m_options.calls + m_registrations;
        out["registrations"] = m_registrations;
        out["challenged_calls"] = m_challenged;
        out["calls"] = m_outcomes;
        out["streams"] = nlohmann::ordered_json::array();
        for (const StreamTruth& stream : m_streams) {
            out["streams"].push_back({{"ssrc", fmt::format("0x{:08x}", stream.ssrc)},
                                      {"source", to_string(stream.source)},
                                      {"destination", to_string(stream.destination)},
                                      {"packets", stream.packets},
                                      {"expected", stream.expected},
                                      {"lost", stream.lost},
                                      {"duplicates", stream.duplicates},
                                      {"out_of_order", stream.out_of_order}});
        }
        return out;
    }

  private:
    /// Something that has a packet to send at a time: a script or a stream.
    struct Sender {
        CallScript script;
        std::size_t position = 0;
        std::unique_ptr<MediaStream> stream;

        [[nodiscard]] std::optional<Time> next() const {
            if (stream) return stream->next();
            if (position == script.datagrams.size()) return std::nullopt;
            return script.datagrams[position].time;
        }
    };
    struct Turn {
        Time time = 0;
        std::uint64_t order = 0; ///< breaks ties
        std::unique_ptr<Sender> sender;
    };
    static bool is_later(const Turn& a, const Turn& b) {
        return a.time != b.time ? a.time > b.time : a.order > b.order;
    }

    void begin_call(std::uint64_t number, Time start) {
        const CallPlan plan = plan_call(number, start, m_options.seconds * 1'000'000, m_users, m_random);
        CallScript script = write_call(plan, m_options.legs);
        ++m_outcomes[to_string(plan.outcome)];
        if (plan.outcome == Outcome::auth_failed || (plan.challenged && plan.outcome != Outcome::no_response))
            ++m_challenged;
        if (m_options.media && plan.outcome == Outcome::answered) {
            const auto ssrc = static_cast<std::uint32_t>(m_random.next());
            begin_stream(plan.caller_media, plan.callee_media, ssrc, ssrc + 1, script);
            begin_stream(plan.callee_media, plan.caller_media, ssrc + 1, ssrc, script);
        }
        begin(std::move(script));
    }

    void begin(CallScript script) {
        m_retransmissions += script.retransmissions;
        auto sender = std::make_unique<Sender>();
        sender->script = std::move(script);
        queue(std::move(sender));
    }

    void begin_stream(Address source, Address destination, std::uint32_t ssrc, std::uint32_t other,
                      const CallScript& script) {
        auto sender = std::make_unique<Sender>();
        sender->stream = std::make_unique<MediaStream>(source, destination, ssrc, other, script.answered,
                                                       script.ended, m_random.next());
        queue(std::move(sender));
    }

    void queue(std::unique_ptr<Sender> sender) {
        if (const auto time = sender->next()) {
            m_turns.push_back({*time, m_order++, std::move(sender)});
            std::ranges::push_heap(m_turns, is_later);
        } else if (sender->stream) {
            const StreamTruth truth = sender->stream->truth();
            m_rtp_packets += truth.packets;
            m_rtcp_packets += sender->stream->rtcp_packets();
            if (truth.packets != 0) m_streams.push_back(truth);
        }
    }

    void emit_until(Time time) {
        while (!m_turns.empty() && m_turns.front().time < time) {
            std::ranges::pop_heap(m_turns, is_later);
            auto sender = std::move(m_turns.back().sender);
            m_turns.pop_back();
            if (sender->stream) {
                sender->stream->emit(m_file);
            } else {
                const Datagram& datagram = sender->script.datagrams[sender->position++];
                m_file.write(datagram.time, datagram.source, datagram.destination, datagram.payload);
                ++m_sip_messages;
            }
            queue(std::move(sender));
        }
    }

    const Options& m_options;
    Random m_random;
    CaptureFile m_file;
    std::uint64_t m_users;
    std::vector<Turn> m_turns; ///< a heap, the earliest on top
    std::uint64_t m_order = 0;
    std::uint64_t m_sip_messages = 0, m_retransmissions = 0, m_registrations = 0, m_challenged = 0;
    std::uint64_t m_rtp_packets = 0, m_rtcp_packets = 0;
    std::map<std::string, std::uint64_t> m_outcomes;
    std::vector<StreamTruth> m_streams;
};

} // namespace
} // namespace bench

int main(int argc, char** argv) {
    bench::Options options;
    CLI::App app("Writes a capture of calls and FILE.truth.json, what an analysis must find in it.");
    app.add_option("FILE", options.path, "the capture")->required();
    app.add_option("--calls", options.calls, "how many");
    app.add_option("--seconds", options.seconds, "mean length of a talk")->check(CLI::Range(1, 100'000));
    app.add_option("--concurrency", options.concurrency, "calls that are up at one time")
        ->check(CLI::Range(1, 1'000'000));
    app.add_option("--legs", options.legs, "1: the caller's side of the proxy; 2: both sides")
        ->check(CLI::Range(1, 2));
    app.add_option("--registrations", options.registrations, "for every hundred calls");
    app.add_option("--seed", options.seed);
    app.add_flag("--pcapng", options.pcapng, "instead of pcap");
    app.add_flag("--media,!--no-media", options.media, "RTP and RTCP of the talks");
    CLI11_PARSE(app, argc, argv);

    bench::Generator generator(options);
    if (!generator.run()) {
        fmt::print(stderr, "{}: could not be written\n", options.path);
        return 2;
    }
    std::ofstream truth(options.path + ".truth.json");
    truth << generator.truth().dump(1) << '\n';
    return truth.good() ? 0 : 2;
}
