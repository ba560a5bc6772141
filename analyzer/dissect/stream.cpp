#include "analyzer/dissect/stream.hpp"

#include <algorithm>
#include <string_view>

#include "core/limits/messages.hpp"
#include "core/limits/msn.hpp"
#include "core/text.hpp"
#include "dissectors/sip/issues.hpp"

namespace rungs::dissect {
namespace {

/// Whether a message begins somewhere is judged by at most this many octets.
constexpr std::size_t judged_octets = limits::msn_line_octets;

/// A stream whose beginning was not captured is something else when no message begins within this many
/// octets. On MSN's port a command will come, at the latest behind the longest message.
constexpr std::size_t searched_octets = 65'536;
constexpr std::size_t searched_octets_of_msn = limits::message_octets;

/// A message that is larger than this and says nothing about its size is looked at again when there is an
/// eighth more of it, so that many small segments cost no more than one large one.
constexpr std::size_t look_again_at_once = 16'384;

std::size_t count_keep_alive(Bytes bytes) {
    std::size_t count = 0;
    while (count < bytes.size() && (bytes[count] == '\r' || bytes[count] == '\n')) ++count;
    return count;
}

/// Past limits::message_octets.
bool is_too_long(const Parsed& parsed) {
    return parsed.outcome == Outcome::malformed &&
           (parsed.reason == sip::rule::too_long.code || parsed.reason == "websocket-length");
}

} // namespace

void StreamReader::take(const decode::StreamChunk& chunk, const Frame* frame, std::uint16_t capture,
                        const StreamHints& hints, Handler& handler) {
    if (chunk.gap_before != 0) give_up_waiting(hints, handler);
    m_source = chunk.source;
    m_destination = chunk.destination;
    m_time = chunk.time;
    m_capture = capture;
    if (chunk.gap_before != 0 || chunk.begins_midway) {
        m_synchronised = m_in_line = false;
        m_searched = 0;
        if (m_state == State::something_else) m_state = State::undecided;
    }
    if (m_state == State::something_else) return;

    if (m_buffer.empty()) { // the common case: the octets are read where they lie
        m_provenance.clear();
        m_provenance.add(chunk.bytes.size(), chunk.frame);
        return read(chunk.bytes, chunk, frame, hints, handler);
    }
    m_buffer.insert(m_buffer.end(), chunk.bytes.begin(), chunk.bytes.end());
    m_provenance.add(chunk.bytes.size(), chunk.frame);
    if (m_buffer.size() >= m_ask_at) read(m_buffer, chunk, nullptr, hints, handler);
}

void StreamReader::finish(const StreamHints& hints, Handler& handler) {
    give_up_waiting(hints, handler);
    if (m_protocol != nullptr) m_protocol->finish(handler);
    m_buffer.shrink_to_fit();
}

std::optional<Bucket> StreamReader::bucket() const {
    if (m_protocol == nullptr || m_protocol->bucket() == Bucket::other) return std::nullopt;
    return m_protocol->bucket();
}

std::optional<StreamKind> StreamReader::kind() const {
    if (m_protocol == nullptr) return std::nullopt;
    return m_protocol->kind();
}

void StreamReader::read(Bytes bytes, const decode::StreamChunk& chunk, const Frame* frame,
                        const StreamHints& hints, Handler& handler) {
    const std::size_t done = read_units(bytes, frame, hints, handler);
    if (m_state == State::something_else) return m_buffer.clear();
    if (!m_buffer.empty()) return drop_front(done);
    const Bytes rest = bytes.subspan(done);
    m_buffer.assign(rest.begin(), rest.end());
    m_provenance.clear();
    if (!m_buffer.empty()) m_provenance.add(m_buffer.size(), chunk.frame);
}

void StreamReader::drop_front(std::size_t octets) {
    m_buffer.erase(m_buffer.begin(), m_buffer.begin() + static_cast<std::ptrdiff_t>(octets));
    m_provenance.drop_front(octets);
}

/// Returns how many octets are done with.
std::size_t StreamReader::read_units(Bytes bytes, const Frame* frame, const StreamHints& hints,
                                     Handler& handler) {
    std::size_t done = 0;
    m_ask_at = 0;
    for (;;) {
        if (!m_synchronised && !find_unit(bytes, done, hints, Framing::stream)) return done;
        done += count_keep_alive(bytes.subspan(done));
        const Bytes rest = bytes.subspan(done);
        if (rest.empty() || !is_known(rest, hints, Framing::stream)) return done;
        const Parsed parsed = m_protocol->parse(rest, Framing::stream);
        if (parsed.outcome == Outcome::need_more) {
            m_ask_at = parsed.needed;
            if (m_ask_at == 0 && rest.size() > look_again_at_once)
                m_ask_at = std::min(rest.size() + rest.size() / 8, limits::message_octets);
            return done;
        }
        if (is_too_long(parsed)) ++m_too_long;
        if (parsed.outcome == Outcome::complete) {
            hand_over(done, done + parsed.consumed, frame, false, handler);
        } else if (!m_protocol->finds_next()) {
            lose_track();
            continue;
        }
        done += std::max<std::size_t>(parsed.consumed, 1);
    }
}

/// What is at the front is no unit: one may begin with a later line.
void StreamReader::lose_track() {
    m_synchronised = false;
    m_in_line = true;
    m_searched = 0;
}

/// Moves `done` to where a message certainly begins: there, or with a later line. False when that needs more
/// octets (those from `done` on), or the stream is something else.
bool StreamReader::find_unit(Bytes bytes, std::size_t& done, const StreamHints& hints, Framing framing) {
    const std::size_t enough = hints.msn_port ? searched_octets_of_msn : searched_octets;
    const auto skip = [&](std::size_t count) {
        done += count;
        m_searched += count;
    };
    for (;;) {
        if (m_in_line) {
            const std::size_t end = as_text(bytes).find('\n', done);
            m_in_line = end == std::string_view::npos;
            skip((m_in_line ? bytes.size() : end + 1) - done);
        }
        skip(count_keep_alive(bytes.subspan(done)));
        if (m_protocol == nullptr && m_searched > enough) {
            m_state = State::something_else;
            return false;
        }
        if (done == bytes.size()) return false;
        switch (recognise(bytes.subspan(done), hints, framing)) {
        case Beginning::certain: m_synchronised = true; return true;
        case Beginning::unfinished: return false;
        default: m_in_line = true;
        }
    }
}

/// The protocol is known, or what begins at `bytes` tells. Else it is waited for, or the stream is something
/// else.
bool StreamReader::is_known(Bytes bytes, const StreamHints& hints, Framing framing) {
    if (m_protocol != nullptr) return true;
    const Beginning found = recognise(bytes, hints, framing);
    // What is possible the other direction may yet make certain.
    const bool in_vain = found == Beginning::possible && bytes.size() >= judged_octets;
    if (found == Beginning::no || in_vain) m_state = State::something_else;
    return found == Beginning::certain;
}

/// What begins at `bytes`, by their first `judged_octets`.
Beginning StreamReader::recognise(Bytes bytes, const StreamHints& hints, Framing framing) {
    const bool enough = bytes.size() >= judged_octets;
    const Bytes judged = bytes.first(std::min(bytes.size(), judged_octets));
    if (m_protocol != nullptr) {
        const Beginning found = m_protocol->begins(judged, framing);
        return enough && found == Beginning::unfinished ? Beginning::no : found;
    }
    StreamProtocols::Recognised recognised = m_protocols.recognise(judged, hints, framing);
    if (enough && recognised.beginning == Beginning::unfinished) return Beginning::no;
    if (recognised.beginning == Beginning::certain) {
        m_protocol = std::move(recognised.protocol);
        m_state = State::known;
    }
    return recognised.beginning;
}

void StreamReader::hand_over(std::size_t begin, std::size_t end, const Frame* frame, bool truncated,
                             Handler& handler) {
    m_provenance.frames(begin, end, m_frames);
    Origin origin;
    origin.last_frame = frame;
    origin.frames = m_frames;
    origin.time = m_time;
    origin.source = m_source;
    origin.destination = m_destination;
    origin.carrier = Carrier::tcp;
    origin.capture = m_capture;
    origin.truncated = truncated;
    m_protocol->deliver(handler, {origin, m_provenance, begin});
}

void StreamReader::give_up_waiting(const StreamHints& hints, Handler& handler) {
    // What waits to be told apart is nothing, so what comes behind it counts.
    for (bool found = true; found && m_state != State::something_else;) {
        drop_front(read_units(m_buffer, nullptr, hints, handler));
        std::size_t done = 0;
        found = !m_synchronised && find_unit(m_buffer, done, hints, Framing::datagram);
        drop_front(done);
    }
    if (m_protocol == nullptr && m_synchronised && !m_buffer.empty())
        (void)recognise(m_buffer, hints, Framing::datagram);
    if (m_protocol != nullptr && m_synchronised) {
        for (std::size_t done = 0; done < m_buffer.size();) {
            const Bytes rest = Bytes(m_buffer).subspan(done);
            const Parsed parsed = m_protocol->parse(rest, Framing::datagram);
            if (parsed.outcome == Outcome::need_more) break;
            const std::size_t end = done + std::max<std::size_t>(parsed.consumed, 1);
            if (parsed.outcome == Outcome::complete)
                hand_over(done, end, nullptr, m_protocol->is_cut(), handler);
            done = end;
        }
    }
    m_buffer.clear();
    m_provenance.clear();
    m_ask_at = 0;
}

} // namespace rungs::dissect
