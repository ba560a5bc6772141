/// How long each stage takes by itself, on the traffic of the generator: `bench_micro
/// --benchmark_filter=Sip`. Items are packets or messages.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "analyzer/capture/source.hpp"
#include "analyzer/correlate/correlator.hpp"
#include "analyzer/decode/packet.hpp"
#include "analyzer/media/tracker.hpp"
#include "analyzer/pipeline.hpp"
#include "dissectors/sdp/description.hpp"
#include "dissectors/sip/message.hpp"
#include "reports/json.hpp"
#include "tests/bench/call.hpp"
#include "tests/bench/media.hpp"

namespace {

/// Captures of one kind each, removed when the program ends.
class Captures {
  public:
    static const Captures& get() {
        static const Captures captures;
        return captures;
    }
    [[nodiscard]] std::string signalling() const { return m_folder / "sip.pcap"; }
    [[nodiscard]] std::string media() const { return m_folder / "rtp.pcap"; }

    ~Captures() {
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }
    Captures(const Captures&) = delete;
    Captures& operator=(const Captures&) = delete;

  private:
    Captures() {
        std::string pattern = std::filesystem::temp_directory_path() / "bench_micro.XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) std::abort();
        m_folder = pattern;
        write_signalling();
        write_media();
    }

    void write_signalling() const {
        bench::CaptureFile file(signalling(), false);
        bench::Random random(1);
        bench::Time now = 1'767'225'600'000'000;
        for (std::uint64_t number = 0; number < 500; ++number, now += 60'000'000) {
            const auto plan = bench::plan_call(number, now, 10'000'000, 1000, random);
            for (const bench::Datagram& datagram : bench::write_call(plan, 2).datagrams)
                file.write(datagram.time, datagram.source, datagram.destination, datagram.payload);
        }
        file.close();
    }
    void write_media() const {
        bench::CaptureFile file(media(), false);
        const bench::Address a{0x0a000001, 16384}, b{0x0a000002, 16384};
        bench::MediaStream stream(a, b, 1, 2, 1'767'225'600'000'000, 1'767'226'000'000'000, 1);
        while (stream.next()) stream.emit(file);
        file.close();
    }

    std::filesystem::path m_folder;
};

/// A capture in memory: frames, with what keeps them alive.
std::vector<rungs::capture::FrameBatch> read_all(const std::string& path) {
    std::vector<rungs::capture::FrameBatch> batches;
    const auto source = rungs::capture::open({path});
    if (!source) return batches;
    for (rungs::capture::FrameBatch batch; (*source)->next(batch);) batches.push_back(batch);
    return batches;
}

template <typename Visit>
void for_each_packet(const std::vector<rungs::capture::FrameBatch>& batches, Visit visit) {
    for (const auto& batch : batches)
        for (const rungs::Frame& frame : batch.frames) visit(frame, rungs::decode::decode(frame));
}

void count_items(benchmark::State& state, std::uint64_t items) {
    state.SetItemsProcessed(static_cast<std::int64_t>(items));
}

void Framing(benchmark::State& state) {
    std::uint64_t frames = 0;
    for (auto _ : state) {
        const auto source = rungs::capture::open({Captures::get().media()});
        for (rungs::capture::FrameBatch batch; source && (*source)->next(batch);)
            frames += batch.frames.size();
    }
    count_items(state, frames);
}
BENCHMARK(Framing);

void Decode(benchmark::State& state) {
    const auto batches = read_all(Captures::get().media());
    std::uint64_t packets = 0;
    for (auto _ : state) {
        for_each_packet(batches, [&](const rungs::Frame&, const rungs::decode::Packet& packet) {
            benchmark::DoNotOptimize(packet.payload.data());
            ++packets;
        });
    }
    count_items(state, packets);
}
BENCHMARK(Decode);

void SipParse(benchmark::State& state) {
    const auto batches = read_all(Captures::get().signalling());
    std::vector<rungs::Bytes> messages;
    for_each_packet(batches, [&](const rungs::Frame&, const rungs::decode::Packet& packet) {
        messages.push_back(packet.payload);
    });
    const auto checks = state.range(0) == 0 ? rungs::sip::Checks::all : rungs::sip::Checks::identity;
    rungs::sip::Message message;
    std::uint64_t parsed = 0;
    for (auto _ : state) {
        for (const rungs::Bytes octets : messages)
            benchmark::DoNotOptimize(
                rungs::sip::parse(octets, rungs::Framing::datagram, message, checks).consumed);
        parsed += messages.size();
    }
    count_items(state, parsed);
}
BENCHMARK(SipParse)->ArgName("identity")->Arg(0)->Arg(1);

void SdpParse(benchmark::State& state) {
    const auto batches = read_all(Captures::get().signalling());
    std::vector<std::string_view> bodies;
    for_each_packet(batches, [&](const rungs::Frame&, const rungs::decode::Packet& packet) {
        const auto text = rungs::as_text(packet.payload);
        const auto body = text.find("\r\n\r\n");
        if (body != std::string_view::npos && body + 4 < text.size()) bodies.push_back(text.substr(body + 4));
    });
    rungs::sdp::Description description;
    std::uint64_t parsed = 0;
    for (auto _ : state) {
        for (const std::string_view body : bodies)
            benchmark::DoNotOptimize(rungs::sdp::parse(body, description));
        parsed += bodies.size();
    }
    count_items(state, parsed);
}
BENCHMARK(SdpParse);

void RtpUpdate(benchmark::State& state) {
    const auto batches = read_all(Captures::get().media());
    std::uint64_t packets = 0;
    for (auto _ : state) {
        rungs::media::Tracker tracker([](std::uint16_t, rungs::media::Verdict, std::uint64_t) {});
        for_each_packet(batches, [&](const rungs::Frame& frame, const rungs::decode::Packet& packet) {
            benchmark::DoNotOptimize(tracker.offer(packet, frame));
            ++packets;
        });
    }
    count_items(state, packets);
}
BENCHMARK(RtpUpdate);

/// Parsed before, so that nothing but the correlator is measured; calls are made at the end.
void Correlate(benchmark::State& state) {
    const auto batches = read_all(Captures::get().signalling());
    struct Seen {
        rungs::sip::Message message;
        rungs::Frame frame;
        rungs::Endpoint source, destination;
    };
    std::vector<Seen> all;
    for_each_packet(batches, [&](const rungs::Frame& frame, const rungs::decode::Packet& packet) {
        Seen& seen = all.emplace_back();
        seen.frame = frame;
        seen.source = packet.source;
        seen.destination = packet.destination;
        rungs::sip::parse(packet.payload, rungs::Framing::datagram, seen.message);
    });
    std::uint64_t messages = 0;
    for (auto _ : state) {
        rungs::Analysis analysis;
        rungs::correlate::Correlator correlator(analysis, {});
        for (const Seen& seen : all) {
            rungs::correlate::Observed observed(seen.message);
            observed.time = seen.frame.time;
            observed.frame = seen.frame.number;
            observed.source = seen.source;
            observed.destination = seen.destination;
            correlator.add(observed);
        }
        correlator.finish(all.back().frame.time);
        messages += all.size();
    }
    count_items(state, messages);
}
BENCHMARK(Correlate);

class NullSink final : public rungs::reports::Sink {
  public:
    void write(std::string_view text) override { benchmark::DoNotOptimize(text.data()); }
};

void JsonWrite(benchmark::State& state) {
    const auto analysis = rungs::analyze({Captures::get().signalling()});
    std::uint64_t messages = 0;
    for (auto _ : state) {
        NullSink sink;
        rungs::reports::write_json(*analysis, "0", sink);
        messages += analysis->messages.size();
    }
    count_items(state, messages);
}
BENCHMARK(JsonWrite);

} // namespace

BENCHMARK_MAIN();
