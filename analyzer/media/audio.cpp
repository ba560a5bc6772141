#include "analyzer/media/audio.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <tsl/robin_map.h>

#include "analyzer/capture/source.hpp"
#include "analyzer/decode/packet.hpp"
#include "analyzer/media/audio_decoder.hpp"
#include "analyzer/media/wav_file.hpp"
#include "core/hash.hpp"
#include "core/limits/media.hpp"
#include "dissectors/rtp/packet.hpp"
#include "dissectors/rtp/payload.hpp"
#include "dissectors/rtp/payload_types.hpp"

namespace rungs::media {
namespace {

constexpr std::size_t buffer_samples = 8'192;
constexpr std::int64_t clock_jump_s = 10;

/// How the payload types of a stream are decoded: all of them make samples at one rate.
class Decoders {
  public:
    explicit Decoders(const Stream& stream) {
        const PayloadTypeUse* main = nullptr;
        for (const PayloadTypeUse& use : stream.payload_types) {
            const bool known = make_audio_decoder(encoding_of(use)) != nullptr;
            if (known && (main == nullptr || use.packets > main->packets)) main = &use;
        }
        if (main == nullptr) return;
        m_rate_hz = make_audio_decoder(encoding_of(*main))->sample_rate_hz();
        for (const PayloadTypeUse& use : stream.payload_types) {
            auto decoder = make_audio_decoder(encoding_of(use));
            if (decoder != nullptr && decoder->sample_rate_hz() == m_rate_hz && use.clock_rate_hz != 0)
                m_entries.push_back(
                    {use.number, use.red_primary.has_value(), use.clock_rate_hz, std::move(decoder)});
        }
    }

    /// 0 when there is no decoder.
    [[nodiscard]] std::uint32_t sample_rate_hz() const { return m_rate_hz; }

    struct Entry {
        std::uint8_t payload_type = 0;
        bool red = false;
        std::uint32_t clock_rate_hz = 0;
        std::unique_ptr<AudioDecoder> decoder;

        void decode(Bytes payload, Samples& out) const {
            if (!red) return decoder->decode(payload, out);
            if (const auto blocks = rtp::parse_red(payload)) decoder->decode(blocks->primary().data, out);
        }
    };
    [[nodiscard]] const Entry* find(std::uint8_t payload_type) const {
        const auto found = std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& entry) {
            return entry.payload_type == payload_type;
        });
        return found == m_entries.end() ? nullptr : &*found;
    }

  private:
    static std::string_view encoding_of(const PayloadTypeUse& use) {
        return use.red_primary ? rtp::static_payload_type(*use.red_primary).encoding
                               : std::string_view(use.encoding);
    }

    std::uint32_t m_rate_hz = 0;
    std::vector<Entry> m_entries;
};

/// Places the samples of a stream in its file. Holds one run of them until it is full or broken.
class Track {
  public:
    Track(Id id, const Stream& stream, Decoders decoders, WavFile file)
        : m_id(id), m_stream(&stream), m_decoders(std::move(decoders)), m_file(std::move(file)) {}

    void add(const rtp::Packet& packet, Timestamp time) {
        const Decoders::Entry* entry = m_decoders.find(packet.payload_type);
        if (entry == nullptr || is_repeated(packet.sequence)) return;
        const std::int64_t position = position_of(packet.timestamp, time, entry->clock_rate_hz);
        m_samples.clear();
        entry->decode(packet.payload, m_samples);
        const auto most =
            static_cast<std::int64_t>(limits::audio_stream_seconds * m_decoders.sample_rate_hz());
        m_cut = m_cut || position >= most;
        if (position < 0 || position >= most || m_samples.empty()) return;
        const auto at = static_cast<std::uint64_t>(position);
        if (at != m_buffer_at + m_buffer.size() || m_buffer.size() + m_samples.size() > buffer_samples) {
            flush();
            m_buffer_at = at;
        }
        m_buffer.insert(m_buffer.end(), m_samples.begin(), m_samples.end());
    }

    void flush() {
        if (!m_buffer.empty()) m_file.write(m_buffer_at, m_buffer);
        m_buffer.clear();
    }

    [[nodiscard]] Id id() const { return m_id; }
    [[nodiscard]] const Stream& stream() const { return *m_stream; }
    [[nodiscard]] WavFile& file() { return m_file; }
    [[nodiscard]] const WavFile& file() const { return m_file; }
    /// Something came past limits::audio_stream_seconds.
    [[nodiscard]] bool is_cut() const { return m_cut; }

  private:
    [[nodiscard]] bool is_repeated(std::uint16_t sequence) {
        if (std::find(m_recent.begin(), m_recent.end(), sequence) != m_recent.end()) return true;
        m_recent[m_next_recent++ % m_recent.size()] = sequence;
        return false;
    }

    /// In samples from the stream's first packet.
    std::int64_t position_of(std::uint32_t timestamp, Timestamp time, std::uint32_t clock_rate_hz) {
        const std::int64_t rate = m_decoders.sample_rate_hz();
        if (!m_began) m_first = time;
        const std::int64_t since_start = (time - m_first).count() / 1000 * rate / 1'000'000;
        std::int64_t position = since_start;
        if (m_began) {
            const auto ticks = static_cast<std::int32_t>(timestamp - m_timestamp);
            position = m_position + std::int64_t{ticks} * rate / clock_rate_hz;
        }
        // A new base of RTP time: the clock knows better.
        if (!m_began || std::abs(position - since_start) > clock_jump_s * rate) position = since_start;
        m_began = true;
        m_timestamp = timestamp;
        m_position = position;
        return position;
    }

    Id m_id;
    const Stream* m_stream;
    Decoders m_decoders;
    WavFile m_file;
    bool m_began = false;
    Timestamp m_first; ///< as this capture has it: the analysis may have corrected its clock
    std::uint32_t m_timestamp = 0;
    std::int64_t m_position = 0; ///< of the latest packet
    std::array<std::int32_t, 16> m_recent{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    std::size_t m_next_recent = 0;
    Samples m_samples, m_buffer;
    std::uint64_t m_buffer_at = 0;
    bool m_cut = false;
};

struct StreamKey {
    Endpoint source, destination;
    std::uint32_t ssrc = 0;
    friend bool operator==(const StreamKey&, const StreamKey&) = default;
};

struct StreamKeyHash {
    std::size_t operator()(const StreamKey& key) const {
        const std::array<std::uint64_t, 3> parts{EndpointHash{}(key.source), EndpointHash{}(key.destination),
                                                 key.ssrc};
        return seeded_hash(parts.data(), sizeof parts);
    }
};

class Exporter {
  public:
    Exporter(const Analysis& analysis, const AudioOptions& options)
        : m_analysis(analysis), m_options(options) {}

    Result<std::vector<AudioFile>> run() {
        std::error_code error;
        std::filesystem::create_directory(m_options.directory, error);
        if (!std::filesystem::is_directory(m_options.directory, error))
            return fail(fmt::format("{}: not a folder, and none can be made", m_options.directory));
        for (const auto& step : {&Exporter::open_tracks, &Exporter::read_captures, &Exporter::finish_tracks,
                                 &Exporter::mix_calls}) {
            if (auto done = (this->*step)(); !done) return tl::unexpected(done.error());
        }
        std::stable_sort(m_files.begin(), m_files.end(), [](const AudioFile& a, const AudioFile& b) {
            return std::tie(a.call, a.stream) < std::tie(b.call, b.stream);
        });
        return std::move(m_files);
    }

  private:
    [[nodiscard]] bool is_wanted(Id call) const {
        return m_options.calls.empty() ||
               std::binary_search(m_options.calls.begin(), m_options.calls.end(), call);
    }

    [[nodiscard]] std::string path_of(std::string_view kind, Id id) const {
        return (std::filesystem::path(m_options.directory) / fmt::format("{}-{}.wav", kind, id)).string();
    }

    Result<void> open_tracks() {
        for (Id id = 1; id <= m_analysis.streams.size(); ++id) {
            const Stream& stream = m_analysis.streams[id - 1];
            if (!is_wanted(stream.call)) continue;
            Decoders decoders(stream);
            if (const auto why = refusal(stream, decoders); !why.empty()) {
                m_files.push_back({id, 0, {}, {}, why});
                continue;
            }
            auto file =
                WavFile::create(path_of("stream", id), decoders.sample_rate_hz(), 1, m_options.overwrite);
            if (!file) return tl::unexpected(file.error());
            m_index[{stream.source, stream.destination, stream.ssrc}] = m_tracks.size();
            m_tracks.emplace_back(id, stream, std::move(decoders), std::move(*file));
        }
        return {};
    }

    [[nodiscard]] std::string_view refusal(const Stream& stream, const Decoders& decoders) const {
        if (stream.secure) return "encrypted";
        if (decoders.sample_rate_hz() == 0) return "no decoder";
        if (m_tracks.size() == limits::audio_streams) return "beyond limit";
        return {};
    }

    Result<void> read_captures() {
        capture::OpenOptions open_options;
        open_options.filter = m_options.capture_filter;
        open_options.packet_limit = m_options.packet_limit;
        auto source = capture::open(m_options.paths, open_options);
        if (!source) return tl::unexpected(source.error());
        capture::FrameBatch batch;
        while ((*source)->next(batch)) {
            for (const Frame& frame : batch.frames) take(frame);
            if (m_options.stop != nullptr && m_options.stop->load()) break;
        }
        return {};
    }

    void take(const Frame& frame) {
        const decode::Packet packet = decode::decode(frame);
        if (packet.transport != decode::Transport::udp || packet.payload.size() < rtp::fixed_header_octets)
            return;
        const auto parsed = rtp::parse(packet.payload, packet.payload_missing);
        if (!parsed) return;
        const auto found = m_index.find(StreamKey{packet.source, packet.destination, parsed->ssrc});
        if (found != m_index.end()) m_tracks[found->second].add(*parsed, frame.time);
    }

    Result<void> finish_tracks() {
        for (Track& track : m_tracks) {
            track.flush();
            if (auto done = finish(track.file(), track.id(), 0, 1, track.is_cut()); !done) return done;
        }
        return {};
    }

    Result<void> finish(WavFile& file, Id stream, Id call, unsigned channels, bool cut) {
        if (auto done = file.finish(); !done) return done;
        const auto frames = static_cast<std::int64_t>(file.samples() / channels);
        m_files.push_back({stream, call, file.path(),
                           Duration(frames * 1'000'000'000 / file.sample_rate_hz()),
                           cut ? "cut at limit" : ""});
        return {};
    }

    // --- calls

    Result<void> mix_calls() {
        std::map<Id, std::vector<const Track*>> by_call;
        for (const Track& track : m_tracks)
            if (track.stream().call != 0) by_call[track.stream().call].push_back(&track);
        for (const auto& [call, tracks] : by_call)
            if (auto done = mix(call, main_leg(tracks)); !done) return done;
        return {};
    }

    /// Both legs of a bridge carry the same voices: one of them is enough.
    static std::vector<const Track*> main_leg(const std::vector<const Track*>& tracks) {
        std::map<Id, std::uint64_t> packets;
        for (const Track* track : tracks) packets[track->stream().dialog] += track->stream().packets;
        const auto most = std::max_element(packets.begin(), packets.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
        std::vector<const Track*> leg;
        std::copy_if(tracks.begin(), tracks.end(), std::back_inserter(leg),
                     [&](const Track* track) { return track->stream().dialog == most->first; });
        return leg;
    }

    /// The caller is the left channel; where its address sends nothing, whoever sent first.
    [[nodiscard]] std::size_t channel_of(const Track& track, const std::vector<const Track*>& tracks,
                                         const Call& call) const {
        Endpoint left = tracks.front()->stream().source;
        if (m_analysis.caller_of(call).address) {
            const Endpoint& caller = m_analysis.endpoint(*m_analysis.caller_of(call).address);
            for (const Track* other : tracks)
                if (other->stream().source.address == caller.address) {
                    left = other->stream().source;
                    break;
                }
        }
        const Endpoint& source = track.stream().source;
        const bool one_host = source.address == track.stream().destination.address;
        return (one_host ? source == left : source.address == left.address) ? 0 : 1;
    }

    Result<void> mix(Id id, const std::vector<const Track*>& tracks) {
        std::uint32_t rate_hz = 0;
        Timestamp start = tracks.front()->stream().start;
        for (const Track* track : tracks) {
            rate_hz = std::max(rate_hz, track->file().sample_rate_hz());
            start = std::min(start, track->stream().start);
        }
        auto file = WavFile::create(path_of("call", id), rate_hz, 2, m_options.overwrite);
        if (!file) return tl::unexpected(file.error());

        std::vector<Source> sources;
        std::int64_t end = 0;
        for (const Track* track : tracks) {
            Source source{&track->file(), channel_of(*track, tracks, m_analysis.call(id)),
                          rate_hz / track->file().sample_rate_hz(), 0};
            source.begins = (track->stream().start - start).count() / 1000 * rate_hz / 1'000'000;
            const auto length = static_cast<std::int64_t>(track->file().samples() * source.repeat);
            end = std::max(end, source.begins + length);
            sources.push_back(source);
        }
        const auto most = static_cast<std::int64_t>(limits::audio_stream_seconds * rate_hz);
        const bool cut = end > most || std::ranges::any_of(tracks, &Track::is_cut);
        end = std::min(end, most);
        for (std::int64_t at = 0; at < end; at += static_cast<std::int64_t>(buffer_samples)) {
            const auto count = static_cast<std::size_t>(std::min<std::int64_t>(end - at, buffer_samples));
            file->write(static_cast<std::uint64_t>(at) * 2, mixed(sources, at, count));
        }
        return finish(*file, 0, id, 2, cut);
    }

    struct Source {
        const WavFile* file = nullptr;
        std::size_t channel = 0;
        std::uint32_t repeat = 1; ///< samples of the mix for one of the file: all rates divide 48 kHz
        std::int64_t begins = 0;  ///< in samples of the mix
    };

    /// `count` samples of both channels from `at`; sums that are too loud are cut.
    static Samples mixed(const std::vector<Source>& sources, std::int64_t at, std::size_t count) {
        std::vector<std::int32_t> sums(count * 2);
        for (const Source& source : sources) {
            const std::int64_t first = std::max<std::int64_t>(at, source.begins);
            const std::int64_t last = at + static_cast<std::int64_t>(count);
            if (first >= last) continue;
            const auto from = static_cast<std::uint64_t>(first - source.begins) / source.repeat;
            Samples samples(static_cast<std::size_t>(last - first) / source.repeat + 2);
            source.file->read(from, samples);
            for (std::int64_t i = first; i < last; ++i) {
                const auto here = static_cast<std::uint64_t>(i - source.begins) / source.repeat - from;
                sums[static_cast<std::size_t>(i - at) * 2 + source.channel] += samples[here];
            }
        }
        Samples out(sums.size());
        std::transform(sums.begin(), sums.end(), out.begin(), [](std::int32_t sum) {
            return static_cast<std::int16_t>(std::clamp<std::int32_t>(sum, -32768, 32767));
        });
        return out;
    }

    const Analysis& m_analysis;
    const AudioOptions& m_options;
    std::vector<Track> m_tracks;
    tsl::robin_map<StreamKey, std::size_t, StreamKeyHash> m_index;
    std::vector<AudioFile> m_files;
};

} // namespace

Result<std::vector<AudioFile>> write_audio(const Analysis& analysis, const AudioOptions& options) {
    return Exporter(analysis, options).run();
}

} // namespace rungs::media
