#include "cli/recorder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "analyzer/capture/pcapng_writer.hpp"
#include "analyzer/decode/packet.hpp"
#include "analyzer/dissect/pair_key.hpp"
#include "cli/failure.hpp"
#include "cli/version.hpp"
#include "core/text.hpp"

namespace rungs::cli {
namespace {

/// The ports of a UDP datagram with their addresses, the same both ways; 0 for anything else.
std::uint64_t pair_of(const Frame& frame) {
    const decode::Packet packet = decode::decode(frame);
    if (packet.transport != decode::Transport::udp) return 0;
    return dissect::pair_key(packet) | 1U;
}

} // namespace

bool belongs_to_calls(Bucket bucket) {
    switch (bucket) {
    case Bucket::other:
    case Bucket::other_ip:
    case Bucket::no_ip:
    case Bucket::malformed: return false;
    default: return true;
    }
}

Recorder::Recorder(std::string path, bool calls_only, const Rotation& rotation,
                   std::vector<capture::Summary> interfaces)
    : m_path(std::move(path)), m_calls_only(calls_only), m_rotation(rotation),
      m_interfaces(std::move(interfaces)) {
    // With rotation the first file is named after its first packet.
    if (!m_rotation.any()) begin({});
}

Recorder::~Recorder() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

void Recorder::begin(Timestamp time) {
    const std::string name = m_rotation.any() ? rotated_name(m_path, ++m_number, time) : m_path;
    m_descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (m_descriptor < 0) {
        throw Failure{
            {fmt::format("{}: cannot write: {}", printable(name), std::generic_category().message(errno)),
             errno == EACCES || errno == EPERM
                 ? "the user that rungs runs as must be able to write there; -Z names another one"
                 : ""}};
    }
    m_sink = std::make_unique<FileSink>(m_descriptor, name);
    m_file_octets = 0;
    m_begun = time;
    m_files.push_back(name);
    if (m_rotation.files != 0 && m_files.size() > m_rotation.files) {
        ::unlink(m_files.front().c_str());
        m_files.pop_front();
    }
    write(capture::pcapng_head(m_interfaces, fmt::format("rungs {}", version())));
}

void Recorder::close() {
    m_sink->flush();
    m_sink.reset();
    ::close(std::exchange(m_descriptor, -1));
}

bool Recorder::is_due(Timestamp time) const {
    if (m_rotation.octets != 0 && m_file_octets >= m_rotation.octets) return true;
    return m_rotation.seconds != 0 && to_seconds(time - m_begun) >= static_cast<double>(m_rotation.seconds);
}

void Recorder::add(const Frame& frame, Bucket bucket) {
    if (m_calls_only) return hold(frame, bucket);
    m_buffer.clear();
    capture::append_pcapng_packet(m_buffer, frame);
    record(frame.time, m_buffer);
}

void Recorder::hold(const Frame& frame, Bucket bucket) {
    HeldPackets::Packet packet;
    packet.time = frame.time;
    packet.wanted = belongs_to_calls(bucket);
    const bool may_be_media = bucket == Bucket::other || bucket == Bucket::rtp;
    if (may_be_media) packet.pair = pair_of(frame);
    if (!packet.wanted && packet.pair == 0) return;
    capture::append_pcapng_packet(packet.octets, frame);
    if (bucket == Bucket::rtp) m_held.want(packet.pair);
    m_held.add(std::move(packet));
    record_held(frame.time);
}

void Recorder::record_held(Timestamp now) {
    while (const auto packet = m_held.take(now)) record(packet->time, packet->octets);
}

void Recorder::record(Timestamp time, std::string_view packet) {
    if (m_descriptor >= 0 && is_due(time)) close();
    if (m_descriptor < 0) begin(time);
    write(packet);
    ++m_packets;
}

void Recorder::write(std::string_view octets) {
    m_sink->write(octets);
    m_octets += octets.size();
    m_file_octets += octets.size();
}

void Recorder::flush(Timestamp now) {
    record_held(now);
    if (m_sink) m_sink->flush();
}

void Recorder::finish(const std::vector<capture::DeviceCounters>& counters, Timestamp time) {
    record_held(time + HeldPackets::patience);
    if (m_descriptor < 0) return;
    write(capture::pcapng_statistics(counters, time));
    close();
}

} // namespace rungs::cli
