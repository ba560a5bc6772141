#include "analyzer/dissect/stream.hpp"

#include <algorithm>
#include <string_view>

#include "core/limits.hpp"
#include "core/text.hpp"

namespace rungs::dissect {
namespace {

/// A start line is recognised within this many octets or the stream is something else.
constexpr std::size_t decide_within = 2048;

std::size_t count_keep_alive(Bytes bytes) {
    std::size_t count = 0;
    while (count < bytes.size() && (bytes[count] == '\r' || bytes[count] == '\n')) ++count;
    return count;
}

/// The beginning of the first line, from the second on, that is a SIP start line; the size when there is
/// none.
std::size_t find_start_line(Bytes bytes) {
    const std::string_view text = as_text(bytes);
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string_view::npos;) {
        ++at;
        if (sip::probe(bytes.subspan(at)) == Probe::certain) return at;
    }
    return bytes.size();
}

} // namespace

void StreamReader::take(const decode::StreamChunk& chunk, const Frame* frame, std::uint16_t capture,
                        sip::Message& scratch, Handler& handler) {
    if (chunk.gap_before != 0) give_up_waiting(scratch, handler);
    m_source = chunk.source;
    m_destination = chunk.destination;
    m_time = chunk.time;
    m_capture = capture;
    if (chunk.gap_before != 0 || chunk.begins_midway) {
        m_synchronised = false;
        if (m_kind == Kind::other) m_kind = Kind::undecided;
    }
    if (m_kind == Kind::other) return;

    if (m_buffer.empty()) { // the common case: the octets are read where they lie
        m_pieces.assign(1, {chunk.bytes.size(), chunk.frame});
        read_messages(chunk.bytes, chunk, frame, scratch, handler);
        return;
    }
    m_buffer.insert(m_buffer.end(), chunk.bytes.begin(), chunk.bytes.end());
    m_pieces.push_back({m_buffer.size(), chunk.frame});
    read_messages(m_buffer, chunk, nullptr, scratch, handler);
}

void StreamReader::read_messages(Bytes bytes, const decode::StreamChunk& chunk, const Frame* frame,
                                 sip::Message& scratch, Handler& handler) {
    std::size_t done = 0;
    for (;;) {
        done += count_keep_alive(bytes.subspan(done));
        const Bytes rest = bytes.subspan(done);
        if (rest.empty()) break;
        if (m_kind == Kind::undecided || !m_synchronised) {
            if (sip::probe(rest) == Probe::certain) {
                m_kind = Kind::sip;
                m_synchronised = true;
            } else if (const std::size_t begin = m_synchronised ? rest.size() : find_start_line(rest);
                       begin < rest.size()) {
                done += begin;
                continue;
            } else if (m_kind == Kind::undecided &&
                       (rest.size() > decide_within || sip::probe(rest) == Probe::no)) {
                m_kind = Kind::other;
                m_buffer.clear();
                return;
            } else {
                // Keep the last line: a start line may be cut here.
                if (!m_synchronised && rest.size() > decide_within) {
                    const auto line = as_text(rest).rfind('\n');
                    done += line == std::string_view::npos ? rest.size() : line;
                }
                break;
            }
        }
        const Parsed parsed = sip::parse(rest, Framing::stream, scratch);
        if (parsed.outcome == Outcome::need_more) break;
        if (parsed.outcome == Outcome::complete) {
            hand_over(scratch, done, done + parsed.consumed, frame, false, handler);
        } else {
            m_synchronised = false;
        }
        done += std::max<std::size_t>(parsed.consumed, 1);
    }

    if (m_buffer.empty()) {
        const Bytes rest = bytes.subspan(done);
        m_buffer.assign(rest.begin(), rest.end());
        if (m_buffer.empty())
            m_pieces.clear();
        else
            m_pieces.assign(1, {m_buffer.size(), chunk.frame});
    } else {
        drop_front(done);
    }
}

void StreamReader::hand_over(const sip::Message& message, std::size_t begin, std::size_t end,
                             const Frame* frame, bool truncated, Handler& handler) {
    m_frames.clear();
    std::size_t piece_begin = 0;
    for (const Piece& piece : m_pieces) {
        if (piece.end > begin && piece_begin < end) m_frames.push_back(piece.frame);
        piece_begin = piece.end;
    }
    std::sort(m_frames.begin(), m_frames.end()); // segments may have come out of order
    m_frames.erase(std::unique(m_frames.begin(), m_frames.end()), m_frames.end());

    Origin origin;
    origin.last_frame = frame;
    origin.frames = m_frames;
    origin.time = m_time;
    origin.source = m_source;
    origin.destination = m_destination;
    origin.carrier = Carrier::tcp;
    origin.capture = m_capture;
    origin.truncated = truncated;
    handler.on_sip(message, origin);
}

void StreamReader::finish(sip::Message& scratch, Handler& handler) {
    give_up_waiting(scratch, handler);
    m_buffer.shrink_to_fit();
}

void StreamReader::give_up_waiting(sip::Message& scratch, Handler& handler) {
    if (m_kind == Kind::sip && m_synchronised && !m_buffer.empty() &&
        sip::probe(m_buffer) == Probe::certain &&
        sip::parse(m_buffer, Framing::datagram, scratch).outcome == Outcome::complete) {
        hand_over(scratch, 0, m_buffer.size(), nullptr, true, handler);
    }
    m_buffer.clear();
    m_pieces.clear();
}

void StreamReader::drop_front(std::size_t count) {
    m_buffer.erase(m_buffer.begin(), m_buffer.begin() + static_cast<std::ptrdiff_t>(count));
    std::erase_if(m_pieces, [&](const Piece& piece) { return piece.end <= count; });
    for (Piece& piece : m_pieces) piece.end -= count;
}

} // namespace rungs::dissect
