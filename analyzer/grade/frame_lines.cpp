#include "analyzer/grade/frame_lines.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "analyzer/decode/packet.hpp"
#include "core/text.hpp"
#include "dissectors/rtp/packet.hpp"
#include "dissectors/sip/message.hpp"

namespace rungs::grade {
namespace {

constexpr std::size_t shown_characters = 100;

std::string text_of(const decode::Packet& packet) {
    if (sip::probe(packet.payload) == Probe::certain) {
        std::string_view text = trim(as_text(packet.payload));
        return printable(trim(take_until(text, '\n')).substr(0, shown_characters));
    }
    const bool media = packet.transport == decode::Transport::udp && rtp::has_version_2(packet.payload) &&
                       packet.payload.size() >= rtp::fixed_header_octets && !rtp::is_rtcp(packet.payload);
    if (const auto rtp = media ? rtp::parse(packet.payload, packet.payload_missing) : std::nullopt)
        return fmt::format("RTP {} SSRC {:08x} sequence {} timestamp {}", rtp->payload_type, rtp->ssrc,
                           rtp->sequence, rtp->timestamp);
    return fmt::format("{} octets", packet.payload.size());
}

FrameLine line_of(const Frame& frame) {
    const decode::Packet packet = decode::decode(frame);
    FrameLine line{frame.number, frame.time, {}, {}, text_of(packet)};
    if (packet.source.address.is_set()) line.source = to_string(packet.source);
    if (packet.destination.address.is_set()) line.destination = to_string(packet.destination);
    return line;
}

} // namespace

std::vector<FrameLine> read_frame_lines(capture::FrameSource& source, std::span<const std::uint64_t> frames) {
    std::vector<std::uint64_t> wanted(frames.begin(), frames.end());
    std::ranges::sort(wanted);
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    std::vector<FrameLine> lines;
    capture::FrameBatch batch;
    while (lines.size() < wanted.size() && source.next(batch))
        for (const Frame& frame : batch.frames)
            if (std::ranges::binary_search(wanted, frame.number)) lines.push_back(line_of(frame));
    return lines;
}

} // namespace rungs::grade
